"""One tagged file for each copy: PDF/A-3a and PDF/UA-1 like the leaflet itself, label included.

Everything but the label, its fonts and the cross-reference table is the same in every copy of a leaflet, so it is made
once and cached; a copy's file is that beginning, the label, the fonts and a new table.
"""

import hashlib
import io
import string
import sys
from dataclasses import dataclass
from pathlib import Path

from leaflets.impose import Sides
from leaflets.labels.embed import OBJECTS_PER_FONT, embed
from leaflets.labels.faces import Face
from leaflets.labels.fonts import LabelFonts
from leaflets.labels.layout import LabelSetter
from leaflets.labels.text_operators import FaceCodes, TextWriter
from leaflets.model.compiled import CompiledLeaflet
from leaflets.printfile.content import CopyContent, LabelWriter
from leaflets.printfile.copy_template import FileNumbers, LabelItems, make_copy_template
from leaflets.printfile.jobs import Copy, LeafletSource, WrittenFile
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
from leaflets.printfile.shared_objects import fonts_entries, write_shared
from leaflets.seal.digest import sealed_tail

_CATALOG, _PAGES, _INFO, _SAVE_STATE, _BLANK, _TAGS, _PARENTS = range(1, 8)

# Fonts are embedded for one of these sets of characters where a label keeps to it: one subset then serves many files.
_ASCII = string.ascii_letters + string.digits + string.punctuation + " ·–—‘’“”…€"
_WESTERN = _ASCII + "".join(map(chr, range(0xA0, 0x100)))
_LATIN_EXTENDED = _WESTERN + "".join(
    map(chr, [*range(0x100, 0x180), 0x1A0, 0x1A1, 0x1AF, 0x1B0, *range(0x1EA0, 0x1EFA)])
)
_MOST_FILE_STARTS = 256  # some forty kilobytes each
_TIERS = (frozenset(_WESTERN), frozenset(_LATIN_EXTENDED))


@dataclass(frozen=True, slots=True)
class _FileStart:
    """A file up to its label: the bytes, its cross-reference entries so far, the number of the copy's first stream."""

    start: bytes
    start_hash: "hashlib._Hash"
    entries: bytes
    label: int


class SplitWriter:
    """Writes files of one copy, which have no blank back at the end. With `duplex`, a label sheet begins on a front."""

    def __init__(self, source: LeafletSource, fonts: LabelFonts, *, duplex: bool = True) -> None:
        self._source, self._fonts, self._duplex = source, fonts, duplex
        self._leaflets: dict[str, CompiledLeaflet] = {}
        self._setter = LabelSetter(fonts)
        self._file_starts: dict[tuple[str, LabelItems, tuple[int, ...]], _FileStart] = {}
        self._programs: dict[tuple[Face, int, int], tuple[bytes, tuple[int, ...]]] = {}

    def pieces(self, copy: Copy) -> tuple[bytes, ...]:
        """The bytes of a copy's file, in parts. Raises PdfError, naming the serial, where the label does not fit."""
        return self._assembled(copy)[0]

    def _assembled(self, copy: Copy) -> tuple[tuple[bytes, ...], str]:
        """The parts of a copy's file, and the SHA-256 of them all; the beginning was hashed when it was made."""
        leaflet = self._compiled(copy.leaflet_key)
        text_writer = TextWriter(self._fonts)
        writer = LabelWriter(text_writer, self._setter, tagged=True, duplex=self._duplex)
        content = writer.content(copy, leaflet)
        used = text_writer.used()
        start_of_file = self._file_start(copy.leaflet_key, leaflet, content, used)
        parts, positions, position = [start_of_file.start], [], len(start_of_file.start)
        for number, stream in enumerate(content.streams, start_of_file.label):
            parts.append(stream_object(number, b"<<>>", stream))
            positions.append(position)
            position += len(parts[-1])
        fonts = start_of_file.label + len(content.streams)
        for at, place in enumerate(used):
            data, offsets = self._program(text_writer.codes[place], fonts + at * OBJECTS_PER_FONT)
            parts.append(data)
            positions += [position + offset for offset in offsets]
            position += len(data)
        entries = start_of_file.entries + b"".join(map(plain_entry, [*positions, position]))
        size = len(entries) // ENTRY_BYTES
        file_hash = start_of_file.start_hash.copy()
        file_hash.update(b"".join(parts[1:]))
        identity = file_hash.hexdigest()[:32].encode()
        last = stream_object(size - 1, xref_body(size, _CATALOG, _INFO, identity), entries) + ending(position)
        table = sealed_tail(file_hash, last)
        file_hash.update(table)
        return (*parts, table), file_hash.hexdigest()

    def save(self, path: Path, copy: Copy, *, sync: bool = False) -> WrittenFile:
        """Write a copy's file to `path`, readable by its owner alone, completely or not at all; returns its facts.

        Without `sync` a power cut may still lose it. Raises OutputError and PdfError.
        """
        parts, file_hash = self._assembled(copy)
        data = b"".join(parts)
        leaflet = self._compiled(copy.leaflet_key)
        sides = Sides(leaflet.pages, self._duplex, copy.label_sheet, last_back=False)
        written = WrittenFile(1, sides.all_pages, sides.sheets, len(data), file_hash)

        def write(out: Sink) -> WrittenFile:
            out.write(data)
            return written

        return save(path, write, sync=sync)

    def _compiled(self, key: str) -> CompiledLeaflet:
        if key not in self._leaflets:
            self._leaflets[key] = self._source(key)
        return self._leaflets[key]

    def _file_start(
        self, key: str, leaflet: CompiledLeaflet, content: CopyContent, used: tuple[int, ...]
    ) -> _FileStart:
        items = LabelItems(content.items, content.sheet_items)
        start_of_file = self._file_starts.get((key, items, used))
        if start_of_file is None:
            if len(self._file_starts) >= _MOST_FILE_STARTS:
                self._file_starts.clear()
            sides = Sides(leaflet.pages, self._duplex, bool(items.on_sheet), last_back=False)
            start_of_file = self._file_starts[key, items, used] = make_file_start(leaflet, items, used, sides)
        return start_of_file

    def _program(self, codes: FaceCodes, first: int) -> tuple[bytes, tuple[int, ...]]:
        """A font's objects numbered from `first` as bytes, and the offset of each of them."""
        if codes.glyphs:
            return _font_bytes(codes, first)
        tier = next((place for place, tier in enumerate(_TIERS) if codes.characters <= tier), -1)
        if tier < 0:
            return _font_bytes(codes, first)
        program = self._programs.get((codes.face, tier, first))
        if program is None:
            if len(self._programs) >= _MOST_FILE_STARTS:
                self._programs.clear()
            all_codes = FaceCodes(codes.face)
            all_codes.note("".join(_TIERS[tier] & codes.face.simple))
            program = self._programs[codes.face, tier, first] = _font_bytes(all_codes, first)
        return program


