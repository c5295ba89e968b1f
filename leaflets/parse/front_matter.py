"""YAML front matter → `Front`; every error names its line."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

import yaml

from leaflets.errors import ContentError
from leaflets.model.finding import Finding, Severity
from leaflets.model.monograph import DoseGrid, DoseTime, Front, Reference, Suppression, Translation
from leaflets.parse.jurisdictions import JURISDICTIONS
from leaflets.parse.source_lines import SourceLine, printable

MAX_LINES = 400
MAX_DEPTH = 8
_TEXTS = {
    "title": "title", "generic_name": "generic_name", "class": "drug_class", "route": "route",
    "jurisdiction": "jurisdiction", "legal_status": "legal_status",
    "say_it_as": "say_it_as", "version": "version", "withdrawn": "withdrawn",
}  # fmt: skip
_LISTS = {"brand_names": "brand_names", "forms": "forms", "strengths": "strengths", "reviewers": "reviewers"}
_DATES = {"reviewed": "reviewed", "review_by": "review_by"}
_WITHHOLDING_KEYS = ("withdrawn", "review_by")
"""Keys that keep a text from being printed; a misspelling of one is an error, and no mere unknown key."""
_ALMOST = 0.8
"""How alike a key that is not known and one that is must be (difflib) to be taken for a misspelling."""
_BLANK = "blank"
_HASH = re.compile(r"[0-9a-f]{8}")
KEYS = (*_TEXTS, *_LISTS, *_DATES, "sources", "codes", "allow", "dose_times", "translation")

YamlNode = yaml.nodes.Node


def take_front(lines: Sequence[SourceLine], file: str) -> tuple[YamlNode | None, Sequence[SourceLine]]:
    """The YAML node of the front matter (None where there is none) and the lines after it.

    Raises ContentError, with file and line, where it is TOML, never closed, broken or no mapping.
    """
    start = next((i for i, line in enumerate(lines) if line.text.strip()), len(lines))
    opening = lines[start].text.strip() if start < len(lines) else ""
    if opening == "+++":
        raise ContentError(
            f"{file}:{lines[start].number}: the front matter is TOML, which is not read",
            "Write it as “key: value” lines between two lines of three dashes (---).",
        )
    if opening != "---":
        return None, lines
    fences = (
        i for i in range(start + 1, min(len(lines), start + MAX_LINES)) if lines[i].text.strip() in ("---", "...")
    )
    end = next(fences, 0)
    if not end:
        raise ContentError(
            f"{file}:{lines[start].number}: the front matter is never closed",
            "End it with a line of three dashes (---).",
        )
    text = "\n".join(line.text for line in lines[start + 1 : end])
    return _compose(text, file, lines[start].number), lines[end + 1 :]


def names_in_front(node: YamlNode | None) -> tuple[str, ...]:
    """What the front matter calls the medicine: its title, generic name and brand names, as far as they can be read."""
    entries = node.value if isinstance(node, yaml.nodes.MappingNode) else ()
    named = [value for key, value in entries if key.value in ("title", "generic_name", "brand_names")]
    listed = [item for value in named for item in (value.value if isinstance(value.value, list) else [value])]
    return tuple(item.value for item in listed if isinstance(item, yaml.nodes.ScalarNode))


class _NotAllowed(yaml.YAMLError):
    """A feature of YAML that front matter may not use: which, on which line, and what to write instead."""

    def __init__(self, problem: str, remedy: str, line: int) -> None:
        super().__init__(problem)
        self.problem, self.remedy, self.line = problem, remedy, line


class _Composer(yaml.composer.Composer):
    """Composes front matter in one pass, and refuses aliases and deep nesting on the way."""

    depth = 0

    def compose_node(self, parent: YamlNode | None, index: int) -> YamlNode | None:
        """The next node; raises _NotAllowed."""
        event: yaml.events.Event = self.peek_event()  # type: ignore[attr-defined]  # the parser beside it has it
        line = event.start_mark.line if event.start_mark else 0
        if isinstance(event, yaml.events.AliasEvent):
            raise _NotAllowed("YAML aliases are not allowed", "Write the value out.", line)
        nests = isinstance(event, yaml.events.CollectionStartEvent)
        if self.depth + nests > MAX_DEPTH:
            raise _NotAllowed("the front matter nests too deep", "Flatten it.", line)
        self.depth += nests
        node: YamlNode | None = super().compose_node(parent, index)
        self.depth -= nests
        return node


class _Loader(_Composer, yaml.SafeLoader):
    """Reads YAML in Python, with precise error messages."""


class _CLoader(_Composer, yaml.CSafeLoader):
    """Reads YAML in C, in a ninth of the time, with less precise error messages."""

    def __init__(self, text: str) -> None:
        yaml.CSafeLoader.__init__(self, text)
        yaml.composer.Composer.__init__(self)


@lru_cache(maxsize=64)
def _parse_yaml(text: str) -> YamlNode | None:
    # Cached by its text, since a print run reads the front matter of a monograph many times.
    try:
        return _load(_CLoader(text))
    except _NotAllowed:
        raise
    except yaml.YAMLError:
        return _load(_Loader(text))


def _load(loader: _CLoader | _Loader) -> YamlNode | None:
    try:
        node: YamlNode | None = loader.get_single_node()
    finally:
        loader.dispose()
    return node


def _compose(text: str, file: str, offset: int) -> YamlNode | None:
    try:
        return _parse_yaml(text)
    except _NotAllowed as error:
        raise ContentError(f"{file}:{offset + 1 + error.line}: {error.problem}", error.remedy) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = offset + 1 + (mark.line if mark else 0)
        problem = getattr(error, "problem", None) or "it cannot be read"
        raise ContentError(
            f"{file}:{line}: the front matter is not valid YAML: {problem}",
            "Check the indentation and put values that hold a colon in quotes.",
        ) from error


def read_front(node: YamlNode | None, file: str, offset: int, title: str) -> tuple[Front, tuple[Finding, ...]]:
    """The front matter, and an info for each unknown key. `title` is used where the front matter has none.

    Raises ContentError, with file and line, on a value of the wrong type.
    """
    entries = mapping_entries(node, file, offset)
    reader = _FrontReader(file, offset)
    values: dict[str, object] = {"title": title}
    values |= {field: reader.text(key, entries[key]) for key, field in _TEXTS.items() if key in entries}
    values |= {field: reader.texts(key, entries[key]) for key, field in _LISTS.items() if key in entries}
    values |= {field: reader.date(key, entries[key]) for key, field in _DATES.items() if key in entries}
    if "sources" in entries:
        values["sources"] = reader.sources(entries["sources"])
    if "allow" in entries:
        values["allow"] = reader.suppressions(entries["allow"])
    if "dose_times" in entries:
        values["dose_times"] = reader.dose_times(entries["dose_times"])
    if "translation" in entries:
        values["translation"] = reader.translation(entries["translation"])
    if "codes" in entries:
        values["codes"] = reader.codes(entries["codes"])
    if values.get("jurisdiction") and str(values["jurisdiction"]).upper() not in JURISDICTIONS:
        raise reader.fault(entries["jurisdiction"], "jurisdiction", "the code of a country, such as US or GB, or EU")
    if "withdrawn" in entries and not values["withdrawn"]:
        raise reader.fault(entries["withdrawn"], "withdrawn", "the reason; leave the key out where there is none")
    unknown = tuple(key for key in entries if key not in KEYS)
    lines = {key: offset + 1 + item.start_mark.line for key, item in entries.items()}
    _require_exact_keys(unknown, lines, file)
    front = Front(**values, unknown=unknown, lines=lines)  # type: ignore[arg-type]  # each value was typed by its reader above
    return front, tuple(_unknown(key, lines[key], file) for key in unknown)


def mapping_entries(node: YamlNode | None, file: str, offset: int) -> Mapping[str, YamlNode]:
    """The values of a mapping by key. Raises ContentError where it is none, or a key stands twice."""
    if node is None or (isinstance(node, yaml.nodes.ScalarNode) and not node.value):
        return {}
    if not isinstance(node, yaml.nodes.MappingNode):
        raise ContentError(
            f"{file}:{offset + 1 + node.start_mark.line}: the front matter is not a list of “key: value” lines",
            "See “leaflet help monograph”.",
        )
    entries: dict[str, YamlNode] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.nodes.ScalarNode):
            raise ContentError(f"{file}:{offset + 1 + key.start_mark.line}: a key of the front matter is not a word")
        if key.value in entries:
            raise ContentError(
                f"{file}:{offset + 1 + key.start_mark.line}: “{key.value}” stands twice in the front matter",
                "Keep one.",
            )
        entries[key.value] = value
    return entries


def _require_exact_keys(unknown: Sequence[str], lines: Mapping[str, int], file: str) -> None:
    for key in unknown:
        key_meant = key.strip().casefold().replace("-", "_").replace(" ", "_")
        if key_meant in _WITHHOLDING_KEYS:
            raise ContentError(
                f"{file}:{lines[key]}: “{key}” must be written “{key_meant}”",
                "As it stands it would not keep the text from being printed.",
            )
        near = difflib.get_close_matches(key_meant, KEYS, n=1, cutoff=_ALMOST)
        if near:
            raise ContentError(
                f"{file}:{lines[key]}: the front matter key “{key}” is not known; did you mean “{near[0]}”?",
                "Write it so, or give a key of your own another name. As it stands it would not be printed.",
            )


def _unknown(key: str, line: int, file: str) -> Finding:
    hint = "It is kept and not printed."
    return Finding(Severity.INFO, "MD01", f"front matter key “{key}” is not known", hint, file, line)


class ValueReader:
    """Reads values of one file's front matter; its errors name file and line of a value of the wrong type."""

    help = "See “leaflet help monograph”, Front matter."

    def __init__(self, file: str, offset: int) -> None:
        self.file, self.offset = file, offset

    def fault(self, node: YamlNode, key: str, wanted: str) -> ContentError:
        """The error for a value that is not what is wanted there."""
        line = self.offset + 1 + node.start_mark.line
        return ContentError(f"{self.file}:{line}: “{key}” must be {wanted}", self.help)

    def text(self, key: str, node: YamlNode) -> str:
        """One piece of text, on one line; empty for an empty value."""
        if not isinstance(node, yaml.nodes.ScalarNode):
            raise self.fault(node, key, "one piece of text")
        if node.tag == "tag:yaml.org,2002:null":
            return ""
        return " ".join(printable(str(node.value)).split())

    def texts(self, key: str, node: YamlNode) -> tuple[str, ...]:
        """A list of texts, or one text alone."""
        if isinstance(node, yaml.nodes.ScalarNode):
            one = self.text(key, node)
            return (one,) if one else ()
        if not isinstance(node, yaml.nodes.SequenceNode):
            raise self.fault(node, key, "a list")
        return tuple(self.text(key, item) for item in node.value)

    def date(self, key: str, node: YamlNode) -> dt.date | None:
        """A date, None for an empty value."""
        text = self.text(key, node)
        if not text:
            return None
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            raise self.fault(node, key, "a date such as 2026-04-30") from None


