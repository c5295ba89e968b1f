"""Reviews: bound to the words that were read, in roles, until a day; what a sheet says of them."""

import datetime as dt
import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from leaflets.authoring.reviews import take_review, text_status
from leaflets.batch.monographs import ProjectMonographs
from leaflets.batch.plan import leaflet_entry
from leaflets.checks import CheckReport
from leaflets.cli import check
from leaflets.cli.check_output import Checked
from leaflets.cli.run_output import vouched_facts
from leaflets.compose.footer import footer
from leaflets.errors import CheckFailed, ContentError, UsageError
from leaflets.languages import LANGUAGES, Language
from leaflets.model.copy import Leaflet as LeafletOf
from leaflets.model.edition import Audience, Edition, Notice
from leaflets.model.objection import Objection
from leaflets.model.page import Imprint
from leaflets.model.pharmacy import Pharmacy
from leaflets.model.review import (
    BoundStatement,
    Review,
    ReviewRecord,
    ReviewState,
    ReviewStatus,
    Role,
    SheetReview,
    SignOff,
    sheet_hash,
)
from leaflets.parse import parse
from leaflets.parse.evidence_file import parse_evidence
from leaflets.pipeline import reviews as pipeline_reviews
from leaflets.pipeline.cache import Cache
from leaflets.pipeline.policy import notices_of
from leaflets.pipeline.reviews import sheet_review
from leaflets.pipeline.texts import read_texts
from leaflets.project import ProjectFolder, Settings, load_project
from leaflets.project.content import source_at
from leaflets.review import bound_statements, changed_statements, read_record, record_bytes, signed_bytes, state_of
from leaflets.typography import NBSP
from leaflets.view import view
from tests.reviews import DAY, REQUEST, vouch
from tests.running import MONOGRAPH, Leaflet
from tests.sheets import ROOT
from tests.test_evidence import EVIDENCE

UNTIL = dt.date(2030, 1, 5)
PATIENT, CLINICIAN = Audience.PATIENT, Audience.CLINICIAN
FIRST, SECOND = Role.FIRST, Role.SECOND
MONOGRAPHS = sorted(path for path in (ROOT / "content").glob("*.md") if "." not in path.stem)


def bound(text: str, evidence: str = "", pictures: dict[str, str] | None = None) -> tuple[BoundStatement, ...]:
    read = parse_evidence(evidence, name="a", file="a.md") if evidence else None
    ids = [source.id for source in read.sources] if read else []
    whole = text if text.startswith("---") else f"---\ntitle: A\n---\n\n{text}"
    monograph = parse(whole, name="a", file="a.md", sources=ids, pictures=pictures or {})
    return bound_statements(monograph, read, pictures or {})


def review(
    statements: tuple[BoundStatement, ...],
    by: str = "Ann Lee, PharmD",
    role: Role = FIRST,
    until: dt.date = UNTIL,
    audience: Audience | None = None,
) -> Review:
    sheets = {each: sheet_hash(statements, each) for each in ((audience,) if audience else Audience)}
    return Review(by, role, DAY, until, audience, dict(each.key for each in statements), sheets=sheets)


def changed(now: tuple[BoundStatement, ...], before: tuple[BoundStatement, ...]) -> list[str]:
    """The statements that have to be read again."""
    again = changed_statements(now, [review(before)], FIRST, tuple(Audience), DAY)
    return [each.statement.text for each in again]


# ---------------------------------------------------------------- bound to words


@cache
def packaged(path: Path) -> tuple[str, tuple[BoundStatement, ...]]:
    text = path.read_text("utf-8")
    return text, bound(text)


