"""A list in any format a pharmacy system writes → rows of cells under our column names, each with its line."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from leaflets.errors import CheckFailed, LeafletError
from leaflets.model.finding import Finding, Severity
from leaflets.runlist.columns import ListRow, ParsedList
from leaflets.runlist.delimited import read_delimited
from leaflets.runlist.encoding import DecodedText, UncertainEncoding, decode, encode, encode_part
from leaflets.runlist.fhir.entries import fhir_format
from leaflets.runlist.fhir.read import read_bundle, read_ndjson
from leaflets.runlist.foreign_formats import refuse_foreign_format
from leaflets.runlist.headers import HeaderRules, header_rules
from leaflets.runlist.json_lines import read_json_lines

FHIR_FORMATS = frozenset({"fhir", "ndjson"})
"""Formats of lists that are made of FHIR resources: a Bundle, or one resource a line."""

_MOST_CELLS = 3
_MOST_LETTERS = 40
"""How many drugs an error shows, and how much of each."""


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


def read_list(
    data: bytes, columns: Mapping[str, str] = MappingProxyType({}), codec: str = "", ignored: Collection[str] = ()
) -> RunList:
    """The rows of a list. `columns` maps a system's own headers to ours, `ignored` are headers of what is not needed.

    `codec` is empty to find it by the bytes.

    Raises UsageError where the bytes are no list at all or not certain to be this text, or a column is not known;
    CheckFailed where the list has no row. A row that cannot be read has a fault instead of cells.
    """
    return _read(data, header_rules(columns, ignored), codec)


def _read(data: bytes, rules: HeaderRules, codec: str) -> RunList:
    refuse_foreign_format(data)
    decoded = _decoded(data, rules, codec)
    format, parsed = _parsed(decoded.text, rules)
    if not parsed.rows:
        raise CheckFailed("the list has no row to make", _why_no_row(parsed))
    if decoded.guessed:
        parsed = parsed.with_finding(_guessed_encoding())
    return RunList(hashlib.sha256(data).hexdigest(), format, decoded.codec, parsed)


def read_recorded_list(data: bytes, columns: Mapping[str, str], codec: str) -> RunList:
    """The rows of a list that a run was made from, read as it was read then: by the columns it recorded, and ours.

    Releases up to 0.2 took every list that is not UTF-8 for Windows-1252, and recorded no encoding.
    """
    rules = header_rules(columns, usual=False)
    try:
        return _read(data, rules, codec)
    except UncertainEncoding:
        return _read(data, rules, "cp1252")


def rejected_rows(run_list: RunList, lines: Collection[int]) -> bytes:
    """The rows that begin on these lines, as a list of the same format and encoding, to be corrected and run again."""
    parsed = run_list.parsed
    chosen = [row.raw for row in parsed.rows if row.line in lines]
    return encode(parsed.prefix + parsed.separator.join(chosen) + parsed.suffix, run_list.codec)


def with_rows(data: bytes, run_list: RunList, rows: Sequence[ListRow], lines: Collection[int]) -> bytes:
    """The bytes of a list in which these rows stand in place of those that begin on some lines; all else as it was.

    Returns the list as it is where they are more or fewer, or its rows do not stand in it one after the other.
    """
    if sum(row.line in lines for row in run_list.parsed.rows) != len(rows):
        return data
    parts, at, others = [], 0, iter(rows)
    for row in run_list.parsed.rows:
        raw = encode_part(row.raw, run_list.codec)
        start = data.find(raw, at)
        if start < 0:
            return data
        parts += [data[at:start], encode_part(next(others).raw, run_list.codec) if row.line in lines else raw]
        at = start + len(raw)
    return b"".join((*parts, data[at:]))


def _parsed(text: str, rules: HeaderRules) -> tuple[str, ParsedList]:
    if not text.lstrip().startswith("{"):
        return "csv", read_delimited(text, rules)
    format = fhir_format(text)
    if format == "fhir":
        return format, read_bundle(text)
    if format == "ndjson":
        return format, read_ndjson(text)
    return "jsonl", read_json_lines(text, rules)


def _why_no_row(parsed: ParsedList) -> str:
    reasons = dict.fromkeys(finding.message for finding in parsed.findings)
    return "; ".join(reasons) + "." if reasons else "It holds nothing but the names of its columns; was it cut short?"


def _decoded(data: bytes, rules: HeaderRules, codec: str) -> DecodedText:
    """The text; where its encoding is not certain, the error shows some drugs of the list in each that it may be."""
    try:
        return decode(data, codec)
    except UncertainEncoding as error:
        cells = _drug_cells(data, rules)
        shown = [f"{one}: {', '.join(_shown(cell, one) for cell in cells)}" for one in error.codecs if cells]
        error.hint = "\n    ".join((error.hint, *shown))
        raise


def _drug_cells(data: bytes, rules: HeaderRules) -> list[bytes]:
    """The first drugs of a list that are not ASCII, as bytes. No other cell: it may be a patient's."""
    try:
        _, parsed = _parsed(data.decode("ascii", "surrogateescape"), rules)
    except LeafletError:
        return []
    drugs = dict.fromkeys(row.cells.get("drug", "") for row in parsed.rows)
    beyond_ascii = [drug for drug in drugs if not drug.isascii()]
    return [drug.encode("utf-8", "surrogateescape") for drug in beyond_ascii[:_MOST_CELLS]]


def _shown(cell: bytes, codec: str) -> str:
    text = cell.decode(codec, "replace")[:_MOST_LETTERS]
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


def _guessed_encoding() -> Finding:
    return Finding(
        Severity.WARNING,
        "list-encoding",
        "the list is not UTF-8 and was read as Windows-1252",
        "Look at the names on the first sheets, or say the encoding with --encoding.",
    )
