"""Safe typography: what is bound, and that nothing else changes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leaflets.typography import NBSP, bind, tallman, unbreakable


def shown(text: str) -> str:
    return bind(text).replace(NBSP, "~")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Take 2 mg once", "Take 2~mg once"),
        ("Take 2 mg/kg per day", "Take 2~mg/kg per day"),
        ("30 mL/min/1.73 m² or less", "30~mL/min/1.73~m² or less"),
        ("1,000 units", "1,000~units"),
        ("1 000 mg", "1~000~mg"),
        ("0.5 × 10⁹ cells/L", "0.5~×~10⁹~cells/L"),
        ("2 to 4 mg", "2~to~4~mg"),
        ("10 - 20 mg", "10~-~20~mg"),
        ("5–10 mg", "5–10~mg"),
        ("2 or 3 tablets", "2~or~3~tablets"),
        ("2 Tablets, 5 ML", "2~Tablets, 5~ML"),
        ("½ tablet", "½~tablet"),
        ("≥ 65 years", "≥~65~years"),
        ("< 10 %", "<~10~%"),
        ("eGFR > 60", "eGFR >~60"),
        ("1 in 10 people", "1~in~10 people"),
        ("3 April 2026", "3~April~2026"),
        ("April 2026", "April~2026"),
        ("0800 123 4567", "0800~123~4567"),
        ("type 2 diabetes", "type~2 diabetes"),
        ("aged 6 to 11 years", "aged~6~to~11~years"),
        ("aged 6 months", "aged~6~months"),
        ("vitamin D", "vitamin~D"),
        ("day 14", "day~14"),
        ("every 8 hours", "every 8~hours"),
        ("at 8 a.m. or 9 pm", "at 8~a.m. or 9~pm"),
        ("2 mice", "2 mice"),
        ("room 5 minder", "room 5 minder"),
        ("v1.5 mg", "v1.5 mg"),
        ("", ""),
    ],
)
def test_bound(text: str, expected: str) -> None:
    assert shown(text) == expected


def test_bound_text_stays_as_it_is() -> None:
    text = bind("Take 2 to 4 mg on 3 April 2026.")
    assert bind(text) == text


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("5-10 mg daily", ["5-10~mg"]),
        ("COVID-19 and IL-6", ["COVID-19", "IL-6"]),
        ("2 mg/kg or 3 mg", ["2~mg/kg"]),
        ("5–10 mg", ["5–10~mg"]),
        ("by-pass", []),
    ],
)
def test_what_could_part_at_a_dash_is_found(text: str, whole: list[str]) -> None:
    bound = bind(text)
    assert [bound[start:end].replace(NBSP, "~") for start, end in unbreakable(bound)] == whole


_NUMBERS = st.one_of(
    st.integers(0, 99_999).map(str),
    st.integers(1_000, 9_999_999).map(lambda n: f"{n:,}"),
    st.decimals(0, 999, places=2).map(str),
    st.sampled_from(["½", "0.05", "1,250.5"]),
)
_UNITS = st.sampled_from(
    "mg mcg g kg mL L units IU % tablets capsules drops puffs doses hours days weeks months years cm mmHg °C mg/kg "
    "mg/dL mL/min mg/kg/day micrograms Tablets µg".split()
)
_LINK = st.sampled_from([" to ", "-", "–", " - ", " or ", " and ", "/", " × "])
_AROUND = st.sampled_from(["Take {} now", "({})", "{}.", "dose: {}, then", "“{}”", "≥ {}", "<{} only", "{}"])


@settings(max_examples=500, deadline=None)
@given(_NUMBERS, _LINK, _NUMBERS, _UNITS, _AROUND)
def test_number_and_unit_never_part(first: str, link: str, second: str, unit: str, around: str) -> None:
    for dose in (f"{first} {unit}", f"{first}{link}{second} {unit}"):
        bound = bind(around.format(dose))
        assert dose.replace(" ", NBSP) in bound
        assert not re.search(rf"\d {re.escape(unit)}", bound)


@settings(max_examples=500, deadline=None)
@given(st.one_of(st.text(max_size=80), st.text(alphabet="0123456789 .,-/–×toinmgLx%<≥½" + NBSP, max_size=60)))
def test_binding_changes_nothing_but_spaces(text: str) -> None:
    bound = bind(text)
    assert len(bound) == len(text)
    assert all(new == old or (old, new) == (" ", NBSP) for old, new in zip(text, bound, strict=True))
    ends = [0, *(place for span in unbreakable(bound) for place in span), len(text)]
    assert ends == sorted(ends)


def test_tall_man_letters() -> None:
    assert tallman("prednisone and Hydroxyzine") == "predniSONE and hydrOXYzine"
    assert tallman("testol") == "testol"
    assert tallman("prednisones") == "prednisones"
