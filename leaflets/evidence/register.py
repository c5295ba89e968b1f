"""A monograph with the sources that stand in the register of its evidence, as its list of references."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from leaflets.evidence.statements import statements
from leaflets.model.evidence import Evidence, EvidenceSource
from leaflets.model.monograph import Monograph, Reference

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def with_register(monograph: Monograph, evidence: Evidence | None) -> Monograph:
    """The monograph with the sources of its evidence that it cites after those of its own front matter.

    A reference says which sections are cited. A source that stands in both is as the front matter has it.
    """
    if evidence is None:
        return monograph
    marks = tuple(dict.fromkeys(mark for statement in statements(monograph) for mark in statement.marks))
    own = {source.id for source in monograph.front.sources}
    cited = {mark.partition(":")[0] for mark in marks}
    listed = tuple(source for source in evidence.sources if source.id in cited - own)
    references = tuple(reference_to(source, marks) for source in listed)
    return replace(monograph, front=replace(monograph.front, sources=(*monograph.front.sources, *references)))


def reference_to(source: EvidenceSource, marks: Iterable[str] = ()) -> Reference:
    """A source as one entry of the list of references, with the sections that these marks name."""
    sections = sorted(
        {mark.partition(":")[2] for mark in marks if mark.startswith(f"{source.id}:")}, key=_section_order
    )
    words = f"{'section' if len(sections) == 1 else 'sections'} {', '.join(sections)}" if sections else ""
    version = f"version {source.version}" if source.version else ""
    set_id = f"set id {source.set_id}" if source.set_id else ""
    where = ", ".join(part for part in (source.where, set_id, version, words) if part)
    return Reference(source.id, source.title, date_words(source.date), where)


def _section_order(section: str) -> tuple[tuple[int, int, str], ...]:
    """The order of "2", "2.3", "10", "Box": numbers by value, names after them."""
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in section.split("."))


def date_words(date: str) -> str:
    """An ISO date, month or year in English: "1 May 2026", "May 2026", "2026"."""
    year, *rest = date.split("-")
    if not rest:
        return year
    month = _MONTHS[int(rest[0]) - 1]
    return f"{int(rest[1])} {month} {year}" if len(rest) == 2 else f"{month} {year}"
