"""Findings, results and errors as text for people or JSON for programs."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, TextIO

from leaflets.errors import LeafletError
from leaflets.model.finding import Finding, Severity

_COLOURS = {Severity.ERROR: "31;1", Severity.WARNING: "33", Severity.INFO: "36"}


def line(text: str, stream: TextIO | None = None) -> None:
    """Prints one line for a person, on standard error unless a stream is given."""
    print(text, file=stream or sys.stderr, flush=True)


def error(fault: LeafletError, *, as_json: bool = False) -> None:
    """Prints an error with its hint on standard error; with `as_json` as JSON on standard output."""
    if as_json:
        print(json.dumps({**error_facts(fault), "exit_code": fault.exit_code}, ensure_ascii=False), flush=True)
        return
    line(f"{coloured('error:', Severity.ERROR, sys.stderr)} {fault.message}")
    if fault.hint:
        line(f"  {fault.hint}")


def error_facts(fault: LeafletError) -> dict[str, Any]:
    """An error as JSON holds it."""
    return {"error": type(fault).__name__, "message": fault.message, "hint": fault.hint}


def coloured(text: str, severity: Severity, stream: TextIO) -> str:
    """The text in its severity's colour, where the stream is a terminal and NO_COLOR is not set."""
    if not stream.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return text
    return f"\x1b[{_COLOURS[severity]}m{text}\x1b[0m"


def findings(to_print: Iterable[Finding], stream: TextIO | None = None) -> None:
    """Prints each finding on a line: file:line:col  severity  code  message, with its hint below."""
    stream = stream or sys.stderr
    for finding in to_print:
        place = f"{finding.file}:{finding.line}" + (f":{finding.column}" if finding.column else "")
        severity = coloured(finding.severity.value, finding.severity, stream)
        line(f"{place}  {severity}  {finding.code}  {finding.message}", stream)
        if finding.hint:
            line(f"    {finding.hint}", stream)


def counted(number: int, noun: str) -> str:
    """ "1 sheet", "2 sheets", "0 sheets"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def count(of: Iterable[Finding], severity: Severity) -> int:
    """The number of findings of a severity."""
    return sum(finding.severity is severity for finding in of)


def counts(of: Iterable[Finding]) -> str:
    """ "1 error, 2 warnings", or an empty text where there are neither."""
    of = tuple(of)
    numbers = ((count(of, severity), severity.value) for severity in (Severity.ERROR, Severity.WARNING))
    return ", ".join(counted(number, noun) for number, noun in numbers if number)


def finding_facts(finding: Finding) -> dict[str, Any]:
    """A finding as JSON holds it."""
    return {key: value for key, value in asdict(finding).items() if value not in ("", None, 0)}


def emit(facts: object) -> None:
    """Prints one JSON document on standard output."""
    print(json.dumps(facts, ensure_ascii=False, indent=2), flush=True)
