"""Error-prone abbreviations, symbols and dose designations: the forms that have led to the wrong dose being given."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from leaflets.checks import doses, signs
from leaflets.checks.guards import GUARDS, Guard
from leaflets.checks.lexer import lex
from leaflets.checks.reading import Position, Reading
from leaflets.checks.rule import Family, Hit, Rule, at
from leaflets.checks.tables import rows
from leaflets.model.finding import Severity

Places = Callable[[Reading], Iterable[tuple[Position, int]]]
"""Where an error-prone form stands, and how many tokens it has."""

# The forms that no list of spellings can find; each is a function of its own.
SHAPES: Mapping[str, Places] = {
    "EP-U05": doses.stop_after_unit,
    "EP-U09": doses.multiplier,
    "EP-U13": doses.spoon,
    "EP-F10": doses.at_the_hour,
    "EP-F11": doses.every_hours,
    "EP-F14": doses.times_days,
    "EP-F17": doses.australian_fraction,
    "EP-F19": doses.per_d,
    "EP-S01": signs.more_or_less,
    "EP-S03": signs.slash,
    "EP-S04": signs.at_sign,
    "EP-S05": signs.ampersand,
    "EP-S06": signs.plus,
    "EP-S07": signs.bare_degree,
    "EP-S10": signs.hash_number,
    "EP-S11": signs.about,
    "EP-N01": doses.trailing_zero,
    "EP-N02": doses.naked_decimal,
    "EP-N03": doses.no_thousands_comma,
    "EP-N04": doses.unit_run_on,
    "EP-N05": doses.name_run_on,
    "EP-N06": doses.ratio,
    "EP-N07": doses.fraction,
    "EP-N08": doses.roman,
    "EP-N09": doses.power_of_ten,
    "EP-N10": doses.dashed_range,
    "EP-N11": doses.two_numbers,
    "EP-N12": doses.numeric_date,
    "EP-N13": doses.clock,
    "EP-N14": doses.as_directed,
    "EP-N15": doses.percent_alone,
}


class _Form(NamedTuple):
    """One spelling, cut into tokens; `glued` says which token follows the one before without a space."""

    texts: tuple[str, ...]
    glued: tuple[bool, ...]


def _form(spelling: str) -> _Form:
    tokens = lex(spelling)
    glued = tuple(i > 0 and token.start == tokens[i - 1].end for i, token in enumerate(tokens))
    return _Form(tuple(token.text for token in tokens), glued)


def _stands_at(form: _Form, place: Position) -> bool:
    tokens = place.stretch.tokens
    if place.at + len(form.texts) > len(tokens):
        return False
    first = place.at
    return all(
        tokens[first + i].text == text and (i == 0 or place.glued(i) == glued)
        for i, (text, glued) in enumerate(zip(form.texts, form.glued, strict=True))
    )


def _spelled(spellings: str, guard: Guard) -> Places:
    """The places of a few spellings; where two begin at one place, the longer."""
    forms = sorted((_form(spelling) for spelling in spellings.split("|")), key=lambda form: len(form.texts))

    def find(reading: Reading) -> Iterator[tuple[Position, int]]:
        longest: dict[tuple[int, int], tuple[Position, int]] = {}
        for form in forms:
            for place in reading.places(form.texts[0].lower()):
                if _stands_at(form, place) and guard(reading, place, len(form.texts)):
                    longest[place.stretch.number, place.at] = (place, len(form.texts))
        yield from longest.values()

    return find


_NUMBERS = frozenset(code for code in SHAPES if code.startswith("EP-N"))


def _rule(row: Mapping[str, str]) -> Rule:
    places = SHAPES.get(row["code"]) or _spelled(row["spelled"], GUARDS[row["guard"]])
    means, misread = row["meant"], row["misread"]
    # A number is meant as it stands; an abbreviation is meant for something else.
    said = f"{row['form']}, misread as {misread}" if row["code"] in _NUMBERS else f"meant {means}, misread as {misread}"

    def find(reading: Reading) -> Iterator[Hit]:
        for place, size in places(reading):
            words = place.stretch.quote(place.at, place.at + size)
            yield at(place, size, message=f"“{words}”: {said}")

    return Rule(
        row["code"], Family.SAFETY, row["form"], f"Meant: {means}. Misread as: {misread}.", row["source"],
        row["write"], row["bad"], row["good"], find, _severity(row["patient"]), _severity(row["clinician"]),
    )  # fmt: skip


def _severity(word: str) -> Severity | None:
    return Severity(word) if word else None


RULES: tuple[Rule, ...] = tuple(_rule(row) for row in rows("error_prone"))
"""One rule for each row of `data/error_prone.csv`, in its order."""
