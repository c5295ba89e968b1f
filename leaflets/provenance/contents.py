"""What a finished PDF contains besides its pages: the attached texts and record, and whether its seal is intact."""

from __future__ import annotations

import io
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pikepdf

from leaflets.errors import PdfError
from leaflets.seal.digest import holds_copies, is_intact
from leaflets.seal.record import RECORD_FILE, Record, read_record

MAX_ATTACHED_BYTES = 4_000_000
"""Of all files in a sheet together, unpacked: two texts of 262,144 bytes and a record are far less."""

_ONCE_MORE = "Get the sheet once more."


@dataclass(frozen=True, slots=True)
class PdfContents:
    """What is in a PDF besides its pages.

    `intact` is None where it has no seal of ours, `record` None where it has no record of its making. `texts` are by
    file name. `has_copies`: it was written copy by copy, with labels.
    """

    intact: bool | None
    has_copies: bool
    record: Record | None
    texts: Mapping[str, bytes]


def read_contents(data: bytes, file: str) -> PdfContents:
    """The contents of a PDF; errors name it as `file`. Raises PdfError where it cannot be read as one."""
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            attachments = _attachments(pdf, file)
    except pikepdf.PasswordError as error:
        raise PdfError(f"{file}: it is locked with a password", "Get the file as leaflet made it.") from error
    except (pikepdf.PdfError, ValueError, KeyError, TypeError, AttributeError, zlib.error) as error:
        raise PdfError(f"{file}: this is no PDF that can be read", "Get the file once more.") from error
    record = read_record(attachments[RECORD_FILE]) if RECORD_FILE in attachments else None
    texts = {name: text for name, text in attachments.items() if record and f"source/{name}" in record.hashes}
    return PdfContents(is_intact(data), holds_copies(data), record, texts)


def _attachments(pdf: pikepdf.Pdf, file: str) -> dict[str, bytes]:
    """The attached files by name. Raises PdfError where they are packed in another way than ours, or are too large."""
    attachments: dict[str, bytes] = {}
    left = MAX_ATTACHED_BYTES
    for name in pdf.attachments:
        attachments[name] = _unpacked(pdf.attachments[name].get_file().obj, left, file)
        left -= len(attachments[name])
    return attachments


def _unpacked(stream: pikepdf.Object, most: int, file: str) -> bytes:
    """The bytes of an attached file, unpacked here: its length in the PDF is what the sender says it is."""
    filters: Any = stream.get("/Filter", [])
    names = [str(each) for each in ([filters] if isinstance(filters, pikepdf.Name) else filters)]
    if names not in ([], ["/FlateDecode"]) or "/DecodeParms" in stream:
        raise PdfError(f"{file}: a file attached to it is packed in a way that leaflet does not use", _ONCE_MORE)
    packed = stream.read_raw_bytes()
    data = zlib.decompressobj().decompress(packed, most + 1) if names else packed
    if len(data) > most:
        raise PdfError(f"{file}: the files attached to it are too large", _ONCE_MORE)
    return data