class _FrontReader(ValueReader):
    """Reads the values of a monograph's front matter."""

    def sources(self, node: YamlNode) -> tuple[Reference, ...]:
        if not isinstance(node, yaml.nodes.SequenceNode):
            raise self.fault(node, "sources", "a list of sources, each with id and title")
        sources = tuple(self._source(item) for item in node.value)
        ids = [source.id for source in sources]
        twice = next((name for name in ids if ids.count(name) > 1), None)
        if twice:
            raise self.fault(node, "sources", f"a list in which each id stands once (“{twice}” stands twice)")
        return sources

    def _fields(self, key: str, node: YamlNode, wanted: str) -> dict[str, str]:
        if not isinstance(node, yaml.nodes.MappingNode):
            raise self.fault(node, key, wanted)
        return {name: self.text(name, value) for name, value in mapping_entries(node, self.file, self.offset).items()}

    def _source(self, node: YamlNode) -> Reference:
        fields = self._fields("sources", node, "a list of sources, each with id and title")
        if not fields.get("id") or not fields.get("title"):
            raise self.fault(node, "sources", "a list of sources, each with id and title")
        return Reference(fields["id"], fields["title"], fields.get("date", ""), fields.get("where", ""))

    def suppressions(self, node: YamlNode) -> tuple[Suppression, ...]:
        if not isinstance(node, yaml.nodes.SequenceNode):
            raise self.fault(node, "allow", "a list of findings to let stand, each with code and reason")
        return tuple(self._suppression(item) for item in node.value)

    def _suppression(self, node: YamlNode) -> Suppression:
        fields = self._fields("allow", node, "a list of findings to let stand, each with code and reason")
        line = fields.get("line", "0")
        unknown = next((key for key in fields if key not in ("code", "reason", "line", "section", "words")), None)
        if not fields.get("code") or not line.isdecimal() or unknown:
            raise self.fault(node, "allow", "a list whose entries have code, reason and perhaps line, section or words")
        return Suppression(
            fields["code"], fields.get("reason", ""), int(line), fields.get("section", ""), fields.get("words", "")
        )

    def codes(self, node: YamlNode) -> tuple[tuple[str, str], ...]:
        if not isinstance(node, yaml.nodes.MappingNode):
            raise self.fault(node, "codes", "a set of “system: code” lines")
        entries = mapping_entries(node, self.file, self.offset)
        return tuple((system, code) for system, value in entries.items() for code in self.texts(system, value))

    def translation(self, node: YamlNode) -> Translation:
        wanted = "the record that “leaflet translation seal” writes"
        if not isinstance(node, yaml.nodes.MappingNode):
            raise self.fault(node, "translation", wanted)
        entries = mapping_entries(node, self.file, self.offset)
        if entries.keys() != {"of", "blocks"} or not isinstance(entries["blocks"], yaml.nodes.MappingNode):
            raise self.fault(node, "translation", wanted)
        sections = mapping_entries(entries["blocks"], self.file, self.offset)
        blocks = {section: self.text(section, hashes).split() for section, hashes in sections.items()}
        broken = next((s for s in blocks if not all(_HASH.fullmatch(each) for each in blocks[s])), None)
        if broken is not None:
            raise self.fault(sections[broken], f"translation, {broken}", wanted)
        line = self.offset + 1 + node.start_mark.line
        return Translation(
            self.text("of", entries["of"]), tuple((section, tuple(hashes)) for section, hashes in blocks.items()), line
        )

    def dose_times(self, node: YamlNode) -> DoseGrid:
        line = self.offset + 1 + node.start_mark.line
        wanted = f"“{_BLANK}”, or an amount for each of {', '.join(DoseTime)} at which it is taken"
        if isinstance(node, yaml.nodes.ScalarNode) and node.value == _BLANK:
            return DoseGrid(line)
        amounts = self._fields("dose_times", node, wanted)
        if not amounts or not all(amounts.values()) or not amounts.keys() <= set(DoseTime):
            raise self.fault(self._unknown_time(node), "dose_times", wanted)
        return DoseGrid(line, tuple((time, amounts[time]) for time in DoseTime if time in amounts))

    def _unknown_time(self, node: YamlNode) -> YamlNode:
        """The first faulty entry, so that the error can name its line."""
        times = set(DoseTime)
        return next((key for key, value in node.value if key.value not in times or not value.value), node)
