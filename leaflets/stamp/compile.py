"""Reads a finished leaflet's PDF and returns it as a compiled leaflet, whose objects its copies share."""

import io
from collections.abc import Iterator

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream

from leaflets.errors import PdfError
from leaflets.model.compiled import LOCAL, CompiledLeaflet, PageTemplate, SharedObject
from leaflets.model.page import Pdf
from leaflets.stamp.fontnames import with_own_font_names
from leaflets.stamp.objects import ObjectWriter, ObjGen, destinations, scalar
from leaflets.stamp.structure import ElementWriter, MarkedContent, annotation_owners, content_owners, read_tree

_PAGE_KEYS_SET_PER_COPY = frozenset({"/Parent", "/Contents", "/Resources", "/Annots", "/StructParents"})
_CATALOG_KEYS = ("/Lang", "/Metadata", "/MarkInfo", "/OutputIntents", "/ViewerPreferences", "/AF", "/Extensions")
_INHERITED = ("/MediaBox", "/CropBox", "/Rotate")


def compile_leaflet(pdf: Pdf) -> CompiledLeaflet:
    """The compiled leaflet from which print files and files of one copy are written.

    Raises PdfError where the PDF cannot be read, is not tagged as one document, or holds what copies cannot share.
    """
    try:
        with pikepdf.open(io.BytesIO(pdf.data)) as source:
            return _Compiler(source, pdf).compiled()
    except (pikepdf.PdfError, KeyError, TypeError, ValueError) as error:
        raise PdfError("The leaflet's PDF cannot be taken apart for copying.", "Build the leaflet again.") from error


