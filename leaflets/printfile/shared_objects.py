"""Writes the objects that the copies of a leaflet share, once for each file."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from leaflets.labels.embed import ONE_BYTE_FONT
from leaflets.model.compiled import LOCAL, SHARED, CompiledLeaflet, SharedObject
from leaflets.printfile.objects import ObjectFile

_SHARED = re.compile(rb"\xf1([0-9a-f]{4})")


@dataclass(frozen=True, slots=True)
class SharedNumbers:
    """The object numbers of a leaflet's shared objects, and page 1's resources with those numbers in them."""

    numbers: Sequence[int]
    resources: bytes
    page_fonts: bytes


def write_shared(
    file: ObjectFile, leaflet: CompiledLeaflet, streams: dict[bytes, int], *, everything: bool = False
) -> SharedNumbers:
    """Write a leaflet's shared objects; returns their numbers.

    `streams` holds the numbers of streams already in the file, by hash, so that leaflets share equal ones. Objects that
    only the catalog of a file of one copy refers to are left out unless `everything` is set.
    """
    wanted = set(range(len(leaflet.shared))) if everything else _reachable(leaflet)
    numbers: list[int] = []
    fresh: list[int] = []
    for place, shared in enumerate(leaflet.shared):
        key = _stream_key(shared)
        earlier_number = streams.get(key) if key else None
        if place not in wanted:
            numbers.append(0)
        elif earlier_number is not None:
            numbers.append(earlier_number)
        else:
            numbers.append(file.reserve())
            fresh.append(place)
            if key:
                streams[key] = numbers[-1]
    for place in fresh:
        shared = leaflet.shared[place]
        body = resolve(shared.body, numbers)
        if shared.data is None:
            file.pack(numbers[place], [body])
        else:
            file.put(numbers[place], body, shared.data)
    return SharedNumbers(numbers, resolve(leaflet.resources, numbers), resolve(leaflet.page_fonts, numbers))


def resolve(body: bytes, numbers: Sequence[int]) -> bytes:
    """A body with the numbers of the shared objects filled in."""
    return _SHARED.sub(lambda match: b"%d" % numbers[int(match[1], 16)], body)


def fonts_entries(fonts: Iterable[tuple[int, int]]) -> bytes:
    """Entries of a font dictionary for label fonts, each given by the place of its face and its first object number."""
    return b"".join(b"/L%d %d 0 R/N%d %d 0 R" % (place, first, place, first + ONE_BYTE_FONT) for place, first in fonts)


def _stream_key(shared: SharedObject) -> bytes:
    """The hash of a stream that refers to nothing else; empty for all other objects."""
    if shared.data is None or b"%c" % SHARED in shared.body or b"%c" % LOCAL in shared.body:
        return b""
    return hashlib.sha256(b"%d " % len(shared.body) + shared.body + shared.data).digest()


def _reachable(leaflet: CompiledLeaflet) -> set[int]:
    """The places of the shared objects that pages and tags need."""
    bodies = [
        leaflet.resources,
        leaflet.page_fonts,
        *(form.body for form in leaflet.page_templates),
        *leaflet.annotations,
        *leaflet.elements,
    ]
    todo = [int(place, 16) for body in bodies for place in _SHARED.findall(body)]
    todo += [place for form in leaflet.page_templates for place in (*form.contents, form.resources)]
    reachable: set[int] = set()
    while todo:
        place = todo.pop()
        if place not in reachable:
            reachable.add(place)
            todo += [int(inner, 16) for inner in _SHARED.findall(leaflet.shared[place].body)]
    return reachable
