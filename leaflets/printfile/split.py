"""One whole tagged file for each copy: PDF/A-3a and PDF/UA-1 like the leaflet itself, label included.

Everything but the label, its fonts and the cross-reference table is the same in every copy of a leaflet, so it is made
once and kept; a copy's file is that beginning, the label, the fonts and a new table.
"""

import hashlib
import io
import string
import sys
from dataclasses import dataclass
from pathlib import Path

from leaflets.impose import blanks_after, paper_sheets
from leaflets.labels.embed import OBJECTS_PER_FONT, embed
from leaflets.labels.faces import Face, LabelFonts
from leaflets.labels.ink import FaceCodes, Ink
from leaflets.labels.setting import LabelSetter
from leaflets.model.compiled import Sheet
from leaflets.printfile.content import LabelContent, LabelWriter
from leaflets.printfile.form import FileNumbers, make_form
from leaflets.printfile.jobs import Copy, SheetSource, Written
from leaflets.printfile.objects import (
    ENTRY_BYTES,
    ObjectFile,
    Sink,
    ending,
    plain_entry,
    stream_object,
    xref_body,
)  # fmt: skip
from leaflets.printfile.save import save
from leaflets.printfile.shared import fonts_entries, write_shared
from leaflets.seal.digest import closed

_CATALOG, _PAGES, _INFO, _SAVE_STATE, _BLANK, _TAGS, _PARENTS = range(1, 8)

# Fonts are embedded for one of these sets of characters where a label keeps to it: one subset then serves many files.
_ASCII = string.ascii_letters + string.digits + string.punctuation + " ·–—‘’“”…€"
_WESTERN = _ASCII + "".join(map(chr, range(0xA0, 0x100)))
_WIDE = _WESTERN + "".join(map(chr, [*range(0x100, 0x180), 0x1A0, 0x1A1, 0x1AF, 0x1B0, *range(0x1EA0, 0x1EFA)]))
_MOST_SHELLS = 256  # some forty kilobytes each
_TIERS = (frozenset(_WESTERN), frozenset(_WIDE))


@dataclass(frozen=True, slots=True)
class _Shell:
    """A leaflet's file up to the label: its bytes, its table so far, and where label and fonts are numbered."""

    start: bytes
    start_hash: "hashlib._Hash"
    entries: bytes
    label: int
    pages: int


class SplitWriter:
    """Writes files of one copy. With `duplex`, a leaflet of odd pages has a blank back."""

    def __init__(self, sheet: SheetSource, fonts: LabelFonts, *, duplex: bool = False) -> None:
        self._source, self._fonts, self._duplex = sheet, fonts, duplex
        self._sheets: dict[str, Sheet] = {}
        self._setter = LabelSetter(fonts)
        self._shells: dict[tuple[str, int, tuple[int, ...]], _Shell] = {}
        self._programs: dict[tuple[Face, int, int], tuple[bytes, tuple[int, ...]]] = {}

    def pieces(self, copy: Copy) -> tuple[bytes, ...]:
        """The parts that make a copy's file. Raises PdfError, naming the serial, where the label does not fit."""
        return self._assembled(copy)[0]

    def _assembled(self, copy: Copy) -> tuple[tuple[bytes, ...], str]:
        """The parts of a copy's file, and the hash of them all; the beginning was hashed when the shell was made."""
        sheet = self._sheet(copy.sheet)
        ink = Ink(self._fonts)
        label = LabelWriter(ink, self._setter, tagged=True).content(copy, sheet)
        used = ink.used()
        shell = self._shell(copy.sheet, sheet, label, used)
        parts = [shell.start, stream_object(shell.label, b"<<>>", label.data)]
        positions = [len(shell.start)]
        position = positions[0] + len(parts[1])
        for at, place in enumerate(used):
            data, offsets = self._program(ink.codes[place], shell.label + 1 + at * OBJECTS_PER_FONT)
            parts.append(data)
            positions += [position + offset for offset in offsets]
            position += len(data)
        entries = shell.entries + b"".join(map(plain_entry, [*positions, position]))
        size = len(entries) // ENTRY_BYTES
        total = shell.start_hash.copy()
        total.update(b"".join(parts[1:]))
        identity = total.hexdigest()[:32].encode()
        last = stream_object(size - 1, xref_body(size, _CATALOG, _INFO, identity), entries) + ending(position)
        table = closed(total, last)
        total.update(table)
        return (*parts, table), total.hexdigest()

    def save(self, path: Path, copy: Copy, *, sync: bool = False) -> Written:
        """Write a copy's file to `path`, readable by its owner alone, whole or not at all; what was written.

        Without `sync` a power cut may still undo it. Raises OutputError and PdfError.
        """
        parts, total = self._assembled(copy)
        data = b"".join(parts)
        sheet = self._sheet(copy.sheet)
        pages = sheet.pages + blanks_after(sheet.pages, self._duplex)
        papers = paper_sheets(sheet.pages, self._duplex)
        written = Written(1, pages, papers, len(data), total)

        def write(out: Sink) -> Written:
            out.write(data)
            return written

        return save(path, write, sync=sync)

    def _sheet(self, key: str) -> Sheet:
        if key not in self._sheets:
            self._sheets[key] = self._source(key)
        return self._sheets[key]

    def _shell(self, key: str, sheet: Sheet, label: LabelContent, used: tuple[int, ...]) -> _Shell:
        shell = self._shells.get((key, label.items, used))
        if shell is None:
            if len(self._shells) >= _MOST_SHELLS:
                self._shells.clear()
            shell = self._shells[key, label.items, used] = make_shell(sheet, label.items, used, self._duplex)
        return shell

    def _program(self, codes: FaceCodes, first: int) -> tuple[bytes, tuple[int, ...]]:
        """A font's objects numbered from `first`, and where in these bytes each of them begins."""
        if codes.glyphs:
            return _font_bytes(codes, first)
        tier = next((place for place, tier in enumerate(_TIERS) if codes.characters <= tier), -1)
        if tier < 0:
            return _font_bytes(codes, first)
        program = self._programs.get((codes.face, tier, first))
        if program is None:
            if len(self._programs) >= _MOST_SHELLS:
                self._programs.clear()
            whole = FaceCodes(codes.face)
            whole.note("".join(_TIERS[tier] & codes.face.simple))
            program = self._programs[codes.face, tier, first] = _font_bytes(whole, first)
        return program


