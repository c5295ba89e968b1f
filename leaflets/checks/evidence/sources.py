"""The sources of a monograph: weak, old, without a date, or of another country."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from leaflets.checks.reading.evidenced import EvidencedMonograph
from leaflets.checks.reading.indexed_text import Reading
from leaflets.checks.rule import ERROR, INFO, WARNING, Violation
from leaflets.model.evidence import EvidencePolicy, EvidenceSource, Statement

_DAYS = 365.25


def weak_sources(reading: Reading) -> Iterator[Violation]:
    """A source that is cited and has a fault; an error where some statement rests on nothing better."""
    evidenced = reading.evidenced
    if evidenced is None or evidenced.evidence is None or reading.original is not None:
        return
    faults = {
        source.id: tuple(_faults(source, evidenced.policy, reading.front.jurisdiction, reading.today))
        for source in evidenced.evidence.sources
    }
    alone = _resting_alone(evidenced, faults)
    cited = {mark.partition(":")[0] for statement in evidenced.statements for mark in statement.marks}
    for source in evidenced.evidence.sources:
        if source.id in cited and faults[source.id]:
            yield _violation(evidenced, source, faults[source.id], alone.get(source.id, ()))


def _violation(
    evidenced: EvidencedMonograph, source: EvidenceSource, faults: Sequence[str], alone: Sequence[Statement]
) -> Violation:
    message = f"{source.id}, {source.title}: {', '.join(faults)}"
    file = evidenced.evidence.file if evidenced.evidence else ""
    severity = WARNING
    if source.nothing_newer:
        severity = INFO
        message += f"; nothing newer was there on {source.nothing_newer.date} ({source.nothing_newer.where})"
    elif alone:
        severity = ERROR
        more = f" and {len(alone) - 1} more" if len(alone) > 1 else ""
        message += f"; nothing better stands beside it at {evidenced.monograph.file}:{alone[0].line}{more}"
    return Violation(message, line=source.line, file=file, severity=severity, excerpt=source.id)


def _resting_alone(
    evidenced: EvidencedMonograph, faults: Mapping[str, Sequence[str]]
) -> Mapping[str, Sequence[Statement]]:
    """The statements of which every source has a fault, by each of these sources."""
    alone: defaultdict[str, list[Statement]] = defaultdict(list)
    for statement in evidenced.statements:
        sources = {mark.partition(":")[0] for mark in statement.marks} & faults.keys()
        if sources and all(faults[source] for source in sources):
            for source in sources:
                alone[source].append(statement)
    return alone


def _faults(source: EvidenceSource, policy: EvidencePolicy, jurisdiction: str, today: dt.date | None) -> Iterator[str]:
    if source.kind.rank > policy.floor.rank:
        yield f"its kind is “{source.kind}”"
    last = source.last_day
    years = policy.years(source.kind)
    if last is None:
        yield "no date"
    elif today and (today - last).days > years * _DAYS:
        yield f"of {source.date}, more than {years} years ago"
    if source.jurisdiction and jurisdiction and source.jurisdiction.upper() != jurisdiction.upper():
        yield f"it is for {source.jurisdiction}, the sheet for {jurisdiction}"