@pytest.mark.parametrize("path", MONOGRAPHS, ids=lambda path: path.stem)
def test_a_changed_dose_is_read_again_in_the_statements_that_hold_it_and_no_others(path: Path) -> None:
    text, before = packaged(path)
    lines = text.split("\n")
    body = lines.index("---", 1)
    places = (
        (number, re.search(r"\d+ (?:mg|mcg|micrograms|units)\b", line))
        for number, line in enumerate(lines)
        if number > body
    )
    doses = [(number, match) for number, match in places if match]
    assert doses
    for number, match in doses[:: max(1, len(doses) // 3)]:
        line = lines[number]
        other = [*lines]
        other[number] = f"{line[: match.start()]}7{line[match.start() :]}"
        now = bound("\n".join(other))
        again = changed_statements(now, [review(before)], FIRST, tuple(Audience), DAY)
        assert again
        assert len(now) == len(before)
        for each in again:
            assert f"7{match[0]}" in " ".join((*each.statement.under, each.statement.text))


def test_bold_marks_line_breaks_and_place_change_nothing() -> None:
    before = bound("### Uses\n\nFor **yawning**.[^1]\n\n### Dosage\n\n2 mg once a day.\n".replace("[^1]", ""))
    assert not changed(bound("### Dosage\n\n2 mg\nonce a day.\n\n### Uses\n\nFor yawning.\n"), before)


def test_the_heading_of_a_section_and_the_number_of_a_step_are_words_of_a_statement() -> None:
    text = "### Dosage (at most 5 mg)\n\nOnce a day.\n\n### Uses\n\n1. Shake it.\n2. Open it.\n"
    assert changed(bound(text.replace("5 mg", "50 mg")), bound(text)) == ["Once a day."]
    swapped = text.replace("1. Shake it.\n2. Open it.", "1. Open it.\n2. Shake it.")
    assert changed(bound(swapped), bound(text)) == ["Open it.", "Shake it."]


_CITING = "### Dosage\n\n- 5 mg once daily.[^L1:2]\n- Keep below 25 °C.[^L1:20]\n- Sodium weekly.[^G2]\n"


@pytest.mark.parametrize(
    ("was", "now", "again"),
    [
        ("5 mg once daily.", "10 mg once daily.", ["5 mg once daily."]),
        ("| Below 30 | 2 mg |", "| Below 30 | 1 mg |", ["5 mg once daily."]),
        ("title: Examplol tablets, US label", "title: A blog", ["5 mg once daily.", "Keep below 25 °C."]),
        ('version: "7"', 'version: "8"', []),
        ("date: 2026-05-01", "date: 2026-06-01", []),
        ("- Sodium weekly.", "- Sodium daily.", ["Sodium weekly."]),
    ],
)
def test_a_changed_passage_is_read_again_with_what_cites_it(was: str, now: str, again: list[str]) -> None:
    assert was in EVIDENCE
    assert changed(bound(_CITING, EVIDENCE.replace(was, now)), bound(_CITING, EVIDENCE)) == again


def test_without_evidence_the_entry_in_the_sources_counts() -> None:
    front = "---\ntitle: A\nsources:\n  - {id: U1, title: US label}\n---\n\n"
    text = f"{front}### Dosage\n\n- 5 mg.[^U1]\n- At noon.\n"
    assert changed(bound(text.replace("US label", "A blog")), bound(text)) == ["5 mg."]
    more = text.replace("sources:\n", "sources:\n  - {id: U2, title: Cited nowhere}\n")
    assert changed(bound(more.replace("Cited nowhere", "A blog")), bound(more)) == ["A"]  # the title, as it is printed


def test_a_picture_is_read_again_when_its_bytes_change() -> None:
    text = "### Dosage\n\n![A hand](hand.svg)\n\nTake it.\n"
    assert changed(bound(text, pictures={"hand.svg": "a" * 64}), bound(text, pictures={"hand.svg": "b" * 64})) == [
        "hand.svg: A hand"
    ]


# ---------------------------------------------------------------- the state of a sheet

TEXT = bound("### Uses\n\nFor yawning.\n\n### Dosage\n\n/// clinician\n2 mg.\n///\n\n/// patient\nOne tablet.\n///\n")


def test_all_roles_by_different_persons_make_it_reviewed() -> None:
    reviews = [review(TEXT), review(TEXT, "Bo Ek, RPh", SECOND, dt.date(2029, 1, 1))]
    state = state_of(TEXT, reviews, (FIRST, SECOND), (PATIENT,))
    assert (state.reviewed, state.names) == (True, ("Ann Lee, PharmD", "Bo Ek, RPh"))
    assert (state.date, state.until) == (DAY, dt.date(2029, 1, 1))


@pytest.mark.parametrize("other", ["Ann Lee, RPh", "ann  lee", "ANN LEE, PharmD, BCPS"])
def test_one_person_is_not_two(other: str) -> None:
    state = state_of(TEXT, [review(TEXT), review(TEXT, other, SECOND)], (FIRST, SECOND), (PATIENT,))
    assert state.status is ReviewStatus.NEVER


def test_a_role_that_nobody_has_taken_is_named() -> None:
    state = state_of(TEXT, [review(TEXT)], (FIRST, SECOND), (PATIENT,))
    assert (state.status, state.missing) == (ReviewStatus.NEVER, (SECOND,))


def test_what_no_review_covers_is_counted_for_its_readers() -> None:
    reviews = [review(TEXT[:2])]
    assert state_of(TEXT, reviews, (FIRST,), (PATIENT,)).words == f"1 statement changed since the review of {DAY}"
    assert state_of(TEXT, reviews, (FIRST,), tuple(Audience)).changed == 2


def test_a_review_of_the_patient_leaflet_is_none_of_the_clinician_sheet() -> None:
    reviews = [review(TEXT, audience=PATIENT)]
    assert state_of(TEXT, reviews, (FIRST,), (PATIENT,)).reviewed
    assert not state_of(TEXT, reviews, (FIRST,), (CLINICIAN,)).reviewed


def test_a_sheet_of_which_something_was_taken_out_is_no_more_the_one_that_was_read() -> None:
    uses, for_clinicians, for_patients = TEXT[1:]
    assert (for_clinicians.statement.audience, for_patients.statement.audience) == (CLINICIAN, PATIENT)
    left = (TEXT[0], uses, for_clinicians)
    changed = f"1 statement changed since the review of {DAY}"
    assert state_of(left, [review(TEXT)], (FIRST,), (PATIENT,)).words == changed
    assert state_of(left, [review(TEXT)], (FIRST,), (CLINICIAN,)).reviewed
    assert state_of(left, [review(TEXT), review(left)], (FIRST,), (PATIENT,)).reviewed
    seconds = [review(TEXT), review(TEXT, "Bo Ek", SECOND), review(left)]
    assert state_of(left, seconds, (FIRST, SECOND), (PATIENT,)).words == changed


def test_of_two_reviews_that_which_holds_longer_counts_and_the_first_to_end_is_the_next_review() -> None:
    longer = review(TEXT[:2], until=dt.date(2031, 1, 1))
    state = state_of(TEXT, [review(TEXT), longer], (FIRST,), tuple(Audience))
    assert state.until == UNTIL
    assert state_of(TEXT[:2], [review(TEXT), longer], (FIRST,), tuple(Audience)).until == dt.date(2031, 1, 1)


def test_what_has_ended_is_read_again() -> None:
    again = changed_statements(TEXT, [review(TEXT)], FIRST, tuple(Audience), UNTIL + dt.timedelta(days=1))
    assert again == TEXT
    assert not changed_statements(TEXT, [review(TEXT)], FIRST, tuple(Audience), UNTIL)


# ---------------------------------------------------------------- the record

RECORD = ReviewRecord("a", "en", (replace(review(TEXT), note="All read.", conflicts="None."),))


def test_a_record_is_read_as_it_was_written_each_statement_on_a_line() -> None:
    data = record_bytes(RECORD)
    assert read_record(data, "a.json", "a", "en") == RECORD
    hashes = re.findall(r'^ +"([0-9a-f]{64})": "[0-9a-f]*",?$', data.decode(), re.MULTILINE)
    assert hashes == sorted(RECORD.reviews[0].statements)


def test_the_signed_bytes_are_those_of_the_review_without_its_signature() -> None:
    (one,) = RECORD.reviews
    facts = json.loads(signed_bytes(RECORD, one))
    assert signed_bytes(RECORD, replace(one, signature="x")) == signed_bytes(RECORD, one)
    assert (facts["monograph"], facts["lang"], "signature" in facts) == ("a", "en", False)
    assert signed_bytes(RECORD, replace(one, until=DAY)) != signed_bytes(RECORD, one)


@pytest.mark.parametrize(
    ("was", "now", "words"),
    [
        ('"by": "Ann Lee, PharmD"', '"by": " "', "review 1: “by” names nobody"),
        ('"role": "first"', '"role": "third"', "review 1: “role” must be one of: author, first"),
        ('"date": "2026-01-05"', '"date": "5 May 2026"', "review 1: “date” must be a date"),
        ('"until": "2030-01-05"', '"until": "2020-01-05"', "it ends on 2020-01-05, before its own date"),
        ('"audience": null', '"audience": "all"', "“audience” must be one of: patient, clinician"),
        ('"note": "All read."', '"note": 7', "“note” must be text"),
        ('"note": "All read.",', "", "review 1 has no “note”"),
        ('"note": "All read."', '"note": "", "notes": ""', "review 1 may not have “notes”"),
        ('"note": "All read."', '"note": "", "note": ""', "“note” stands twice"),
        ('"monograph": "a"', '"monograph": "b"', "it is the record of “b” (en), not of “a” (en)"),
        ('"leaflet-reviews": 1', '"leaflet-reviews": 2', "its format is 2"),
        ('"lang": "en",', '"lang": "en"', "a.json:5: this is no JSON"),
        ('"audience": null', '"audience": NaN', "NaN is no JSON"),
        ('"statements": {', '"statements": {"x": "",', "“x” is no statement"),
        ('"sheets": {', '"sheets": {"all": "",', "“sheets” must have the hash of each sheet"),
        ('"sheets": {', f'"sheets": {{"all": "{"0" * 64}",', "“sheets” must be one of: patient, clinician"),
    ],
)
def test_what_is_no_record_is_refused_in_words(was: str, now: str, words: str) -> None:
    data = record_bytes(RECORD).decode()
    assert data.count(was) == 1
    with pytest.raises(ContentError, match=re.escape(words)):
        read_record(data.replace(was, now).encode(), "a.json", "a", "en")


@pytest.mark.parametrize("data", [b"", b"[]", b"\xff", b"{}", b"[" * 100_000, b'{"leaflet-reviews": 1}'])
def test_what_is_no_record_at_all_is_refused(data: bytes) -> None:
    with pytest.raises(ContentError, match=r"^a\.json"):
        read_record(data, "a.json", "a", "en")


# ---------------------------------------------------------------- taking one


@pytest.fixture
def project(tmp_path: Path) -> ProjectFolder:
    """A project with one monograph."""
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "a.md").write_text(MONOGRAPH)
    return ProjectFolder(tmp_path)


def _source(project: ProjectFolder) -> Path:
    return project.root / "content" / "a.md"


def _sheet(project: ProjectFolder, audience: Audience = PATIENT) -> SheetReview:
    return sheet_review(project, read_texts(project, source_at(_source(project))), (audience,))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"until": DAY}, "a review cannot end on 2026-01-05: that day has come"),
        ({"until": dt.date(2206, 1, 1)}, "a review until 2206-01-01 is too long"),
        ({"role": Role.TRANSLATOR}, "it is no translation"),
        ({"role": SECOND}, "vouches for these words as first reviewer until 2030-01-05, and one person has one role"),
        ({}, "vouches for all these words as first reviewer already"),
        ({"role": SECOND, "by": "Bo Ek", "changed": True}, "nobody has reviewed this text as second reviewer yet"),
    ],
)
def test_a_review_that_may_not_be_is_refused(project: ProjectFolder, changes: dict[str, object], words: str) -> None:
    record = vouch(_source(project)).read_bytes()
    with pytest.raises(UsageError, match=re.escape(words)):
        take_review(project, source_at(_source(project)), replace(REQUEST, **changes), DAY)  # type: ignore[arg-type]
    assert (project.root / "content/reviews/a.json").read_bytes() == record


