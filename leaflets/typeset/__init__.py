"""Sets a page of HTML as a PDF that is PDF/A-3a and PDF/UA-1 at once, out of assets in memory and nothing else."""

import functools
import importlib.resources
import threading
from collections.abc import Mapping
from typing import Any

from leaflets.errors import RenderError
from leaflets.model.page import Html, Pdf
from leaflets.seal.digest import with_seal
from leaflets.typeset import patches
from leaflets.typeset.attachments import attach
from leaflets.typeset.engine import engine_versions, internal, weasyprint
from leaflets.typeset.faces import Faces
from leaflets.typeset.fetch import FONTS, IMAGES, SCHEME, AssetFetcher
from leaflets.typeset.finish import finish
from leaflets.typeset.footnotes import may_use_footnotes
from leaflets.typeset.frozen_objects import freeze_objects
from leaflets.typeset.lost_words import check_no_words_lost
from leaflets.typeset.page_geometry import fill, rects, stretches
from leaflets.typeset.renderer_errors import renderer_errors

__all__ = ["engine_versions", "typeset"]

patches.apply()

_CACHED_STYLES = 4
_SRGB = "leaflet-srgb"
_PDF_OPTIONS = {"pdf_variant": "pdf/a-3a", "output_intent": _SRGB}
_one_at_a_time = threading.Lock()  # Pango's font maps are not made for several threads


def typeset(html: Html, assets: Mapping[str, bytes]) -> Pdf:
    """The page as a PDF, with the rectangles of its `data-rect` elements in points from the bottom left corner.

    `assets` holds by name the stylesheets that `html` names and whatever they ask for as `leaflet:NAME`. The same input
    gives the same bytes on every day and in every folder, and they are sealed. Files go into the PDF as
    `html.attachments` alone: the markup may attach none.

    Raises:
        RenderError: a stylesheet, a font, a glyph or a picture is missing or at fault; the page asks for anything
            outside `assets`; or the renderer has anything at all to complain about.
    """
    with _one_at_a_time:
        styles = _styles(html.stylesheets, _style_assets(assets))
        fetcher = AssetFetcher(assets, IMAGES)
        with renderer_errors("the page", fetcher, sheets=styles.texts):
            document = _laid_out(html, styles, fetcher)
            data = document.write_pdf(finisher=lambda document, pdf: _finish(document, pdf, html), **_PDF_OPTIONS)
        with renderer_errors("the page", fetcher):
            check_no_words_lost(document)
            return Pdf(
                with_seal(data),
                len(document.pages),
                tuple(rects(document)),
                tuple(map(fill, document.pages)),
                tuple(stretches(document)),
            )


def _finish(document: Any, pdf: Any, html: Html) -> None:
    finish(document, pdf, html.lang, html.content_id)
    attach(pdf, html.attachments)
    freeze_objects(pdf)


class _Styles:
    """Stylesheets as WeasyPrint has parsed them, with their fonts and counters; good for any number of pages."""

    def __init__(self, names: tuple[str, ...], assets: Mapping[str, bytes]) -> None:
        self.faces = Faces()
        self.counters = internal("css.counters.CounterStyle")()
        self.sheets = [self._parsed(name, assets) for name in names]
        self.texts = {name: _text(name, assets[name]) for name in names}
        self.may_use_footnotes = any(
            may_use_footnotes(_text(name, data)) for name, data in assets.items() if name.endswith(".css")
        )
        self.faces.seal()

    def _parsed(self, name: str, assets: Mapping[str, bytes]) -> Any:
        if name not in assets:
            raise RenderError(f'The page needs the stylesheet "{name}", which styles does not have.', "Check its name.")
        fetcher = AssetFetcher(assets, FONTS)
        source = _text(name, assets[name])
        with renderer_errors(name, fetcher, source, {name: source}):
            return weasyprint.CSS(
                string=source,
                base_url=SCHEME + name,
                url_fetcher=fetcher,
                font_config=self.faces,
                counter_style=self.counters,
                color_profiles={},
            )


class _ColourSpace:
    """The output intent of a PDF/A file: sRGB, with the profile that WeasyPrint brings.

    WeasyPrint would open that file for every page and never close it.
    """

    name = "sRGB"
    components = ("r", "g", "b")

    def __init__(self) -> None:
        self.content = _srgb_profile()
        self.pdf_reference = b""  # set by WeasyPrint


@functools.cache
def _srgb_profile() -> bytes:
    return (importlib.resources.files("weasyprint.pdf") / "sRGB2014.icc").read_bytes()


def _text(name: str, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RenderError(f'The stylesheet "{name}" is not in UTF-8.', "Save it in UTF-8.") from error


_Assets = tuple[tuple[str, bytes], ...]


def _style_assets(assets: Mapping[str, bytes]) -> _Assets:
    """The stylesheets and fonts among the assets; pictures are looked up anew for every page."""
    return tuple(sorted((name, data) for name, data in assets.items() if name.lower().endswith((".css", *FONTS))))


@functools.lru_cache(maxsize=_CACHED_STYLES)
def _styles(names: tuple[str, ...], assets: _Assets) -> _Styles:
    # Every font configuration costs 0.28 MB for good and every parsing 30 ms; Python keeps the hash of bytes, so that
    # looking a set of styles up again costs nothing.
    return _Styles(names, dict(assets))


def _laid_out(html: Html, styles: _Styles, fetcher: AssetFetcher) -> Any:
    source = weasyprint.HTML(string=html.markup, url_fetcher=fetcher)
    # For patches/footnote_styles.py; WeasyPrint itself does not look at it.
    source.without_footnotes = not (styles.may_use_footnotes or may_use_footnotes(html.markup))
    document = source.render(
        font_config=styles.faces,
        counter_style=styles.counters.copy(),
        stylesheets=styles.sheets,
        presentational_hints=True,  # without it <ol start="3"> is numbered from 1
        color_profiles={_SRGB: _ColourSpace()},
        **_PDF_OPTIONS,
    )
    _check_attachments(document)
    _describe(document.metadata, html)
    return document


def _check_attachments(document: Any) -> None:
    linked = any(kind == "attachment" for page in document.pages for kind, *_ in page.links)
    if linked or document.metadata.attachments:
        raise RenderError("The page attaches a file (rel=attachment), which a leaflet may not.", "Take the link out.")


def _describe(metadata: Any, html: Html) -> None:
    """Set the metadata from `html` alone: nothing that the markup says beside it counts, least of all a date."""
    if metadata.lang != html.lang:
        raise RenderError(
            f'The page is in "{html.lang}", but its markup says "{metadata.lang or ""}".',
            'Write <html lang="{{ lang }}"> in the template.',
        )
    metadata.title, metadata.authors = html.title, [html.author] if html.author else []
    metadata.keywords = [*html.keywords, *([html.content_id] if html.content_id else [])]
    metadata.generator, metadata.description = "leaflet", None
    metadata.created = metadata.modified = None
