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
        ("Below 50: take 30 grams", "Below~50: take 30~grams"),
        ("vitamin D", "vitamin~D"),
        ("day 14", "day~14"),
        ("every 8 hours", "every~8~hours"),
        ("Every 4 to 6 hours", "Every~4~to~6~hours"),
        ("2 mg twice a day", "2~mg twice~a~day"),
        ("up to 4 times a day", "up to 4~times~a~day"),
        ("once weekly, every other day", "once~weekly, every~other~day"),
        ("540 mg/5 mL", "540~mg/5~mL"),
        ("37.5 mg/25 mg tablet", "37.5~mg/25~mg tablet"),
        ("20 cm² or 3 m2", "20~cm² or 3~m2"),
        ("once upon a daydream", "once upon a daydream"),
        ("every 8 hourglasses", "every 8 hourglasses"),
        ("at 8 a.m. or 9 pm", "at 8~a.m. or 9~pm"),
        ("2 mice", "2 mice"),
        ("room 5 minder", "room 5 minder"),
        ("v1.5 mg", "v1.5 mg"),
        ("", ""),
    ],
)
def test_bound(text: str, expected: str) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("es", "Tome 2 tabletas cada 8 horas", "Tome 2~tabletas cada~8~horas"),
        ("es", "de 10 a 20 mg al día", "de 10~a~20~mg al día"),
        ("es", "2 o 3 cápsulas", "2~o~3~cápsulas"),
        ("es", "3 de abril de 2026", "3~de~abril~de~2026"),
        ("es", "1 de cada 100 personas", "1~de~cada~100 personas"),
        ("es", "diabetes tipo 2", "diabetes tipo~2"),
        ("es", "a los 5 años o 0,5 mg/kg", "a los 5~años o 0,5~mg/kg"),
        ("es", "2 médicos y 3 amigos", "2 médicos y 3 amigos"),
        ("ar", "تناول 2 ملغ", "تناول 2~ملغ"),
        ("ar", "10 إلى 20 مل", "10~إلى~20~مل"),
        ("ar", "كل 8 ساعات", "كل~8~ساعات"),
        ("ar", "٢ قرصًا", "٢~قرصًا"),
        ("ar", "من عمر 10 سنوات", "من عمر 10~سنوات"),
        ("ar", "السكري من النوع 2 هنا", "السكري من النوع~2 هنا"),
        ("ar", "3 أبريل 2026", "3~أبريل~2026"),
        ("ar", "2 ملغم2", "2 ملغم2"),
        ("vi", "uống 2 viên mỗi 8 giờ", "uống 2~viên mỗi~8~giờ"),
        ("vi", "10 đến 20 mg", "10~đến~20~mg"),
        ("vi", "3 tháng 4, 2026", "3~tháng~4,~2026"),
        ("vi", "2 đơn vị", "2~đơn~vị"),
        ("zh", "每次 2 片，每 8 小时", "每次 2~片，每~8~小时"),
        ("zh", "10 至 20 毫克", "10~至~20~毫克"),
        ("zh", "30 mL/min", "30~mL/min"),
        ("es", "250 mg/5 mL dos veces al día", "250~mg/5~mL dos~veces~al~día"),
        ("vi", "mỗi ngày hai lần", "mỗi~ngày~hai~lần"),
        ("ar", "مرة واحدة يوميا", "مرة~واحدة~يوميا"),
        ("en", "10 a 20 mg", "10 a 20~mg"),
        ("fr", "2 mg", "2~mg"),
    ],
)
def test_bound_in_other_languages(lang: str, text: str, expected: str) -> None:
    assert bind(text, lang).replace(NBSP, "~") == expected


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("每次2片，每8小时", ["2片", "每8小时"]),
        ("每日10至20毫克", ["每日", "10至20毫克"]),
        ("2026年4月3日", ["2026年4月3日"]),
        ("第2天服用 5 mg", ["第2天"]),
    ],
)
def test_chinese_stays_whole_beside_a_number(text: str, whole: list[str]) -> None:
    bound = bind(text, "zh")
    assert [bound[start:end] for start, end in unbreakable(bound, "zh")] == whole


def test_bound_text_stays_as_it_is() -> None:
    text = bind("Take 2 to 4 mg on 3 April 2026.")
    assert bind(text) == text


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("5-10 mg daily", ["5-10~mg"]),
        ("COVID-19 and IL-6", ["COVID-19", "IL-6"]),
        ("HLA-B*57:01, HLA-DRB1*15 or HLA-B", ["HLA-B*57:01", "HLA-DRB1*15"]),
        ("2 mg/kg or 3 mg", ["2~mg/kg"]),
        ("5–10 mg", ["5–10~mg"]),
        ("540 mg/5 mL", ["540~mg/5~mL"]),
        ("a clearance in mL/min", ["mL/min"]),
        ("mg/kg/day and/or", ["mg/kg/day"]),
        ("by-pass", []),
        ("chest X-ray, no X-rated text", ["X-ray"]),
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


@settings(max_examples=500)
@given(_NUMBERS, _LINK, _NUMBERS, _UNITS, _AROUND)
def test_number_and_unit_never_part(first: str, link: str, second: str, unit: str, around: str) -> None:
    for dose in (f"{first} {unit}", f"{first}{link}{second} {unit}"):
        bound = bind(around.format(dose))
        assert dose.replace(" ", NBSP) in bound
        assert not re.search(rf"\d {re.escape(unit)}", bound)


@settings(max_examples=500)
@given(
    st.one_of(st.text(max_size=80), st.text(alphabet="0123456789 .,-/–×toinmgLx%<≥½年至片ملغ" + NBSP, max_size=60)),
    st.sampled_from(["en", "es", "ar", "vi", "zh"]),
)
def test_binding_changes_nothing_but_spaces(text: str, lang: str) -> None:
    bound = bind(text, lang)
    assert len(bound) == len(text)
    assert all(new == old or (old, new) == (" ", NBSP) for old, new in zip(text, bound, strict=True))
    ends = [0, *(place for span in unbreakable(bound, lang) for place in span), len(text)]
    assert ends == sorted(ends)


def test_tall_man_letters() -> None:
    assert tallman("prednisone and Hydroxyzine") == "predniSONE and hydrOXYzine"
    assert tallman("testol") == "testol"
    assert tallman("prednisones") == "prednisones"
