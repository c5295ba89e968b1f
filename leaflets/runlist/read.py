"""A run list, in whatever form a pharmacy system writes it → rows of named cells, each with its line."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from leaflets.model.finding import Finding, Severity
from leaflets.runlist import delimited as tables
from leaflets.runlist import fhir as dispenses
from leaflets.runlist import json_lines as records
from leaflets.runlist.columns import ParsedList
from leaflets.runlist.encoding import decode, encode


@dataclass(frozen=True, slots=True)
class RunList:
    """A list as it was read: its rows, what is known of it, and how to write part of it again."""

    sha256: str
    format: str
    codec: str
    reading: ParsedList

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found about the list itself and about rows that could not be read."""
        return self.reading.findings


def read(data: bytes, columns: Mapping[str, str] = MappingProxyType({}), codec: str = "") -> RunList:
    """The rows of a list. `columns` maps a system's own headers to ours; `codec` is empty to find it out.

    Raises UsageError where the bytes are no list at all. Rows that cannot be read become findings.
    """
    letters = decode(data, codec)
    format, reading = _read(letters.text, columns)
    if letters.supposed:
        reading = reading.with_finding(_supposed())
    return RunList(hashlib.sha256(data).hexdigest(), format, letters.codec, reading)


def rejects(run_list: RunList, lines: Collection[int]) -> bytes:
    """The rows that begin on these lines, as a list of the same form and encoding, ready to mend and run again."""
    reading = run_list.reading
    chosen = [row.raw for row in reading.rows if row.line in lines]
    return encode(reading.head + reading.joint.join(chosen) + reading.foot, run_list.codec)


def _read(text: str, columns: Mapping[str, str]) -> tuple[str, ParsedList]:
    opening = text.lstrip()[:1]
    if opening != "{":
        return "csv", tables.read(text, columns)
    if dispenses.is_bundle(text):
        return "fhir", dispenses.read(text)
    return "jsonl", records.read(text, columns)


def _supposed() -> Finding:
    return Finding(
        Severity.WARNING,
        "list-encoding",
        "the list is not UTF-8 and was read as Windows-1252",
        "Look at the names on the first sheets, or say the encoding with --encoding.",
    )