def test_a_packaged_text_is_not_reviewed_where_it_lies(project: ProjectFolder) -> None:
    with pytest.raises(UsageError) as refused:
        take_review(project, project.source("warfarin", "en"), REQUEST, DAY)
    assert "leaflet copy warfarin" in refused.value.hint


def test_the_same_review_for_longer_takes_the_place_of_the_old(project: ProjectFolder) -> None:
    vouch(_source(project))
    vouch(_source(project), dt.date(2026, 6, 1), until=dt.date(2031, 1, 5))
    assert len(read_record((project.root / "content/reviews/a.json").read_bytes(), "a", "a", "en").reviews) == 1
    assert _sheet(project).until == dt.date(2031, 1, 5)


def test_what_changed_alone_is_vouched_for(project: ProjectFolder) -> None:
    path = _source(project)
    vouch(path)
    path.write_text(MONOGRAPH.replace("2 mg", "3 mg"))
    assert _sheet(project).words == "1 statement changed since the review of 2026-01-05"
    vouch(path, dt.date(2026, 2, 1), changed=True)
    last = read_record(path.with_name("reviews").joinpath("a.json").read_bytes(), "a", "a", "en").reviews[-1]
    assert len(last.statements) == 1
    assert _sheet(project).words == "reviewed 2026-02-01"