def make_file_start(leaflet: CompiledLeaflet, items: LabelItems, used: tuple[int, ...], sides: Sides) -> _FileStart:
    """A leaflet's file up to the streams of its copy, for labels of so many items set in these faces."""
    out = io.BytesIO()
    file = ObjectFile(out, packed_bytes=sys.maxsize)  # one object stream: the numbers after it belong to the label
    file.reserve(_PARENTS)
    file.put(_SAVE_STATE, b"<<>>", b"q\n")
    file.put(_BLANK, b"<<>>", b"/Artifact<</Type/Layout>>BDC EMC\n")
    shared = write_shared(file, leaflet, {}, everything=True)
    numbers = FileNumbers(shared.numbers, file.reserve(), _SAVE_STATE, _BLANK, _TAGS)
    document_bodies = (leaflet.catalog, leaflet.info, leaflet.roles)
    template = make_copy_template(leaflet, numbers, sides, items=items, tagged=True, document_bodies=document_bodies)
    file.open_pack()
    first = file.reserve(template.objects, template.step)
    objects = template.fill(first, _PAGES)
    catalog, info, roles = objects.extras
    file.pack(first, objects.bodies, objects.numbers)
    label = first + template.packed
    fonts = label + template.streams
    entries = fonts_entries((place, fonts + at * OBJECTS_PER_FONT) for at, place in enumerate(used))
    file.pack(numbers.page_resources, [b"<<%b/Font<<%b%b>>>>" % (shared.resources, shared.page_fonts, entries)])
    kids = [
        b"%d 0 R" % number for number in (*range(first, first + leaflet.pages), *range(label - template.after, label))
    ]
    file.pack(_PAGES, [b"<</Type/Pages/Count %d/Kids[%b]>>" % (len(kids), b" ".join(kids))])
    file.pack(_PARENTS, [b"<</Nums[%b]>>" % objects.parents.replace(b"\t", b" ")])
    tags = b"<</Type/StructTreeRoot/K[%d 0 R]/ParentTree %d 0 R/ParentTreeNextKey %d%b>>"
    file.pack(_TAGS, [tags % (first + template.document, _PARENTS, label, roles)])
    file.pack(_INFO, [info])
    file.pack(_CATALOG, [b"<</Type/Catalog/Pages %d 0 R/StructTreeRoot %d 0 R%b>>" % (_PAGES, _TAGS, catalog)])
    file.close_pack()
    file.flush()
    start = out.getvalue()
    return _FileStart(start, hashlib.sha256(start), bytes(file.entries[: label * ENTRY_BYTES]), label)


def _font_bytes(codes: FaceCodes, first: int) -> tuple[bytes, tuple[int, ...]]:
    parts, offsets, position = [], [], 0
    for offset, (body, data) in enumerate(embed(codes).numbered(first)):
        number = first + offset
        all_codes = b"%d 0 obj\n%b\nendobj\n" % (number, body) if data is None else stream_object(number, body, data)
        offsets.append(position)
        parts.append(all_codes)
        position += len(all_codes)
    return b"".join(parts), tuple(offsets)
