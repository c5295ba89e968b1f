"""Findings about a monograph or a page, and the parts of a source that an audience does not see."""

from __future__ import annotations

from collections.abc import Iterable, Sized
from dataclasses import dataclass
from enum import StrEnum

from leaflets.model.edition import Audience


class Severity(StrEnum):
    """How much a finding matters."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault or remark about a monograph or a page; `line` counts from 1, 0 is the whole file."""

    severity: Severity
    code: str
    message: str
    hint: str = ""
    file: str = ""
    line: int = 0
    column: int = 0
    audience: Audience | None = None
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class Withheld:
    """Part of the source that an audience does not see, and the reason."""

    line: int
    excerpt: str
    reason: str


def counted(number: int, noun: str) -> str:
    """A number and its noun: "1 copy", "2 sheets", "12,345 copies"."""
    if number == 1:
        return f"1 {noun}"
    plural = f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2] not in "aeiou" else f"{noun}s"
    return f"{number:,} {plural}"


def and_more(items: Sized) -> str:
    """“ and 2 more” of three items, for the end of a message that names the first alone; empty of a single one."""
    return f" and {len(items) - 1} more" if len(items) > 1 else ""


def concerning(findings: Iterable[Finding], audience: Audience) -> tuple[Finding, ...]:
    """The findings that concern an audience: its own, and those of all."""
    return tuple(finding for finding in findings if finding.audience in (None, audience))
