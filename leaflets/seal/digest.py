"""The seal of a finished file: a digest over every byte of it, stored in the identifier of the PDF.

It shows that a file was damaged, cut or changed since it was made. It is no signature: whoever changes a file on
purpose can seal it again, and only a comparison with what its source makes (`verify`, `rebuild`)
shows that the page is that.
"""

import hashlib
import re
from itertools import islice

UNSEALED = b"0" * 64
"""The placeholder for the seal while the digest is computed."""
_IDENTIFIER = re.compile(rb"/ID ?\[ ?([(<][0-9a-f]{32}[)>]) ?[(<]([0-9a-f]{32,64})[)>] ?\]")
_SEALED = re.compile(rb"/ID ?\[ ?[(<][0-9a-f]{32}[)>] ?<[0-9a-f]{64}> ?\]")
_START = re.compile(rb"startxref\s+(\d{1,12})\s+%%EOF\s*\Z")
_TAIL_BYTES = 64
_END_OF_REVISION = re.compile(rb"(%%EOF)(?:\r\n|\n|\r)?")
_MOST_REVISIONS = 64
"""Ends of a revision that are looked at, so that a file full of them takes no time."""


def with_seal(data: bytes) -> bytes:
    """A PDF whose trailer is a cross-reference stream, with its seal as the second part of its identifier.

    Raises ValueError where it has no such trailer.
    """
    identifier = _find_identifier(data)
    if identifier is None:
        raise ValueError("the file has no identifier to put its seal into")
    head, tail = data[: identifier.start()], data[identifier.end() :]
    return head + sealed_tail(hashlib.sha256(head), b"/ID[" + identifier[1] + b"<" + UNSEALED + b">]" + tail)


def sealed_tail(digest_so_far: "hashlib._Hash", tail: bytes) -> bytes:
    """The last bytes of a file with the digest of the whole file in the place of `UNSEALED`.

    `digest_so_far` has been updated with all bytes before them.
    """
    digest = digest_so_far.copy()
    digest.update(tail)
    return tail.replace(UNSEALED, digest.hexdigest().encode(), 1)


def is_intact(data: bytes) -> bool | None:
    """Whether every byte is as it was when the file was sealed; None where it has no seal of ours.

    A seal that does not stand at the end, since something was added after it, is broken.
    """
    identifier = _find_identifier(data)
    if identifier is None or len(identifier[2]) != len(UNSEALED):
        return False if _SEALED.search(data) else None
    start, end = identifier.span(2)
    digest = hashlib.sha256(memoryview(data)[:start])
    digest.update(UNSEALED)
    digest.update(memoryview(data)[end:])
    return digest.hexdigest().encode() == identifier[2]


def sealed_part(data: bytes) -> bytes | None:
    """The beginning of a file that was sealed as a whole, before something was appended to it; None without one."""
    for end in islice(_END_OF_REVISION.finditer(data), _MOST_REVISIONS):
        for length in {end.end(1), end.end()}:
            if length < len(data) and is_intact(data[:length]):
                return data[:length]
    return None


def _find_identifier(data: bytes) -> re.Match[bytes] | None:
    """The identifier in the last cross-reference stream, as a match."""
    match = _START.search(data[-_TAIL_BYTES:])
    start = int(match[1]) if match else len(data)
    end = data.find(b"stream", start)
    return _IDENTIFIER.search(data, start, end) if end > 0 else None


def holds_copies(data: bytes) -> bool:
    """Whether a file was written copy by copy, with labels: its identifier begins with a digest of its own objects."""
    match = _START.search(data[-_TAIL_BYTES:])
    identifier = _find_identifier(data)
    if not match or identifier is None:
        return False
    return hashlib.sha256(memoryview(data)[: int(match[1])]).hexdigest()[:32].encode() == identifier[1][1:-1]
