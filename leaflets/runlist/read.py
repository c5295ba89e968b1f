"""A list in any format a pharmacy system writes → rows of cells under our column names, each with its line."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from leaflets.model.finding import Finding, Severity
from leaflets.runlist.columns import ParsedList
from leaflets.runlist.delimited import read_delimited
from leaflets.runlist.encoding import decode, encode
from leaflets.runlist.fhir.entries import fhir_format
from leaflets.runlist.fhir.read import read_bundle, read_ndjson
from leaflets.runlist.json_lines import read_json_lines

FHIR_FORMATS = frozenset({"fhir", "ndjson"})
"""Formats of lists that are made of FHIR resources: a Bundle, or one resource a line."""


@dataclass(frozen=True, slots=True)
class RunList:
    """A list that was read: its hash, format, codec and rows."""

    sha256: str
    format: str
    codec: str
    parsed: ParsedList

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found about the list as a whole."""
        return self.parsed.findings


def read_list(data: bytes, columns: Mapping[str, str] = MappingProxyType({}), codec: str = "") -> RunList:
    """The rows of a list. `columns` maps a system's own headers to ours; `codec` is empty to find it by the bytes.

    Raises UsageError where the bytes are no list at all. A row that cannot be read has a fault instead of cells.
    """
    decoded = decode(data, codec)
    format, parsed = _parsed(decoded.text, columns)
    if decoded.guessed:
        parsed = parsed.with_finding(_guessed_encoding())
    return RunList(hashlib.sha256(data).hexdigest(), format, decoded.codec, parsed)


def rejected_rows(run_list: RunList, lines: Collection[int]) -> bytes:
    """The rows that begin on these lines, as a list of the same format and encoding, to be corrected and run again."""
    parsed = run_list.parsed
    chosen = [row.raw for row in parsed.rows if row.line in lines]
    return encode(parsed.prefix + parsed.separator.join(chosen) + parsed.suffix, run_list.codec)


def _parsed(text: str, columns: Mapping[str, str]) -> tuple[str, ParsedList]:
    if not text.lstrip().startswith("{"):
        return "csv", read_delimited(text, columns)
    format = fhir_format(text)
    if format == "fhir":
        return format, read_bundle(text)
    if format == "ndjson":
        return format, read_ndjson(text)
    return "jsonl", read_json_lines(text, columns)


def _guessed_encoding() -> Finding:
    return Finding(
        Severity.WARNING,
        "list-encoding",
        "the list is not UTF-8 and was read as Windows-1252",
        "Look at the names on the first sheets, or say the encoding with --encoding.",
    )
