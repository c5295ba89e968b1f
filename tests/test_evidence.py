"""Evidence files, the statements of a monograph, and what each rests on."""

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaflets.errors import ContentError
from leaflets.evidence import cited_statements, statements, with_register
from leaflets.model.edition import Audience
from leaflets.model.evidence import EvidenceSource, SourceKind, Statement, StatementKind
from leaflets.model.monograph import Monograph
from leaflets.parse import parse
from leaflets.parse.evidence_file import parse_evidence

REGISTER = """\
---
sources:
  - id: L1
    kind: label
    title: Examplol tablets, US label
    jurisdiction: US
    set_id: 00000000-0000-0000-0000-000000000000
    version: "7"
    date: 2026-05-01
    where: DailyMed
    nothing_newer: 2026-11-30, DailyMed
  - {id: G2, kind: guideline, title: A guideline, date: 2024-02}
gaps: [No section 12 was seen]
---

# Examplol
"""
EVIDENCE = (
    REGISTER
    + """
## L1:2 Dosage

5 mg once daily.

## L1:2.1 Dose adjustments

| Kidney | Dose |
|---|---|
| Below 30 | 2 mg |

## L1:20 Storage

Below 25 °C.

## G2 Monitoring

- Sodium weekly.
"""
)
FRONT = "---\ntitle: Examplol\nversion: '1'\n---\n\n"


def monograph_of(body: str, sources: tuple[str, ...] = ("L1", "G2")) -> Monograph:
    return parse(FRONT + body, name="examplol", file="content/examplol.md", sources=sources)


def told(body: str) -> list[Statement]:
    return [each for each in statements(monograph_of(body)) if each.section != "front"]


