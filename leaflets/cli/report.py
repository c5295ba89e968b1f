"""Findings, results and errors as text for people or JSON for programs."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, TextIO

from leaflets.errors import LeafletError
from leaflets.model.finding import Finding, Severity

_COLOURS = {Severity.ERROR: "31;1", Severity.WARNING: "33", Severity.INFO: "36"}


def line(text: str, stream: TextIO | None = None) -> None:
    """One line for the person at the terminal, on standard error unless a stream is given."""
    print(text, file=stream or sys.stderr, flush=True)


def error(fault: LeafletError, *, as_json: bool = False) -> None:
    """An error with its remedy; as JSON on standard output where a program is listening."""
    if as_json:
        told = {
            "error": type(fault).__name__,
            "message": fault.message,
            "hint": fault.hint,
            "exit_code": fault.exit_code,
        }
        print(json.dumps(told, ensure_ascii=False), flush=True)
        return
    line(f"{painted('error:', Severity.ERROR, sys.stderr)} {fault.message}")
    if fault.hint:
        line(f"  {fault.hint}")


def painted(text: str, severity: Severity, stream: TextIO) -> str:
    """The text in its severity's colour, where the stream is a terminal and NO_COLOR is not set."""
    if not stream.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return text
    return f"\x1b[{_COLOURS[severity]}m{text}\x1b[0m"


def findings(found: Iterable[Finding], stream: TextIO | None = None) -> None:
    """Each finding on a line: file:line:col  severity  code  message, with its hint below."""
    stream = stream or sys.stderr
    for finding in found:
        place = f"{finding.file}:{finding.line}" + (f":{finding.column}" if finding.column else "")
        severity = painted(finding.severity.value, finding.severity, stream)
        line(f"{place}  {severity}  {finding.code}  {finding.message}", stream)
        if finding.hint:
            line(f"    {finding.hint}", stream)


class Details(logging.Handler):
    """What is logged while sheets are made, kept until there is a line about the sheet for it to stand below."""

    def __init__(self) -> None:
        super().__init__()
        self._records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps a record."""
        self._records.append(record)

    def print(self) -> None:
        """Prints what was kept, findings with their hints, and forgets it."""
        for record in self._records:
            finding = getattr(record, "finding", None)
            if isinstance(finding, Finding):
                findings([finding])
            else:
                line(record.getMessage())
        self._records.clear()


def details() -> Details:
    """The details of all sheets from here on."""
    handler, logger = Details(), logging.getLogger("leaflets")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    return handler


def counts(found: Iterable[Finding]) -> str:
    """ "1 error, 2 warnings", or an empty text where there are neither."""
    found = tuple(found)
    parts = []
    for severity, word in ((Severity.ERROR, "error"), (Severity.WARNING, "warning")):
        number = sum(finding.severity is severity for finding in found)
        if number:
            parts.append(f"{number} {word}{'s' if number > 1 else ''}")
    return ", ".join(parts)


def finding_facts(finding: Finding) -> dict[str, Any]:
    """A finding as JSON holds it."""
    return {key: value for key, value in asdict(finding).items() if value not in ("", None, 0)}


def emit(facts: object) -> None:
    """One JSON document on standard output."""
    print(json.dumps(facts, ensure_ascii=False, indent=2), flush=True)
