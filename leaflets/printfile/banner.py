"""The first sheet of a destination: what follows, in large type."""

from leaflets.errors import PdfError
from leaflets.labels.label import clean
from leaflets.labels.setting import BODY, HEADING, Block, LabelSetter
from leaflets.labels.shaping import MissingCharacter
from leaflets.model.compiled import LABEL, TOP, PageForm, Shared, Sheet
from leaflets.printfile.content import LabelContent, LabelWriter
from leaflets.printfile.jobs import Banner

_A4_PT = (595.275591, 841.889764)
_MARGIN_PT = 56.7  # 20 mm


def banner_sheet(lang: str, beside: Sheet | None) -> Sheet:
    """An empty page of the size of the leaflet beside it (A4 where there is none), for the banner to be set on."""
    width, height = (beside.forms[0].width_pt, beside.forms[0].height_pt) if beside else _A4_PT
    body = b"/Type/Page/MediaBox[0 0 %.9g %.9g]" % (width, height)
    return Sheet(
        pages=1,
        lang=lang,
        title="",
        rects=(),
        shared=(Shared(b"<<>>"),),
        forms=(PageForm(body, (), 0, (), (), width, height),),
        resources=b"",
        page_fonts=b"",
        elements=(b"<</P %c 0 R/S/Document/K[%c]>>" % (TOP, LABEL),),
    )


def fits_banner(title: str, setter: LabelSetter) -> bool:
    """Whether a banner can be headed so on any paper; its other lines are ours and always fit."""
    try:
        return bool(clean(title)) and setter.fresh(clean(title), HEADING, _A4_PT[0] - 2 * _MARGIN_PT) is not None
    except MissingCharacter:
        return False


def banner_content(banner: Banner, sheet: Sheet, labels: LabelWriter, setter: LabelSetter) -> LabelContent:
    """The banner's title and lines. Raises PdfError where they do not fit on the page or cannot be drawn."""
    form = sheet.forms[0]
    width, height = form.width_pt - 2 * _MARGIN_PT, form.height_pt - 2 * _MARGIN_PT
    try:
        lines = [(banner.title, HEADING), *((line, BODY) for line in banner.lines if clean(line))]
        blocks = [setter.fresh(clean(text), style, width) for text, style in lines]
    except MissingCharacter as missing:
        raise PdfError("The banner sheet has a character that no font can draw.") from missing
    fitting: tuple[Block, ...] = tuple(block for block in blocks if block is not None)
    if len(fitting) < len(blocks) or sum(block.height_pt for block in fitting) > height:
        raise PdfError("The banner sheet's text does not fit on one page.", "Give fewer or shorter lines.")
    parts = [b"Q\n", *labels.items(fitting, _MARGIN_PT, form.height_pt - _MARGIN_PT, 0)]
    return LabelContent(b"".join(parts), len(fitting))
