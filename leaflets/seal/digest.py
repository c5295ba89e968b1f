"""The seal of a finished file: a digest over every byte of it, kept where a PDF has its identifier.

It shows that a file was damaged, cut or changed since it was made. It is no signature: who changes a file on purpose
can seal it again, and only `rebuild` tells that the page is what its source makes.
"""

import hashlib
import re

OPEN = b"0" * 64
"""What stands in the place of the seal while the digest is taken."""
_IDENTIFIER = re.compile(rb"/ID ?\[ ?([(<][0-9a-f]{32}[)>]) ?[(<]([0-9a-f]{32,64})[)>] ?\]")
_START = re.compile(rb"startxref\s+(\d{1,12})\s+%%EOF\s*\Z")
_TAIL_BYTES = 64


def sealed(data: bytes) -> bytes:
    """A PDF whose trailer is a cross-reference stream, with its seal as the second part of its identifier.

    Raises ValueError where it has no such trailer.
    """
    place = _place(data)
    if place is None:
        raise ValueError("the file has no identifier to put its seal into")
    head, last = data[: place.start()], data[place.end() :]
    return head + closed(hashlib.sha256(head), b"/ID[" + place[1] + b"<" + OPEN + b">]" + last)


def closed(before: "hashlib._Hash", last: bytes) -> bytes:
    """The last bytes of a file, in which the seal stands `OPEN`, with the digest of the whole in its place.

    `before` has taken in everything that stands before them.
    """
    total = before.copy()
    total.update(last)
    return last.replace(OPEN, total.hexdigest().encode(), 1)


def is_whole(data: bytes) -> bool | None:
    """Whether every byte is as it was when the file was sealed; None where the file has no seal of ours."""
    place = _place(data)
    if place is None or len(place[2]) != len(OPEN):
        return None
    start, end = place.span(2)
    total = hashlib.sha256(memoryview(data)[:start])
    total.update(OPEN)
    total.update(memoryview(data)[end:])
    return total.hexdigest().encode() == place[2]


def _place(data: bytes) -> re.Match[bytes] | None:
    """Where the identifier stands in the last cross-reference stream."""
    told = _START.search(data[-_TAIL_BYTES:])
    start = int(told[1]) if told else len(data)
    end = data.find(b"stream", start)
    return _IDENTIFIER.search(data, start, end) if end > 0 else None


def is_of_copies(data: bytes) -> bool:
    """Whether a file was written copy by copy, with labels: its identifier begins with a digest of its own objects."""
    told = _START.search(data[-_TAIL_BYTES:])
    place = _place(data)
    if not told or place is None:
        return False
    return hashlib.sha256(memoryview(data)[: int(told[1])]).hexdigest()[:32].encode() == place[1][1:-1]
