"""When a spelling is an error-prone form and nothing else: a condition for each spelling that has other meanings."""

from collections.abc import Callable, Mapping

from leaflets.checks.reading.indexed_text import Reading
from leaflets.checks.reading.passages import Position
from leaflets.lexer import TokenKind

Condition = Callable[[Reading, Position, int], bool]
"""Whether the spelling of so many tokens at this position is the error-prone form."""

_ROMAN = frozenset({"i", "ii", "iii", "iv", "v", "vi", "vii"})
_NUMBERED = frozenset({
    "type", "types", "stage", "stages", "class", "grade", "schedule", "factor", "phase", "category", "level", "group",
    "part", "section", "chapter", "annex", "dpp", "dipeptidylpeptidase", "pde", "collagen", "nyha", "tier", "step",
    "complex", "bipolar", "generation", "volume", "topoisomerase", "topoisomerases",
})  # fmt: skip
_DOSE_WORDS = frozenset({"take", "give", "dose", "daily", "tablet", "tablets", "capsule", "capsules", "once", "twice",
                         "mg", "mcg", "g", "units", "nightly", "morning", "drops", "apply", "inject"})  # fmt: skip
_DOSED = frozenset(
    {"mg", "mcg", "g", "ml", "unit", "units", "tablet", "tablets", "capsule", "capsules", "daily", "dose"}
)
_PROTEIN = frozenset({"protein", "proteins", "pathway", "pathways", "signaling", "-"})
_EYE = frozenset({"eye", "eyes", "ophthalmic", "ocular", "intraocular", "drop", "drops", "conjunctival"})
_EAR = frozenset({"ear", "ears", "otic", "aural", "drop", "drops"})


def always(_reading: Reading, _position: Position, _size: int) -> bool:
    """The form is error-prone wherever it stands."""
    return True


def after_number(_reading: Reading, position: Position, _size: int) -> bool:
    """It measures something."""
    return position.token.kind is TokenKind.UNIT


def dose_of(_reading: Reading, position: Position, size: int) -> bool:
    """It measures a dose, and not what is in a litre of blood."""
    if position.token.kind is not TokenKind.UNIT:
        return False
    slash, per = position.neighbour(size), position.neighbour(size + 1)
    return not (slash and per and slash.text == "/" and per.text in ("mL", "ml", "dL", "L"))


def dose_context(_reading: Reading, position: Position, size: int) -> bool:
    """It stands within a few words of a dose."""
    return any(
        token is not None and (token.text.lower() in _DOSE_WORDS or token.kind in (TokenKind.NUMBER, TokenKind.UNIT))
        for step in (*range(-4, 0), *range(size, size + 2))
        for token in (position.neighbour(step),)
    )


def by_a_dose(_reading: Reading, position: Position, size: int) -> bool:
    """The dose grammar reads it as how often (5 mg BD), where the spelling has other meanings (BD syringe, a mane)."""
    if position.token.text.lower() not in _WITH_OTHER_MEANINGS:
        return True
    start = position.token.start
    return any(frequency.start == start for frequency in position.passage.doses.frequencies)


_WITH_OTHER_MEANINGS = frozenset({"bd", "bds", "mane"})


def beside_dose(_reading: Reading, position: Position, size: int) -> bool:
    """An amount stands within a few words."""
    steps = (*range(-3, 0), *range(size, size + 3))
    return any(position.kind(step) is TokenKind.UNIT for step in steps)


def not_sclerosis(reading: Reading, position: Position, size: int) -> bool:
    """It is morphine: MSO4 always, MS beside an amount."""
    return position.token.text != "MS" or beside_dose(reading, position, size)


def eye(reading: Reading, position: Position, _size: int) -> bool:
    """The text around it is about eyes."""
    return _near(position, _EYE)


def ear(reading: Reading, position: Position, _size: int) -> bool:
    """The text around it is about ears."""
    return _near(position, _EAR)


def insulin(reading: Reading, _position: Position, _size: int) -> bool:
    """The monograph is about insulin."""
    return bool(reading.positions("insulin"))


def _near(position: Position, words: frozenset[str]) -> bool:
    return any(token.text.lower() in words for token in position.window(12, 12))


def route(reading: Reading, position: Position, size: int) -> bool:
    """It names a route: after a dose, or in brackets beside another route."""
    before, after = position.neighbour(-1), position.neighbour(size)
    if before is None:
        return False
    bracketed = before.text in "(/" and after is not None and after.text in ")/,"
    return before.kind is TokenKind.UNIT or bracketed


