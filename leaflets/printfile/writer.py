"""Writes a print file: every leaflet once, then for each copy its label and its page objects."""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from leaflets.errors import PdfError
from leaflets.impose import blanks_after, paper_sheets
from leaflets.labels.embed import OBJECTS_PER_FONT, embed
from leaflets.labels.faces import LabelFonts
from leaflets.labels.ink import Ink
from leaflets.labels.setting import LabelSetter
from leaflets.model.compiled import Sheet
from leaflets.printfile.banner import banner_content, banner_sheet
from leaflets.printfile.content import LabelContent, LabelWriter
from leaflets.printfile.form import FileNumbers, Form, make_form
from leaflets.printfile.jobs import Copy, PrintJob, SheetSource, Written
from leaflets.printfile.objects import ObjectFile, Sink, text_string
from leaflets.printfile.shared import SharedNumbers, fonts_entries, write_shared
from leaflets.printfile.trees import Bookmarks, PageTree, ParentTree, xmp

# Viewers stop at 8,388,607 objects (ISO 32000-1, annex C); a tagged copy takes about two hundred numbers.
MOST_TAGGED_COPIES = 40_000
_COPIES_PER_NODE = 64

CATALOG, PAGES, INFO, SAVE_STATE, BLANK, OUTLINES, TAGS, DOCUMENT, PARENTS, METADATA = range(1, 11)


def write_print_file(
    out: Sink, copies: Iterable[Copy], sheet: SheetSource, fonts: LabelFonts, job: PrintJob
) -> Written:
    """Write all copies, in order, as one PDF to `out`, a binary file that need not seek; what was written.

    `sheet` is called once for each key. The same input gives the same bytes. Raises PdfError, naming the serial, where
    a label does not fit or a leaflet has no space for one; errors of `out` pass through.
    """
    writer = _PrintFile(out, fonts, job)
    with _few_collections():
        for copy in copies:
            writer.add(copy, sheet)
    return writer.finish()


@contextmanager
def _few_collections() -> Iterator[None]:
    """Let the collector of cycles look less often: copies make none, and its walks take an eighth of the time."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


@dataclass(slots=True)
class _Known:
    """A leaflet of this file: its sheet, where its shared objects are, its copies' forms by number of label items."""

    sheet: Sheet
    numbers: FileNumbers
    placed: SharedNumbers
    forms: dict[int, Form] = field(default_factory=dict)


class _PrintFile:
    """One print file while it is written."""

    def __init__(self, out: Sink, fonts: LabelFonts, job: PrintJob) -> None:
        self._job = job
        self._file = ObjectFile(out)
        self._ink = Ink(fonts)
        self._setter = LabelSetter(fonts)
        self._labels = LabelWriter(self._ink, self._setter, tagged=job.tagged)
        self._file.reserve(METADATA)
        self._fonts = self._file.reserve(OBJECTS_PER_FONT * len(fonts.faces))
        self._file.put(SAVE_STATE, b"<<>>", b"q\n")
        self._file.put(BLANK, b"<<>>", b"/Artifact<</Type/Layout>>BDC EMC\n")
        self._known: dict[str, _Known] = {}
        self._streams: dict[bytes, int] = {}
        self._pages = PageTree(self._file, PAGES)
        self._parents = ParentTree(self._file, PARENTS)
        self._bookmarks = Bookmarks(self._file, OUTLINES)
        self._documents: list[int] = []
        self._copies = self._all_pages = self._papers = 0

    def add(self, copy: Copy, source: SheetSource) -> None:
        """Write one copy."""
        known = self._known.get(copy.sheet)
        if known is None:
            known = self._learn(copy.sheet, source(copy.sheet))
        if not self._copies and self._job.banner is not None:
            self._add_banner(known.sheet)
        if self._job.tagged and self._copies >= MOST_TAGGED_COPIES:
            raise PdfError(
                f"A tagged print file holds at most {MOST_TAGGED_COPIES} copies.",
                "Split the destination into several print files.",
            )
        self._write(known, self._labels.content(copy, known.sheet), copy.serial)
        self._copies += 1
        if self._copies % _COPIES_PER_NODE == 0:
            self._close_node()

    def finish(self) -> Written:
        """Write what stands at the end, and say what was written."""
        if not self._copies and self._job.banner is not None:
            self._add_banner(None)
        self._close_node()
        entries = self._write_fonts()
        for known in self._known.values():
            body = b"<<%b/Font<<%b%b>>>>" % (known.placed.resources, known.placed.page_fonts, entries)
            self._file.pack(known.numbers.page_resources, [body])
        self._pages.finish()
        self._write_catalog()
        self._file.finish(CATALOG, INFO)
        file = self._file
        return Written(self._copies, self._all_pages, self._papers, file.position, file.sha256)

    def _learn(self, key: str, sheet: Sheet) -> _Known:
        placed = write_shared(self._file, sheet, self._streams)
        numbers = FileNumbers(placed.numbers, self._file.reserve(), SAVE_STATE, BLANK, DOCUMENT)
        known = self._known[key] = _Known(sheet, numbers, placed)
        return known

    def _write(self, known: _Known, label: LabelContent, title: str) -> None:
        job, file = self._job, self._file
        form = known.forms.get(label.items)
        if form is None:
            blanks = blanks_after(known.sheet.pages, job.duplex)
            form = make_form(known.sheet, known.numbers, items=label.items, blanks=blanks, tagged=job.tagged)
            known.forms[label.items] = form
        node = self._pages.node()
        first = file.reserve(form.objects, form.step)
        if job.tagged:
            stream = form.stream(first, node)
            file.put_pack(first, form.packed, stream.first, stream.data)
            self._parents.add(stream.parents)
            self._documents.append(first + form.document)
        else:
            bodies, numbers, *_ = form.fill(first, node)
            file.pack(first, bodies, numbers)
        file.put(first + form.packed, b"<<>>", label.data)
        self._pages.add(first, known.sheet.pages, first + form.packed - form.blanks, form.blanks)
        if job.bookmarks:
            self._bookmarks.add(title, first)
        self._all_pages += form.pages
        self._papers += paper_sheets(known.sheet.pages, job.duplex)

    def _add_banner(self, beside: Sheet | None) -> None:
        banner = self._job.banner
        if banner is None:
            return
        sheet = banner_sheet(self._job.lang, beside)
        known = self._learn("\0banner", sheet)
        self._write(known, banner_content(banner, sheet, self._labels, self._setter), banner.title)

    def _close_node(self) -> None:
        self._pages.close_node()
        self._bookmarks.close_group()
        self._parents.close_leaf()

    def _write_fonts(self) -> bytes:
        used = self._ink.used()
        for place in used:
            first = self._fonts + place * OBJECTS_PER_FONT
            for offset, (body, data) in enumerate(embed(self._ink.codes[place]).numbered(first)):
                self._file.put(first + offset, body, data)
        return fonts_entries((place, self._fonts + place * OBJECTS_PER_FONT) for place in used)

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
        roles = {known.sheet.roles for known in self._known.values() if known.sheet.roles}
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
