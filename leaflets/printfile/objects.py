"""A PDF file written from front to back: objects, object streams, and the table of where they are."""

import hashlib
import zlib
from collections.abc import Iterable, Sequence
from itertools import accumulate, count
from operator import add
from typing import Protocol

from leaflets.seal.digest import UNSEALED, sealed_tail

HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
ENTRY_BYTES = 8  # of a cross-reference entry: kind (1), position or object stream (5), index (2)
ENTRY_WIDTHS = b"[1 5 2]"

_BUFFERED = 1 << 18
_PACKED = 1 << 17
_MOST_PACKED = 1 << 14
_INDEXES = [index.to_bytes(2, "big") for index in range(_MOST_PACKED)]


class Sink(Protocol):
    """Anything bytes can be written to."""

    def write(self, data: bytes, /) -> object:
        """Write the bytes."""


class ObjectFile:
    """Writes numbered objects to `out`, which need not seek; keeps eight bytes an object and one buffer in memory."""

    def __init__(self, out: Sink, packed_bytes: int = _PACKED) -> None:
        self._out = out
        self._most_packed = packed_bytes
        self._buffer: list[bytes] = []
        self._buffered = 0
        self._hash = hashlib.sha256()
        self.position = 0
        self.entries = bytearray(ENTRY_BYTES)
        self._packed: list[bytes] = []
        self._numbers: list[bytes] = []
        self._packed_bytes = 0
        self._stream = 0
        self.write(HEADER)

    @property
    def next_number(self) -> int:
        """The first object number not yet reserved."""
        return len(self.entries) // ENTRY_BYTES

    @property
    def sha256(self) -> str:
        """The hash of everything written so far."""
        self.flush()
        return self._hash.hexdigest()

    def write(self, data: bytes) -> None:
        """Append bytes as they are."""
        self._buffer.append(data)
        self._buffered += len(data)
        self.position += len(data)
        if self._buffered > _BUFFERED:
            self.flush()

    def reserve(self, count: int = 1, multiple_of: int = 1) -> int:
        """Reserves `count` consecutive object numbers and returns the first, a multiple of `multiple_of`."""
        following = len(self.entries) // ENTRY_BYTES
        first = -(-following // multiple_of) * multiple_of
        self.entries += bytes((first + count - following) * ENTRY_BYTES)
        return first

    def put(self, number: int, body: bytes, data: bytes | None = None) -> None:
        """Write an object, or a stream where `data` is given."""
        at = number * ENTRY_BYTES
        self.entries[at : at + ENTRY_BYTES] = plain_entry(self.position)
        if data is None:
            self.write(b"%d 0 obj\n%b\nendobj\n" % (number, body))
        else:
            self.write(stream_object(number, body, data))

    def pack(self, first: int, bodies: Sequence[bytes], numbers: Iterable[bytes] | None = None) -> None:
        """Put objects with consecutive numbers into the current object stream; `numbers` are those numbers as text."""
        if self._packed_bytes > self._most_packed or len(self._packed) + len(bodies) > _MOST_PACKED:
            self.close_pack()
        self.open_pack()
        index = len(self._packed)
        place = (2 << 40 | self._stream).to_bytes(6, "big")
        at = first * ENTRY_BYTES
        rows = place + place.join(_INDEXES[index : index + len(bodies)])
        self.entries[at : at + len(rows)] = rows
        self._packed += bodies
        self._numbers += (
            numbers if numbers is not None else [b"%d" % number for number in range(first, first + len(bodies))]
        )
        self._packed_bytes += sum(map(len, bodies))

    def put_pack(self, first: int, count: int, begin: int, data: bytes) -> None:
        """Write a compressed object stream of `count` consecutive objects, which start at `begin` in its data."""
        number = self.reserve()
        place = (2 << 40 | number).to_bytes(6, "big")
        at = first * ENTRY_BYTES
        self.entries[at : at + count * ENTRY_BYTES] = place + place.join(_INDEXES[:count])
        self._put_stream_of_objects(number, count, begin, data)

    def open_pack(self) -> None:
        """Reserve the number of the current object stream, where it has none yet."""
        if not self._stream:
            self._stream = self.reserve()

    def close_pack(self) -> None:
        """Write the current object stream, unless it is empty."""
        if not self._packed:
            return
        starts = map(add, accumulate(map(len, self._packed), initial=0), count())
        pairs = map(b"%b %d".__mod__, zip(self._numbers, starts, strict=False))
        head = b" ".join(pairs) + b"\n"
        data = zlib.compress(head + b"\n".join(self._packed), 1)
        self._put_stream_of_objects(self._stream, len(self._packed), len(head), data)
        self._packed, self._numbers, self._packed_bytes, self._stream = [], [], 0, 0

    def _put_stream_of_objects(self, number: int, count: int, begin: int, data: bytes) -> None:
        self.put(number, b"<</Type/ObjStm/N %d/First %d/Filter/FlateDecode>>" % (count, begin), data)

    def finish(self, root: int, info: int) -> None:
        """Write the cross-reference stream and the sealed end of the file, and flush."""
        self.close_pack()
        identity = self.sha256[:32].encode()
        number = self.reserve()
        at, start = number * ENTRY_BYTES, self.position
        self.entries[at : at + ENTRY_BYTES] = plain_entry(start)
        body = xref_body(number + 1, root, info, identity, b"/Filter/FlateDecode")
        last = stream_object(number, body, zlib.compress(self.entries, 1)) + ending(start)
        self.write(sealed_tail(self._hash, last))
        self.flush()

    def flush(self) -> None:
        """Write the buffer to `out`."""
        data = b"".join(self._buffer)
        self._buffer, self._buffered = [], 0
        self._hash.update(data)
        self._out.write(data)


def plain_entry(position: int) -> bytes:
    """The cross-reference entry of an object at this position."""
    return (1 << 56 | position << 16).to_bytes(ENTRY_BYTES, "big")


def stream_object(number: int, body: bytes, data: bytes) -> bytes:
    """A stream object as bytes of the file."""
    return b"%d 0 obj\n%b/Length %d>>\nstream\n%b\nendstream\nendobj\n" % (number, body[:-2], len(data), data)


def xref_body(size: int, root: int, info: int, identity: bytes, how: bytes = b"") -> bytes:
    """The dictionary of a cross-reference stream, which is also the file's trailer, with a placeholder for the seal."""
    return b"<</Type/XRef/Size %d/W%b/Root %d 0 R/Info %d 0 R/ID[<%b><%b>]%b>>" % (
        size, ENTRY_WIDTHS, root, info, identity, UNSEALED, how,
    )  # fmt: skip


def ending(start: int) -> bytes:
    """The last lines of a file whose cross-reference stream begins at `start`."""
    return b"startxref\n%d\n%%%%EOF\n" % start


def text_string(text: str) -> bytes:
    """Text as a PDF string: readable where it is plain ASCII, hexadecimal UTF-16 otherwise."""
    if text.isascii() and text.isprintable():
        return b"(" + text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)").encode() + b")"
    return b"<feff" + text.encode("utf-16-be").hex().encode() + b">"