def test_what_was_taken_out_is_vouched_for_by_the_roles_that_read_it(project: ProjectFolder) -> None:
    path = _source(project)
    vouch(path)
    vouch(path, by="Bo Ek", role=SECOND)
    path.write_text(MONOGRAPH.replace("\n### Side effects\n\nHumming.\n", ""))
    assert _sheet(project).words == "1 statement changed since the review of 2026-01-05"
    taken = take_review(project, source_at(path), replace(REQUEST, changed=True), DAY)
    assert taken
    assert (taken.statements, taken.taken_out) == ((), True)
    vouch(path, changed=True)
    assert _sheet(project).reviewed
    assert take_review(project, source_at(path), replace(REQUEST, changed=True), DAY) is None
    with pytest.raises(UsageError, match="one person has one role"):
        vouch(path, changed=True, role=SECOND)


def test_a_translation_is_reviewed_where_both_are(project: ProjectFolder) -> None:
    spanish = _source(project).with_name("a.es.md")
    spanish.write_text(MONOGRAPH)

    def state(of: ProjectFolder) -> SheetReview:
        return sheet_review(of, read_texts(of, source_at(spanish)), (PATIENT,))

    vouch(spanish, by="Ana Ruiz")
    one = state(project)
    assert (one.own.reviewed, one.reviewed, one.words) == (True, False, "its source: not clinically reviewed")
    vouch(_source(project), until=dt.date(2029, 1, 1))
    both = state(project)
    assert (both.reviewed, both.until) == (True, dt.date(2029, 1, 1))
    translators = replace(project, settings=Settings(review_roles=(FIRST, Role.TRANSLATOR)))
    assert state(translators).own.missing == (Role.TRANSLATOR,)


