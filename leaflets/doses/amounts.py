"""Amounts: a number or range, its unit, and by what it is given."""

import re
from collections.abc import Iterator, Mapping

from leaflets.model.dose import Amount, Measure

WORDS = {"half": 0.5, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
         "ten": 10, "twelve": 12}  # fmt: skip
NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,12}(?:[.,]\d{1,9})?|\.\d{1,9})"
SPELLED = rf"(?:{NUMBER}|{'|'.join(WORDS)})"
DASH = "[-\u2010-\u2015\u2212]"
TO = rf"(?: ?{DASH} ?| (?:to|or|and|up to) )"

# Every spelling in small letters → the one name, the measure and the scale (micrograms, millilitres, units).
UNITS: Mapping[str, tuple[str, Measure, float]] = {
    **dict.fromkeys(("mg", "mgs", "milligram", "milligrams"), ("mg", Measure.MASS, 1e3)),
    **dict.fromkeys(("mcg", "mcgs", "µg", "μg", "ug", "microgram", "micrograms"), ("mcg", Measure.MASS, 1.0)),
    **dict.fromkeys(("g", "gm", "gram", "grams"), ("g", Measure.MASS, 1e6)),
    **dict.fromkeys(("ng", "nanogram", "nanograms"), ("ng", Measure.MASS, 1e-3)),
    **dict.fromkeys(("ml", "mls", "cc", "milliliter", "milliliters", "millilitre", "millilitres"),
                    ("mL", Measure.VOLUME, 1.0)),
    **dict.fromkeys(("l", "liter", "liters", "litre", "litres"), ("L", Measure.VOLUME, 1e3)),
    **dict.fromkeys(("unit", "units", "u", "iu", "international unit", "international units"),
                    ("units", Measure.UNITS, 1.0)),
    **dict.fromkeys(("million units", "million iu", "million international units"),
                    ("million units", Measure.UNITS, 1e6)),
    "mmol": ("mmol", Measure.MOLES, 1.0), "meq": ("mEq", Measure.MOLES, 1.0), "nmol": ("nmol", Measure.MOLES, 1e-6),
    "mbq": ("MBq", Measure.RADIATION, 1.0), "gbq": ("GBq", Measure.RADIATION, 1e3),
    "mci": ("mCi", Measure.RADIATION, 37.0), "%": ("%", Measure.PERCENT, 1.0), "percent": ("%", Measure.PERCENT, 1.0),
}  # fmt: skip
FORMS: Mapping[str, str] = {
    spelled: name
    for name, spellings in {
        "tablet": "tablet tablets tab tabs caplet caplets pill pills",
        "capsule": "capsule capsules cap caps softgel softgels",
        "drop": "drop drops", "puff": "puff puffs inhalation inhalations actuation actuations",
        "spray": "spray sprays", "patch": "patch patches", "sachet": "sachet sachets packet packets",
        "vial": "vial vials ampoule ampoules ampule ampules", "lozenge": "lozenge lozenges",
        "suppository": "suppository suppositories pessary pessaries", "spoon": "teaspoon teaspoons teaspoonful"
        " teaspoonfuls tsp tablespoon tablespoons tablespoonful tablespoonfuls tbsp", "scoop": "scoop scoops",
        "application": "application applications applicatorful applicatorfuls", "injection": "injection injections",
    }.items()
    for spelled in spellings.split()
}  # fmt: skip
PER: Mapping[str, str] = {
    **dict.fromkeys(("kg", "kilogram", "kilo"), "kg"), **dict.fromkeys(("m2", "m²", "m^2"), "m2"),
    **dict.fromkeys(("day", "d", "24 hours", "24 hour", "24 hrs", "24 h", "24h"), "day"), "dose": "dose",
    **dict.fromkeys(("hour", "hr", "h"), "hour"), **dict.fromkeys(("minute", "min"), "min"),
    **dict.fromkeys(("week", "wk"), "week"), "month": "month", "year": "year",
    **dict.fromkeys(("ml", "milliliter", "millilitre"), "mL"), **dict.fromkeys(("l", "liter", "litre"), "L"),
    "dl": "dL", "g": "g", "mg": "mg", **dict.fromkeys(("cm2", "cm²"), "cm2"),
    **{form: FORMS[form] for form in ("tablet", "capsule", "puff", "spray", "drop", "patch", "sachet", "vial")},
}  # fmt: skip


