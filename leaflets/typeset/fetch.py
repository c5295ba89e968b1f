"""Serves the page being set from assets in memory, and nothing else: no disk, no network, no data: URL."""

import io
import warnings
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

from leaflets.errors import RenderError
from leaflets.typeset.engine import internal

_Response: Any = internal("urls.URLFetcherResponse")
SCHEME = "leaflet:"
FONTS = {".ttf": "font/ttf", ".otf": "font/otf"}
IMAGES = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}
MAX_FONT_BYTES = 20_000_000
MAX_IMAGE_BYTES = 2_000_000
MAX_IMAGE_PIXELS = 25_000_000  # an A4 page at 600 dots an inch is 35 million: no picture on a leaflet comes near
SHOWN_CHARACTERS = 60


class Denied(BaseException):
    """Stops WeasyPrint in the middle of a page; it catches every `Exception` a fetcher raises, and carries on."""


def shown(url: str) -> str:
    """What a page asked for, short and on one line, fit for an error message."""
    line = "".join(character if character.isprintable() else "?" for character in url)
    return line if len(line) <= SHOWN_CHARACTERS else line[: SHOWN_CHARACTERS - 1] + "…"


class AssetFetcher:
    """A WeasyPrint URL fetcher that answers `leaflet:NAME` with the asset of that name.

    It is not derived from WeasyPrint's own fetcher, so that nothing in it could open a file or a connection. No
    stylesheet is served: the page's maker names them, never the page. `refusals` keeps every refusal, since WeasyPrint
    swallows those that come out of an SVG image.
    """

    _fail_on_errors = True  # read by WeasyPrint

    def __init__(self, assets: Mapping[str, bytes], kinds: Mapping[str, str]) -> None:
        self._assets = assets
        self._kinds = kinds
        self.refusals: list[RenderError] = []

    def __call__(self, url: str) -> Any:
        """WeasyPrint's response with the asset in it; raises `Denied` for anything else."""
        return self.fetch(url)

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:
        """The same; `headers` are there because WeasyPrint has them, and are not used."""
        try:
            kind, data = self._asset(url)
        except RenderError as refusal:
            self.refusals.append(refusal)
            raise Denied(refusal.message) from refusal
        return _Response(url, data, {"Content-Type": kind})

    def require_none_refused(self) -> None:
        """Raise the first refusal, if there was one."""
        if self.refusals:
            raise self.refusals[0]

    def _asset(self, url: str) -> tuple[str, bytes]:
        name = unquote(url.removeprefix(SCHEME))
        if not url.startswith(SCHEME):
            raise RenderError(
                f'The page asked for "{shown(url)}", which is outside the project.',
                f'Put the file under styles and write "{SCHEME}NAME" (for example {SCHEME}icons/tablet.svg).',
            )
        kind = self._kinds.get(PurePosixPath(name).suffix.lower())
        if kind is None:
            raise RenderError(
                f'The page asked for "{shown(url)}", which is not a file of a kind it may use here.',
                f"Allowed here: {', '.join(self._kinds)}.",
            )
        data = self._assets.get(name)
        if data is None:
            raise RenderError(f'The page asked for "{shown(url)}", but styles has no such file.', "Check the name.")
        _check_size(name, kind, data)
        return kind, data


def _check_size(name: str, kind: str, data: bytes) -> None:
    limit = MAX_FONT_BYTES if kind.startswith("font/") else MAX_IMAGE_BYTES
    if len(data) > limit:
        raise RenderError(
            f'"{shown(name)}" is too large: {len(data):,} bytes, and the limit is {limit:,}.', "Use a smaller file."
        )
    if kind == IMAGES[".svg"]:
        _check_svg(name, data)
    elif kind.startswith("image/"):
        _check_pixels(name, data)


def _check_svg(name: str, data: bytes) -> None:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RenderError(f'"{shown(name)}" is not UTF-8.', "Save it as plain SVG in UTF-8.") from error
    if "<!ENTITY" in text.upper() or "\0" in text:
        raise RenderError(
            f'"{shown(name)}" declares entities, which can be made to swell without end.', "Save it as plain SVG."
        )


def _check_pixels(name: str, data: bytes) -> None:
    from PIL import Image, UnidentifiedImageError  # WeasyPrint has loaded it; on its own it costs 20 ms

    too_many = RenderError(f'"{shown(name)}" has more than {MAX_IMAGE_PIXELS:,} pixels.', "Save it smaller.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data)) as image:  # reads the head only
                width, height = image.size
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise too_many from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise RenderError(f'"{shown(name)}" is not a picture that can be read.', "Save it again as PNG.") from error
    if width * height > MAX_IMAGE_PIXELS:
        raise too_many