def test_the_state_comes_from_the_cache_where_nothing_has_changed(
    project: ProjectFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    vouch(_source(project))
    texts, cache = read_texts(project, source_at(_source(project))), Cache(project.cache)
    first = sheet_review(project, texts, (PATIENT,), cache)
    monkeypatch.delattr(pipeline_reviews, "parse_texts")
    assert sheet_review(project, texts, (PATIENT,), cache) == first
    assert first.reviewed


# ---------------------------------------------------------------- what follows


def _notices(project: ProjectFolder, today: dt.date, *allowed: Notice) -> tuple[Notice, ...]:
    texts, cache = read_texts(project, source_at(_source(project))), Cache(project.cache)
    review = sheet_review(project, texts, (PATIENT,))
    return notices_of(texts, Edition(PATIENT), cache, review, today=today, allowed=allowed)


def test_a_sheet_is_refused_the_day_after_a_review_ends(project: ProjectFolder) -> None:
    vouch(_source(project))
    assert _notices(project, UNTIL) == ()
    after = UNTIL + dt.timedelta(days=1)
    with pytest.raises(CheckFailed, match=r"the review by A\. Hatter \(first reviewer\) ended on 2030-01-05"):
        _notices(project, after)
    assert _notices(project, after, Notice.EXPIRED) == (Notice.EXPIRED,)


def test_a_review_of_a_day_to_come_is_refused(project: ProjectFolder) -> None:
    record = vouch(_source(project))
    record.write_text(record.read_text().replace('"date": "2026-01-05"', '"date": "2029-01-05"'))
    with pytest.raises(ContentError, match=r"a\.json: the review by A\. Hatter is dated 2029-01-05"):
        _notices(project, DAY)


def test_a_run_refuses_a_draft_and_what_has_ended(project: ProjectFolder) -> None:
    leaflet = LeafletOf("a", Edition(PATIENT))

    def objections(day: dt.date) -> set[Objection]:
        assessment = ProjectMonographs(load_project(project.root), day).assess([leaflet])[leaflet]
        return {objection for objection, _ in assessment.objections} - {Objection.UNSAFE}

    assert objections(DAY) == {Objection.DRAFT}
    vouch(_source(project))
    assert objections(DAY) == set()
    assert objections(UNTIL + dt.timedelta(days=1)) == {Objection.EXPIRED}


def test_a_run_records_who_vouched_for_its_leaflets(project: ProjectFolder) -> None:
    vouch(_source(project))
    leaflet = LeafletOf("a", Edition(PATIENT))
    assessment = ProjectMonographs(load_project(project.root), DAY).assess([leaflet])[leaflet]
    entry = leaflet_entry(1, assessment, frozenset())
    assert entry.vouched == "A. Hatter (first reviewer)"
    assert vouched_facts([entry]) == [{"drug": "a", "audience": "patient", "lang": "en", "vouched": entry.vouched}]


def test_the_status_of_a_text_is_that_of_both_its_sheets(project: ProjectFolder) -> None:
    vouch(_source(project), audience=PATIENT)
    assert text_status(project, source_at(_source(project)), DAY).words(DAY).startswith("draft: ")
    vouch(_source(project), audience=CLINICIAN)
    status = text_status(project, source_at(_source(project)), DAY)
    assert status.words(DAY) == "reviewed 2026-01-05, next 2030-01-05"
    assert status.words(UNTIL + dt.timedelta(days=1)) == "expired 2030-01-05"


# ---------------------------------------------------------------- the footer

SEEN = view(parse("---\ntitle: A\n---\n\n### Uses\n\nFor yawning.\n", name="a", file="a.md"), PATIENT)


def _foot(state: ReviewState, language: Language) -> str:
    imprint = Imprint(Edition(PATIENT), Pharmacy(), "0123abcd", review=SheetReview(state))
    return footer(SEEN, imprint, language).replace(NBSP, " ")


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=lambda language: language.code)
def test_every_language_says_what_has_changed_and_since_when(language: Language) -> None:
    one, many = (ReviewState(ReviewStatus.CHANGED, DAY, changed=number) for number in (1, 12))
    assert language.date(DAY) in _foot(one, language)
    assert language.date(DAY) in _foot(many, language)
    assert "12" in _foot(many, language)
    assert _foot(one, language) != _foot(many, language)