def route_name(reading: Reading, position: Position, size: int) -> bool:
    """It names a route: no Roman numeral ("type IV"), no interval of a heart tracing ("PR interval")."""
    before, after = position.neighbour(-1), position.neighbour(size)
    if after is not None and after.text.lower() in ("interval", "intervals", "prolongation", "segment"):
        return False
    if position.token.text != "IV" or before is None:
        return True
    if before.text in "-–/" or before.text.lower() in ("and", "or", "to"):
        further = position.neighbour(-2)
        return not (further and further.text.lower() in _ROMAN)
    return before.text.lower() not in _NUMBERED


def direction(reading: Reading, position: Position, size: int) -> bool:
    """It says when to take a dose; it is none of the STAT proteins, and no AC or PC away from a dose."""
    before, after = position.neighbour(-1), position.neighbour(size)
    if _stands_for_a_word(position, size):
        return False
    if position.token.text in ("AC", "PC"):
        return before is not None and before.text.lower() in _DOSED
    if position.token.text != "STAT":
        return True
    protein = after is not None and after.text.lower() in _PROTEIN
    return not protein and not (before is not None and before.text in "/-–") and not reading.positions("jak")


def _stands_for_a_word(position: Position, size: int) -> bool:
    """Whether it is in brackets after the one word it is short for: pertactin (PRN)."""
    word, letters = position.text(-2).lower(), position.token.text.lower()
    if position.text(-1) != "(" or position.text(size) != ")" or word[:1] != letters[:1]:
        return False
    rest = iter(word)
    return all(letter in rest for letter in letters)


def _stands_for_words(position: Position, size: int) -> bool:
    """Whether it is in brackets after the words it has the initials of: hematopoietic cell transplantation (HCT)."""
    letters = position.token.text.lower()
    initials = "".join(position.text(step)[:1].lower() for step in range(-1 - len(letters), -1))
    return position.text(-1) == "(" and position.text(size) == ")" and initials == letters


def not_haematocrit(reading: Reading, position: Position, size: int) -> bool:
    """It is a drug: no share of blood cells, and no words of which it has the initials, here or before it."""
    if reading.positions("hematocrit") or reading.positions("haematocrit"):
        return False
    return not any(_stands_for_words(each, size) for each in reading.positions("hct"))


def not_weight(_reading: Reading, position: Position, _size: int) -> bool:
    """It means with, and not weight in weight (w/w) or weight in volume (w/v)."""
    following = position.neighbour(2)
    return following is None or following.text.lower() not in ("w", "v")


def not_salt(_reading: Reading, position: Position, _size: int) -> bool:
    """It stands for a drug of its own, and not for the salt after a drug name."""
    before = position.neighbour(-1)
    return before is None or before.kind is not TokenKind.WORD or not before.text.isalpha() or len(before.text) < 5


def _unless_about(*words: str) -> Condition:
    def condition(reading: Reading, _position: Position, _size: int) -> bool:
        return not any(reading.positions(word) for word in words)

    return condition


def stands_alone(_reading: Reading, position: Position, size: int) -> bool:
    """It is a word of its own, and not the first part of a longer name (Levo-carnitine)."""
    after = position.neighbour(size)
    return after is None or after.text not in "-–" or not position.glued(size)


def not_vitamin(_reading: Reading, position: Position, _size: int) -> bool:
    """The letter is a metal, and not a vitamin."""
    before = position.neighbour(-1)
    return before is None or before.text.lower() not in ("vitamin", "vitamins")


CONDITIONS: Mapping[str, Condition] = {
    "": always,
    "after_number": after_number,
    "by_a_dose": by_a_dose,
    "dose_of": dose_of,
    "dose_context": dose_context,
    "not_sclerosis": not_sclerosis,
    "eye": eye,
    "ear": ear,
    "insulin": insulin,
    "route": route,
    "route_name": route_name,
    "direction": direction,
    "not_weight": not_weight,
    "not_salt": not_salt,
    "not_haematocrit": not_haematocrit,
    "not_analgesia": _unless_about("controlled", "analgesia"),
    "not_thyroid": _unless_about("triiodothyronine", "liothyronine", "thyroid", "thyroxine", "levothyroxine", "tsh"),
    "stands_alone": stands_alone,
    "not_vitamin": not_vitamin,
}
"""The conditions, by their names in `data/error_prone.csv`."""
