"""Line and column of a finding are those of the words in the source, through marks, wrapped lines and tables."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaflets import checks
from leaflets.model.finding import Finding
from leaflets.parse import parse

FRONT = "---\ntitle: Test\nstrengths: [10mg]\n---\n\n### Dosage\n\n"


def _found(body: str, code: str) -> list[Finding]:
    source = FRONT + body
    return [f for f in checks.check(parse(source, name="t", file="t.md"), source) if f.code == code]


def _words_at(source: str, finding: Finding) -> str:
    line = source.split("\n")[finding.line - 1]
    return line[finding.column - 1 : finding.column - 1 + len(finding.excerpt)]


@pytest.mark.parametrize("body", [
    "Take it OD.\n",
    "**Take** it *now*, [as told](https://a.example/OD), OD.\n",
    "**Lead OD:** and the text OD\n",
    "A wrapped paragraph\nwhose second line has OD in it\n",
    "- an item\n- another OD\n    - below it OD\n",
    "| a | b |\n|---|---|\n| OD | x \\| y OD |\n",
    "> quoted OD\n",
    "Code and COD before OD and O.D. too\n",
])  # fmt: skip
def test_the_column_points_at_the_words(body: str) -> None:
    findings = _found(body, "EP-F04")
    assert findings
    assert all(_words_at(FRONT + body, finding) == finding.excerpt for finding in findings)
    assert len({(finding.line, finding.column) for finding in findings}) == len(findings)


@given(st.lists(st.sampled_from(["OD", "COD", "**bold**", "2 mg", "*OD*", "a&b", "`x`", "(OD)", "\n"]), max_size=25))
def test_every_place_is_found_in_any_mixture(words: list[str]) -> None:
    body = " ".join(words) + " end.\n"
    for finding in _found(body, "EP-F04"):
        assert _words_at(FRONT + body, finding) == "OD"


def test_carriage_returns_do_not_shift_lines() -> None:
    source = (FRONT + "Take it\nOD.\n").replace("\n", "\r\n")
    [finding] = [f for f in checks.check(parse(source, name="t", file="t.md"), source) if f.code == "EP-F04"]
    assert (finding.line, finding.column) == (9, 1)


def test_front_matter_is_read_too() -> None:
    [finding] = _found("Rest.\n", "EP-N04")
    assert (finding.line, finding.excerpt) == (3, "10mg")


def test_without_the_source_a_finding_has_the_line_of_its_block() -> None:
    monograph = parse(FRONT + "One\ntwo OD.\n", name="t", file="t.md")
    [finding] = [f for f in checks.check(monograph) if f.code == "EP-F04"]
    assert (finding.line, finding.column, finding.excerpt) == (8, 0, "OD")