def test_an_evidence_file_has_a_register_and_passages() -> None:
    evidence = parse_evidence(EVIDENCE, name="examplol", file="e.md")
    label, guideline = evidence.sources
    assert (label.kind, label.jurisdiction, label.version) == (SourceKind.LABEL, "US", "7")
    assert label.nothing_newer
    assert (label.nothing_newer.date, label.nothing_newer.where) == (dt.date(2026, 11, 30), "DailyMed")
    assert (label.last_day, guideline.last_day) == (dt.date(2026, 5, 1), dt.date(2024, 2, 29))
    assert evidence.gaps == ("No section 12 was seen",)
    assert [(one.mark, one.topic) for one in evidence.passages] == [
        ("L1:2", "dosage"), ("L1:2.1", "adjustments"), ("L1:20", "storage"), ("G2", "monitoring"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("mark", "named"),
    [("L1:2", ["2", "2.1"]), ("L1:2.1", ["2.1"]), ("L1", ["2", "2.1", "20"]), ("L1:3", []), ("L9", []), ("G2", [""])],
)
def test_a_mark_names_a_section_and_all_below_it(mark: str, named: list[str]) -> None:
    evidence = parse_evidence(EVIDENCE, name="examplol", file="e.md")
    assert [passage.section for passage in evidence.under(mark)] == named


@pytest.mark.parametrize(
    ("was", "now", "error"),
    [
        (REGISTER, "# Examplol\n", "e.md:1: there is no register"),
        ("    kind: label", "    kind: labl", "e.md:4: “kind” must be one of label, agency"),
        ("    kind: label\n", "", "e.md:3: “kind” must be there for each source"),
        ("    version:", "    versoin:", "e.md:8: the key “versoin” is not known"),
        ("2026-05-01", "May 2026", "e.md:9: “date” must be a date"),
        ("2026-05-01", "2026-02-30", "e.md:9: “date” must be a date"),
        ("2026-11-30, DailyMed", "2026-11-30", "e.md:11: “nothing_newer” must be the day of a search"),
        ("jurisdiction: US", "jurisdiction: USA", "e.md:6: “jurisdiction” must be the code"),
        ("id: G2", "id: L1", "e.md:12: the source “L1” stands twice"),
        ("gaps:", "gap:", "the key “gap” is not known"),
        ("## G2 ", "## G3 ", "there is no source “G3” in the register"),
        ("## L1:20 ", "## L1:2 ", "“L1:2” has a heading already in line 18"),
        ("## L1:20 Storage", "## Storage: how", "the heading names no section of a source"),
        ("Below 25 °C.", "", "nothing stands under this heading"),
        ("# Examplol\n", "# Examplol\n\nA stray word.\n", "e.md:18: the text stands under no section"),
    ],
)  # fmt: skip
def test_what_is_no_evidence_file_is_refused_with_its_line(was: str, now: str, error: str) -> None:
    assert was in EVIDENCE
    with pytest.raises(ContentError) as caught:
        parse_evidence(EVIDENCE.replace(was, now), name="examplol", file="e.md")
    assert error in caught.value.message
    assert caught.value.hint


def test_a_sentence_an_item_and_a_row_are_statements() -> None:
    body = """\
### Dosage

/// clinician

**Adults:** Take 5 mg once daily.[^L1:2] Never more.

Adjust it:

- kidney: 2 mg[^L1:2.1]
- liver

| Kidney | Dose |
|---|---|
| Below 30 | **2 mg**[^L1:2.1] |

///

/// patient

Take one tablet a day. Swallow it whole.

///
"""
    kinds = [(each.kind, each.text, each.under, each.marks, each.audience) for each in told(body)]
    clinician, patient = Audience.CLINICIAN, Audience.PATIENT
    sentence, item, row = StatementKind.SENTENCE, StatementKind.ITEM, StatementKind.ROW
    assert kinds == [
        (sentence, "Adults: Take 5 mg once daily.", (), ("L1:2",), clinician),
        (sentence, "Never more.", ("Adults:",), (), clinician),
        (sentence, "Adjust it:", (), (), clinician),
        (item, "kidney: 2 mg", ("Adjust it:",), ("L1:2.1",), clinician),
        (item, "liver", ("Adjust it:",), (), clinician),
        (row, "Kidney: Below 30; Dose: 2 mg", (), ("L1:2.1",), clinician),
        (sentence, "Take one tablet a day.", (), (), patient),
        (sentence, "Swallow it whole.", (), (), patient),
    ]


def test_a_mark_at_the_end_counts_for_the_sentences_before_it() -> None:
    marks = [each.marks for each in told("### Dosage\n\nOne. Two.[^L1:2] Three. Four.[^G2,L1:20] Five.\n")]
    assert marks == [("L1:2",), ("L1:2",), ("G2", "L1:20"), ("G2", "L1:20"), ()]


def test_a_line_that_leads_in_one_list_stands_above_that_list_alone() -> None:
    body = "### Get help now\n\n/// urgent\n\n**Call 911 if you:**\n\n- fall\n\nCall us for a bruise.\n\n///\n"
    assert [(each.text, each.under) for each in told(body)] == [
        ("fall", ("Call 911 if you:",)), ("Call us for a bruise.", ()),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("was", "now", "same"),
    [
        ("Take 5 mg", "Take 50 mg", False),
        ("Take 5 mg", "Take  **5 mg**", True),
        ("daily.", "daily.[^L1]", True),
        ("### Dosage", "### Overdose", False),
        ("Adults:", "Children:", False),
        ("/// clinician", "/// patient", False),
    ],
)
def test_a_hash_changes_with_what_a_reader_is_told(was: str, now: str, same: bool) -> None:
    body = "### Dosage\n\n/// clinician\n\n#### Adults:\n\nTake 5 mg once daily.\n\n///\n"
    before, after = ([each.hash for each in told(text)] for text in (body, body.replace(was, now)))
    assert was in body
    assert (before == after) is same


def test_every_statement_rests_on_the_passages_that_its_marks_name() -> None:
    monograph = monograph_of("### Dosage\n\n5 mg.[^L1:2] 7 mg.[^L1:9] Take care.\n")
    of = list(cited_statements(statements(monograph), parse_evidence(EVIDENCE, name="examplol", file="e.md")))[-3:]
    assert [[passage.mark for passage in one.passages] for one in of] == [["L1:2", "L1:2.1"], [], []]
    assert [one.unknown for one in of] == [(), ("L1:9",), ()]


def test_the_sources_that_are_cited_become_references_with_their_sections() -> None:
    monograph = monograph_of("### Dosage\n\n5 mg.[^L1:2.1] 7 mg.[^L1:20,L1:2]\n")
    reference = with_register(monograph, parse_evidence(EVIDENCE, name="examplol", file="e.md")).front.sources
    assert [(one.id, one.date, one.where) for one in reference] == [
        ("L1", "1 May 2026", "DailyMed, set id 00000000-0000-0000-0000-000000000000, version 7, sections 2, 2.1, 20")
    ]


@pytest.mark.parametrize(
    ("mark", "understood"),
    [
        ("[^L1]", True), ("[^L1:2.1]", True), ("[^L1:2.1,G2]", True), ("[^L1, ^G2]", True),
        ("[^L1:2.1,]", False), ("[^L1;G2]", False), ("[ ^L1]", False), ("[^L1:§2]", False), ("[^ L1]", False),
        ("[a^2]", True), ("\\\\[^L1;x]", True),
    ],
)  # fmt: skip
def test_a_mark_that_is_not_understood_is_said_to_be_printed_as_text(mark: str, understood: bool) -> None:
    codes = [each.code for each in monograph_of(f"### Dosage\n\n5 mg.{mark} More.\n").findings]
    assert ("MD15" in codes) is not understood


_WORDS = st.text(alphabet="abc 12.:?!*[]^|-", min_size=1, max_size=60)


@given(st.lists(_WORDS, min_size=1, max_size=6), st.booleans())
def test_no_word_is_in_no_statement(lines: list[str], listed: bool) -> None:
    joiner = "\n- " if listed else "\n\n"
    body = "### Dosage\n\n" + ("- " if listed else "") + joiner.join(lines) + "\n\nAn end.\n"
    try:
        monograph = monograph_of(body)
    except ContentError:
        return
    kept = "".join(word for each in statements(monograph) for part in (*each.under, each.text) for word in part)
    numbered = re.compile(r"^(?:\s*(?:\d{1,3}[.)]|[-*])(?:\s+|$))+")  # the number of a step, and nothing of its words
    printed = (numbered.sub("", re.sub(r"\[\^[^\]]*\]", "", line)) for line in lines)
    for word in re.findall(r"[abc]+|\d+", "".join(printed)):
        assert word in re.sub(r"\W", "", kept) or word in kept


@pytest.mark.parametrize(
    ("date", "last"),
    [("2026", "2026-12-31"), ("2028-02", "2028-02-29"), ("2026-12", "2026-12-31"), ("9999-12", "9999-12-31")],
)
def test_a_date_that_is_not_whole_means_its_last_day_at_the_latest(date: str, last: str) -> None:
    assert str(EvidenceSource("L1", SourceKind.LABEL, "A label", 1, date=date).last_day) == last
