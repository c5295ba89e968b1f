"""Findings, results and errors as text for people or JSON for programs.

Whatever a command prints goes through `line`, `emit` or `event`, which clean what was written by others.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, TextIO

from leaflets.errors import LeafletError
from leaflets.model.finding import Finding, Severity
from leaflets.model.finding import counted as counted

_COLOURS = {Severity.ERROR: "31;1", Severity.WARNING: "33", Severity.INFO: "36"}
_OUR_COLOURS = "|".join((*_COLOURS.values(), "0"))
# Characters that command a terminal or change the order or place of others: controls, line ends, marks of direction.
_COMMANDS = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufff9-\ufffb]")
_OUR_COLOUR_OR_COMMAND = re.compile(rf"\x1b\[(?:{_OUR_COLOURS})m|{_COMMANDS.pattern}")


def cleaned(text: str, *, coloured: bool = False) -> str:
    """The text on one line, with the code in place of whatever commands a terminal: `\\x1b`, `\\u202e`.

    A text may come from a file, its name or a PDF that somebody sent. With `coloured` our own colours stay.
    """
    pattern = _OUR_COLOUR_OR_COMMAND if coloured else _COMMANDS
    return pattern.sub(lambda match: match[0] if len(match[0]) > 1 else _code(match[0]), text)


def _code(character: str) -> str:
    number = ord(character)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"


def line(text: str, stream: TextIO | None = None) -> None:
    """Prints one line for a person, cleaned, on standard error unless a stream is given."""
    stream = stream or sys.stderr
    print(cleaned(text, coloured=_has_colours(stream)), file=stream, flush=True)


def error(fault: LeafletError, *, as_json: bool = False) -> None:
    """Prints an error with its hint on standard error; with `as_json` as JSON on standard output."""
    if as_json:
        event(error_facts(fault))
        return
    line(f"{coloured('error:', Severity.ERROR, sys.stderr)} {fault.message}")
    if fault.hint:
        for part in f"  {fault.hint}".split("\n"):
            line(part)


def error_facts(fault: LeafletError) -> dict[str, Any]:
    """An error as JSON holds it, in every command and whether it ends the command or one of its sheets."""
    return {
        "error": type(fault).__name__,
        "message": fault.message,
        "hint": fault.hint,
        "exit_code": fault.exit_code,
    }


def coloured(text: str, severity: Severity, stream: TextIO) -> str:
    """The text in its severity's colour, where the stream is a terminal and NO_COLOR is not set."""
    return f"\x1b[{_COLOURS[severity]}m{cleaned(text)}\x1b[0m" if _has_colours(stream) else text


def _has_colours(stream: TextIO) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def findings(to_print: Iterable[Finding], stream: TextIO | None = None) -> None:
    """Prints each finding on a line: file:line:col  severity  code  message, with its hint below."""
    stream = stream or sys.stderr
    for finding in to_print:
        place = f"{finding.file}:{finding.line}" + (f":{finding.column}" if finding.column else "")
        severity = coloured(finding.severity.value, finding.severity, stream)
        line(f"{place}  {severity}  {finding.code}  {finding.message}", stream)
        if finding.hint:
            line(f"    {finding.hint}", stream)


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
    _print_json(facts, indent=2)


def event(facts: object) -> None:
    """Prints one JSON document on a single line of standard output."""
    _print_json(facts, indent=None)


def _print_json(facts: object, indent: int | None) -> None:
    text = json.dumps(facts, ensure_ascii=False, indent=indent)
    escaped = _COMMANDS.sub(lambda match: match[0] if match[0] == "\n" else f"\\u{ord(match[0]):04x}", text)
    try:
        escaped.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:  # what the output has no sign for stands by its number, as JSON may
        escaped = json.dumps(json.loads(escaped), ensure_ascii=True, indent=indent)
    print(escaped, flush=True)
