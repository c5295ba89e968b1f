"""Checks a picture before it is printed: SVG of plain shapes, or PNG, each within bounds."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Mapping
from xml.parsers import expat

from leaflets.errors import ContentError

KINDS = (".svg", ".png")
MAX_SVG_BYTES = 250_000
MAX_PNG_BYTES = 2_000_000
MAX_SHAPES = 2_000
MAX_DEPTH = 24
MAX_GRADIENT_FILLS = 100
"""The most shapes filled with a gradient: each takes the renderer 7 ms."""
MAX_SIDE_PIXELS = 5_000
_SVG = "http://www.w3.org/2000/svg"
# Nothing here can bring text, styles, scripts, other files, or itself a second time (a "use" bomb).
_ELEMENTS = frozenset({
    "svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "title", "desc", "defs",
    "linearGradient", "radialGradient", "stop",
})  # fmt: skip
_HINTS = {
    "text": "Draw letters as paths, or say it in the words beside the picture.",
    "style": "Write fill and stroke on each shape.",
    "use": "Draw the shape again where it is wanted.",
    "image": "Draw it, or use a PNG by itself.",
}
# Transparency cannot be tagged content of a PDF (ISO 14289-1), and prints differently on every printer.
_TRANSPARENCY_ATTRIBUTES = frozenset({"opacity", "fill-opacity", "stroke-opacity", "stop-opacity"})
_EXTERNAL_REFERENCE = re.compile(r"url\s*\((?!\s*['\"]?#)|\\|javascript:|data:", re.IGNORECASE)
# Numbers of a million or more, or no numbers at all: PDF/A does not allow them.
_UNPRINTABLE_NUMBER = re.compile(r"(?<![.\d#])\d{7}|\d[eE]\+?\d{2}|\b(?:nan|inf)", re.IGNORECASE)
_NAMES = frozenset({"id", "class"})
_VIEW_BOX = re.compile(r"\s*[-+\d.e]+[\s,]+[-+\d.e]+[\s,]+(?P<width>[\d.e]+)[\s,]+(?P<height>[\d.e]+)\s*")


def require_printable(file: str, data: bytes) -> None:
    """Raises ContentError, naming `file` and in SVG the line, unless the picture in `data` may be printed."""
    if file.lower().endswith(".svg"):
        _require_svg(file, data)
    elif file.lower().endswith(".png"):
        _require_png(file, data)
    else:
        raise ContentError(f"{file}: a picture must be SVG or PNG", "Save it again as one of them.")


def _require_svg(file: str, data: bytes) -> None:
    if len(data) > MAX_SVG_BYTES:
        raise ContentError(f"{file}: the picture is larger than {MAX_SVG_BYTES:,} bytes", "Draw it in simpler shapes.")
    checker = _SvgChecker(file)
    try:
        checker.expat.Parse(data, True)
    except expat.ExpatError as error:
        what = expat.errors.messages.get(error.code, "it cannot be read")
        raise ContentError(f"{file}:{error.lineno}: the picture is not valid SVG: {what}", "Save it again.") from error


class _SvgChecker:
    """Parses SVG without entities and raises ContentError at the first element or attribute that is not allowed."""

    def __init__(self, file: str) -> None:
        self.file, self.shapes, self.depth, self.gradients = file, 0, 0, 0
        self.expat = expat.ParserCreate("utf-8", namespace_separator=" ")
        self.expat.StartDoctypeDeclHandler = self._doctype
        self.expat.ProcessingInstructionHandler = self._instruction
        self.expat.StartElementHandler = self._start
        self.expat.EndElementHandler = self._end

    def fault(self, what: str, hint: str) -> ContentError:
        return ContentError(f"{self.file}:{self.expat.CurrentLineNumber}: the picture {what}", hint)

    def _doctype(self, *_: object) -> None:
        raise self.fault("declares a document type, which can be made to swell", "Delete its <!DOCTYPE …>.")

    def _instruction(self, target: str, _: str) -> None:
        raise self.fault(f"has an instruction <?{target[:20]} …?>", "Delete it.")

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        if space != _SVG or local not in _ELEMENTS:
            hint = _HINTS.get(local, "Save it as plain SVG, of shapes alone.")
            raise self.fault(f"has <{local[:30]}>, which is not printed", hint)
        if self.depth == 0:
            self._require_root(local, attributes)
        self.depth, self.shapes = self.depth + 1, self.shapes + 1
        if self.depth > MAX_DEPTH or self.shapes > MAX_SHAPES:
            raise self.fault(
                f"has more than {MAX_SHAPES:,} shapes, or {MAX_DEPTH} in one another", "Draw it in simpler shapes."
            )
        for key, value in attributes.items():
            self._require_harmless(key, value)

    def _end(self, _: str) -> None:
        self.depth -= 1

    def _require_root(self, local: str, attributes: Mapping[str, str]) -> None:
        box = _VIEW_BOX.fullmatch(attributes.get("viewBox", ""))
        if local != "svg" or not box or not _positive(box["width"]) or not _positive(box["height"]):
            raise self.fault("has no viewBox, so that its size is not known", 'Write viewBox="0 0 WIDTH HEIGHT".')

    def _require_harmless(self, key: str, value: str) -> None:
        local = key.rpartition(" ")[2].strip()
        if local == "style":
            for declared in value.split(";"):
                name, _, declared_value = declared.partition(":")
                self._require_harmless(name, declared_value)
            return
        if local.startswith("on") or local in ("href", "src") or _EXTERNAL_REFERENCE.search(value):
            raise self.fault(f"has {local[:30]}=…, which reaches out of it", "Take it out.")
        self._require_drawable(local, value)

    def _require_drawable(self, local: str, value: str) -> None:
        refers = "url" in value.lower()
        if refers and local not in ("fill", "stroke"):
            raise self.fault(f"has {local[:30]}=…, which is not printed", "Draw the shape as it is to be seen.")
        self.gradients += refers
        if self.gradients > MAX_GRADIENT_FILLS:
            raise self.fault(f"has more than {MAX_GRADIENT_FILLS} gradients", "Use plain greys.")
        if local in _TRANSPARENCY_ATTRIBUTES and value.strip() not in ("1", "1.0", "100%"):
            raise self.fault("has something see-through", "Use white or a grey.")
        if local not in _NAMES and _UNPRINTABLE_NUMBER.search(value):
            raise self.fault(f"has a number in {local[:30]}=… that cannot be drawn", "Draw it in a smaller viewBox.")


def _positive(number: str) -> bool:
    try:
        return 0 < float(number) < 1e6
    except ValueError:
        return False


def _require_png(file: str, data: bytes) -> None:
    from PIL import Image, UnidentifiedImageError  # here, since few pages have a PNG

    if len(data) > MAX_PNG_BYTES:
        raise ContentError(f"{file}: the picture is larger than {MAX_PNG_BYTES:,} bytes", "Save it smaller.")
    if not data.startswith(b"\x89PNG\r\n\x1a\n") or b"IEND" not in data:
        raise ContentError(f"{file}: the picture is no whole PNG", "Save it again as PNG.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
                _require_bounds(file, image.size)
                image.load()  # the whole of it: WeasyPrint leaves out what is cut off, and only says so
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        _require_bounds(file, (MAX_SIDE_PIXELS + 1, 1))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise ContentError(f"{file}: the picture cannot be read", "Save it again as PNG.") from error


def _require_bounds(file: str, size: tuple[int, int]) -> None:
    if max(size) > MAX_SIDE_PIXELS:
        raise ContentError(f"{file}: the picture has more than {MAX_SIDE_PIXELS:,} pixels a side", "Save it smaller.")
