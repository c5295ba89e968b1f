"""Dose times on a label: a grid where each time has one amount, otherwise the text as it was given."""

from __future__ import annotations

import io
from dataclasses import replace

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaflets.labels import LABEL_HEIGHT_PT, LABEL_WIDTH_PT, Label, LabelSetter
from leaflets.labels.dose_times import TIMES, dose_grid, dose_words
from leaflets.labels.layout import GRID_INSET_PT, PADDING_PT, FittedLabel, LabelSpace
from leaflets.labels.styles import GRID
from leaflets.printfile import Copy, PrintJob, SplitWriter, write_print_file
from tests import verapdf
from tests.print_samples import fonts, sheet, texts

SETTER = LabelSetter(fonts(installed=False))
AMOUNTS = "morning: 1 tablet; bedtime: 2 tablets"
TABLETS_A_TIME = "morning 1, bedtime 2"


def _set(label: Label, lang: str = "en") -> FittedLabel:
    done, _ = SETTER.label(label, LabelSpace(lang=lang))
    assert done is not None
    return done


def _label(dose_times: str, directions: str = "Take as in the grid.") -> Label:
    return Label(
        "Anna Smith", "P-000001", "12/03/1961", "RX7000001", directions, "28 tablets", "Dr A Smith", "2026-11-22",
        dose_times,
    )  # fmt: skip


# ---------------------------------------------------------------- reading


@pytest.mark.parametrize(
    ("text", "lang", "words"),
    [
        ("morning 1, bedtime 2", "es", "Mañana 1 · Al acostarse 2"),
        ("bedtime 2, morning 1,5", "es", "Mañana 1,5 · Al acostarse 2"),
        ("morning 1, bedtime 2", "zh", "早上 1 · 睡前 2"),
        ("morning 1, bedtime 2", "en", "morning 1, bedtime 2"),
        ("morning 1 or 2", "es", "morning 1 or 2"),
        ("08:00", "es", "08:00"),
    ],
)
def test_times_that_are_read_are_in_the_language_of_the_leaflet(text: str, lang: str, words: str) -> None:
    assert dose_words(text, lang) == words


def test_a_label_too_narrow_for_the_grid_has_its_times_in_the_language_of_the_leaflet() -> None:
    label = Label("Anna Smith", directions="Take one", dose_times="morning 1, bedtime 2")
    out = io.BytesIO()
    copies = iter([Copy("1", "1 of 1", "run 1", label)])
    spanish = replace(sheet("1"), lang="es")
    write_print_file(out, copies, lambda _key: spanish, fonts(installed=False), PrintJob("R"))
    printed = texts(out.getvalue())[0]
    assert "Mañana 1 · Al acostarse 2" in printed
    assert "morning" not in printed


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("morning 1, evening 1", ("1", "none", "1", "none")),
        (AMOUNTS, ("1 tablet", "none", "none", "2 tablets")),
        ("Morning: 1\nBEDTIME: 2", ("1", "none", "none", "2")),
        ("bedtime 2, morning 1,5", ("1,5", "none", "none", "2")),
        ("noon ½ tablet", ("none", "½ tablet", "none", "none")),
    ],
)
def test_times_with_amounts_are_read(text: str, amounts: tuple[str, ...]) -> None:
    rows = [row.split("\t") for row in dose_grid(text, "en").split("\n")]
    assert [head for head, _ in rows] == ["Morning", "Midday", "Evening", "Bedtime"]
    assert tuple(amount for _, amount in rows) == amounts


@pytest.mark.parametrize(
    "text",
    [
        "", "08:00", "morning evening",
        "morning", "1 in the morning", "morning 1 or evening 2", "morning 1 and night 2",
        "morning 1, morning 2", "noon 1, midday 1", "morning 1; with food", "mornings 1", "morning 1 then 2 at bedtime",
        "morning: , evening: 1", "every morning 1",
    ],
)  # fmt: skip
def test_anything_else_stays_words(text: str) -> None:
    assert dose_grid(text, "en") == ""


_PIECES = [*TIMES, "noon", "1", "2.5", ":", ",", ";", "\n", " ", "or"]


@given(st.lists(st.sampled_from(_PIECES), max_size=12).map("".join))
def test_no_amount_is_lost(text: str) -> None:
    drawn = dose_grid(text, "en")
    if drawn:
        assert sorted(c for c in drawn if c.isdigit()) == sorted(c for c in text if c.isdigit())
        assert not any(time in row.split("\t")[1] for time in TIMES for row in drawn.split("\n"))


# ---------------------------------------------------------------- setting


def test_the_grid_is_set_within_the_label() -> None:
    done = _set(_label(TABLETS_A_TIME, "Take as shown."))
    (grid,) = [block for block in done.blocks if block.columns]
    assert grid.size_pt == GRID.size_pt
    assert [len(column) for column in grid.columns] == [2, 2, 2, 2]
    widest = max(line.width for column in grid.columns for line in column) * grid.size_pt
    assert widest <= (LABEL_WIDTH_PT - 2 * PADDING_PT) / 4 - 2 * GRID_INSET_PT
    assert sum(block.height_pt for block in done.blocks) <= LABEL_HEIGHT_PT - 2 * PADDING_PT


@pytest.mark.parametrize(
    ("dose_times", "directions"),
    [
        ("morning Donaudampfschifffahrt, evening 1", "One."),  # wider than a column
        (AMOUNTS, "Take as told."),
        (TABLETS_A_TIME, "Take it every day with a glass of water."),
    ],
)
def test_where_no_grid_fits_the_words_stand(dose_times: str, directions: str) -> None:
    done = _set(_label(dose_times, directions))
    assert not any(block.columns for block in done.blocks)


def _printed(label: Label, *, tagged: bool) -> bytes:
    out = io.BytesIO()
    write_print_file(
        out, iter([Copy("1", "1 of 1", "run 1", label)]), sheet, fonts(installed=False), PrintJob("R", tagged=tagged)
    )
    return out.getvalue()


@pytest.mark.parametrize("tagged", [False, True])
def test_each_time_is_read_with_its_amount(tagged: bool) -> None:
    text = texts(_printed(_label(TABLETS_A_TIME), tagged=tagged))[0]
    assert "Morning 1 Midday none Evening none Bedtime 2" in text


def test_a_copy_with_a_grid_conforms() -> None:
    copy = Copy("1", "1 of 1", "run 1", _label(TABLETS_A_TIME))
    part = b"".join(SplitWriter(sheet, fonts(installed=False)).pieces(copy))
    assert verapdf.failures(part, "ua1") == []
    assert verapdf.failures(part, "3a") == []
    assert verapdf.failures(_printed(_label(TABLETS_A_TIME), tagged=True), "ua1") == []


def _drawn(data: bytes) -> dict[str, tuple[float, float]]:
    """Where each word of page 1 begins, from the left and from below."""
    with pypdfium2.PdfDocument(data) as document:
        page = document[0].get_textpage()
        words = ("Morning", "Bedtime", "RX7000001", "Take as")
        places = {}
        for word in words:
            index, _ = page.search(word).get_next()
            left, bottom, _, _ = page.get_charbox(index)
            places[word] = (left, bottom)
        return places


def test_the_grid_stands_between_its_neighbours() -> None:
    places = _drawn(_printed(_label(TABLETS_A_TIME), tagged=False))
    assert places["Take as"][1] > places["Morning"][1] > places["RX7000001"][1]
    assert places["Morning"][1] == pytest.approx(places["Bedtime"][1], abs=0.5)
    assert places["Bedtime"][0] - places["Morning"][0] > LABEL_WIDTH_PT / 2
