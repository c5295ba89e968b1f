"""Found monographs: what the seed's author must be told, and our own monograph clean."""

from pathlib import Path

import pytest

from leaflets import checks
from leaflets.errors import ContentError
from leaflets.evidence import with_register
from leaflets.model.edition import Audience
from leaflets.model.finding import Finding, Severity
from leaflets.parse import parse
from leaflets.parse.evidence_file import parse_evidence
from tests.sheets import CORPUS, MADE_UP


def _check(path: Path) -> tuple[Finding, ...]:
    source = path.read_text("utf-8")
    return checks.check(parse(source, name=path.stem, file=path.name), source)


def test_what_the_seed_must_be_told(corpus: Path) -> None:
    source = (corpus / "seed-baricitinib.md").read_text("utf-8")
    findings = _check(corpus / "seed-baricitinib.md")
    by_code = {finding.code: finding for finding in findings}
    assert sum(finding.code == "EP-F04" for finding in findings) == source.count("OD")
    assert "lymphocyte" in by_code["CO-10"].message
    assert {"CO-02", "CO-04", "CO-05", "CO-06", "CO-08"} <= set(by_code)
    assert "kidney and liver" in by_code["CO-11"].message
    assert "probenecid" in by_code["CO-13"].hint
    hard = " ".join(finding.message for finding in findings if finding.code == "PL-01")
    assert all(f"“{heading}” reads at grade" in hard for heading in ("Usage", "Dosage", "Side Effects", "How it Works"))
    jargon = {finding.excerpt.lower() for finding in findings if finding.code == "PL-07"}
    assert {"neutropenia", "hepatic", "prophylactic", "renal impairment"} <= jargon


def test_every_monograph_can_be_checked() -> None:
    read = 0
    for path in (*sorted(MADE_UP.glob("*.md")), *sorted((CORPUS / "monographs").glob("*.md"))[::8]):
        try:
            findings = _check(path)
        except ContentError:
            continue
        read += 1
        lines = path.read_text("utf-8").count("\n") + 1
        assert all(finding.message and finding.hint and 0 <= finding.line <= lines for finding in findings)
    assert read >= 12


def test_our_own_monograph_has_no_errors(root: Path) -> None:
    source, evidence = (
        (root / "content" / folder / "baricitinib.md").read_text("utf-8") for folder in ("", "evidence")
    )
    register = parse_evidence(evidence, name="b", file="b.md")
    monograph = parse(source, name="b", file="b.md", sources=tuple(each.id for each in register.sources))
    findings = checks.check(with_register(monograph, register), source)
    assert [finding for finding in findings if finding.severity is Severity.ERROR] == []


def test_our_own_monograph_meets_the_items_a_program_can_judge(root: Path) -> None:
    path = root / "content" / "baricitinib.md"
    items = checks.patient_index_items(parse(path.read_text("utf-8"), name="b", file="b.md"))
    met, judged = checks.score(items, "CDC")
    assert judged >= 12
    assert met / judged >= 0.9
    assert {item.verdict for item in items} >= {"yes", "needs a person"}


def test_a_poor_text_fails_the_index() -> None:
    poor = "---\ntitle: T\n---\n\n### Side effects\n\nPruritus is seen in 14.3% of patients.\n"
    met, judged = checks.score(checks.patient_index_items(parse(poor, name="p", file="p.md")), "CDC")
    assert met < judged / 2


@pytest.mark.parametrize("audience", list(Audience))
def test_check_of_one_audience_is_a_part_of_the_check_of_both(corpus: Path, audience: Audience) -> None:
    source = (corpus / "seed-baricitinib.md").read_text("utf-8")
    monograph = parse(source, name="s", file="s.md")
    both = {(f.code, f.line, f.column) for f in checks.check(monograph, source) if f.audience in (None, audience)}
    one = {(f.code, f.line, f.column) for f in checks.check(monograph, source, [audience])}
    assert one == both
