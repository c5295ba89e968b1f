"""A version of a leaflet called back: which copies, and the notice that goes to each destination."""

import datetime as dt
import itertools

import pytest

from leaflets.errors import RenderError
from leaflets.ledger.entries import IssuedCopies
from leaflets.ledger.states import CopyState
from leaflets.model.paper import Paper
from leaflets.project import ProjectFolder, load_project
from leaflets.recall.issued import Recall
from leaflets.recall.notice import notice_pdf, notices
from leaflets.recall.notice_page import RecallNotice
from tests import verapdf
from tests.sheets import page_texts

DAY = dt.date(2026, 11, 30)
RUN = "261122-4f1c09ab"
TITLES = {"ar": "ميتفورمين", "en": "Metformin", "zh": "二甲双胍"}
TAKE_BACK = "Printed: take these sheets back."
STOP = "Perhaps not printed yet: stop the print job."
NO_SEARCH = "Do not look for these: they were destroyed or never printed."


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> ProjectFolder:
    return load_project(tmp_path_factory.mktemp("recall"))


def issued(
    *serials: int, state: CopyState = CopyState.PRINTED, lang: str = "en", destination: str = "Ward 3"
) -> IssuedCopies:
    facts = (RUN, "2026-11-22T20:15:00Z", "metformin", "patient", lang, "2.1", "a81c9c0188", destination)
    return IssuedCopies(*facts, state, serials, serials)


def notice_of(*copies: IssuedCopies, reason: str = "") -> RecallNotice:
    (notice,) = notices(Recall("metformin", "2.1", "", copies), TITLES, DAY, reason).values()
    return notice


def words(notice: RecallNotice, project: ProjectFolder) -> str:
    return " ".join(" ".join(page_texts(notice_pdf(notice, project, Paper.A4))).split())


@pytest.mark.parametrize("paper", [Paper.A4, Paper.LETTER])
def test_a_notice_says_which_sheets_and_what_to_do_with_them(project: ProjectFolder, paper: Paper) -> None:
    every = [issued(number, state=state) for number, state in enumerate(CopyState, 1)]
    notice = notice_of(*every, issued(17, 18, 19, 26), reason="A dose was wrong.")
    data = notice_pdf(notice, project, paper)
    text = " ".join(" ".join(page_texts(data)).split())
    for part in (
        "Recall of a leaflet: Metformin",
        "Ward 3",
        "2.1",
        "30 November 2026",
        "A dose was wrong.",
        "17-19, 26",
    ):
        assert part in text
    assert f"{RUN} 17-19, 26 patient leaflet, English 4" in text
    assert "not the medicine. Nobody should stop the medicine" in text
    numbers = {state: f"{RUN} {number} patient" for number, state in enumerate(CopyState, 1)}
    places = [text.index(part) for part in (TAKE_BACK, STOP, NO_SEARCH)] + [text.index("Numbers that are missing")]
    groups = [text[start:end] for start, end in itertools.pairwise(places)]
    for state, number in numbers.items():
        shown = [number in group for group in groups]
        on_paper = state in {CopyState.WRITTEN, CopyState.SENT}
        assert shown == [state is CopyState.PRINTED, on_paper, not on_paper and state is not CopyState.PRINTED]
    assert verapdf.failures(data, "3a") == []
    assert verapdf.failures(data, "ua1") == []
    assert notice_pdf(notice, project, paper) == data


def test_a_notice_speaks_each_language_its_sheets_were_printed_in(project: ProjectFolder) -> None:
    text = words(notice_of(issued(1, lang="es"), issued(2, lang="en+vi"), issued(3, lang="tl")), project)
    headings = (
        "Retirada de un prospecto: Metformin",
        "Recall of a leaflet: Metformin",
        "Thu hồi tờ thông tin: Metformin",
    )
    assert [text.count(heading) for heading in headings] == [1, 1, 1]
    assert sorted(headings, key=text.index) == list(headings)
    assert text.count(f"{RUN} 2 ") == 3, "each language lists all the sheets"


@pytest.mark.parametrize(("lang", "heading"), [("ar", "سحب نشرة"), ("zh", "召回资料单：二甲双胍")])
def test_a_notice_in_another_script_is_whole_and_accessible(project: ProjectFolder, lang: str, heading: str) -> None:
    data = notice_pdf(notice_of(issued(4, 5, lang=lang)), project, Paper.A4)
    assert heading in "".join(page_texts(data))
    assert verapdf.failures(data, "ua1") == []


def test_a_medicine_without_a_monograph_today_is_called_by_its_name(project: ProjectFolder) -> None:
    (notice,) = notices(Recall("metformin", "2.1", "", (issued(1),)), {}, DAY).values()
    assert "Recall of a leaflet: metformin" in words(notice, project)


def test_each_destination_gets_a_notice_of_its_own(project: ProjectFolder) -> None:
    copies = (issued(1), issued(2, destination="Counter"), issued(3))
    made = notices(Recall("metformin", "2.1", "", copies), TITLES, DAY)
    assert {name: [one.serials for one in notice.issued] for name, notice in made.items()} == {
        "recall-metformin-2.1-ward-3.pdf": [(1,), (3,)],
        "recall-metformin-2.1-counter.pdf": [(2,)],
    }


def test_a_name_without_a_font_is_refused(project: ProjectFolder) -> None:
    with pytest.raises(RenderError, match="no font draws"):
        notice_pdf(notice_of(issued(1, destination="Ward \U00012000")), project, Paper.A4)


def test_words_that_are_markup_are_printed_as_they_are(project: ProjectFolder) -> None:
    assert "<b>a & b</b>" in words(notice_of(issued(1), reason="<b>a & b</b>"), project)
