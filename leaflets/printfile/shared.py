"""What the copies of a leaflet share, written once into a file."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from leaflets.labels.embed import NARROW
from leaflets.model.compiled import LOCAL, SHARED, Shared, Sheet
from leaflets.printfile.objects import ObjectFile

_SHARED = re.compile(rb"\xf1([0-9a-f]{4})")


@dataclass(frozen=True, slots=True)
class SharedNumbers:
    """The object numbers of a sheet's shared objects, and page 1's resources with those numbers in them."""

    numbers: Sequence[int]
    resources: bytes
    page_fonts: bytes


def write_shared(file: ObjectFile, sheet: Sheet, streams: dict[bytes, int], *, whole: bool = False) -> SharedNumbers:
    """Write a sheet's shared objects. `streams` remembers, by hash, streams that other leaflets of the file have too.

    What only the catalog of a single file names is left out unless `whole` is set.
    """
    wanted = set(range(len(sheet.shared))) if whole else _reachable(sheet)
    numbers: list[int] = []
    fresh: list[int] = []
    for place, shared in enumerate(sheet.shared):
        key = _stream_key(shared)
        known = streams.get(key) if key else None
        if place not in wanted:
            numbers.append(0)
        elif known is not None:
            numbers.append(known)
        else:
            numbers.append(file.reserve())
            fresh.append(place)
            if key:
                streams[key] = numbers[-1]
    for place in fresh:
        shared = sheet.shared[place]
        body = resolve(shared.body, numbers)
        if shared.data is None:
            file.pack(numbers[place], [body])
        else:
            file.put(numbers[place], body, shared.data)
    return SharedNumbers(numbers, resolve(sheet.resources, numbers), resolve(sheet.page_fonts, numbers))


def resolve(body: bytes, numbers: Sequence[int]) -> bytes:
    """A body with the numbers of the shared objects in it."""
    return _SHARED.sub(lambda match: b"%d" % numbers[int(match[1], 16)], body)


def fonts_entries(fonts: Iterable[tuple[int, int]]) -> bytes:
    """Label fonts, each the place of its face and its first object's number, as entries of a font dictionary."""
    return b"".join(b"/L%d %d 0 R/N%d %d 0 R" % (place, first, place, first + NARROW) for place, first in fonts)


def _stream_key(shared: Shared) -> bytes:
    """The hash of a stream that refers to nothing else; empty for all other objects."""
    if shared.data is None or b"%c" % SHARED in shared.body or b"%c" % LOCAL in shared.body:
        return b""
    return hashlib.sha256(b"%d " % len(shared.body) + shared.body + shared.data).digest()


def _reachable(sheet: Sheet) -> set[int]:
    """The places of the shared objects that pages and tags need."""
    bodies = [
        sheet.resources,
        sheet.page_fonts,
        *(form.body for form in sheet.forms),
        *sheet.annotations,
        *sheet.elements,
    ]
    todo = [int(place, 16) for body in bodies for place in _SHARED.findall(body)]
    todo += [place for form in sheet.forms for place in (*form.contents, form.resources)]
    found: set[int] = set()
    while todo:
        place = todo.pop()
        if place not in found:
            found.add(place)
            todo += [int(inner, 16) for inner in _SHARED.findall(sheet.shared[place].body)]
    return found