def test_the_footer_names_who_vouches_and_the_first_day_one_ends() -> None:
    signed = SignOff("Ann Lee, PharmD", FIRST, DAY, UNTIL), SignOff("Bo Ek", SECOND, DAY, dt.date(2028, 3, 1))
    foot = _foot(ReviewState(ReviewStatus.REVIEWED, DAY, signed), LANGUAGES["en"])
    assert foot.endswith("Reviewed 5 January 2026 by Ann Lee, PharmD, Bo Ek · Next review 1 March 2028")
    changed = _foot(ReviewState(ReviewStatus.CHANGED, DAY, changed=2), LANGUAGES["en"])
    assert changed.endswith("Draft: 2 statements changed since the review of 5 January 2026")


# ---------------------------------------------------------------- the command


def test_the_way_of_the_manual(leaflet: Leaflet, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("review", "review_output", "list"):
        monkeypatch.setattr(f"leaflets.cli.{module}.today", lambda: dt.date(2026, 12, 1))
    leaflet.write("content/examplol.md", MONOGRAPH)
    words = ("review", "examplol", "--by", "Ann Lee, PharmD", "--role", "first", "--until", "2027-11-30")
    taken = leaflet(*words, "--note", "Against the label of May")
    who = "wrote content/reviews/examplol.json: Ann Lee, PharmD (first reviewer) vouches for"
    assert (taken.code, taken.err) == (0, f"{who} 4 statements until 2027-11-30\n")
    leaflet.write("content/examplol.md", MONOGRAPH.replace("2 mg", "3 mg"))
    (facts,) = json.loads(leaflet("review", "--status", "examplol", "--json").out)["texts"]
    state = "draft: 1 statement changed since the review of 2026-12-01"
    assert (facts["state"], facts["changed"], facts["since"], facts["reviewed"]) == (state, 1, "2026-12-01", False)
    assert "examplol" in leaflet("review", "--status", "--due", "60d").out
    again = leaflet(*words, "--changed")
    assert again.out == "content/examplol.md:13  3 mg once a day.\n"
    assert again.err == f"{who} 1 statement until 2027-11-30\n"
    assert leaflet(*words, "--changed").err.startswith("content/examplol.md: nothing has changed")
    assert "reviewed 2026-12-01, next 2027-11-30" in leaflet("review", "--status").out
    assert "examplol" not in leaflet("review", "--status", "--due", "60d").out
    assert "examplol" in leaflet("review", "--status", "--due", "60w").out
    shown = leaflet("review", "examplol", "--show").out
    assert "Ann Lee, PharmD (first) until 2027-11-30: 4 statements, 3 as they were read" in shown
    assert "note: Against the label of May" in shown


def test_the_manual_shows_what_the_command_prints() -> None:
    page = (ROOT / "docs" / "review.md").read_text("utf-8")
    assert f"```markdown\n{MONOGRAPH}```" in page
    for line in (
        "PharmD (first reviewer) vouches for 4 statements until 2027-11-30",
        "content/examplol.md:13  3 mg once a day.",
        "PharmD (first reviewer) vouches for 1 statement until 2027-11-30",
    ):
        assert line in page  # as test_the_way_of_the_manual has them


def test_check_calls_a_text_that_nobody_reviewed_so(leaflet: Leaflet) -> None:
    front = "---\ntitle: Examplol\nallow:\n  - {code: CO-02, reason: A draft.}\n---"
    path = leaflet.write("content/a.md", MONOGRAPH.replace("---\ntitle: Examplol\n---", front))
    (draft,) = json.loads(leaflet("check", "a", "--json").out)["files"]
    assert (draft["reviewed"], draft["review"]) == (False, "not clinically reviewed")
    assert [each["message"] for each in draft["silenced"]] == ["the text is a draft: not clinically reviewed"]
    vouch(path)
    (reviewed,) = json.loads(leaflet("check", "a", "--json").out)["files"]
    assert (reviewed["reviewed"], reviewed["silenced"]) == (True, [])


@pytest.mark.parametrize(
    ("drafts", "words"), [(2, "2 clean, not reviewed"), (1, "2 clean, 1 of them not reviewed"), (0, "2 clean:")]
)
def test_clean_drafts_are_counted(drafts: int, words: str) -> None:
    monograph = parse("---\ntitle: A\n---\n\n### Uses\n\nFor yawning.\n", name="a", file="a.md")
    reviewed = ReviewState(ReviewStatus.REVIEWED, DAY)
    states = [ReviewState()] * drafts + [reviewed] * (2 - drafts)
    checked = [Checked(monograph, CheckReport((), ()), (), {}, state) for state in states]
    assert words in check._summary(checked, ())


def test_the_status_names_the_role_that_is_still_asked_for(leaflet: Leaflet) -> None:
    leaflet.write("leaflet.toml", '[review]\nroles = ["first", "second"]\n')
    vouch(leaflet.write("content/a.md", MONOGRAPH))
    assert leaflet("review", "--status", "a").out.endswith(
        "not clinically reviewed  still asked for: second reviewer\n"
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("review",), "review: name a monograph"),
        (("review", "a"), "review: --by and --role and --until must be given"),
        (("review", "a", "--due", "60d"), "review: --due goes with --status"),
        (("review", "a", "--by", ", PharmD", "--role", "first", "--until", "2027-01-01"), "--by names nobody"),
        (("review", "a", "--by", "A", "--role", "first", "--until", "soon"), "a date such as 2027-11-30"),
        (("review", "--status", "--due", "soon"), "a number of days or weeks"),
    ],
)
def test_what_a_review_lacks_is_named(leaflet: Leaflet, words: tuple[str, ...], message: str) -> None:
    leaflet.write("content/a.md", MONOGRAPH)
    ran = leaflet(*words)
    assert (ran.code, message in ran.err) == (2, True)
    assert leaflet.files() == {"content/a.md"}


# ---------------------------------------------------------------- settings


@pytest.mark.parametrize("words", ['roles = ["third"]', "roles = []", 'roles = ["translator"]', 'role = ["first"]'])
def test_roles_that_are_none_are_refused(tmp_path: Path, words: str) -> None:
    (tmp_path / "leaflet.toml").write_text(f"[review]\n{words}\n")
    with pytest.raises(UsageError, match=r"review\.role"):
        load_project(tmp_path)