def _any(words: Mapping[str, object]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


_UNIT = rf"(?:{_any({**UNITS, **FORMS})})(?![^\W\d_])"
_BY = (
    r"(?: ?/ ?| per | for each | an? (?=day|week|hour))"
    rf"(?:\d{{1,3}}(?:\.\d)? ?)?(?:{_any(PER)})(?![^\W_])(?: of body ?weight)?"
)
_AMOUNT = re.compile(
    rf"(?<![^\W_])(?<![.,])(?P<first>{SPELLED})(?:[ -]?(?P<first_unit>{_UNIT}))?(?P<first_per>(?:{_BY}){{0,2}})"
    rf"(?P<to>{TO})(?P<last>{SPELLED})[ -]?(?P<last_unit>{_UNIT})(?P<last_per>(?:{_BY}){{0,3}})"
    rf"|(?<![^\W_])(?<![.,])(?P<number>{SPELLED})(?: (?:of )?an?|[ -])? ?(?P<unit>{_UNIT})(?P<per>(?:{_BY}){{0,3}})"
)
_ONE_BY = re.compile(rf"(?:{_any(PER)})(?![^\W_])")


def amounts(text: str) -> Iterator[tuple[int, int, Amount]]:
    """Start, end and meaning of each amount in a text in small letters; a body's weight in kg is none."""
    for match in _AMOUNT.finditer(text):
        if match["unit"]:
            yield *match.span(), _amount((match["number"], match["number"]), match["unit"], match["per"])
        elif _joined(match):
            ends, per = (match["first"], match["last"]), match["last_per"] or match["first_per"]
            yield *match.span(), _amount(ends, match["last_unit"], per, match["first_unit"], match["to"].strip())
        else:
            yield (
                match.start(),
                match.end("first_per"),
                _amount((match["first"],) * 2, match["first_unit"], match["first_per"]),
            )
            yield match.start("last"), match.end(), _amount((match["last"],) * 2, match["last_unit"], match["last_per"])


def _joined(match: re.Match[str]) -> bool:
    """Whether both numbers are the ends of one range: 1 to 2 mg, 500 mg to 1 g; and not "2 tablets or 10 mg"."""
    first, last = match["first_unit"], match["last_unit"]
    if match["first_per"] and match["first_per"] != match["last_per"]:
        return False
    return not first or _unit(first)[1] is _unit(last)[1] is not Measure.FORMS or _unit(first)[0] == _unit(last)[0]


def _unit(spelled: str) -> tuple[str, Measure, float]:
    return UNITS.get(spelled) or (FORMS[spelled], Measure.FORMS, 1.0)


def _amount(ends: tuple[str, str], unit: str, per: str, first_unit: str | None = None, to: str = "") -> Amount:
    name, measure, scale = _unit(unit)
    first, last = number(ends[0]), number(ends[1])
    if first_unit:
        first = round(first * _unit(first_unit)[2] / scale, 9)
    by = tuple(PER[match[0]] for match in _ONE_BY.finditer(per))
    downwards = first > last and to not in ("or", "and")
    return Amount(min(first, last), max(first, last), name, measure, scale, by, written_downwards=downwards)


def number(written: str) -> float:
    """The value of a number, in figures or as a word; before three figures a comma parts thousands."""
    if written in WORDS:
        return WORDS[written]
    whole, comma, rest = written.rpartition(",")
    decimal = comma and (len(rest.partition(".")[0]) != 3 or whole == "0")
    return float(f"{whole}.{rest}" if decimal else written.replace(",", ""))
