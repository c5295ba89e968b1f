"""Findings that an author suppresses: every one needs a reason, and is kept to be listed."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from leaflets.checks.reading.indexed_text import Reading
from leaflets.checks.rule import ERROR, Family, Rule, Violation
from leaflets.model.finding import Finding, Severity
from leaflets.model.monograph import Section, Suppression

EVIDENCE_CODES = "EV-"
"""How the codes of the rules that read the evidence begin."""


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A finding that the author suppressed, and the reason given."""

    finding: Finding
    reason: str


def apply_suppressions(
    findings: Iterable[Finding], allowed: Sequence[Suppression], sections: Sequence[Section] = ()
) -> tuple[tuple[Finding, ...], tuple[Suppressed, ...]]:
    """The open findings and the suppressed ones, both in their order."""
    starts = tuple(section.line for section in sections)
    opened: list[Finding] = []
    suppressed: list[Suppressed] = []
    for finding in findings:
        number = bisect_right(starts, finding.line) - 1
        section = sections[number].id if number >= 0 else "front"
        reason = next((allow.reason for allow in allowed if _covers(allow, finding, section)), "")
        if reason and _must_stand(finding):
            opened.append(replace(finding, hint=f"{finding.hint} {_NOT_SILENCED}".strip()))
        elif reason:
            suppressed.append(Suppressed(finding, reason))
        else:
            opened.append(finding)
    return tuple(opened), tuple(suppressed)


_NOT_SILENCED = "An error against the evidence cannot be let stand by “allow”."


def _must_stand(finding: Finding) -> bool:
    """Whether a finding cannot be silenced: what contradicts its source is changed, or its source is."""
    return finding.severity is Severity.ERROR and finding.code.startswith(EVIDENCE_CODES)


def _covers(allow: Suppression, finding: Finding, section: str) -> bool:
    return (
        allow.code.upper() == finding.code
        and bool(allow.reason.strip())
        and allow.line in (0, finding.line)
        and allow.section in ("", section)
        and (not allow.words or allow.words.casefold() == finding.excerpt.casefold())
    )


def without_reason(reading: Reading) -> Iterator[Violation]:
    """An entry of `allow` that gives no reason."""
    line = reading.front.lines.get("allow", 0)
    for allow in reading.front.allow:
        if not allow.reason.strip():
            message = f"“{allow.code}” is to be let stand without a reason, so it is not"
            yield Violation(message, line=line, excerpt=allow.code)


RULES: tuple[Rule, ...] = (
    Rule(
        "AL-01", Family.COMPLETENESS, "Silenced without a reason",
        "The next reviewer cannot know whether the finding was looked at.",
        "House rule: every exception says why", "reason: and the reason, beside the code",
        "---\ntitle: Baricitinib\nallow:\n  - code: EP-S06\n---",
        "---\ntitle: Baricitinib\nallow:\n  - code: EP-S06\n    reason: The sign is part of the licensed name.\n---",
        without_reason, patient=ERROR, clinician=ERROR,
    ),
)  # fmt: skip
