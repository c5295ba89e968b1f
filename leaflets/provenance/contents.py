"""What a finished PDF carries besides its pages: the texts and the record put into it, and whether it is whole."""

from __future__ import annotations

import io
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import pikepdf

from leaflets.errors import PdfError
from leaflets.seal.digest import is_of_copies, is_whole
from leaflets.seal.record import FILE, Record, read

MAX_ENCLOSED_BYTES = 4_000_000


@dataclass(frozen=True, slots=True)
class PdfContents:
    """A PDF looked into. `whole` is None where it has no seal of ours, `record` where it tells nothing of its making.

    `texts` are by file name. `of_copies`: labels were put onto it, on one copy or on many.
    """

    whole: bool | None
    of_copies: bool
    record: Record | None
    texts: Mapping[str, bytes]


def read_contents(data: bytes, file: str) -> PdfContents:
    """What is in a PDF; `file` is what errors call it. Raises PdfError where it cannot be read as one."""
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            enclosed = {name: _bytes(pdf.attachments[name], file) for name in pdf.attachments}
    except pikepdf.PasswordError as error:
        raise PdfError(f"{file}: it is locked with a password", "Get the file as leaflet made it.") from error
    except (pikepdf.PdfError, ValueError, KeyError, TypeError, zlib.error) as error:
        raise PdfError(f"{file}: this is no PDF that can be read", "Get the file once more.") from error
    record = read(enclosed[FILE]) if FILE in enclosed else None
    texts = {name: text for name, text in enclosed.items() if record and f"source/{name}" in record.hashes}
    return PdfContents(is_whole(data), is_of_copies(data), record, texts)


def _bytes(specification: pikepdf.AttachedFileSpec, file: str) -> bytes:
    told = specification.get_file()
    if told.size > MAX_ENCLOSED_BYTES:
        raise PdfError(f"{file}: a file attached to it is too large", "Get the sheet once more.")
    return told.read_bytes()