def make_shell(sheet: Sheet, items: int, used: tuple[int, ...], duplex: bool) -> _Shell:
    """A leaflet's file up to the label, for labels of so many items set in these faces."""
    out = io.BytesIO()
    file = ObjectFile(out, packed_bytes=sys.maxsize)  # one object stream: the numbers after it belong to the label
    file.reserve(_PARENTS)
    file.put(_SAVE_STATE, b"<<>>", b"q\n")
    file.put(_BLANK, b"<<>>", b"/Artifact<</Type/Layout>>BDC EMC\n")
    placed = write_shared(file, sheet, {}, whole=True)
    numbers = FileNumbers(placed.numbers, file.reserve(), _SAVE_STATE, _BLANK, _TAGS)
    blanks = blanks_after(sheet.pages, duplex)
    whole = (sheet.catalog, sheet.info, sheet.roles)
    form = make_form(sheet, numbers, items=items, blanks=blanks, tagged=True, whole=whole)
    file.open_pack()
    first = file.reserve(form.objects, form.step)
    filled = form.fill(first, _PAGES)
    catalog, info, roles = filled.extras
    file.pack(first, filled.bodies, filled.numbers)
    label = first + form.packed
    entries = fonts_entries((place, label + 1 + at * OBJECTS_PER_FONT) for at, place in enumerate(used))
    file.pack(numbers.page_resources, [b"<<%b/Font<<%b%b>>>>" % (placed.resources, placed.page_fonts, entries)])
    kids = [b"%d 0 R" % number for number in (*range(first, first + sheet.pages), *range(label - blanks, label))]
    file.pack(_PAGES, [b"<</Type/Pages/Count %d/Kids[%b]>>" % (len(kids), b" ".join(kids))])
    file.pack(_PARENTS, [b"<</Nums[%b]>>" % filled.parents.replace(b"\t", b" ")])
    tags = b"<</Type/StructTreeRoot/K[%d 0 R]/ParentTree %d 0 R/ParentTreeNextKey %d%b>>"
    file.pack(_TAGS, [tags % (first + form.document, _PARENTS, label, roles)])
    file.pack(_INFO, [info])
    file.pack(_CATALOG, [b"<</Type/Catalog/Pages %d 0 R/StructTreeRoot %d 0 R%b>>" % (_PAGES, _TAGS, catalog)])
    file.close_pack()
    file.flush()
    start = out.getvalue()
    return _Shell(start, hashlib.sha256(start), bytes(file.entries[: label * ENTRY_BYTES]), label, form.pages)


def _font_bytes(codes: FaceCodes, first: int) -> tuple[bytes, tuple[int, ...]]:
    parts, offsets, position = [], [], 0
    for offset, (body, data) in enumerate(embed(codes).numbered(first)):
        number = first + offset
        whole = b"%d 0 obj\n%b\nendobj\n" % (number, body) if data is None else stream_object(number, body, data)
        offsets.append(position)
        parts.append(whole)
        position += len(whole)
    return b"".join(parts), tuple(offsets)
