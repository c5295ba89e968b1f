"""A drug is what the list says, exactly, or a finding; never a guess."""

import pytest

from leaflets.runlist import drug_names
from leaflets.runlist.drug_names import MAX_NEAR_LOOKUPS, DrugName, DrugNames, index_drug_names, ndc_digits


@pytest.fixture
def aliases() -> DrugNames:
    return index_drug_names(
        [
            DrugName("apixaban", "name", "apixaban"),
            DrugName("apixaban", "brand", "Eliquis"),
            DrugName("apixaban", "rxcui", "1364430"),
            DrugName("apixaban", "atc", "B01AF02"),
            DrugName("apixaban", "ndc", "0003-0894-21"),
            DrugName("baricitinib", "name", "baricitinib"),
            DrugName("baricitinib", "ndc", "0002-4182"),
            DrugName("aspirin", "title", "Acetylsalicylic Acid"),
            DrugName("aspirin", "brand", "Ascal"),
            DrugName("carbasalate", "brand", "ascal"),
        ]
    )


@pytest.mark.parametrize(
    "called",
    ["apixaban", "APIXABAN", "eliquis", "1364430", "b01af02", "0003-0894-21", "00003-0894-21", "00003089421"],
)
def test_every_way_to_call_a_drug(aliases: DrugNames, called: str) -> None:
    assert aliases.find(called).drugs == ("apixaban",)


@pytest.mark.parametrize(
    ("shape", "digits"),
    [
        ("0002-4182-30", "00002418230"),
        ("50090-347-01", "50090034701"),
        ("50090-3470-1", "50090347001"),
        ("50090-3470-12", "50090347012"),
        ("50090347012", "50090347012"),
        ("0002-4182-301", ""),
        ("0002418230", ""),
        ("a002-4182-30", ""),
        ("²002-4182-30", ""),
    ],
)
def test_shapes_of_an_ndc(shape: str, digits: str) -> None:
    assert ndc_digits(shape) == digits


def test_a_product_code_stands_for_all_its_packages(aliases: DrugNames) -> None:
    assert aliases.find("0002-4182-30", "ndc").drugs == ("baricitinib",)
    assert aliases.find("00002418261").drugs == ("baricitinib",)
    assert aliases.find("0002-4183-30", "ndc").drugs == ()


def test_ten_bare_digits_are_ambiguous(aliases: DrugNames) -> None:
    match = aliases.find("0003089421")
    assert match.drugs == ()
    assert "three ways" in match.reason


def test_a_name_of_two_monographs_is_ambiguous(aliases: DrugNames) -> None:
    assert aliases.find("Ascal").drugs == ("aspirin", "carbasalate")


def test_the_very_name_of_a_monograph_names_it_though_it_is_a_brand_of_another() -> None:
    names = index_drug_names([
        DrugName("baricitinib", "name", "baricitinib"), DrugName("baricitinib", "brand", "Olumiant"),
        DrugName("olumiant", "name", "olumiant"),
    ])  # fmt: skip
    assert names.find("olumiant").drugs == ("olumiant",)
    assert names.find("Olumiant").drugs == ("baricitinib", "olumiant")


@pytest.mark.parametrize("called", ["apixiban", "apixaban 5 mg", "apix"])
def test_near_names_are_offered_and_not_taken(aliases: DrugNames, called: str) -> None:
    match = aliases.find(called)
    assert match.drugs == ()
    assert match.near[0] == "apixaban"


def test_a_code_counts_only_in_its_own_column(aliases: DrugNames) -> None:
    assert aliases.find("1364430", "rxcui").drugs == ("apixaban",)
    assert aliases.find("1364430", "atc").drugs == ()
    assert aliases.find("apixaban", "rxcui").drugs == ()


def test_near_names_are_looked_up_once_for_a_name_and_not_for_all(
    aliases: DrugNames, monkeypatch: pytest.MonkeyPatch
) -> None:
    lookups: list[str] = []

    def look_up(wanted: str, *_: object, **__: object) -> list[str]:
        lookups.append(wanted)
        return []

    monkeypatch.setattr(drug_names, "get_close_matches", look_up)
    for number in range(50_000):
        aliases.find(f"Drug {number % 500}" if number % 2 else f"drug  {number % 500}")
    assert len(lookups) == len(set(lookups)) == MAX_NEAR_LOOKUPS
    assert aliases.find("apix").near == ()
    assert aliases.find("apixaban").drugs == ("apixaban",)
