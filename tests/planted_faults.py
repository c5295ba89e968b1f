"""Faults put into texts one at a time: what a careless hand does to a dose, and the rules that may find it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

Plant = Callable[[str], str | None]
"""Returns a text with the fault in it, None where the text gives no occasion for it."""

_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_DOSE = re.compile(rf"(?<![\w.,/–-])(?P<number>{_NUMBER}) ?(?P<unit>mg|mcg|g|micrograms)\b(?! ?[/-]| per| to )")
_SECTION = re.compile(r"^(#{2,3}) +(?P<title>.+)$", re.MULTILINE)
_HOW_OFTEN = re.compile(
    r"\b(?:once|twice|thrice|(?:one|two|three|four|five|six|\d+)(?:(?: to |-| or )(?:two|three|four|five|six"
    r"|\d+))? times)"
    r"[ -](?:(?:a|per|each|every|in) )?(?:day|daily|week|weekly|24 hours)\b"
    r"|\b(?:every|each) (?:(?:other|\d+|two|four|six|eight|twelve)(?:(?: to |-)\d+)? )?(?:hours?|days?|weeks?"
    r"|months?|morning|evening|night)\b"
    r"|\b(?:daily|weekly|monthly|nightly)\b|/day\b|(?: per| a) day\b|\bat (?:bedtime|night)\b",
    re.IGNORECASE,
)
_ANY_TIME = re.compile(
    r"dai?ly|day|hour|week|month|night|morning|evening|bedtime|meal|need|require|single|once|twice|times"
    r"|apart"
    r"|\bh\b|before|after|during|minutes|over|bolus|infusion|repeat|booster|BID|TID|QID|\bOD\b|q\d", re.IGNORECASE
)  # fmt: skip


def dosage_of(text: str) -> tuple[int, int] | None:
    """Where the first section on dosage begins and ends, its heading not included."""
    for match in _SECTION.finditer(text):
        if match["title"].strip().lower().startswith(("dosage", "dose", "how to take", "how to use")):
            following = _SECTION.search(text, match.end())
            return match.end(), following.start() if following else len(text)
    return None


def _first_dose(text: str) -> re.Match[str] | None:
    """The first amount in the dosing that is neither a maximum nor an end of a range."""
    span = dosage_of(text)
    doses = _DOSE.finditer(text, *span) if span else ()
    return next(
        (each for each in doses if "max" not in text[max(0, each.start() - 60) : each.end() + 12].lower()), None
    )


def _value(dose: re.Match[str]) -> float:
    return float(dose["number"].replace(",", ""))


def _written(value: float) -> str:
    return f"{value:,.6f}".rstrip("0").rstrip(".")


def _asked(text: str, sentence: str) -> str:
    """The text with one more question in its FAQ, or in one of its own."""
    question = f"* **Q: How much should I take?** A: {sentence}\n"
    faq = re.search(r"^#{2,3} +FAQs?.*\n", text, re.MULTILINE)
    if faq:
        return f"{text[: faq.end()]}\n{question}{text[faq.end() :]}"
    return f"{text.rstrip()}\n\n### FAQs\n\n{question}"


_OTHER_UNIT = {"mg": "mcg", "mcg": "mg", "g": "mg", "micrograms": "mg"}


def _in_faq(factor: float, units: Mapping[str, str] = MappingProxyType({})) -> Plant:
    """The first dose, times a factor, or with another unit, in a question of its own."""

    def plant(text: str) -> str | None:
        dose = _first_dose(text)
        if dose is None:
            return None
        amount = f"{_written(_value(dose) * factor)} {units.get(dose['unit'], dose['unit'])}"
        return _asked(text, f"Most people take {amount} once a day.")

    return plant


_LIMITS = (
    "The maximum dose is {} per day.", "Do not take more than {} in 24 hours.", "The dose must not exceed {} daily.",
    "Not more than {} a day.", "Max. {} per day.", "No more than {} may be taken in one day.",
    "Never exceed {} per day.",
)  # fmt: skip


def _limit(text: str, value: float, unit: str) -> str:
    """A sentence with a maximum; which, depends on the length of the text."""
    return _LIMITS[len(text) % len(_LIMITS)].format(f"{_written(value)} {unit}")


def _maximum_beside(text: str) -> str | None:
    """A maximum of half the dose, at the end of its line."""
    dose = _first_dose(text)
    if dose is None:
        return None
    end = text.find("\n", dose.end())
    return f"{text[:end]} {_limit(text, _value(dose) / 2, dose['unit'])}{text[end:]}"


def _maximum_in_faq(text: str) -> str | None:
    """A maximum of a quarter of the dose, in the FAQ."""
    dose = _first_dose(text)
    return _asked(text, _limit(text, _value(dose) / 4, dose["unit"])) if dose else None


def _above_own_maximum(text: str) -> str | None:
    """Three times the largest maximum that the dosing gives, as a dose in the FAQ."""
    span = dosage_of(text)
    if not span:
        return None
    limits = [
        dose for dose in _DOSE.finditer(text, *span)
        if re.search(r"maximum (?:recommended )?(?:daily )?(?:dose )?(?:of|is) $", text[: dose.start()][-60:])
    ]  # fmt: skip
    if not limits:
        return None
    most = max(limits, key=_value)
    return _asked(text, f"The usual dose is {_written(_value(most) * 3)} {most['unit']} once a day.")


def _repeated(change: Callable[[re.Match[str]], str]) -> Plant:
    """The fault in an amount that stands in the dosing and once more in another section."""

    def plant(text: str) -> str | None:
        span = dosage_of(text)
        if not span:
            return None
        dosed = {(dose["number"], dose["unit"]) for dose in _DOSE.finditer(text, *span)}
        for dose in _DOSE.finditer(text):
            if not span[0] <= dose.start() < span[1] and (dose["number"], dose["unit"]) in dosed:
                return text[: dose.start()] + change(dose) + text[dose.end() :]
        return None

    return plant


def _replaced(pattern: str, write: str) -> Plant:
    """The fault in place of the first such words in the dosing."""
    compiled = re.compile(pattern)

    def plant(text: str) -> str | None:
        span = dosage_of(text)
        match = compiled.search(text, *span) if span else None
        return text[: match.start()] + match.expand(write) + text[match.end() :] if match else None

    return plant


def _without_frequency(text: str) -> str | None:
    """The dosing without how often; None where other words of time are left in it."""
    span = dosage_of(text)
    if not span or not _DOSE.search(text, *span):
        return None
    dosage = _HOW_OFTEN.sub("", text[slice(*span)])
    return (
        None if dosage == text[slice(*span)] or _ANY_TIME.search(dosage) else text[: span[0]] + dosage + text[span[1] :]
    )


def _only_how_often(text: str) -> str | None:
    """The dosing of two plain sentences, with an amount and nothing on how often."""
    span, dose = dosage_of(text), _first_dose(text)
    if not span or not dose:
        return None
    return f"{text[: span[0]]}\n\n**Adults:** The usual dose is {dose[0]} by mouth.\n\n{text[span[1] :]}"


def _empty_dosing(text: str) -> str | None:
    """The dosing without any amount."""
    span, dose = dosage_of(text), _first_dose(text)
    if not span or not dose:
        return None
    return (
        f"{text[: span[0]]}\n\nThe dose depends on your condition. Ask your doctor or pharmacist.\n\n{text[span[1] :]}"
    )


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault: how it is put into a text, and the codes of the rules of which one must find it."""

    kind: str
    name: str
    plant: Plant
    codes: frozenset[str]


