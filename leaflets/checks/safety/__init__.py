"""Error-prone abbreviations, symbols and dose designations: the forms that have led to the wrong dose being given."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from leaflets.checks.reading.indexed_text import Reading
from leaflets.checks.reading.passages import Position
from leaflets.checks.reading.word_tables import rows
from leaflets.checks.rule import Family, Rule, Violation, violation_at
from leaflets.checks.safety import doses, symbols
from leaflets.checks.safety.conditions import CONDITIONS, Condition
from leaflets.lexer import lex
from leaflets.model.finding import Severity

FormFinder = Callable[[Reading], Iterable[tuple[Position, int]]]
"""Finds the positions where an error-prone form begins, each with the number of its tokens."""

# The forms that no list of spellings can find; each is a function of its own.
FINDERS: Mapping[str, FormFinder] = {
    "EP-U05": doses.stop_after_unit,
    "EP-U09": doses.multiplier,
    "EP-U13": doses.spoon,
    "EP-F10": doses.at_the_hour,
    "EP-F11": doses.every_hours,
    "EP-F14": doses.times_signs,
    "EP-F17": doses.australian_fraction,
    "EP-F19": doses.per_d,
    "EP-S01": symbols.more_or_less,
    "EP-S03": symbols.slash,
    "EP-S04": symbols.at_symbol,
    "EP-S05": symbols.ampersand,
    "EP-S06": symbols.plus,
    "EP-S07": symbols.bare_degree,
    "EP-S10": symbols.hash_number,
    "EP-S11": symbols.about,
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
    "EP-N16": doses.decimal_comma,
}


class _Form(NamedTuple):
    """One spelling, cut into tokens; `glued` says which token follows the one before without a space."""

    texts: tuple[str, ...]
    glued: tuple[bool, ...]


def _form(spelling: str) -> _Form:
    tokens = lex(spelling)
    glued = tuple(i > 0 and token.start == tokens[i - 1].end for i, token in enumerate(tokens))
    return _Form(tuple(token.text for token in tokens), glued)


def _matches_at(form: _Form, position: Position) -> bool:
    tokens = position.passage.tokens
    if position.token_index + len(form.texts) > len(tokens):
        return False
    first = position.token_index
    return all(
        tokens[first + i].text == text and (i == 0 or position.glued(i) == glued)
        for i, (text, glued) in enumerate(zip(form.texts, form.glued, strict=True))
    )


def _spelled(spellings: str, condition: Condition) -> FormFinder:
    """Finds a few spellings; where two begin at one position, the longer."""
    forms = sorted((_form(spelling) for spelling in spellings.split("|")), key=lambda form: len(form.texts))

    def find(reading: Reading) -> Iterator[tuple[Position, int]]:
        longest: dict[tuple[int, int], tuple[Position, int]] = {}
        for form in forms:
            for position in reading.positions(form.texts[0].lower()):
                if _matches_at(form, position) and condition(reading, position, len(form.texts)):
                    longest[position.passage.number, position.token_index] = (position, len(form.texts))
        yield from longest.values()

    return find


_NUMBERS = frozenset(code for code in FINDERS if code.startswith("EP-N"))


def _rule(row: Mapping[str, str]) -> Rule:
    find_form = FINDERS.get(row["code"]) or _spelled(row["spelled"], CONDITIONS[row["condition"]])
    means, misread = row["meant"], row["misread"]
    # A number means what it says; an abbreviation is meant for something else.
    meaning = row["form"] if row["code"] in _NUMBERS else f"meant {means}"

    def find(reading: Reading) -> Iterator[Violation]:
        for position, size in find_form(reading):
            message = f"“{position.quote(0, size)}”: {meaning}, misread as {misread}"
            yield violation_at(position, size, message=message)

    return Rule(
        row["code"], Family.SAFETY, row["form"], f"Meant: {means}. Misread as: {misread}.", row["source"],
        row["write"], row["bad"], row["good"], find, _severity(row["patient"]), _severity(row["clinician"]),
    )  # fmt: skip


def _severity(word: str) -> Severity | None:
    return Severity(word) if word else None


RULES: tuple[Rule, ...] = tuple(_rule(row) for row in rows("error_prone"))
"""One rule for each row of `data/error_prone.csv`, in its order."""
