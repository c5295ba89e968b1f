"""The resources of a Bundle, or of a file with one resource a line, each with its line and its own text."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from json import JSONDecoder, loads

from leaflets.errors import UsageError
from leaflets.json_depth import require_shallow
from leaflets.runlist.fhir.values import DECODER, Object

FIRST_LINES = 20
"""Lines that are looked at to tell FHIR resources from rows of our own."""

_SPACE = re.compile(r"[\s,]*")


@dataclass(frozen=True, slots=True)
class FhirEntry:
    """A resource: the line it begins on, its text in the list, the address of its entry, and why it cannot be read."""

    line: int
    raw: str = field(repr=False)
    resource: Object = field(repr=False)
    full_url: str = field(default="", repr=False)
    fault: str = ""

    @property
    def kind(self) -> str:
        """The type of the resource, empty where it has none."""
        return _text(self.resource.get("resourceType"))


@dataclass(frozen=True, slots=True)
class FhirFile:
    """The resources of a file, and the text before, between and after them."""

    entries: tuple[FhirEntry, ...]
    prefix: str = ""
    separator: str = ""
    suffix: str = ""

    @property
    def has_more_pages(self) -> bool:
        """Whether it is one page of an answer in several (hl7.org/fhir/R4/http.html#paging)."""
        try:
            links = _object(loads(self.prefix + self.suffix)).get("link")
        except (ValueError, RecursionError):  # one resource a line
            return False
        return isinstance(links, list) and any(_object(link).get("relation") == "next" for link in links)


def fhir_format(text: str) -> str:
    """ "fhir" for a Bundle, "ndjson" for one resource or one a line, empty for what is no FHIR.

    Raises UsageError where it begins as a resource and breaks off.
    """
    kind = _resource_type(text)
    if kind:
        return "fhir" if kind == "Bundle" else "ndjson"
    lines = [line for line, _ in zip(filter(str.strip, io.StringIO(text)), range(FIRST_LINES), strict=False)]
    if any(map(_resource_type, lines)):
        return "ndjson"
    if lines and '"resourceType"' in "".join(lines)[:2000]:
        raise UsageError(
            "the list begins as FHIR and is not whole JSON: it breaks off, or is damaged",
            "Let the system that wrote it write it again.",
        )
    return ""


def bundle_file(text: str) -> FhirFile:
    """The entries of a Bundle, of a text of valid JSON. Raises UsageError where there are none."""
    decoder = JSONDecoder()
    start = _array_start(text, decoder)
    entries: list[FhirEntry] = []
    position, line, counted = start, 1, 0
    while True:
        position = _skip(text, position)
        if text[position] == "]":
            return FhirFile(tuple(entries), text[:start], ",\n", text[position:])
        line, counted = line + text.count("\n", counted, position), position
        try:
            value, end = DECODER.raw_decode(text, position)
        except ValueError as error:
            raise UsageError(
                f"the entry on line {line} of the Bundle cannot be read: a name occurs twice, or a number is none",
                "Let the system that wrote it write it again.",
            ) from error
        entry = _object(value)
        entries.append(FhirEntry(line, text[position:end], _object(entry.get("resource")), _text(entry.get("fullUrl"))))
        position = end


def ndjson_file(text: str) -> FhirFile:
    """The resources of Bulk Data: one a line, or a single one. A line that holds none has a fault.

    The format is that of hl7.org/fhir/uv/bulkdata.
    """
    if _resource_type(text):
        return FhirFile((_resource(text.count("\n", 0, text.index("{")) + 1, text),))
    return FhirFile(tuple(_lines(text)))


def _lines(text: str) -> Iterator[FhirEntry]:
    for line, raw in enumerate(io.StringIO(text, newline=""), 1):
        if raw.strip():
            yield _resource(line, raw if raw.endswith(("\n", "\r")) else raw + "\n")


def _resource(line: int, raw: str) -> FhirEntry:
    try:
        require_shallow(raw)
        value = _object(DECODER.decode(raw))
    except (ValueError, RecursionError):
        value = {}
    fault = "" if _text(value.get("resourceType")) else "it is not one FHIR resource, with each name once in an object"
    return FhirEntry(line, raw, value, fault=fault)


def _resource_type(text: str) -> str:
    """The type of the resource that a text is, empty where it is none."""
    try:
        require_shallow(text)
        return _text(_object(loads(text)).get("resourceType"))
    except (ValueError, RecursionError):
        return ""


def _array_start(text: str, decoder: JSONDecoder) -> int:
    """The position just inside the array named "entry" of the outermost object."""
    position = text.index("{") + 1
    while True:
        position = _skip(text, position)
        if text[position] == "}":
            raise UsageError("the Bundle has no entries", "Send a Bundle of MedicationDispense resources.")
        name, position = decoder.raw_decode(text, position)
        position = _skip(text, text.index(":", position) + 1)
        if name == "entry" and text[position] == "[":
            return position + 1
        _, position = decoder.raw_decode(text, position)


def _skip(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


def _object(value: object) -> Object:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
