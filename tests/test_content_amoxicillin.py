"""The doses of amoxicillin by weight are the rule of the label, worked out again: mg per kg, then mL of a strength."""

from decimal import ROUND_HALF_UP, Decimal

import pytest

from leaflets.model.edition import Audience
from leaflets.model.monograph import Table, plain
from tests.test_content_words import blocks

# Each heading with the most that the label gives a person of 40 kg or more every 12 hours, in mg.
RULES = {"25 mg per kg a day": Decimal(500), "45 mg per kg a day": Decimal(875)}


def by_weight() -> dict[str, Table]:
    dosage = blocks("amoxicillin", Audience.CLINICIAN, "dosage")
    tables = {plain(block.header[0]): block for block in dosage if isinstance(block, Table)}
    return {heading: tables[heading] for heading in RULES}


def number(words: str) -> Decimal:
    return Decimal(words.split(" ")[0])


@pytest.mark.parametrize("rule", RULES)
def test_doses_by_weight(rule: str) -> None:
    table = by_weight()[rule]
    strengths = [number(plain(cell)) for cell in table.header[2:]]
    assert strengths == [125, 200, 250, 400]
    for row in table.rows:
        kg, dose, *volumes = (number(plain(cell)) for cell in row.cells)
        assert dose == number(rule) * kg / 2 <= RULES[rule]
        exact = [dose * 5 / strength for strength in strengths]
        assert volumes == [volume.quantize(Decimal("0.1"), ROUND_HALF_UP) for volume in exact]
        assert max(abs(a - b) / b for a, b in zip(volumes, exact, strict=True)) <= Decimal("0.04")


def test_the_weights_go_up_and_are_the_same_in_both() -> None:
    weights = [[number(plain(row.cells[0])) for row in table.rows] for table in by_weight().values()]
    assert weights[0] == weights[1] == sorted(set(weights[0]))
    assert weights[0][-1] < 40