def _fault(kind: str, name: str, plant: Plant, *codes: str) -> Fault:
    return Fault(kind, name, plant, frozenset(codes))


_UNIT_CODES = ("NU-02", "NU-06", "NU-07")
FAULTS: tuple[Fault, ...] = (
    _fault("contradiction", "maximum beside it", _maximum_beside, "NU-05"),
    _fault("contradiction", "maximum in the FAQ", _maximum_in_faq, "NU-05", "NU-06"),
    _fault("contradiction", "above its own maximum", _above_own_maximum, "NU-05", "NU-06"),
    _fault("tenfold", "ten times in the FAQ", _in_faq(10),
           "NU-05", "NU-06"),
    _fault("tenfold", "a tenth in the FAQ", _in_faq(0.1), "NU-06"),
    _fault("tenfold", "where it is repeated", _repeated(lambda dose: f"{_written(_value(dose) * 10)} {dose['unit']}"),
           "NU-05", "NU-06"),
    _fault("units", "in the FAQ", _in_faq(1, _OTHER_UNIT), *_UNIT_CODES),
    _fault("units", "where it is repeated",
           _repeated(lambda dose: f"{dose['number']} {_OTHER_UNIT[dose['unit']]}"), *_UNIT_CODES),
    _fault("units", "ug", _replaced(rf"({_NUMBER}) ?(?:mcg|micrograms)\b", r"\1 ug"), "EP-U01"),
    _fault("missing", "how often, taken out", _without_frequency, "CO-19"),
    _fault("missing", "how often, never said", _only_how_often, "CO-19"),
    _fault("missing", "amount", _empty_dosing, "CO-18"),
    _fault("forms", "decimal comma", _replaced(r"(?<![\d.,])(\d+)\.(\d+) ?(mg|mcg|g|mL)\b", r"\1,\2 \3"), "EP-N16"),
    _fault("forms", "no thousands comma", _replaced(r"\b(\d),(\d{3}) ?(mg|mcg|units)\b", r"\1\2 \3"), "EP-N03"),
    _fault("forms", "bd", _replaced(r"(?<=mg )twice (?:a day|daily)", "bd"), "EP-F12"),
    _fault("forms", "BD", _replaced(r"(?<=mg )twice (?:a day|daily)", "BD"), "EP-F12"),
    _fault("forms", "t.d.s.", _replaced(r"three times (?:a day|daily)", "t.d.s."), "EP-F12"),
    _fault("forms", "2x/day", _replaced(r"twice (?:a day|daily)", "2x/day"), "EP-F14"),
    _fault("forms", "x3", _replaced(r"(?<=mg )(?:three times|once|twice) (?:a day|daily)", "x3"), "EP-F14"),
    _fault("forms", "nocte", _replaced(r"at (?:bedtime|night)", "nocte"), "EP-F20"),
    _fault("forms", "qam", _replaced(r"in the morning|once daily", "qam"), "EP-F20"),
    _fault("forms", "I.V.", _replaced(r"intravenously|\bIV\b", "I.V."), "EP-R09"),
    _fault("forms", "s/c", _replaced(r"subcutaneously|\bSC\b", "s/c"), "EP-R03"),
)  # fmt: skip
