"""A label in the text of an evidence file: added to its register and passages, or put in place of what it was."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from leaflets.errors import ContentError, UsageError
from leaflets.exchange.labels import DrugLabel
from leaflets.exchange.markdown import markdown, title_escaped
from leaflets.model.evidence import Evidence, EvidencePassage, EvidenceSource
from leaflets.parse.evidence_file import parse_evidence

_EMPTY = "---\nsources: []\n---\n"
_NO_SOURCES = re.compile(r"^sources:\s*\[\s*\]\s*(?:#.*)?$", re.MULTILINE)
_SOURCES = re.compile(r"^sources:\s*(?:#.*)?$", re.MULTILINE)
_FIRST = re.compile(r"(?:\s*(?:#.*)?\n)*?([ ]*)-\s")
_ENDS = re.compile(r"\n---[ \t]*(?:\n|$)")


def label_passages(label: DrugLabel, source: str) -> str:
    """The passages of a label as the text of an evidence file has them, for the source with this id."""
    parts = []
    for section in label.sections:
        heading = f"## {source}:{section.section} {title_escaped(section.title)}".rstrip()
        parts.append(f"{heading}\n\n{markdown(section.blocks)}\n")
    return "\n".join(parts)


def added(text: str, label: DrugLabel, *, name: str, file: str, id: str = "") -> tuple[str, str]:
    """An evidence file with one source more, and the id of that; `text` is empty where there is none yet.

    Raises UsageError where the label or the id is in it already, ContentError where the file is not written as an
    evidence file is, or would be over its limits.
    """
    text = text or f"{_EMPTY}\n# {name.replace('-', ' ').capitalize()}\n"
    before = parse_evidence(text, name=name, file=file)
    same = source_of(before, label)
    if same:
        raise UsageError(
            f"{file}:{same.line}: the label is there already, as {same.id}", f"“leaflet evidence update {name} FILE”"
        )
    id = id or _free_id(before)
    if before.source(id):
        raise UsageError(f"{file}: there is a source “{id}” already", "Choose another --id.")
    text = f"{_registered(text, label, id, file).rstrip()}\n\n{label_passages(label, id)}"
    parse_evidence(text, name=name, file=file)
    return text, id


def source_of(evidence: Evidence, label: DrugLabel) -> EvidenceSource | None:
    """The source in the register that is of the same label, by its set id."""
    same = (each for each in evidence.sources if each.set_id.lower() == label.set_id.lower() and label.set_id)
    return next(same, None)


def _free_id(evidence: Evidence) -> str:
    taken = {source.id for source in evidence.sources}
    return next(id for number in range(1, len(taken) + 2) if (id := f"L{number}") not in taken)


def _registered(text: str, label: DrugLabel, id: str, file: str) -> str:
    """The text with the label at the head of the register."""
    entry = _entry(label, id)
    match = _NO_SOURCES.search(text)
    if match:
        lines = "\n".join(f"  {line}" for line in entry)
        return f"{text[: match.start()]}sources:\n{lines}{text[match.end() :]}"
    match = _SOURCES.search(text)
    first = _FIRST.match(text, match.end()) if match else None
    if not match or not first:
        raise ContentError(f"{file}: the sources do not stand one below the other", "Write each as “- id: …”.")
    lines = "\n".join(f"{first[1]}{line}" for line in entry)
    return f"{text[: match.end()]}\n{lines}{text[match.end() :]}"


def _entry(label: DrugLabel, id: str) -> list[str]:
    values = {
        "kind": "label", "title": label.title, "jurisdiction": "US", "set_id": label.set_id, "version": label.version,
        "date": label.date, "where": label.where,
    }  # fmt: skip
    return [f"- id: {id}", *(f"  {key}: {_value(key, value)}" for key, value in values.items() if value)]


def _value(key: str, value: str) -> str:
    """A value as YAML has it: a text in quotes, what can be nothing else without."""
    return value if key in ("kind", "jurisdiction", "date") else json.dumps(value, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class SourceReplacement:
    """An evidence file with the newer text of one source: the whole of it, and the evidence before and after."""

    source: str
    text: str
    before: Evidence
    after: Evidence

    @property
    def passages(self) -> tuple[tuple[EvidencePassage, ...], tuple[EvidencePassage, ...]]:
        """The passages of that source before and after."""
        before, after = (tuple(each.under(self.source)) for each in (self.before, self.after))
        return before, after


def replaced(text: str, label: DrugLabel, *, name: str, file: str) -> SourceReplacement:
    """An evidence file in which a label stands in place of its older version.

    Raises UsageError where none of its sources has the set id of the label, ContentError as `added` does.
    """
    before = parse_evidence(text, name=name, file=file)
    source = source_of(before, label)
    if source is None:
        ids = ", ".join(each.set_id for each in before.sources if each.set_id) or "none"
        raise UsageError(
            f"{file}: no source has the set id of this label, {label.set_id or 'which has none'}",
            f"There are: {ids}. “leaflet evidence add {name} FILE” makes it a source.",
        )
    lines = text.replace("\r\n", "\n").split("\n")
    kept = "\n".join(_without(lines, before, source)).rstrip()
    result = f"{_dated(kept, source, label)}\n\n{label_passages(label, source.id)}"
    return SourceReplacement(source.id, result, before, parse_evidence(result, name=name, file=file))


def _without(lines: list[str], evidence: Evidence, source: EvidenceSource) -> Iterator[str]:
    """The lines without the passages of a source."""
    starts = [passage.line for passage in evidence.passages]
    ends = [*starts[1:], len(lines) + 1]
    gone = {
        line
        for passage, end in zip(evidence.passages, ends, strict=True)
        if passage.source == source.id
        for line in range(passage.line, end)
    }
    yield from (line for number, line in enumerate(lines, 1) if number not in gone)


def _dated(text: str, source: EvidenceSource, label: DrugLabel) -> str:
    """The text with version and date of the label in its entry of the register, and no search that was for an older."""
    lines = text.split("\n")
    first = source.line - 1
    indent = len(lines[first]) - len(lines[first].lstrip(" -"))
    end = first + 1
    while end < len(lines) and re.match(rf" {{{indent}}}[a-z_]+:|\s*#|\s*$", lines[end]):
        end += 1
    entry = [
        line
        for line in lines[first:end]
        if not re.match(r"[\s-]*(?:version|date|nothing_newer):", line) or "id:" in line
    ]
    fresh = [f"{' ' * indent}{key}: {_value(key, value)}" for key, value in _figures(label) if value]
    return "\n".join([*lines[:first], *entry, *fresh, *lines[end:]])


def _figures(label: DrugLabel) -> tuple[tuple[str, str], ...]:
    return ("version", label.version), ("date", label.date)
