"""The numbers in the cells of a table, with what the heads of their columns say of them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from leaflets.checks.evidence.quantities import Quantity, quantities, small_letters
from leaflets.checks.evidence.units import ANY_UNIT, BARE, PERCENT, dimension

_STRENGTH = "mass/mL"
_MEASURES = frozenset({"mass", "volume", "units of activity", "kg", PERCENT})
_NUMBERED = re.compile(r"\d\W*$")


def with_heads(text: str, every: Iterable[Quantity]) -> Iterator[Quantity]:
    """The quantities of a row (“head: cell; head: cell”), those of a bare number with the unit of its column's head."""
    small = small_letters(text)
    for each in every:
        start = small.rfind("; ", 0, each.start) + 2 if "; " in small[: each.start] else 0
        end = small.find(": ", start)
        next_cell = small.find("; ", start)
        headed = end >= 0 and (next_cell < 0 or end < next_cell)
        if headed and each.end <= end:
            yield replace(each, in_head=True)
        elif headed and each.dimension == BARE:
            yield _with_head(each, text[start:end])
        else:
            yield each


def _with_head(each: Quantity, head: str) -> Quantity:
    """A bare number with the one unit of a head; under a strength (125 mg per 5 mL) it is a volume of that."""
    strengths = [quantity for quantity in quantities(head) if quantity.dimension == _STRENGTH]
    if strengths:
        return replace(each, dimension="volume", strength=strengths[0].low)
    small = small_letters(head)
    alone = (match[0].strip() for match in ANY_UNIT.finditer(small) if not _NUMBERED.search(small[: match.start()]))
    units = {measured for unit in alone if (measured := dimension(unit))[0] in _MEASURES}
    if len(units) != 1:
        return each
    name, scale, _ = units.pop()
    value = each.number * scale
    return replace(each, dimension=name, low=value, high=value, step=each.step * scale)
