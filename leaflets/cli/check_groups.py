"""The findings of a monograph as a reviewer reads them: by section, gravest first, each rule once with its places."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from leaflets import checks
from leaflets.cli.report import coloured, counts
from leaflets.model.finding import Finding, Severity
from leaflets.model.monograph import Monograph, Section
from leaflets.pipeline.page_findings import page_rules

_RANK = {severity: rank for rank, severity in enumerate(Severity)}
_MOST_PLACES = 6
"""Further places of a rule that are named, but for errors of the safety families; the rest are counted."""
_MOST_QUOTED = 32
"""Letters of an excerpt beside its place."""


@dataclass(frozen=True, slots=True)
class RuleFindings:
    """Findings of one rule in one section, in the order of the text; `first` is printed in full, `others` by place."""

    first: Finding
    others: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class SectionFindings:
    """The findings in a section, rule by rule, gravest first; without a section those of the whole text and pages, or
    of `file`, another file than the monograph's."""

    section: Section | None
    rules: tuple[RuleFindings, ...]
    file: str = ""


def grouped(findings: Sequence[Finding], monograph: Monograph) -> tuple[SectionFindings, ...]:
    """The findings by section, in the order of the text; what is no line of a section comes first, other files last.

    A fault that both audiences meet, graver for one of them, is one finding, the graver one. Errors of the safety
    families, and findings that quote no words, stand together only where they say the same.
    """
    by_section: dict[int, list[Finding]] = {}
    by_file: dict[str, list[Finding]] = {}
    for finding in _once(findings):
        if finding.file not in ("", monograph.file):
            by_file.setdefault(finding.file, []).append(finding)
            continue
        by_section.setdefault(_section_number(finding, monograph.sections), []).append(finding)
    of_text = (
        SectionFindings(monograph.sections[number] if number >= 0 else None, _by_rule(by_section[number]))
        for number in sorted(by_section)
    )
    return (*of_text, *(SectionFindings(None, _by_rule(by_file[file]), file) for file in sorted(by_file)))


def _once(findings: Sequence[Finding]) -> Iterator[Finding]:
    gravest: dict[Finding, Finding] = {}
    for finding in findings:
        key = replace(finding, audience=None, severity=Severity.INFO)
        other = gravest.get(key)
        if other is None:
            gravest[key] = finding
        elif finding.audience is not other.audience:
            worse = min(finding, other, key=lambda one: _RANK[one.severity])
            gravest[key] = replace(worse, audience=None)
    yield from gravest.values()


def _section_number(finding: Finding, sections: Sequence[Section]) -> int:
    """The place of its section among the sections, -1 for none."""
    number = -1
    for place, section in enumerate(sections):
        if section.line <= finding.line:
            number = place
    return number


def _by_rule(findings: Sequence[Finding]) -> tuple[RuleFindings, ...]:
    kinds: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        words = finding.message if _safety_error(finding) or not finding.excerpt else ""
        kinds.setdefault((finding.code, finding.severity, finding.audience, words), []).append(finding)
    ordered = sorted(kinds.values(), key=lambda kind: (_RANK[kind[0].severity], kind[0].line, kind[0].column))
    return tuple(RuleFindings(first, tuple(others)) for first, *others in ordered)


def _safety_error(finding: Finding) -> bool:
    return finding.severity is Severity.ERROR and checks.is_safety(finding.code)


def grouped_lines(findings: Sequence[Finding], monograph: Monograph, *, why: bool) -> Iterator[str]:
    """The groups of a monograph's findings for people; with `why` the reason of each rule too, at its first finding.

    A hint is printed where it is new. On a terminal, lines are broken at its width.
    """
    if not findings:
        return
    yield f"{monograph.file}: {counts(findings) or 'infos only'}"
    printed: set[str] = set()
    for group in grouped(findings, monograph):
        yield ""
        yield f"“{group.section.heading}”" if group.section else group.file or "The text and its pages as a whole"
        for one in group.rules:
            yield from _rule_lines(one, printed, why=why)
    yield ""


def _rule_lines(one: RuleFindings, printed: set[str], *, why: bool) -> Iterator[str]:
    first = one.first
    severity = coloured(first.severity.value, first.severity, sys.stdout) + " " * (7 - len(first.severity.value))
    head = f"{_place(first):>8}  {severity}  {first.code:<6}  "
    lines = _wrapped(message(first))
    yield head + lines[0]
    yield from (_INDENT + line for line in lines[1:])
    texts = [_other_places(one)] if one.others else []
    if why and first.code not in printed:
        texts.append(reason(first))
    if first.hint and first.hint not in printed:
        texts.append(first.hint)
    printed.update((first.code, first.hint))
    for text in filter(None, texts):
        yield from (_INDENT + line for line in _wrapped(text))


_INDENT = " " * 27


def _wrapped(text: str) -> list[str]:
    if not sys.stdout.isatty():
        return [text]
    width = max(40, shutil.get_terminal_size().columns - len(_INDENT))
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False) or [""]


def _place(finding: Finding) -> str:
    return f"{max(1, finding.line)}:{max(1, finding.column)}"


def _other_places(one: RuleFindings) -> str:
    most = len(one.others) if _safety_error(one.first) else _MOST_PLACES
    named = ", ".join(f"{_place(finding)}{_quoted(finding)}" for finding in one.others[:most])
    rest = len(one.others[most:])
    return f"also {named}" + (f" and {rest} more (--all-lines)" if rest else "")


def _quoted(finding: Finding) -> str:
    words = shortened(finding.excerpt, _MOST_QUOTED)
    return f" “{words}”" if words else ""


def message(finding: Finding) -> str:
    """The message with the offending words and the audience, where the message does not name them."""
    audience = f" ({finding.audience.value})" if finding.audience else ""
    quoted = f": “{shortened(finding.excerpt, 70)}”" if finding.excerpt.strip() else ""
    return finding.message + ("" if finding.excerpt in finding.message else quoted) + audience


def shortened(text: str, most: int) -> str:
    """The text on one line, cut at a word where it is longer than so many letters."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[:most].rsplit(" ", 1)[0] + "…"


def reason(finding: Finding) -> str:
    """Why the rule of a finding matters, with its source; empty for a finding about the form, which has no rule."""
    rule = checks.find_rule(finding.code) or next((page for page in page_rules() if page.code == finding.code), None)
    return f"{rule.why} [{rule.source}]" if rule else ""
