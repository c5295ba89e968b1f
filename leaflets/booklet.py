"""A finished sheet of A5 pages → a booklet: its pages two by two on A4, in reading order once folded."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Operator

from leaflets.errors import PdfError
from leaflets.impose import booklet_sides
from leaflets.languages import Language
from leaflets.model.page import Html, Pdf, Rect
from leaflets.model.paper import Paper
from leaflets.seal.digest import with_seal

_HEIGHT, _WIDTH = (round(side * 72 / 25.4, 6) for side in Paper.A4.size_mm)  # in points, on its long side
_BLANK = b"/Artifact BMC\nq 1 0 0 1 %.6f 0 cm /blank Do Q\nEMC"
_DECIMALS = 6


def blank_page(words: str, stylesheets: tuple[str, ...], language: Language) -> Html:
    """The page that fills the blank places of a booklet; `words` tell the reader that nothing is missing."""
    markup = (
        f'<!DOCTYPE html><html lang="{language.tag}" dir="{language.direction}">'
        f"<head><title>{escape(words)}</title></head>"
        f'<body><div class="left-blank" data-words="{escape(words)}"></div></body></html>'
    )
    return Html(markup, stylesheets, words, language.tag)


def booklet(pdf: Pdf, blank: Pdf | None, *, right_to_left: bool = False) -> Pdf:
    """The sheet as a booklet, sealed: the same tags in the same order, bookmarks, links and files, on other pages.

    `blank` is drawn in each place without a page of the sheet. The pages of the result are sides of A4.

    Raises PdfError where the sheet is not as leaflet makes it.
    """
    try:
        with pikepdf.open(io.BytesIO(pdf.data)) as document:
            sides = booklet_sides(len(document.pages), right_to_left)
            maker = _BookletMaker(document, sides)
            maker.impose(blank)
            return Pdf(with_seal(_saved(document)), len(sides), tuple(map(maker.moved, pdf.rects)))
    except (pikepdf.PdfError, KeyError, TypeError, ValueError) as error:
        raise PdfError("The sheet's PDF cannot be folded into a booklet.", "Build the leaflet again.") from error


def _saved(document: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    del document.trailer["/ID"]  # a new file has a new identifier, made of its content
    streams = pikepdf.ObjectStreamMode.generate  # the seal has its place in a cross-reference stream
    document.save(out, object_stream_mode=streams, deterministic_id=True, fix_metadata_version=False)
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class _PagePlacement:
    """The new position of a page: its side, its distance from the left, the offset of its marked-content numbers."""

    number: int
    side: Object
    left: float
    marks: int


class _BookletMaker:
    """Imposes the pages of one document on new pages."""

    def __init__(self, document: pikepdf.Pdf, sides: Sequence[tuple[int, int]]) -> None:
        self._document = document
        self._pages = [page.obj for page in document.pages]
        self._resources = self._pages[0]["/Resources"]  # the renderer keeps one table for the whole document
        if any(page["/Resources"].objgen != self._resources.objgen for page in self._pages):
            raise ValueError("the pages name their fonts differently")
        self._tree = document.Root["/StructTreeRoot"]
        self._owners = _content_owners(self._tree["/ParentTree"])
        self._sides = sides
        self._sheets = [self._new_page(number) for number in range(len(sides))]
        self._placement_of = dict(self._placements())
        self._links = [(link, page) for page in self._pages for link in page.get("/Annots", ())]

    def moved(self, rect: Rect) -> Rect:
        """A rectangle of a page, on its new side."""
        place = self._placement_of[self._pages[rect.page].objgen]
        return replace(rect, page=place.number, x=rect.x + place.left)

    def impose(self, blank: Pdf | None) -> None:
        """Draw every page on its side, and point tags, links, bookmarks and the parent tree to the new pages."""
        blank_drawing = _form_xobject(self._document, blank) if blank else None
        for side, page in zip(self._sides, self._sheets, strict=True):
            self._fill(page, side, blank_drawing)
        for element in _elements(self._tree):
            self._move_element(element)
        for target in _targets(self._document.Root, [link for link, _ in self._links]):
            self._move_target(target)
        self._move_links()
        self._tree["/ParentTree"] = self._parent_tree()
        _set_viewer_preferences(self._document.Root)
        del self._document.pages[: len(self._pages)]

    # ---------------------------------------------------------------- pages

    def _new_page(self, number: int) -> Object:
        box = Array([0, 0, _WIDTH, _HEIGHT])
        page = Dictionary(Type=Name.Page, MediaBox=box, TrimBox=box, StructParents=number, Tabs=Name.S)
        self._document.pages.append(pikepdf.Page(page))
        return self._document.pages[-1].obj

    def _placements(self) -> Iterator[tuple[tuple[int, int], _PagePlacement]]:
        for number, side in enumerate(self._sides):
            marks = 0
            for half, page in enumerate(self._pages_on(side)):
                if page is not None:
                    # Both pages touch the fold, in the middle of the sheet.
                    left = _WIDTH / 2 if half else _WIDTH / 2 - float(page["/MediaBox"][2])
                    yield page.objgen, _PagePlacement(number, self._sheets[number], round(left, _DECIMALS), marks)
                    marks += len(self._owners[int(page["/StructParents"])])

    def _pages_on(self, side: tuple[int, int]) -> tuple[Object | None, ...]:
        return tuple(self._pages[number] if number < len(self._pages) else None for number in side)

    def _fill(self, sheet: Object, side: tuple[int, int], blank: Object | None) -> None:
        """Draw the pages of one side, each in its place, and the blank page where there is none."""
        pages = self._pages_on(side)
        contents = [self._page_content(page) for page in pages if page is not None]
        if blank is not None:
            contents += [_BLANK % (half * _WIDTH / 2) for half, page in enumerate(pages) if page is None]
        sheet["/Resources"] = self._resources if blank is None or None not in pages else self._with_blank(blank)
        sheet["/Contents"] = self._document.make_stream(b"\n".join(contents))

    def _with_blank(self, blank: Object) -> Object:
        drawings = Dictionary(dict(self._resources["/XObject"].items()) | {"/blank": blank})
        return Dictionary(dict(self._resources.items()) | {"/XObject": drawings})

    def _page_content(self, page: Object) -> bytes:
        place = self._placement_of[page.objgen]
        content = pikepdf.parse_content_stream(page)
        for instruction in content:
            properties = instruction.operands[1] if instruction.operator == Operator("BDC") else None
            if isinstance(properties, Dictionary) and "/MCID" in properties:
                properties["/MCID"] = int(properties["/MCID"]) + place.marks
        return b"q 1 0 0 1 %.6f 0 cm\n%s\nQ" % (place.left, pikepdf.unparse_content_stream(content))

    # ---------------------------------------------------------------- what leads to them

    def _move_element(self, element: Object) -> None:
        """Point a tag to its content on the new page; the order of the tags stays."""
        own = self._placement_of[element["/Pg"].objgen] if "/Pg" in element else None
        element["/K"] = Array([self._moved_kid(kid, own) for kid in _kids(element)])
        if own:
            element["/Pg"] = own.side
            for attributes in _as_list(element.get("/A")):
                if isinstance(attributes, Dictionary) and "/BBox" in attributes:
                    attributes["/BBox"] = _shifted_box(attributes["/BBox"], own.left)

    def _moved_kid(self, kid: object, own: _PagePlacement | None) -> object:
        if isinstance(kid, int):
            if own is None:
                raise ValueError("a mark of no page")
            return kid + own.marks
        if isinstance(kid, Dictionary) and kid.get("/Type") in (Name.MCR, Name.OBJR):
            place = self._placement_of[kid["/Pg"].objgen] if "/Pg" in kid else own
            if place is None:
                raise ValueError("a mark of no page")
            kid["/Pg"] = place.side
            if "/MCID" in kid:
                kid["/MCID"] = int(kid["/MCID"]) + place.marks
        return kid

    def _move_target(self, target: Object) -> None:
        """Point a bookmark or link to the new side of its page, and the position on it."""
        place = self._placement_of[target[0].objgen]
        target[0] = place.side
        if target[1] == Name.XYZ and target[2] is not None:
            target[2] = round(float(target[2]) + place.left, _DECIMALS)

    def _move_links(self) -> None:
        for number, (link, page) in enumerate(self._links):
            place = self._placement_of[page.objgen]
            link["/Rect"] = _shifted_box(link["/Rect"], place.left)
            link["/P"] = place.side
            link["/StructParent"] = len(self._sides) + number
            place.side["/Annots"] = Array([*place.side.get("/Annots", ()), link])

    def _parent_tree(self) -> Object:
        """The parent tree: for each side the tags of its marked content, then the tag of each link."""
        numbers: list[object] = []
        for number, side in enumerate(self._sides):
            pages = (page for page in self._pages_on(side) if page is not None)
            numbers += [number, Array([tag for page in pages for tag in self._owners[int(page["/StructParents"])]])]
        tags = _link_tags(self._tree)
        for link, _ in self._links:
            numbers += [int(link["/StructParent"]), tags[link.objgen]]
        return self._document.make_indirect(Dictionary(Nums=Array(numbers)))


def _content_owners(tree: Object) -> dict[int, list[Object]]:
    """For each page, by its key in the parent tree, the tags that own its marked content."""
    numbers = list(tree["/Nums"])
    pairs = zip(numbers[::2], numbers[1::2], strict=True)
    return {int(key): list(tags) for key, tags in pairs if isinstance(tags, Array)}


def _link_tags(tree: Object) -> dict[tuple[int, int], Object]:
    """The tag of each link on a page, by the link."""
    return {
        kid["/Obj"].objgen: element
        for element in _elements(tree)
        for kid in _kids(element)
        if isinstance(kid, Dictionary) and kid.get("/Type") == Name.OBJR
    }


def _elements(tree: Object) -> Iterator[Object]:
    """Every tag below an element, in reading order."""
    for kid in _kids(tree):
        if isinstance(kid, Dictionary) and kid.get("/S") is not None:
            yield kid
            yield from _elements(kid)


def _kids(element: Object) -> list[object]:
    return _as_list(element.get("/K"))


def _as_list(value: object) -> list[object]:
    if value is None:
        return []
    return list(value) if isinstance(value, Array) else [value]


def _targets(root: Object, links: Sequence[Object]) -> Iterator[Object]:
    """Every destination of a bookmark, a name or a link."""
    ends = [*_bookmarks(root.get("/Outlines")), *links, *_named(root.get("/Names", Dictionary()).get("/Dests"))]
    for end in ends:
        target = end.get("/Dest", end.get("/A", Dictionary()).get("/D")) if isinstance(end, Dictionary) else end
        if isinstance(target, Dictionary):
            target = target["/D"]
        if isinstance(target, Array):
            yield target


def _bookmarks(parent: Object | None) -> Iterator[Object]:
    item = parent.get("/First") if parent is not None else None
    while item is not None:
        yield item
        yield from _bookmarks(item)
        item = item.get("/Next")


def _named(tree: Object | None) -> Iterator[Object]:
    if tree is not None:
        yield from list(tree.get("/Names", ()))[1::2]
        for kid in tree.get("/Kids", ()):
            yield from _named(kid)


def _shifted_box(box: Object, right: float) -> Array:
    left, bottom, end, top = map(float, box)
    return Array([round(left + right, _DECIMALS), bottom, round(end + right, _DECIMALS), top])


def _form_xobject(document: pikepdf.Pdf, page: Pdf) -> Object:
    """A page as a form XObject, which other pages can draw."""
    with pikepdf.open(io.BytesIO(page.data)) as other:
        return document.copy_foreign(other.pages[0].as_form_xobject())


def _set_viewer_preferences(root: Object) -> None:
    """Ask for both sides of the paper, turned on the short edge, and nothing scaled."""
    preferences = root["/ViewerPreferences"]
    preferences["/Duplex"] = Name.DuplexFlipShortEdge
    preferences["/PrintScaling"] = Name("/None")
