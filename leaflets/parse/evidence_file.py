"""The text of an evidence file → `Evidence`: the register of sources, then their passages by section.

It is read strictly: what is not understood is an error with its line, since a passage that is silently left out would
let a wrong number stand.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import yaml

from leaflets.errors import ContentError
from leaflets.model.evidence import Evidence, EvidencePassage, EvidenceSource, NewerSearch, SourceKind
from leaflets.model.finding import and_more
from leaflets.parse.blocks import scan
from leaflets.parse.front_matter import ValueReader, YamlNode, mapping_entries, take_front
from leaflets.parse.headings import classify
from leaflets.parse.inline import inline
from leaflets.parse.jurisdictions import JURISDICTIONS
from leaflets.parse.recognise import recognise
from leaflets.parse.source_lines import SourceLine, read_lines

HELP = "See “leaflet help evidence”."
SOURCE_KEYS = ("id", "kind", "title", "jurisdiction", "set_id", "version", "date", "where", "nothing_newer")
_KEYS = ("sources", "gaps")
_ID = re.compile(r"[A-Za-z][\w-]{0,19}")
_DATE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")
_SEARCH = re.compile(r"(\d{4}-\d{2}-\d{2}),\s*(\S.*)")
_HEADING = re.compile(r"\s{0,3}##\s+(\S+)(?:\s+(.*?))?\s*#*")
_MARK = re.compile(r"([A-Za-z][\w-]{0,19})(?::([\w.-]{1,40}))?")
_TITLE = re.compile(r"\s{0,3}#\s")
_LEVEL_2 = re.compile(r"\s{0,3}##(?!#)")


def parse_evidence(text: str, *, name: str, file: str) -> Evidence:
    """The evidence in a text, of the monograph called `name`; errors call the text `file`.

    Raises ContentError, with file and line, where it is not written as an evidence file is.
    """
    lines, control = read_lines(text, file)
    if control:
        raise ContentError(f"{file}:{control[0].line}: {control[0].message}", "Take them out.")
    node, body = take_front(lines, file)
    if node is None:
        raise ContentError(
            f"{file}:1: there is no register of sources", f"Begin with it, between two lines ---. {HELP}"
        )
    reader = _RegisterReader(file, next(line.number for line in lines if line.text.strip()))
    sources, gaps = reader.read(node)
    passages = tuple(_passages(body, {source.id for source in sources}, file))
    _require_once(passages, file)
    return Evidence(name, file, sources, passages, gaps)


class _RegisterReader(ValueReader):
    """Reads the register of sources; its errors name file and line."""

    help = HELP

    def read(self, node: YamlNode) -> tuple[tuple[EvidenceSource, ...], tuple[str, ...]]:
        """The sources, and the gaps."""
        entries = self._known(mapping_entries(node, self.file, self.offset), _KEYS, node)
        if "sources" not in entries:
            raise self.fault(node, "sources", "there, each with id, kind and title")
        listed = entries["sources"]
        if not isinstance(listed, yaml.nodes.SequenceNode):
            raise self.fault(listed, "sources", "a list of sources, each with id, kind and title")
        sources = tuple(self._source_of(item) for item in listed.value)
        ids = [source.id for source in sources]
        twice = next((source for n, source in enumerate(sources) if source.id in ids[:n]), None)
        if twice:
            raise ContentError(f"{self.file}:{twice.line}: the source “{twice.id}” stands twice", "Keep one.")
        return sources, self.texts("gaps", entries["gaps"]) if "gaps" in entries else ()

    def _known(self, entries: Mapping[str, YamlNode], keys: Sequence[str], node: YamlNode) -> Mapping[str, YamlNode]:
        for key in entries:
            if key not in keys:
                line = self.offset + 1 + entries[key].start_mark.line
                near = difflib.get_close_matches(key, keys, n=1)
                hint = f"Did you mean “{near[0]}”?" if near else f"Known: {', '.join(keys)}."
                raise ContentError(f"{self.file}:{line}: the key “{key}” is not known", hint)
        return entries

    def _source_of(self, node: YamlNode) -> EvidenceSource:
        if not isinstance(node, yaml.nodes.MappingNode):
            raise self.fault(node, "sources", "a list of sources, each with id, kind and title")
        entries = self._known(mapping_entries(node, self.file, self.offset), SOURCE_KEYS, node)
        values = {key: self.text(key, value) for key, value in entries.items()}
        missing = next((key for key in ("id", "kind", "title") if not values.get(key)), None)
        if missing:
            raise self.fault(node, missing, "there for each source")
        if not _ID.fullmatch(values["id"]):
            raise self.fault(entries["id"], "id", "a letter and perhaps digits, such as L1")
        if values["kind"] not in list(SourceKind):
            raise self.fault(entries["kind"], "kind", f"one of {', '.join(SourceKind)}")
        if values.get("jurisdiction") and values["jurisdiction"] not in JURISDICTIONS:
            raise self.fault(entries["jurisdiction"], "jurisdiction", "the code of a country, such as US or GB, or EU")
        if values.get("date") and not _is_date(values["date"]):
            raise self.fault(entries["date"], "date", "a date such as 2026-05-01, 2026-05 or 2026")
        search = self._search(entries["nothing_newer"]) if values.pop("nothing_newer", "") else None
        line = self.offset + 1 + node.start_mark.line
        kind = SourceKind(values.pop("kind"))
        return EvidenceSource(**values, kind=kind, line=line, nothing_newer=search)

    def _search(self, node: YamlNode) -> NewerSearch:
        match = _SEARCH.fullmatch(self.text("nothing_newer", node))
        try:
            if match:
                return NewerSearch(dt.date.fromisoformat(match[1]), match[2])
        except ValueError:
            pass
        raise self.fault(node, "nothing_newer", "the day of a search and where: “2026-11-30, DailyMed”")


def _is_date(text: str) -> bool:
    """Whether it is a day, a month or a year that there is."""
    if not _DATE.fullmatch(text):
        return False
    try:
        dt.date.fromisoformat(f"{text}-01-01"[:10])
    except ValueError:
        return False
    return True


def _passages(body: Sequence[SourceLine], sources: set[str], file: str) -> Iterator[EvidencePassage]:
    """The passages below their headings. Raises ContentError for text above the first, and for what is no heading."""
    starts = [n for n, line in enumerate(body) if _LEVEL_2.match(line.text)]
    above = body[: starts[0]] if starts else body
    stray = next((line for line in above if line.text.strip() and not _TITLE.match(line.text)), None)
    if stray:
        raise ContentError(
            f"{file}:{stray.number}: the text stands under no section of a source",
            "Give it a heading such as “## L1:2.3 Dosage”.",
        )
    for start, end in pairwise([*starts, len(body)]):
        yield _passage(body[start], body[start + 1 : end], sources, file)


def _passage(heading: SourceLine, lines: Sequence[SourceLine], sources: set[str], file: str) -> EvidencePassage:
    match = _HEADING.fullmatch(heading.text)
    mark = _MARK.fullmatch(match[1]) if match else None
    if not match or not mark:
        raise ContentError(
            f"{file}:{heading.number}: the heading names no section of a source",
            "Write “## L1:2.3 Dosage”: the source's id, its section, and a title.",
        )
    if mark[1] not in sources:
        near = difflib.get_close_matches(mark[1], sources, n=1)
        hint = f"Did you mean “{near[0]}”?" if near else "Add it to the sources above."
        raise ContentError(f"{file}:{heading.number}: there is no source “{mark[1]}” in the register", hint)
    try:
        blocks = recognise(scan(lines))
    except ContentError as error:
        raise ContentError(f"{file}, {error.message}", error.hint) from error
    if not blocks:
        raise ContentError(f"{file}:{heading.number}: nothing stands under this heading", "Write what the source says.")
    title = "".join(run.text for run in inline(match[2] or ""))
    topic = classify(title).id if title else "other"
    return EvidencePassage(mark[1], mark[2] or "", title, topic, heading.number, blocks)


def _require_once(passages: Sequence[EvidencePassage], file: str) -> None:
    seen: dict[str, int] = {}
    twice = [passage for passage in passages if seen.setdefault(passage.mark, passage.line) != passage.line]
    if twice:
        first = twice[0]
        raise ContentError(
            f"{file}:{first.line}: “{first.mark}” has a heading already in line {seen[first.mark]}{and_more(twice)}",
            "Put both under one heading.",
        )
