"""What a file is that is no list (a workbook, a PDF, an HL7 message …), and what to do with it instead."""

import codecs
import re
from dataclasses import dataclass

from leaflets.errors import UsageError

_HEAD = 4096
"""Bytes in which a format must show itself."""


@dataclass(frozen=True, slots=True)
class ForeignFormat:
    """A format that is none of a list: its name, and what to do."""

    name: str
    hint: str


_AS_CSV = "Open it where it was made and save it as CSV (UTF-8)."
_UNPACK = "Unpack it and give the list that is in it."
_EXPORT = "Export the list from the pharmacy system as CSV, JSON Lines or a FHIR Bundle."
_FHIR_JSON = "Export it as JSON: a Bundle of MedicationDispense."

_IN_ZIP = (
    (rb"xl/|\[Content_Types\]\.xml", ForeignFormat("an Excel workbook (XLSX)", _AS_CSV)),
    (rb"opendocument\.spreadsheet", ForeignFormat("an OpenDocument spreadsheet (ODS)", _AS_CSV)),
    (rb"", ForeignFormat("a ZIP archive", _UNPACK)),
)

_BY_BYTES = (
    (rb"%PDF-", ForeignFormat("a PDF", _EXPORT)),
    (
        rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        ForeignFormat("an old Excel workbook (XLS) or another Office file", _AS_CSV),
    ),
    (rb"\x09\x00\x04\x00|\x09[\x02\x04\x08][\x04-\x10]\x00", ForeignFormat("an old Excel workbook (XLS)", _AS_CSV)),
    (rb"\x1f\x8b", ForeignFormat("compressed with gzip", _UNPACK)),
    (rb"BZh[1-9]1AY|\xfd7zXZ\x00|\x28\xb5\x2f\xfd|7z\xbc\xaf\x27\x1c|Rar!\x1a", ForeignFormat("compressed", _UNPACK)),
    (rb"\x89PNG|\xff\xd8\xff|GIF8[79]a|II\*\x00|MM\x00\*|RIFF.{4}WEBP", ForeignFormat("a picture", _EXPORT)),
    (rb"SQLite format 3\x00", ForeignFormat("an SQLite database", _EXPORT)),
    (rb"\x00\x01\x00\x00Standard (?:Jet|ACE) DB", ForeignFormat("an Access database", _EXPORT)),
    (rb"[^\x1c-\x1e]{0,90}[\x1d\x1e]*\x1cAM", ForeignFormat("an NCPDP Telecommunication message", _EXPORT)),
)

_BY_TEXT = (
    (r"(?:FHS|BHS|MSH)[|^~&]", ForeignFormat("an HL7 v2 message", _EXPORT)),
    (
        r"UNA.{0,12}U[IN]B|U[IN]B.?[+:\x1c\x1d]",
        ForeignFormat("an EDIFACT message, as NCPDP SCRIPT was written once", _EXPORT),
    ),
    (r"ISA\*", ForeignFormat("an X12 message", _EXPORT)),
    (r"\{\\rtf", ForeignFormat("a Rich Text document", _EXPORT)),
    (r"%!PS", ForeignFormat("a PostScript file", _EXPORT)),
    (r"\[\s*(?:[\[{]|$)", ForeignFormat("a JSON array", "Write it as JSON Lines: one object a line, without commas.")),
    (r"<!doctype html|<html|<table|<head|<meta", ForeignFormat("an HTML page", _AS_CSV)),
)

_MARKUP = r"<(?:\?xml|!--|!doctype|[a-z_][\w.:-]*(?:\s[^<>]*)?>\s*<)"

_IN_XML = (
    (r"ncpdp|<(?:\w+:)?message\b[^>]*\bversion", ForeignFormat("an NCPDP SCRIPT message (XML)", _EXPORT)),
    (r"http://hl7\.org/fhir", ForeignFormat("FHIR in XML", _FHIR_JSON)),
    (r"urn:hl7-org:v[23]", ForeignFormat("an HL7 document in XML", _EXPORT)),
    (r"schemas-microsoft-com:office|progid=.excel", ForeignFormat("an Excel workbook in XML", _AS_CSV)),
    (r"opendocument", ForeignFormat("an OpenDocument spreadsheet in XML", _AS_CSV)),
    (r"<html|xhtml", ForeignFormat("an HTML page", _AS_CSV)),
    (r"", ForeignFormat("XML", _EXPORT)),
)


def refuse_foreign_format(data: bytes) -> None:
    """Raises UsageError where a file shows by its first bytes that it is no list but something else."""
    foreign = _by_bytes(data) or _by_text(_head_as_text(data))
    if foreign:
        raise UsageError(f"the file is no list, it is {foreign.name}", foreign.hint)


def _by_bytes(data: bytes) -> ForeignFormat | None:
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        ends = data[:_HEAD] + data[-_HEAD:]  # the names of what is in it stand at the end as well
        return next(foreign for pattern, foreign in _IN_ZIP if re.search(pattern, ends))
    head = data[:_HEAD].removeprefix(codecs.BOM_UTF8)
    return next((foreign for pattern, foreign in _BY_BYTES if re.match(pattern, head, re.DOTALL)), None)


def _by_text(head: str) -> ForeignFormat | None:
    named = (foreign for pattern, foreign in _BY_TEXT if re.match(pattern, head, re.IGNORECASE))
    if foreign := next(named, None):
        return foreign
    if not re.match(_MARKUP, head, re.IGNORECASE):
        return None
    return next(foreign for pattern, foreign in _IN_XML if re.search(pattern, head, re.IGNORECASE))


def _head_as_text(data: bytes) -> str:
    """The beginning in letters, as far as formats are told by them; without marks, frames and space before it."""
    head = data[:_HEAD]
    wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = head.decode("utf-16" if wide else "utf-8", "replace")
    return text.lstrip("\ufeff\x0b \t\r\n")
