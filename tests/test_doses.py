"""The dose grammar: what it reads in a sentence, and that it reads each dose as it was written, wherever it stands."""

import math
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaflets.doses import read_doses
from leaflets.model.dose import BandKind, Dose, Timing

AMOUNTS = [
    ("Take 20 mg.", 20, 20, "mg", ()),
    ("Take 0,5 mg.", 0.5, 0.5, "mg", ()),
    ("Take 0,125 mg.", 0.125, 0.125, "mg", ()),
    ("Take 1,000 mg.", 1000, 1000, "mg", ()),
    ("Take .5 mg.", 0.5, 0.5, "mg", ()),
    ("Take 5 ug.", 5, 5, "mcg", ()),
    ("Take 50 micrograms.", 50, 50, "mcg", ()),
    ("Take 10\u00a0mg.", 10, 10, "mg", ()),
    ("Take 5-10 mg.", 5, 10, "mg", ()),
    ("Take 5 to 10 mg.", 5, 10, "mg", ()),
    ("Take 500 mg to 1 g.", 0.5, 1, "g", ()),
    ("Give 0.5 mg/kg/day.", 0.5, 0.5, "mg", ("kg", "day")),
    ("Give 0.5 mg per kg per day.", 0.5, 0.5, "mg", ("kg", "day")),
    ("Give 75 mg/m².", 75, 75, "mg", ("m2",)),
    ("Give 125 mg/5 mL.", 125, 125, "mg", ("mL",)),
    ("Give 5 million units.", 5, 5, "million units", ()),
    ("Take two tablets.", 2, 2, "tablet", ()),
    ("Take half a tablet.", 0.5, 0.5, "tablet", ()),
    ("Take 1 or 2 capsules.", 1, 2, "capsule", ()),
    ("Take 50 mg a day.", 50, 50, "mg", ("day",)),
]


@pytest.mark.parametrize(("text", "low", "high", "unit", "per"), AMOUNTS, ids=[row[0] for row in AMOUNTS])
def test_amount(text: str, low: float, high: float, unit: str, per: tuple[str, ...]) -> None:
    (dose,) = read_doses(text).doses
    assert (dose.amount.low, dose.amount.high, dose.amount.unit, dose.amount.per) == (low, high, unit, per)


FREQUENCIES = [
    ("once a day", 1), ("once daily", 1), ("twice a day", 2), ("three times daily", 3), ("2 times a day", 2),
    ("every day", 1), ("every 6 hours", 4), ("every six hours", 4), ("every other day", 0.5), ("once a week", 1 / 7),
    ("6-hourly", 4), ("bd", 2), ("BD", 2), ("b.d.", 2), ("BID", 2), ("t.d.s.", 3), ("TDS", 3), ("tid", 3), ("qds", 4),
    ("q6h", 4), ("qam", 1), ("nocte", 1), ("x3", 3), ("x 3 a day", 3), ("2x/day", 2), ("2x daily", 2),
    ("3 x a day", 3), ("twice in 24 hours", 2), ("on alternate days", 0.5), ("weekly", 1 / 7), ("4 times per day", 4),
]  # fmt: skip


@pytest.mark.parametrize(("words", "times"), FREQUENCIES, ids=[row[0] for row in FREQUENCIES])
def test_frequency(words: str, times: float) -> None:
    text = f"Take 20 mg {words}, with food."
    (dose,) = read_doses(text).doses
    assert dose.frequency is not None
    assert math.isclose(dose.frequency.low, times)
    assert math.isclose(dose.frequency.high, times)


@pytest.mark.parametrize(
    ("words", "timing"),
    [
        ("at bedtime", Timing.TIME_OF_DAY),
        ("before each meal", Timing.TIME_OF_DAY),
        ("when needed", Timing.NEEDED),
        ("as a single dose", Timing.ONCE),
        ("over 30 minutes", Timing.SCHEDULED),
        ("on days 1 and 8", Timing.SCHEDULED),
    ],
)
def test_timing_without_a_count(words: str, timing: Timing) -> None:
    (dose,) = read_doses(f"Give 20 mg {words}.").doses
    assert dose.frequency is not None
    assert dose.frequency.timing is timing


@pytest.mark.parametrize(
    "text",
    [
        "Use a BD syringe.",
        "A flare of Behcet's (BD) is rare.",
        "Treat for 10 days.",
        "A lesion of 2 x 3 cm.",
        "The mane.",
    ],
)
def test_what_is_no_frequency(text: str) -> None:
    assert not read_doses(text).frequencies