class _Compiler:
    """Compiles one document."""

    def __init__(self, source: pikepdf.Pdf, pdf: Pdf) -> None:
        self._pdf = pdf
        self._root = source.Root
        self._info = source.trailer.get("/Info")
        self._pages = [page.obj for page in source.pages]
        if "/StructTreeRoot" not in self._root:
            raise PdfError("The leaflet's PDF has no tags.")
        self._elements = read_tree(self._root["/StructTreeRoot"])
        self._annotations = [item for page in self._pages for item in _annotations(page)]
        self._outline = list(_outline_items(self._root.get("/Outlines")))
        self._page_places = {page.objgen: place for place, page in enumerate(self._pages)}
        self._writer = ObjectWriter(self._places_of_own_objects(), destinations(self._root))

    @property
    def _first_element(self) -> int:
        return len(self._pages) + len(self._annotations)

    def _places_of_own_objects(self) -> dict[ObjGen, int]:
        items = [*self._pages, *self._annotations]
        elements = [element.item for element in self._elements]
        return {item.objgen: place for place, item in enumerate([*items, *elements, *self._outline])}

    def compiled(self) -> CompiledLeaflet:
        """The whole document as a compiled leaflet."""
        owners = content_owners(self._elements)
        links = annotation_owners(self._elements)
        resources = _inherited(self._pages[0], "/Resources")
        elements = ElementWriter(self._writer, self._page_places, self._first_element)
        no_fonts, no_parent = frozenset({"/Font"}), frozenset({"/StructParent", "/P", "/Parent"})
        page_templates = tuple(self._page_template(page, owners) for page in self._pages)
        fonts = resources.get("/Font", Dictionary())
        annotations = tuple(self._writer.entries(item, leave_out=no_parent) for item in self._annotations)
        page_resources = self._writer.entries(resources, leave_out=no_fonts)[2:-2]
        page_fonts = self._writer.entries(fonts)[2:-2]
        bodies = tuple(elements.body(element) for element in self._elements)
        outline = tuple(self._writer.entries(item) for item in self._outline)
        catalog, info, roles = self._catalog(), self._document_info(), self._roles()
        shared = self._writer.shared  # read last: writing the parts above is what collects the shared objects
        return CompiledLeaflet(
            pages=len(self._pages),
            lang=str(self._root.get("/Lang", "")),
            title="" if self._info is None else str(self._info.get("/Title", "")),
            rects=self._pdf.rects,
            shared=with_own_font_names(shared),
            page_templates=page_templates,
            resources=page_resources,
            page_fonts=page_fonts,
            annotations=annotations,
            annotation_owners=tuple(links[item.objgen] for item in self._annotations),
            elements=bodies,
            outline=outline,
            catalog=catalog,
            info=info,
            roles=roles,
        )

    def _page_template(self, page: Object, owners: dict[MarkedContent, int]) -> PageTemplate:
        contents = page["/Contents"]
        streams = list(contents.as_list()) if isinstance(contents, Array) else [contents]
        if not all(isinstance(stream, Stream) for stream in streams):
            raise PdfError("A page of the leaflet's PDF has no content.")
        box = [float(edge) for edge in _inherited(page, "/MediaBox").as_list()]
        return PageTemplate(
            body=self._writer.entries(page, leave_out=_PAGE_KEYS_SET_PER_COPY)[2:-2] + self._inherited_keys(page),
            contents=tuple(self._writer.share(stream) for stream in streams),
            resources=self._resources(page),
            annotations=tuple(self._place(item) for item in _annotations(page)),
            owners=_owners_on(page, owners),
            width_pt=box[2] - box[0],
            height_pt=box[3] - box[1],
        )

    def _inherited_keys(self, page: Object) -> bytes:
        above = [(key, _above(page, key)) for key in _INHERITED if key not in page]
        return b"".join(key.encode() + b" " + self._writer.value(item) for key, item in above if item is not None)

    def _resources(self, page: Object) -> int:
        resources = _inherited(page, "/Resources")
        if resources.is_indirect:
            return self._writer.share(resources)
        return self._writer.add(SharedObject(self._writer.entries(resources)))

    def _place(self, annotation: Object) -> int:
        return len(self._pages) + next(
            place for place, item in enumerate(self._annotations) if item.objgen == annotation.objgen
        )

    def _catalog(self) -> bytes:
        keys = [key for key in _CATALOG_KEYS if key in self._root]
        written = b"".join(key.encode() + b" " + self._writer.value(self._root[key]) for key in keys)
        names = self._root.get("/Names")
        if isinstance(names, Dictionary) and "/EmbeddedFiles" in names:
            written += b"/Names<</EmbeddedFiles " + self._writer.value(names["/EmbeddedFiles"]) + b">>"
        if self._outline:
            written += b"/Outlines %c%04x 0 R" % (LOCAL, self._first_element + len(self._elements))
        return written

    def _document_info(self) -> bytes:
        if self._info is None:
            return b"<<>>"
        return b"<<" + b"".join(Name(key).unparse() + b" " + scalar(value) for key, value in self._info.items()) + b">>"

    def _roles(self) -> bytes:
        root = self._root["/StructTreeRoot"]
        keys = [key for key in ("/RoleMap", "/ClassMap") if key in root]
        return b"".join(key.encode() + b" " + self._writer.value(root[key]) for key in keys)


def _owners_on(page: Object, owners: dict[MarkedContent, int]) -> tuple[int, ...]:
    """For each marked-content number of a page, the place of the element that owns it; -1 where none does."""
    here = {content.number: place for content, place in owners.items() if content.page == page.objgen}
    return tuple(here.get(number, -1) for number in range(max(here, default=-1) + 1))


def _annotations(page: Object) -> list[Object]:
    return list(page["/Annots"].as_list()) if "/Annots" in page else []


def _inherited(page: Object, key: str) -> Object:
    """A key of a page, or of the page tree nodes above it. Raises PdfError where none has it."""
    item = _above(page, key)
    if item is None:
        raise PdfError(f"A page of the leaflet's PDF has no {key}.")
    return item


def _above(page: Object, key: str) -> Object | None:
    node: Object | None = page
    while node is not None and key not in node:
        node = node.get("/Parent")
    return None if node is None else node[key]


def _outline_items(root: Object | None) -> Iterator[Object]:
    """The outline and all its items, each once."""
    todo = [] if root is None or "/First" not in root else [root]
    while todo:
        item = todo.pop()
        yield item
        todo.extend(item[key] for key in ("/Next", "/First") if key in item)
