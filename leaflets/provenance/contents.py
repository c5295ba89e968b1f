"""What a finished PDF contains besides its pages: the attached texts and record, and whether its seal is intact."""

from __future__ import annotations

import io
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import pikepdf

from leaflets.errors import PdfError
from leaflets.seal.digest import holds_copies, is_intact
from leaflets.seal.record import RECORD_FILE, Record, read_record

MAX_ATTACHMENT_BYTES = 4_000_000


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
            attachments = {name: _bytes(pdf.attachments[name], file) for name in pdf.attachments}
    except pikepdf.PasswordError as error:
        raise PdfError(f"{file}: it is locked with a password", "Get the file as leaflet made it.") from error
    except (pikepdf.PdfError, ValueError, KeyError, TypeError, zlib.error) as error:
        raise PdfError(f"{file}: this is no PDF that can be read", "Get the file once more.") from error
    record = read_record(attachments[RECORD_FILE]) if RECORD_FILE in attachments else None
    texts = {name: text for name, text in attachments.items() if record and f"source/{name}" in record.hashes}
    return PdfContents(is_intact(data), holds_copies(data), record, texts)


def _bytes(specification: pikepdf.AttachedFileSpec, file: str) -> bytes:
    attachment = specification.get_file()
    if attachment.size > MAX_ATTACHMENT_BYTES:
        raise PdfError(f"{file}: a file attached to it is too large", "Get the sheet once more.")
    return attachment.read_bytes()