@pytest.mark.parametrize(
    "limit",
    [
        "the maximum is 10 mg", "max. 10 mg", "do not exceed 10 mg", "not exceeding 10 mg", "no more than 10 mg",
        "at most 10 mg",        "10 mg maximum",
    ],
)  # fmt: skip
def test_maximum(limit: str) -> None:
    doses = read_doses(f"Take 5 mg at night; {limit} in 24 hours.").doses
    assert [dose.is_maximum for dose in doses] == [False, True]
    assert doses[1].daily or "maximum" in limit


def test_the_most_common_dose_is_no_maximum() -> None:
    assert not read_doses("The most common dose is 10 mg.").doses[0].is_maximum
    assert read_doses("The most you can take is 10 mg.").doses[0].is_maximum


def test_what_stands_around_an_amount_belongs_to_it() -> None:
    text = "Children aged 6 to 11 years: 5 mg by mouth twice a day. Adults: 10 mg intravenously every 8 hours."
    child, adult = read_doses(text).doses
    assert (child.route, adult.route) == ("mouth", "vein")
    assert child.frequency is not None
    assert adult.frequency is not None
    assert (child.frequency.low, adult.frequency.low) == (2, 3)
    assert {band.name for band in adult.bands} == {"adults"}
    assert any((band.low, band.high) == (6, 11) for band in child.bands)


def test_numbers_of_a_clearance_are_no_doses() -> None:
    (dose,) = read_doses("CrCl 60-30 mL/min: 2 g every 6 hours").doses
    assert dose.amount.unit == "g"
    (band,) = dose.bands
    assert (band.kind, band.low, band.high) == (BandKind.KIDNEY, 30, 60)


def test_a_range_written_downwards_is_marked() -> None:
    ranges = ("20 to 10 mg", "10 to 20 mg", "20 or 10 mg")
    assert [read_doses(text).doses[0].amount.written_downwards for text in ranges] == [True, False, False]


# ------------------------------------------------------------------ as written, wherever it stands


@dataclass(frozen=True)
class _Written:
    text: str
    low: float
    high: float
    unit: str
    times: float


UNITS = {"mg": "mg", "mcg": "mcg", "µg": "mcg", "ug": "mcg", "g": "g", "mL": "mL", "units": "units", "mmol": "mmol"}
OFTEN = {"once a day": 1.0, "twice daily": 2.0, "bd": 2.0, "t.d.s.": 3.0, "every 6 hours": 4.0, "weekly": 1 / 7,
         "nocte": 1.0, "3x/day": 3.0}  # fmt: skip


@st.composite
def _doses(draw: st.DrawFn) -> _Written:
    whole = draw(st.integers(1, 20_000))
    tenths = draw(st.sampled_from(["", ".5", ".25", ",5"]))
    first = f"{whole:,}" if tenths != ",5" and draw(st.booleans()) else str(whole)
    unit, often = draw(st.sampled_from(sorted(UNITS))), draw(st.sampled_from(sorted(OFTEN)))
    low = float(f"{whole}{tenths.replace(',', '.')}")
    if draw(st.booleans()):
        high = whole + draw(st.integers(1, 50))
        joined = draw(st.sampled_from([" to ", "-", "–", " or "]))
        text = f"{first}{tenths}{joined}{high} {unit} {often}"
        return _Written(text, min(low, high), max(low, high), UNITS[unit], OFTEN[often])
    return _Written(f"{first}{tenths} {unit} {often}", low, low, UNITS[unit], OFTEN[often])


@given(
    st.lists(_doses(), min_size=1, max_size=4), st.sampled_from(["Take {}. ", "Adults: {}; ", "({}) ", "Then {},\n"])
)
def test_every_dose_is_read_as_it_is_written(written: list[_Written], frame: str) -> None:
    doses = read_doses("".join(frame.format(each.text) for each in written)).doses
    assert [_meaning(dose) for dose in doses] == [
        (each.low, each.high, each.unit, round(each.times, 6)) for each in written
    ]


def _meaning(dose: Dose) -> tuple[float, float, str, float]:
    times = dose.frequency.low if dose.frequency else 0
    return dose.amount.low, dose.amount.high, dose.amount.unit, round(times, 6)


@given(st.text(alphabet="0123456789.,-–/ mgcklµuxyts()dayİ²", max_size=60))
def test_any_text_is_read_and_every_offset_lies_in_it(text: str) -> None:
    reading = read_doses(text)
    spans = [(dose.start, dose.end) for dose in reading.doses]
    spans += [(frequency.start, frequency.end) for frequency in reading.frequencies]
    spans += [(band.start, band.end) for band in reading.bands]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    starts = [dose.start for dose in reading.doses]
    assert starts == sorted(set(starts))
