"""The structure tree of a leaflet, simplified: elements without meaning of their own are replaced by their children."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeGuard

from pikepdf import Array, Dictionary, Name, Object

from leaflets.errors import PdfError
from leaflets.model.compiled import LABEL, LOCAL, TOP
from leaflets.stamp.objects import ObjectWriter, ObjGen

# They carry no meaning of their own (ISO 32000-1, 14.8.4), so their children may stand in their place.
_FOLDED = ("/Span", "/NonStruct")
_GENERIC = (*_FOLDED, "/Div")
_SAYS_SOMETHING = ("/A", "/Alt", "/ActualText", "/Lang", "/E", "/C")
# /ID would have to differ in every copy; headers find their cells by /Scope instead (ISO 14289-1, 7.5).
_LEFT_OUT = frozenset({"/ID", "/P", "/K", "/Pg", "/Type", "/A", "/R"})
_MAX_DEPTH = 200


@dataclass(frozen=True, slots=True)
class MarkedContent:
    """A piece of marked content: the object number of its page, and its marked-content number there."""

    page: ObjGen
    number: int


@dataclass(slots=True)
class Element:
    """A structure element with folded children; parent and child elements are given by their place in the list."""

    item: Object
    parent: int
    kids: list[int | MarkedContent | Object] = field(default_factory=list)

    @property
    def page(self) -> ObjGen | None:
        """The page of its own marked content, or else the page that its attributes are about."""
        first = next((kid.page for kid in self.kids if isinstance(kid, MarkedContent)), None)
        if first is None and "/A" in self.item and "/Pg" in self.item:
            return self.item["/Pg"].objgen
        return first


def read_tree(root: Object) -> list[Element]:
    """The tags of a document in reading order, the document itself first.

    Raises PdfError where the structure tree root holds anything but one Document.
    """
    top = _listed(root.get("/K"))
    if len(top) != 1 or not isinstance(top[0], Dictionary) or top[0].get("/S") != Name.Document:
        raise PdfError("The leaflet's PDF is not tagged as one document, so copies of it cannot be.")
    elements: list[Element] = []
    _gather(top[0], -1, elements, 0)
    return elements


def content_owners(elements: list[Element]) -> dict[MarkedContent, int]:
    """The element, by its place, of every piece of marked content."""
    return {kid: at for at, element in enumerate(elements) for kid in element.kids if isinstance(kid, MarkedContent)}


def annotation_owners(elements: list[Element]) -> dict[ObjGen, int]:
    """The element, by its place, of every annotation."""
    return {
        kid["/Obj"].objgen: at
        for at, element in enumerate(elements)
        for kid in element.kids
        if not isinstance(kid, int | MarkedContent)
    }


def _gather(item: Object, parent: int, elements: list[Element], depth: int) -> int:
    if depth > _MAX_DEPTH:
        raise PdfError("The leaflet's tags are nested too deeply to be copied.")
    place = len(elements)
    element = Element(item, parent)
    elements.append(element)
    for kid in _folded_kids(item, depth):
        if _is_element(kid):
            element.kids.append(_gather(kid, place, elements, depth + 1))
        else:
            element.kids.append(kid)
    return place


def _folded_kids(item: Object, depth: int) -> Iterator[MarkedContent | Object]:
    if depth > _MAX_DEPTH:
        raise PdfError("The leaflet's tags are nested too deeply to be copied.")
    for kid in _listed(item.get("/K")):
        if isinstance(kid, int):
            yield MarkedContent(item["/Pg"].objgen, kid)
        elif kid.get("/Type") == Name.MCR:
            yield MarkedContent((kid["/Pg"] if "/Pg" in kid else item["/Pg"]).objgen, int(kid["/MCID"]))
        elif "/S" not in kid:
            yield kid
        else:
            yield from _folded(kid, depth + 1)


def _folded(item: Object, depth: int) -> list[MarkedContent | Object]:
    """The element, its children where it may be folded, or nothing where it is empty."""
    if not _listed(item.get("/K")) and str(item["/S"]) in _GENERIC:
        return []
    if any(key in item for key in _SAYS_SOMETHING) or str(item["/S"]) not in _GENERIC:
        return [item]
    inner = list(_folded_kids(item, depth))
    # A group of elements may go, but text needs an owner: a part or section can be none.
    return inner if str(item["/S"]) in _FOLDED or all(map(_is_element, inner)) else [item]


def _is_element(kid: MarkedContent | Object) -> TypeGuard[Object]:
    return not isinstance(kid, MarkedContent) and "/S" in kid


def _listed(kids: Object | None) -> list[Object]:
    """A value that may be missing, single or an array, as a list."""
    if kids is None:
        return []
    return list(kids.as_list()) if isinstance(kids, Array) else [kids]


@dataclass(frozen=True, slots=True)
class ElementWriter:
    """Writes elements as bytes; `first` is the place of the document among a copy's objects."""

    writer: ObjectWriter
    pages: Mapping[ObjGen, int]
    first: int

    def body(self, element: Element) -> bytes:
        """An element with marked references to its parent, its page and its children."""
        page = element.page
        is_document = element.parent < 0
        parent = b"%c 0 R" % TOP if is_document else self._local(self.first + element.parent)
        where = b"" if page is None else b"/Pg " + self._local(self.pages[page])
        kids = b" ".join(self._kid(kid, page) for kid in element.kids)
        opening = b"/K[%c" % LABEL if is_document else b"/K["
        return b"<</P " + parent + where + self._keys(element.item) + opening + kids + b"]>>"

    def _local(self, place: int) -> bytes:
        return b"%c%04x 0 R" % (LOCAL, place)

    def _kid(self, kid: int | MarkedContent | Object, page: ObjGen | None) -> bytes:
        if isinstance(kid, int):
            return self._local(self.first + kid)
        if not isinstance(kid, MarkedContent):
            return self.writer.entries(kid)
        if kid.page == page:
            return b"%d" % kid.number
        return b"<</Type/MCR/Pg " + self._local(self.pages[kid.page]) + b"/MCID %d>>" % kid.number

    def _keys(self, item: Object) -> bytes:
        """The element's other keys without brackets: role, attributes, alternative text, language."""
        keys = self.writer.entries(item, leave_out=_LEFT_OUT)[2:-2]
        attributes = [self._attributes(part, str(item["/S"])) for part in _listed(item.get("/A"))]
        attributes = [part for part in attributes if part]
        if not attributes:
            return keys
        return keys + b"/A" + (attributes[0] if len(attributes) == 1 else b"[" + b" ".join(attributes) + b"]")

    def _attributes(self, item: Object, role: str) -> bytes:
        """One set of attributes without /Headers, empty where nothing else is in it; a table header gets a scope."""
        body = self.writer.entries(item, leave_out=frozenset({"/Headers"}))
        if role == "/TH" and item.get("/O") == Name.Table and "/Scope" not in item:
            return body[:-2] + b"/Scope/Column>>"
        return body if len(item.keys() - {"/Headers", "/O"}) else b""
