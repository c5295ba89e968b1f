"""The template of a leaflet's copies: the objects of a copy as one text, in which only object numbers change.

Objects of a copy are numbered from a multiple of 10 or 100, so that each number is a prefix, different for each copy,
and fixed digits. In the template one byte stands for the prefix; a copy is made by replacing that byte.
"""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

from leaflets.errors import PdfError
from leaflets.impose import Sides
from leaflets.model.compiled import LABEL, LOCAL, NODE, SHARED, TOP, CompiledLeaflet
from leaflets.printfile.deflate_template import DeflateTemplate, deflate_template, with_numbers

_PREFIX = 0x80  # the first of the bytes that stand for a prefix; the rest of a template is ASCII
_PREFIXES = [b"%c" % byte for byte in range(_PREFIX, SHARED)]
_MARKERS = [b"%c" % NODE, *_PREFIXES]
_MOST_OBJECTS = 100 * (SHARED - _PREFIX)
COPIES_BEFORE_TEMPLATE = 16
"""Copies of one shape before a template is made, which takes as long as compressing so many copies."""
_MARKED = re.compile(rb"([\xf1\xf2])([0-9a-f]{4})")


@dataclass(frozen=True, slots=True)
class FileNumbers:
    """The object numbers of a file that templates refer to."""

    shared: Sequence[int]  # of a leaflet's shared objects
    page_resources: int  # of page 1, with the label's fonts; other pages that a copy writes on have the same
    save_state: int  # a stream that holds "q"
    blank: int  # the content of blank pages
    top: int = 0  # the structure element above the copies' documents


class CopyObjects(NamedTuple):
    """A copy's objects, their numbers as text, its rows of the parent tree, and the bodies of a file of one copy."""

    bodies: list[bytes]
    numbers: list[bytes]
    parents: bytes
    extras: list[bytes]


class CopyStream(NamedTuple):
    """A copy's objects as an object stream holds them, compressed; where they begin; its rows of the parent tree."""

    data: bytes
    first: int
    parents: bytes


@dataclass(slots=True)
class _StreamTemplate:
    """An object stream and rows of the parent tree, for all copies whose object numbers have as many digits."""

    objects: bytes
    first: int  # where the objects begin behind their numbers and offsets
    parents: bytes
    used: int = 0
    deflate_template: DeflateTemplate | None = None

    def stream(self, markers: Sequence[bytes], numbers: Sequence[bytes]) -> CopyStream:
        """The stream of the copy with these numbers."""
        self.used += 1
        if self.used == COPIES_BEFORE_TEMPLATE:
            self.deflate_template = deflate_template(self.objects, markers, [len(number) for number in numbers])
        objects = with_numbers(self.objects, markers, numbers)
        data = self.deflate_template.filled(numbers, objects) if self.deflate_template else zlib.compress(objects, 1)
        return CopyStream(data, self.first, with_numbers(self.parents, markers, numbers))


