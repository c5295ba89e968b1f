"""Writes a print file: the shared objects of each leaflet once, and for each copy its label and page objects."""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from leaflets.errors import PdfError
from leaflets.impose import Sides
from leaflets.labels.embed import OBJECTS_PER_FONT, embed
from leaflets.labels.fonts import LabelFonts
from leaflets.labels.layout import LabelSetter
from leaflets.labels.text_operators import TextWriter
from leaflets.model.compiled import CompiledLeaflet
from leaflets.printfile.banner import banner_content, banner_page
from leaflets.printfile.content import CopyContent, LabelWriter
from leaflets.printfile.copy_template import CopyTemplate, FileNumbers, LabelItems, make_copy_template
from leaflets.printfile.document_trees import Bookmarks, PageTree, ParentTree, xmp
from leaflets.printfile.jobs import Copy, LeafletSource, PrintJob, WrittenFile
from leaflets.printfile.objects import ObjectFile, Sink, text_string
from leaflets.printfile.shared_objects import SharedNumbers, fonts_entries, write_shared

# Viewers stop at 8,388,607 objects (ISO 32000-1, annex C); a tagged copy takes about two hundred numbers.
MOST_TAGGED_COPIES = 40_000
_COPIES_PER_NODE = 64

CATALOG, PAGES, INFO, SAVE_STATE, BLANK, OUTLINES, TAGS, DOCUMENT, PARENTS, METADATA = range(1, 11)


def write_print_file(
    out: Sink, copies: Iterable[Copy], source: LeafletSource, fonts: LabelFonts, job: PrintJob
) -> WrittenFile:
    """Write all copies, in order, as one PDF to `out`, a binary file that need not seek; returns its facts.

    `source` is called once for each key. The same input gives the same bytes. Raises PdfError, naming the serial, where
    a label does not fit or a leaflet has no space for one; errors of `out` pass through.
    """
    writer = _PrintFile(out, fonts, job)
    with _few_collections():
        for copy in copies:
            writer.add(copy, source)
    return writer.finish()


