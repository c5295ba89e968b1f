"""A label file → `DrugLabel`: SPL as XML, or in the archive DailyMed gives, or a record of openFDA."""

from __future__ import annotations

import io
import zipfile
import zlib

from leaflets.errors import ContentError
from leaflets.exchange.labels import DrugLabel
from leaflets.exchange.openfda import read_openfda
from leaflets.exchange.spl import read_spl
from leaflets.exchange.xml_text import MAX_XML_BYTES

_MAX_FILES = 500
_FORMS = "A label is SPL (XML, or the .zip of DailyMed) or a record of openFDA (JSON)."


def read_label(data: bytes, file: str, set_id: str = "") -> DrugLabel:
    """The label in a file; `set_id` says which of several it shall be.

    Raises ContentError where it is none, UsageError where it holds several or `lxml` is not installed.
    """
    if data[:4] == b"PK\x03\x04":
        data = _unpacked(data, file)
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start in (b"{", b"["):
        label = read_openfda(data, file, set_id)
    elif start == b"<" or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        label = read_spl(data, file)
    else:
        raise ContentError(f"{file}: it is no label file", _FORMS)
    if not label.sections:
        raise ContentError(f"{file}: the label has no text", _FORMS)
    return label


def _unpacked(data: bytes, file: str) -> bytes:
    """The one XML file of an archive, within bounds whatever its own list says of its size."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            names = [entry for entry in entries if entry.filename.lower().endswith(".xml") and not entry.is_dir()]
            if len(names) != 1 or len(entries) > _MAX_FILES:
                raise ContentError(f"{file}: the archive does not hold one XML file", "Unpack it and name the label.")
            with archive.open(names[0]) as opened:
                text = opened.read(MAX_XML_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise ContentError(f"{file}: the archive cannot be read: {error}", "Download it again.") from error
    if len(text) > MAX_XML_BYTES:
        raise ContentError(f"{file}: the XML in it is larger than {MAX_XML_BYTES:,} bytes", "Is it the label?")
    return text