@dataclass(frozen=True, slots=True)
class CopyTemplate:
    """A copy's objects with prefixes for numbers. The streams that it has of its own, the last, are not in the text."""

    text: bytes
    packed: int  # objects in the text
    streams: int  # objects after them
    step: int  # what the first number divides by
    sides: Sides
    after: int  # pages after the leaflet's, the last of the packed objects
    sheets: int  # of paper
    document: int  # the place of the structure element for the whole copy
    _stream_templates: dict[tuple[int, int], _StreamTemplate] = field(default_factory=dict, compare=False)

    @property
    def objects(self) -> int:
        """How many object numbers a copy takes."""
        return self.packed + self.streams

    def fill(self, first: int, node: int) -> CopyObjects:
        """The objects of the copy whose numbers begin at `first`, a multiple of `step`, below the page node `node`."""
        parts = self._with_prefixes(self.text, first, node).split(b"\n")
        numbers_end = 2 * self.packed
        return CopyObjects(
            parts[: self.packed], parts[self.packed : numbers_end], parts[numbers_end], parts[numbers_end + 1 :]
        )

    def stream(self, first: int, node: int) -> CopyStream:
        """The same objects as an object stream.

        Where the objects begin in it depends only on how many digits their numbers have, so that is computed once.
        """
        markers, numbers = self._numbers(first, node)
        digits = (len(numbers[0]), len(numbers[1]))
        alike = len(numbers[1]) == len(numbers[-1])
        stream_template = self._stream_templates.get(digits) if alike else None
        if stream_template is None:
            stream_template = self._stream_template(first, node)
            if alike:
                self._stream_templates[digits] = stream_template
        return stream_template.stream(markers, numbers)

    def _stream_template(self, first: int, node: int) -> _StreamTemplate:
        bodies = self.fill(first, node).bodies
        starts = accumulate((len(body) + 1 for body in bodies[:-1]), initial=0)
        lines = self.text.split(b"\n")
        numbers = lines[self.packed : 2 * self.packed]
        head = b" ".join(b"%b %d" % pair for pair in zip(numbers, starts, strict=True)) + b"\n"
        objects = b"\n".join(lines[: self.packed])
        begin = len(self._with_prefixes(head, first, node))
        return _StreamTemplate(head + objects, begin, lines[2 * self.packed])

    def _with_prefixes(self, text: bytes, first: int, node: int) -> bytes:
        text = text.replace(_MARKERS[0], b"%d" % node)
        for group, prefix in enumerate(range(first // self.step, (first + self.objects - 1) // self.step + 1), 1):
            text = text.replace(_MARKERS[group], b"%d" % prefix)
        return text

    def _numbers(self, first: int, node: int) -> tuple[Sequence[bytes], Sequence[bytes]]:
        """The bytes that stand for the node and for each prefix, and what stands there in a copy."""
        prefixes = range(first // self.step, (first + self.objects - 1) // self.step + 1)
        return _MARKERS[: len(prefixes) + 1], [b"%d" % number for number in (node, *prefixes)]


class LabelItems(NamedTuple):
    """How many tagged items a label has on page 1, and on the label sheet."""

    on_page_1: int
    on_sheet: int = 0


def make_copy_template(
    leaflet: CompiledLeaflet,
    numbers: FileNumbers,
    sides: Sides,
    *,
    items: LabelItems,
    tagged: bool,
    document_bodies: tuple[bytes, ...] = (),
) -> CopyTemplate:
    """The template of a leaflet's copies whose labels have so many items. Untagged ones have no links: paper has none.

    `document_bodies` are bodies that only a file of one copy has, such as its catalog; with them the leaflet's outline
    is kept too. Raises PdfError where the leaflet has too many tags, or a page to be written on has resources of its
    own.
    """
    return _TemplateMaker(leaflet, numbers, sides, items, tagged, document_bodies).template()


class _TemplateMaker:
    """Builds one template."""

    def __init__(
        self,
        leaflet: CompiledLeaflet,
        numbers: FileNumbers,
        sides: Sides,
        items: LabelItems,
        tagged: bool,
        document_bodies: tuple[bytes, ...],
    ) -> None:
        self._leaflet, self._numbers, self._sides = leaflet, numbers, sides
        self._items, self._tagged = items, tagged
        self._document_bodies, self._outline = document_bodies, leaflet.outline if document_bodies else ()
        own = len(leaflet.annotations) + len(leaflet.elements) + len(self._outline) if tagged else 0
        self._label = leaflet.pages + own
        self._sheet_label = self._label + (items.on_page_1 + 1 if tagged and items.on_page_1 else 0)
        self._first_after = self._sheet_label + (items.on_sheet + 1 if tagged and items.on_sheet else 0)
        self._packed = self._first_after + len(sides.after)
        self._streams = 1 + len(sides.later_fronts) + sides.label_sheet
        self._step = 10 if self._packed + self._streams <= 10 else 100
        if self._packed + self._streams > _MOST_OBJECTS:
            raise PdfError("The leaflet has too many tags for a print file.")

    def template(self) -> CopyTemplate:
        """Bodies, their numbers, and rows of the parent tree, one to a line."""
        leaflet = self._leaflet
        bodies = [self._page(place) for place in range(leaflet.pages)]
        if self._tagged:
            bodies += [self._annotation(place) for place in range(len(leaflet.annotations))]
            bodies += [self._element(place) for place in range(len(leaflet.elements))]
            bodies += [self._resolved(body) for body in self._outline]
            bodies += [*self._label_elements(), *self._sheet_elements()]
        bodies += [
            self._sheet_page(place) if is_label else self._blank_page()
            for place, is_label in enumerate(self._sides.after, self._first_after)
        ]
        numbers = [self._number(place) for place in range(self._packed)]
        parents = self._parents() if self._tagged else b""
        text = b"\n".join([*bodies, *numbers, parents, *map(self._resolved, self._document_bodies)])
        sides = self._sides
        after, sheets = len(sides.after), sides.sheets
        return CopyTemplate(text, self._packed, self._streams, self._step, sides, after, sheets, self._first_element)

    @property
    def _first_element(self) -> int:
        return self._leaflet.pages + len(self._leaflet.annotations)

    def _number(self, place: int) -> bytes:
        """The number of a copy's object: a byte for its prefix, and the digits that stay."""
        width = b"%c%01d" if self._step == 10 else b"%c%02d"
        return width % (_PREFIX + place // self._step, place % self._step)

    def _reference(self, place: int) -> bytes:
        return self._number(place) + b" 0 R"

    def _resolved(self, body: bytes) -> bytes:
        def number(match: re.Match[bytes]) -> bytes:
            place = int(match[2], 16)
            return self._number(place) if match[1][0] == LOCAL else b"%d" % self._numbers.shared[place]

        label = self._reference(self._label) + b" " if self._items.on_page_1 else b""
        return _MARKED.sub(number, body).replace(b"%c" % TOP, b"%d" % self._numbers.top).replace(b"%c" % LABEL, label)

    def _page(self, place: int) -> bytes:
        page, numbers = self._leaflet.page_templates[place], self._numbers
        contents = [b"%d 0 R" % numbers.shared[stream] for stream in page.contents]
        resources = numbers.shared[page.resources]
        written_on = (0, *self._sides.later_fronts)
        if place in written_on:
            if page.resources != self._leaflet.page_templates[0].resources:
                raise PdfError(
                    "A page of the leaflet's PDF has resources of its own, so copies of it cannot be numbered."
                )
            resources, own = numbers.page_resources, self._reference(self._packed + written_on.index(place))
            contents = [b"%d 0 R" % numbers.save_state, *contents, own]
        body = b"/Parent %c 0 R/Contents[%b]/Resources %d 0 R" % (NODE, b" ".join(contents), resources)
        if self._tagged:
            body += b"/StructParents " + self._number(place)
            if page.annotations:
                body += b"/Annots[" + b" ".join(map(self._reference, page.annotations)) + b"]"
        return b"<<" + self._resolved(page.body) + body + b">>"

    def _annotation(self, place: int) -> bytes:
        body = self._resolved(self._leaflet.annotations[place])
        return body[:-2] + b"/StructParent " + self._number(self._leaflet.pages + place) + b">>"

    def _element(self, place: int) -> bytes:
        body = self._resolved(self._leaflet.elements[place])
        if place == 0 and self._items.on_sheet:
            body = body.removesuffix(b"]>>") + b" " + self._reference(self._sheet_label) + b"]>>"
        if place == 0 and b"/Lang" not in body and self._leaflet.lang:
            return b"<</Lang(" + self._leaflet.lang.encode("ascii", "replace") + b")" + body[2:]
        return body

    def _label_elements(self) -> list[bytes]:
        """A Div element for the label and a P element for each of its items."""
        items, first = self._items.on_page_1, first_free_content(self._leaflet)
        return self._division(self._label, items, first, self._reference(0)) if items else []

    def _sheet_elements(self) -> list[bytes]:
        """The same for the label sheet."""
        items = self._items.on_sheet
        return self._division(self._sheet_label, items, 0, self._reference(self._sheet_place)) if items else []

    def _division(self, place: int, items: int, first: int, page: bytes) -> list[bytes]:
        kids = b" ".join(self._reference(place + 1 + item) for item in range(items))
        document, division = self._reference(self._first_element), self._reference(place)
        return [
            b"<</S/Div/P %b/K[%b]>>" % (document, kids),
            *(b"<</S/P/P %b/Pg %b/K[%d]>>" % (division, page, first + item) for item in range(items)),
        ]

    @property
    def _sheet_place(self) -> int:
        return self._first_after + self._sides.after.index(True)

    def _sheet_page(self, place: int) -> bytes:
        """The page of the label sheet, of the size of page 1. Its stream is the copy's last object."""
        stream = self._reference(self._packed + self._streams - 1)
        tags = b"/StructParents " + self._number(place) if self._tagged else b""
        resources = self._numbers.page_resources
        page = self._leaflet.page_templates[0]
        box = b"/MediaBox[0 0 %.9g %.9g]" % (page.width_pt, page.height_pt)
        contents = b"%d 0 R %b" % (self._numbers.save_state, stream)
        return b"<</Type/Page%b/Parent %c 0 R/Contents[%b]/Resources %d 0 R%b>>" % (
            box, NODE, contents, resources, tags,
        )  # fmt: skip

    def _blank_page(self) -> bytes:
        last = self._leaflet.page_templates[-1]
        box = b"/MediaBox[0 0 %.6g %.6g]" % (last.width_pt, last.height_pt)
        return b"<</Type/Page%b/Parent %c 0 R/Contents %d 0 R/Resources<<>>>>" % (box, NODE, self._numbers.blank)

    def _parents(self) -> bytes:
        """Rows of the parent tree; the keys are the numbers of the page and link objects, so that they are unique."""
        rows = []
        for place, page in enumerate(self._leaflet.page_templates):
            owners = [b"null" if owner < 0 else self._reference(self._first_element + owner) for owner in page.owners]
            if place == 0:
                owners += [self._reference(self._label + 1 + item) for item in range(self._items.on_page_1)]
            rows.append(self._number(place) + b"[" + b" ".join(owners) + b"]")
        for place, owner in enumerate(self._leaflet.annotation_owners):
            rows.append(self._number(self._leaflet.pages + place) + b" " + self._reference(self._first_element + owner))
        if self._items.on_sheet:
            owners = [self._reference(self._sheet_label + 1 + item) for item in range(self._items.on_sheet)]
            rows.append(self._number(self._sheet_place) + b"[" + b" ".join(owners) + b"]")
        return b"\t".join(rows)  # a tab marks where the last row begins


def first_free_content(leaflet: CompiledLeaflet) -> int:
    """The first marked-content number that page 1 does not use."""
    return len(leaflet.page_templates[0].owners)
