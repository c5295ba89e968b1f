"""The banner page at the head of a destination's copies: says in large type what follows."""

from leaflets.errors import PdfError
from leaflets.labels.label import clean
from leaflets.labels.layout import LabelSetter, TextBlock
from leaflets.labels.shaping import MissingCharacter
from leaflets.labels.styles import BODY, HEADING
from leaflets.model.compiled import LABEL, TOP, CompiledLeaflet, PageTemplate, SharedObject
from leaflets.printfile.content import CopyContent, LabelWriter
from leaflets.printfile.jobs import Banner

_A4_PT = (595.275591, 841.889764)
_MARGIN_PT = 56.7  # 20 mm


def banner_page(lang: str, beside: CompiledLeaflet | None) -> CompiledLeaflet:
    """An empty page of the size of the leaflet beside it (A4 where there is none), for the banner to be set on."""
    width, height = (beside.page_templates[0].width_pt, beside.page_templates[0].height_pt) if beside else _A4_PT
    body = b"/Type/Page/MediaBox[0 0 %.9g %.9g]" % (width, height)
    return CompiledLeaflet(
        pages=1,
        lang=lang,
        title="",
        rects=(),
        shared=(SharedObject(b"<<>>"),),
        page_templates=(PageTemplate(body, (), 0, (), (), width, height),),
        resources=b"",
        page_fonts=b"",
        elements=(b"<</P %c 0 R/S/Document/K[%c]>>" % (TOP, LABEL),),
    )


def fits_banner(title: str, setter: LabelSetter) -> bool:
    """Whether `title` can be drawn and fits the heading of a banner on A4; its other lines are ours and always fit."""
    try:
        return (
            bool(clean(title)) and setter.uncached_block(clean(title), HEADING, _A4_PT[0] - 2 * _MARGIN_PT) is not None
        )
    except MissingCharacter:
        return False


def banner_content(banner: Banner, leaflet: CompiledLeaflet, labels: LabelWriter, setter: LabelSetter) -> CopyContent:
    """The banner's title and lines. Raises PdfError where they do not fit on the page or cannot be drawn."""
    page = leaflet.page_templates[0]
    width, height = page.width_pt - 2 * _MARGIN_PT, page.height_pt - 2 * _MARGIN_PT
    try:
        lines = [(banner.title, HEADING), *((line, BODY) for line in banner.lines if clean(line))]
        blocks = [setter.uncached_block(clean(text), style, width) for text, style in lines]
    except MissingCharacter as missing:
        raise PdfError("The banner sheet has a character that no font can draw.") from missing
    fitting: tuple[TextBlock, ...] = tuple(block for block in blocks if block is not None)
    if len(fitting) < len(blocks) or sum(block.height_pt for block in fitting) > height:
        raise PdfError("The banner sheet's text does not fit on one page.", "Give fewer or shorter lines.")
    parts = [b"Q\n", *labels.items(fitting, _MARGIN_PT, page.height_pt - _MARGIN_PT, 0)]
    return CopyContent(len(fitting), 0, (b"".join(parts),))
