"""The findings of `leaflet check` as lines for people, a list to tick off, JSON and SARIF."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from leaflets import __version__, checks
from leaflets.cli.check_groups import grouped_lines, message, reason
from leaflets.cli.report import coloured, count, error_facts, finding_facts
from leaflets.errors import LeafletError
from leaflets.model.finding import Finding, Severity
from leaflets.model.monograph import Monograph
from leaflets.model.review import ReviewState
from leaflets.pipeline.page_findings import page_rules

if TYPE_CHECKING:
    from leaflets.pipeline.page_findings import PageRule

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


@dataclass(frozen=True, slots=True)
class Checked:
    """One monograph, its findings, how its patient text scores, and how far its words are vouched for."""

    monograph: Monograph
    report: checks.CheckReport
    index: tuple[checks.IndexItem, ...]
    grades: Mapping[str, checks.TextCounts]
    review: ReviewState


def lines(one: Checked, *, verbose: bool = False, all_lines: bool = False) -> Iterator[str]:
    """The findings by section, each kind once; with `all_lines` each finding with its place and what to write instead.

    `verbose` adds infos, why each rule matters, what was silenced, and how the text scores.
    """
    printed = [finding for finding in one.report.findings if verbose or finding.severity is not Severity.INFO]
    if all_lines:
        yield from _each(printed, why=verbose)
    else:
        yield from grouped_lines(printed, one.monograph, why=verbose)
    if verbose:
        yield from _left_out(one)
        yield from _suppressed(one)
        yield from _grades(one)
        yield from _index(one)


def _each(findings: Sequence[Finding], *, why: bool) -> Iterator[str]:
    explained: set[str] = set()
    for finding in findings:
        severity = coloured(finding.severity.value, finding.severity, sys.stdout)
        yield f"{_place(finding)}  {severity}  {finding.code}  {message(finding)}"
        if why and finding.code not in explained and reason(finding):
            yield f"    {reason(finding)}"
        explained.add(finding.code)
        yield f"    {finding.hint}"


def _place(finding: Finding) -> str:
    return f"{finding.file}:{max(1, finding.line)}:{max(1, finding.column)}"


def _suppressed(one: Checked) -> Iterator[str]:
    for suppressed in one.report.suppressed:
        yield f"{_place(suppressed.finding)}  silenced  {suppressed.finding.code}  {message(suppressed.finding)}"
        yield f"    {suppressed.reason}"


def _left_out(one: Checked) -> Iterator[str]:
    codes = checks.rules_left_out(one.monograph.lang)
    if codes:
        reason = f"the text is in “{one.monograph.lang}”, and these rules know English only"
        yield f"{one.monograph.file}: {reason}: {', '.join(codes)}"


def _grades(one: Checked) -> Iterator[str]:
    for heading, counted in one.grades.items():
        where = f"“{heading}”" if heading else "the patient text as a whole"
        yield f"{one.monograph.file}: {where} reads at grade {counted.grade:.1f} ({counted.words} words)"


def _index(one: Checked) -> Iterator[str]:
    for name, title in (("CDC", "CDC Clear Communication Index"), ("PEMAT", "AHRQ PEMAT-P")):
        met, judged = checks.score(one.index, name)
        if judged:
            yield f"{one.monograph.file}: {title}: {met} of the {judged} items that a program can judge"
            yield from (f"    {i.number:>2}  {i.asks}: {i.verdict}" for i in one.index if i.index == name)


def _other_file(finding: Finding, one: Checked) -> str:
    return f"{finding.file}, " if finding.file not in ("", one.monograph.file) else ""


def fix_list(checked: Sequence[Checked]) -> Iterator[str]:
    """A Markdown list of what to change, file by file."""
    for one in checked:
        serious = [finding for finding in one.report.findings if finding.severity is not Severity.INFO]
        if serious:
            yield f"## {one.monograph.file}"
            yield ""
            for finding in serious:
                place = f"{_other_file(finding, one)}line {max(1, finding.line)}"
                yield f"- [ ] {place}: {finding.code}  {message(finding)}. {finding.hint}"
            yield ""


def facts(checked: Sequence[Checked], failed: Sequence[LeafletError]) -> dict[str, Any]:
    """Findings, suppressions, reading grades and failed files, for a program."""
    return {
        "files": [
            {
                "file": one.monograph.file,
                "reviewed": one.review.reviewed,
                "review": one.review.words,
                "findings": [finding_facts(finding) for finding in one.report.findings],
                "silenced": [{**finding_facts(s.finding), "reason": s.reason} for s in one.report.suppressed],
                "left_out": list(checks.rules_left_out(one.monograph.lang)),
                "grades": {heading or "*": round(counted.grade, 1) for heading, counted in one.grades.items()},
                "index": [
                    {"index": i.index, "item": i.number, "asks": i.asks, "verdict": i.verdict} for i in one.index
                ],
            }
            for one in checked
        ],
        "failed": [error_facts(fault) for fault in failed],
        "errors": _count(checked, Severity.ERROR),
        "warnings": _count(checked, Severity.WARNING),
    }


def _count(checked: Sequence[Checked], severity: Severity) -> int:
    return sum(count(one.report.findings, severity) for one in checked)


def sarif(checked: Sequence[Checked]) -> dict[str, Any]:
    """A SARIF 2.1.0 log (OASIS standard, March 2020)."""
    driver = {
        "name": "leaflet",
        "version": __version__,
        "rules": [*map(_sarif_rule, checks.RULES), *map(_sarif_rule, page_rules())],
    }
    results = [_sarif_result(finding) for one in checked for finding in one.report.findings]
    results += [
        {**_sarif_result(s.finding), "suppressions": [{"kind": "inSource", "justification": s.reason}]}
        for one in checked
        for s in one.report.suppressed
    ]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _sarif_rule(rule: checks.Rule | PageRule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": f"{rule.why} [{rule.source}]"},
        "help": {"text": f"Write: {rule.remedy}."},
    }


def _sarif_result(finding: Finding) -> dict[str, Any]:
    region = {"startLine": max(1, finding.line)} | ({"startColumn": finding.column} if finding.column else {})
    return {
        "ruleId": finding.code,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.code}  {message(finding)}. {finding.hint}"},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": _address(finding.file)}, "region": region}}],
    }


def _address(file: str) -> str:
    """A file as SARIF names it: relative, or file:// from the root; characters outside a URI are escaped (RFC 3986)."""
    return ("file://" if file.startswith("/") else "") + quote(file)
