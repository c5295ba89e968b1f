"""Findings an author lets stand: every one needs a reason, and is kept to be listed."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from leaflets.model import Allow, Finding, Monograph


@dataclass(frozen=True, slots=True)
class Silenced:
    """A finding that the author lets stand, and why."""

    finding: Finding
    reason: str


def sift(findings: Sequence[Finding], monograph: Monograph) -> tuple[tuple[Finding, ...], tuple[Silenced, ...]]:
    """The findings parted into open ones and silenced ones, both in the order they came in."""
    starts = tuple(section.line for section in monograph.sections)
    opened: list[Finding] = []
    silenced: list[Silenced] = []
    for finding in findings:
        number = bisect_right(starts, finding.line) - 1
        section = monograph.sections[number].id if number >= 0 else "front"
        reason = next((allow.reason for allow in monograph.front.allow if _covers(allow, finding, section)), "")
        if reason:
            silenced.append(Silenced(finding, reason))
        else:
            opened.append(finding)
    return tuple(opened), tuple(silenced)


def _covers(allow: Allow, finding: Finding, section: str) -> bool:
    return (
        allow.code.upper() == finding.code
        and bool(allow.reason.strip())
        and allow.line in (0, finding.line)
        and allow.section in ("", section)
        and (not allow.words or allow.words.casefold() == finding.excerpt.casefold())
    )