@contextmanager
def _few_collections() -> Iterator[None]:
    """Runs the garbage collector less often: copies create no cycles, and collections took an eighth of the time."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


@dataclass(slots=True)
class _FileLeaflet:
    """A leaflet of this file: the numbers of its shared objects, and its copies' templates by their label's items."""

    leaflet: CompiledLeaflet
    numbers: FileNumbers
    shared: SharedNumbers
    templates: dict[tuple[int, int], CopyTemplate] = field(default_factory=dict)


class _PrintFile:
    """A print file that is being written."""

    def __init__(self, out: Sink, fonts: LabelFonts, job: PrintJob) -> None:
        self._job = job
        self._file = ObjectFile(out)
        self._text_writer = TextWriter(fonts)
        self._setter = LabelSetter(fonts)
        self._labels = LabelWriter(self._text_writer, self._setter, tagged=job.tagged, duplex=job.duplex)
        self._file.reserve(METADATA)
        self._file.put(SAVE_STATE, b"<<>>", b"q\n")
        self._file.put(BLANK, b"<<>>", b"/Artifact<</Type/Layout>>BDC EMC\n")
        self._leaflets: dict[str, _FileLeaflet] = {}
        self._streams: dict[bytes, int] = {}
        self._pages = PageTree(self._file, PAGES)
        self._parents = ParentTree(self._file, PARENTS)
        self._bookmarks = Bookmarks(self._file, OUTLINES)
        self._documents: list[int] = []
        self._copies = self._all_pages = self._papers = 0

    def add(self, copy: Copy, source: LeafletSource) -> None:
        """Write one copy."""
        entry = self._leaflets.get(copy.leaflet_key)
        if entry is None:
            entry = self._add_leaflet(copy.leaflet_key, source(copy.leaflet_key))
        if not self._copies and self._job.banner is not None:
            self._add_banner(entry.leaflet)
        if self._job.tagged and self._copies >= MOST_TAGGED_COPIES:
            raise PdfError(
                f"A tagged print file holds at most {MOST_TAGGED_COPIES} copies.",
                "Split the destination into several print files.",
            )
        self._write(entry, self._labels.content(copy, entry.leaflet), copy.serial)
        self._copies += 1
        if self._copies % _COPIES_PER_NODE == 0:
            self._close_node()

    def finish(self) -> WrittenFile:
        """Write the fonts, trees and catalog; returns the facts of the file."""
        if not self._copies and self._job.banner is not None:
            self._add_banner(None)
        self._close_node()
        entries = self._write_fonts()
        for entry in self._leaflets.values():
            body = b"<<%b/Font<<%b%b>>>>" % (entry.shared.resources, entry.shared.page_fonts, entries)
            self._file.pack(entry.numbers.page_resources, [body])
        self._pages.finish()
        self._write_catalog()
        self._file.finish(CATALOG, INFO)
        file = self._file
        return WrittenFile(self._copies, self._all_pages, self._papers, file.position, file.sha256)

    def _add_leaflet(self, key: str, leaflet: CompiledLeaflet) -> _FileLeaflet:
        shared = write_shared(self._file, leaflet, self._streams)
        numbers = FileNumbers(shared.numbers, self._file.reserve(), SAVE_STATE, BLANK, DOCUMENT)
        entry = self._leaflets[key] = _FileLeaflet(leaflet, numbers, shared)
        return entry

    def _write(self, entry: _FileLeaflet, content: CopyContent, title: str) -> None:
        job, file = self._job, self._file
        template = entry.templates.get(content[:2]) or self._add_template(entry, content)
        node = self._pages.node()
        first = file.reserve(template.objects, template.step)
        if job.tagged:
            stream = template.stream(first, node)
            file.put_pack(first, template.packed, stream.first, stream.data)
            self._parents.add(stream.parents)
            self._documents.append(first + template.document)
        else:
            bodies, numbers, *_ = template.fill(first, node)
            file.pack(first, bodies, numbers)
        own = first + template.packed
        for number, data in enumerate(content.streams, own):
            file.put(number, b"<<>>", data)
        sides, after = template.sides, template.after
        self._pages.add(first, sides.pages, own - after, after)
        if job.bookmarks:
            self._bookmarks.add(title, first)
        self._all_pages += sides.pages + after
        self._papers += template.sheets

    def _add_template(self, entry: _FileLeaflet, content: CopyContent) -> CopyTemplate:
        items = LabelItems(content.items, content.sheet_items)
        sides = Sides(entry.leaflet.pages, self._job.duplex, label_sheet=bool(content.sheet_items))
        template = make_copy_template(entry.leaflet, entry.numbers, sides, items=items, tagged=self._job.tagged)
        entry.templates[items] = template
        return template

    def _add_banner(self, beside: CompiledLeaflet | None) -> None:
        banner = self._job.banner
        if banner is None:
            return
        leaflet = banner_page(self._job.lang, beside)
        entry = self._add_leaflet("\0banner", leaflet)
        self._write(entry, banner_content(banner, leaflet, self._labels, self._setter), banner.title)

    def _close_node(self) -> None:
        self._pages.close_node()
        self._bookmarks.close_group()
        self._parents.close_leaf()

    def _write_fonts(self) -> bytes:
        entries = []
        for place in self._text_writer.used():
            first = self._file.reserve(OBJECTS_PER_FONT)
            for offset, (body, data) in enumerate(embed(self._text_writer.codes[place]).numbered(first)):
                self._file.put(first + offset, body, data)
            entries.append((place, first))
        return fonts_entries(entries)

    def _write_catalog(self) -> None:
        job, file = self._job, self._file
        title = text_string(job.title)
        sides = b"/Duplex/DuplexFlipLongEdge" if job.duplex else b""
        body = b"<</Type/Catalog/Pages %d 0 R/Lang%b/ViewerPreferences<</DisplayDocTitle true/PrintScaling/None%b>>" % (
            PAGES, text_string(job.lang), sides,
        )  # fmt: skip
        if self._bookmarks.finish():
            body += b"/Outlines %d 0 R" % OUTLINES
        if job.tagged:
            body += b"/MarkInfo<</Marked true>>/StructTreeRoot %d 0 R/Metadata %d 0 R" % (TAGS, METADATA)
            self._write_tags()
        file.put(INFO, b"<</Title%b/Producer(leaflet)>>" % title)
        file.put(CATALOG, body + b">>")

    def _write_tags(self) -> None:
        roles = {entry.leaflet.roles for entry in self._leaflets.values() if entry.leaflet.roles}
        if roles:
            raise PdfError("A leaflet's PDF has roles of its own, which a print file cannot hold.")
        self._parents.finish()
        kids = b" ".join([b"%d 0 R" % number for number in self._documents])
        self._file.put(DOCUMENT, b"<</S/Document/P %d 0 R/K[%b]>>" % (TAGS, kids))
        next_key = self._file.next_number
        root = b"<</Type/StructTreeRoot/K[%d 0 R]/ParentTree %d 0 R/ParentTreeNextKey %d>>" % (
            DOCUMENT,
            PARENTS,
            next_key,
        )
        self._file.put(TAGS, root)
        self._file.put(METADATA, b"<</Type/Metadata/Subtype/XML>>", xmp(self._job.title))
