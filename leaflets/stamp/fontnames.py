"""Names each embedded font by its content: some printers cache fonts by name across the leaflets of a file."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace

from leaflets.model.compiled import SharedObject

_NAME = re.compile(rb"/FontName ?/([A-Z]{6})\+([^\s/<>\[\]()]+)")
_FILE = re.compile(rb"/FontFile[23]? ?\xf1([0-9a-f]{4})")


def with_own_font_names(shared: Sequence[SharedObject]) -> tuple[SharedObject, ...]:
    """The objects with the six-letter tag of each subset font derived from its data: equal names are equal fonts."""
    names: dict[bytes, bytes] = {}
    for item in shared:
        name, file = _NAME.search(item.body), _FILE.search(item.body)
        if name and file:
            names[name[1] + b"+" + name[2]] = _tag(name[2], shared[int(file[1], 16)].data or b"") + b"+" + name[2]
    if not names:
        return tuple(shared)
    alternatives = b"|".join(map(re.escape, names))
    used = re.compile(rb"/(" + alternatives + rb")(?=[\s/<>\[\]()]|$)")
    return tuple(replace(item, body=used.sub(lambda match: b"/" + names[match[1]], item.body)) for item in shared)


def _tag(name: bytes, data: bytes) -> bytes:
    number = int.from_bytes(hashlib.sha256(name + b" " + data).digest()[:8], "big")
    return bytes(65 + number // 26**place % 26 for place in range(6))
