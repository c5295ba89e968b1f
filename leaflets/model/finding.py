"""What a person should know about a monograph or a page, and what an audience is not shown."""

from __future__ import annotations

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
    """Something a person should know about a monograph or a page; `line` counts from 1, 0 is the whole file."""

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
    """Something the source has and this audience does not see, and why."""

    line: int
    excerpt: str
    reason: str
