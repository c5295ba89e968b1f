"""A leaflet compiled for copying: the objects that all copies share, and templates of those that each copy repeats."""

import hashlib
import json
from dataclasses import dataclass, field

from leaflets.errors import LeafletLost
from leaflets.model.page import Rect

# Bodies are ASCII; a byte from here on marks a number that is known only when a file is written.
SHARED = 0xF1  # followed by four hexadecimal digits: an object all copies share
LOCAL = 0xF2  # followed by four hexadecimal digits: an object of this copy, by its place among the copy's objects
NODE = 0xF4  # the page tree node above this copy's pages
TOP = 0xF5  # the structure element above this copy's document
LABEL = 0xF6  # where the label stands among the document's children

_MAGIC = b"leaflet sheet 3\n"
_DIGEST_BYTES = 32


@dataclass(frozen=True, slots=True)
class SharedObject:
    """An object that all copies share; `data` is the content of a stream as stored, None for any other object."""

    body: bytes
    data: bytes | None = None


@dataclass(frozen=True, slots=True)
class PageTemplate:
    """One page of every copy.

    `body` holds the keys that no copy changes. `contents` and `resources` are places among the shared objects,
    `annotations` places among the copy's objects. `owners` gives, for each marked-content number, the place of the
    structure element that owns it (-1: none).
    """

    body: bytes
    contents: tuple[int, ...]
    resources: int
    annotations: tuple[int, ...]
    owners: tuple[int, ...]
    width_pt: float
    height_pt: float


@dataclass(frozen=True, slots=True)
class CompiledLeaflet:
    """A compiled leaflet. A copy's own objects are numbered pages first, then annotations, elements and outline items.

    `resources` and `page_fonts` are those of page 1, without brackets, so that the label's fonts can be added;
    `catalog`, `info` and `roles` are for files of one copy.
    """

    pages: int
    lang: str
    title: str
    rects: tuple[Rect, ...]
    shared: tuple[SharedObject, ...]
    page_templates: tuple[PageTemplate, ...]
    resources: bytes
    page_fonts: bytes
    annotations: tuple[bytes, ...] = ()
    annotation_owners: tuple[int, ...] = ()
    elements: tuple[bytes, ...] = ()
    outline: tuple[bytes, ...] = ()
    catalog: bytes = b""
    info: bytes = b""
    roles: bytes = b""

    def rect(self, name: str) -> Rect | None:
        """The first rectangle of this name on page 1."""
        return next((rect for rect in self.rects if rect.name == name and rect.page == 0), None)


@dataclass(slots=True)
class _Blobs:
    """Byte strings stored end to end and referred to by index."""

    data: list[bytes] = field(default_factory=list)

    def add(self, blob: bytes) -> int:
        self.data.append(blob)
        return len(self.data) - 1


def pack(leaflet: CompiledLeaflet, key: str, secret: bytes = b"") -> bytes:
    """The compiled leaflet as bytes to be stored under `key`, in a format that needs no pickle to read back.

    Who lacks the `secret` cannot write bytes that are taken for these.
    """
    blobs = _Blobs()
    head = {
        "pages": leaflet.pages,
        "lang": leaflet.lang,
        "title": leaflet.title,
        "rects": [[r.name, r.page, r.x, r.y, r.width, r.height] for r in leaflet.rects],
        "shared": [[blobs.add(s.body), None if s.data is None else blobs.add(s.data)] for s in leaflet.shared],
        "forms": [
            [blobs.add(f.body), f.contents, f.resources, f.annotations, f.owners, f.width_pt, f.height_pt]
            for f in leaflet.page_templates
        ],
        "single": [
            blobs.add(part)
            for part in (leaflet.resources, leaflet.page_fonts, leaflet.catalog, leaflet.info, leaflet.roles)
        ],
        "annotations": [blobs.add(body) for body in leaflet.annotations],
        "annotation_owners": leaflet.annotation_owners,
        "elements": [blobs.add(body) for body in leaflet.elements],
        "outline": [blobs.add(body) for body in leaflet.outline],
    }
    head["lengths"] = [len(blob) for blob in blobs.data]
    text = json.dumps(head, separators=(",", ":")).encode()
    content = b"%d\n" % len(text) + text + b"".join(blobs.data)
    return _MAGIC + _digest(key, content, secret) + content


def is_packed(data: bytes, key: str, secret: bytes = b"") -> bool:
    """Whether these are the very bytes that `pack` wrote for `key` with that secret."""
    start = len(_MAGIC) + _DIGEST_BYTES
    return data.startswith(_MAGIC) and data[len(_MAGIC) : start] == _digest(key, data[start:], secret)


def unpack(data: bytes, key: str, secret: bytes = b"") -> CompiledLeaflet:
    """The compiled leaflet that `pack` wrote for `key` with that secret.

    Raises LeafletLost where the bytes are damaged, of another version, or stored under the key of another leaflet.
    """
    if not is_packed(data, key, secret):
        raise LeafletLost("a compiled leaflet in the cache is damaged", "Run the same command again; it is made anew.")
    return _unpack(data[len(_MAGIC) + _DIGEST_BYTES :])


def _digest(key: str, content: bytes, secret: bytes) -> bytes:
    """Of the key too, so that a file under the name of another leaflet is none."""
    total = hashlib.blake2b(key.encode() + b"\n", key=secret, digest_size=_DIGEST_BYTES, person=b"compiled")
    total.update(content)
    return total.digest()


def _unpack(content: bytes) -> CompiledLeaflet:
    size, rest = content.split(b"\n", 1)
    head = json.loads(rest[: int(size)])
    blobs: list[bytes] = []
    start = int(size)
    for length in head["lengths"]:
        blobs.append(rest[start : start + length])
        start += length
    resources, page_fonts, catalog, info, roles = (blobs[place] for place in head["single"])
    return CompiledLeaflet(
        pages=head["pages"],
        lang=head["lang"],
        title=head["title"],
        rects=tuple(Rect(*rect) for rect in head["rects"]),
        shared=tuple(SharedObject(blobs[body], None if raw is None else blobs[raw]) for body, raw in head["shared"]),
        page_templates=tuple(
            PageTemplate(blobs[body], tuple(contents), resource, tuple(annots), tuple(owners), width, height)
            for body, contents, resource, annots, owners, width, height in head["forms"]
        ),
        resources=resources,
        page_fonts=page_fonts,
        annotations=tuple(blobs[place] for place in head["annotations"]),
        annotation_owners=tuple(head["annotation_owners"]),
        elements=tuple(blobs[place] for place in head["elements"]),
        outline=tuple(blobs[place] for place in head["outline"]),
        catalog=catalog,
        info=info,
        roles=roles,
    )
