"""Structured directions → words (hl7.org/fhir/R4/dosage.html, hl7.org/fhir/R5/dosage.html), whole or not at all."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from leaflets.runlist.fhir.quantities import quantity_words, range_words, ratio_words
from leaflets.runlist.fhir.timing import listed, timing_words
from leaflets.runlist.fhir.values import (
    Object,
    UnreadableResource,
    flag,
    member,
    members,
    number,
    refuse_unknown,
    snomed_words,
    text,
    texts,
    unexpected,
)

_WORDED = ("text", "additionalInstruction", "patientInstruction")
"""Elements that are words already."""

_STRUCTURE = (
    *("timing", "asNeeded", "asNeededBoolean", "asNeededCodeableConcept", "asNeededFor", "site", "route", "method"),
    *("doseAndRate", "maxDosePerPeriod", "maxDosePerAdministration", "maxDosePerLifetime"),
)

_DOSES = ("doseQuantity", "doseRange")
_RATES = ("rateRatio", "rateRange", "rateQuantity")

_SNOMED = "http://snomed.info/sct"

_ROUTE_CODES = {
    "26643006": "by mouth",
    "37839007": "under the tongue",
    "78421000": "into a muscle",
    "34206005": "under the skin",
    "47625008": "into a vein",
    "37161004": "into the rectum",
    "16857009": "into the vagina",
    "46713006": "into the nose",
    "10547007": "into the ear",
    "54485002": "into the eye",
    "6064005": "on the skin",
    "45890007": "on the skin",
}
"""Routes by their SNOMED CT code (hl7.org/fhir/R4/valueset-route-codes.html)."""

_ROUTE_NAMES = {
    **dict.fromkeys(("oral", "oral route", "oral use", "po", "per os", "by mouth", "orally"), "by mouth"),
    **dict.fromkeys(("sublingual", "sublingual route", "sublingual use", "under the tongue"), "under the tongue"),
    **dict.fromkeys(("intramuscular", "intramuscular route", "intramuscular use"), "into a muscle"),
    **dict.fromkeys(("subcutaneous", "subcutaneous route", "subcutaneous use", "under the skin"), "under the skin"),
    **dict.fromkeys(("intravenous", "intravenous route", "intravenous use"), "into a vein"),
    **dict.fromkeys(("rectal", "rectal route", "rectal use"), "into the rectum"),
    **dict.fromkeys(("vaginal", "vaginal route", "vaginal use"), "into the vagina"),
    **dict.fromkeys(("nasal", "nasal route", "nasal use"), "into the nose"),
    **dict.fromkeys(("transdermal", "transdermal route", "transdermal use"), "on the skin"),
    **dict.fromkeys(("inhalation", "inhalation route", "inhalation use", "respiratory tract route"), "by inhalation"),
    **dict.fromkeys(("ophthalmic", "ophthalmic route", "ocular use"), "into the eye"),
    **dict.fromkeys(("otic", "otic route", "auricular use"), "into the ear"),
    **dict.fromkeys(("topical", "topical route", "cutaneous", "cutaneous route", "cutaneous use"), "on the skin"),
}
"""Routes by their name in lower case."""

_VERBS = frozenset((
    *("apply", "chew", "dissolve", "drink", "infuse", "inhale", "inject", "insert", "instill", "place", "put"),
    *("rub", "spray", "suck", "swallow", "take", "use"),
))  # fmt: skip
"""Methods that are an instruction as they stand."""

_DOSELESS = frozenset({"apply", "rub"})
"""Methods of medicines that are not counted or measured."""

_TIMES = {
    **dict.fromkeys(("MORN", "MORN.early", "MORN.late", "CM", "ACM", "PCM"), "morning"),
    **dict.fromkeys(("NOON", "CD", "ACD", "PCD"), "midday"),
    **dict.fromkeys(("EVE", "CV", "ACV", "PCV"), "evening"),
    **dict.fromkeys(("NIGHT", "HS"), "bedtime"),
}
"""The `when` codes of a dosage → the four times of a label's grid."""

_DAILY = frozenset({"when", "frequency", "period", "periodUnit", "boundsDuration", "boundsRange", "boundsPeriod"})
"""Elements of a timing that is the same each day while it lasts."""


@dataclass(frozen=True, slots=True)
class Directions:
    """The directions of a dispense and the times of the day; `composed` where the words are ours, in English."""

    text: str = field(repr=False)
    times: str = ""
    composed: bool = False


def directions(dispense: Object) -> Directions:
    """The directions of a dispense: its words where it has them, else words for its structured dosages, in order.

    Raises UnreadableResource where a dosage cannot be put into words whole, or there is none.
    """
    dosages = _in_order(members(dispense, "dosageInstruction"))
    for dosage in dosages:
        if dosage.get("modifierExtension"):
            raise UnreadableResource("a dosage has an extension that may change its meaning")
    rendered = text(dispense, "renderedDosageInstruction")
    if dosages and all(map(_is_worded, dosages)):
        worded = [_joined([text(one, "text"), *_added(one)]) for one in dosages]
        return Directions("\n".join(worded), _times(dosages))
    if _says_something(rendered):
        return Directions(_joined([rendered, *(words for one in dosages for words in _added(one))]), _times(dosages))
    if not dosages:
        raise UnreadableResource("the dispense has no directions")
    return Directions("\n".join(_composed_lines(dosages)), composed=True)


def _in_order(dosages: Sequence[Object]) -> list[Object]:
    """Dosages by their sequence; those of one number, or without any, are for the same time."""
    if not all(isinstance(_sequence(one), int) for one in dosages):
        raise unexpected("sequence")
    if len({one.get("sequence") is None for one in dosages}) > 1:
        raise UnreadableResource("some dosages have a `sequence` and others have none")
    return sorted(dosages, key=_sequence)


def _sequence(dosage: Object) -> int:
    number = dosage.get("sequence", 0)
    if isinstance(number, bool) or not isinstance(number, int):
        raise unexpected("sequence")
    return number


def _is_worded(dosage: Object) -> bool:
    """Whether its words say all there is. What is only added to a dose ("with food") does not."""
    words = text(dosage, "text")
    if words or any(name in dosage for name in _STRUCTURE):
        return _says_something(words)
    return _says_something(text(dosage, "patientInstruction"))


def _says_something(words: str) -> bool:
    return any(map(str.isalnum, words))


def _added(dosage: Object) -> list[str]:
    """What the patient is told besides dose and time."""
    additional = [_words(concept, "additionalInstruction") for concept in members(dosage, "additionalInstruction")]
    return [*additional, text(dosage, "patientInstruction")]


def _joined(parts: Iterable[str]) -> str:
    """The parts below each other, without those that are whole sentences of another one.

    Within a sentence the same words may mean another thing ("with food" in "not with food").
    """
    kept: list[str] = []
    for part in filter(None, parts):
        sentences = _sentences_of(part)
        if not any(sentences <= _sentences_of(other) for other in kept):
            kept = [other for other in kept if not _sentences_of(other) <= sentences] + [part]
    return "\n".join(kept)


def _sentences_of(words: str) -> set[str]:
    return set(filter(None, (part.strip().casefold() for part in re.split(r"[.;!]\s|[.;!]$|\n", words))))


# -------------------------------------------------------------------- composed


def _composed_lines(dosages: Sequence[Object]) -> Iterable[str]:
    previous: Object | None = None
    for dosage in dosages:
        start = "" if previous is None else "Also: " if _sequence(previous) == _sequence(dosage) else "Then: "
        words = text(dosage, "text") if _is_worded(dosage) else _sentences(dosage)
        yield start + _joined([words, *_added(dosage)])
        previous = dosage


def _sentences(dosage: Object) -> str:
    """One dosage in words. Raises UnreadableResource where a part of it cannot be put into words, or is missing."""
    refuse_unknown(dosage, {"sequence", *_WORDED, *_STRUCTURE}, "dosageInstruction")
    method = _words(member(dosage, "method"), "method")
    route = _route(member(dosage, "route"))
    timing, as_needed = timing_words(member(dosage, "timing")), _as_needed(dosage)
    phrases = [*timing.phrases, *as_needed]
    if not timing.says_when and not as_needed:
        raise UnreadableResource("a dosage does not say when")
    amount = _amount(dosage, method)
    verb = method.capitalize() if method.casefold() in _VERBS else "Take" if route == "by mouth" else "Use"
    notes = [
        *([f"(method: {method})"] if method and method.casefold() not in _VERBS else []),
        *([f"(site: {site})"] if (site := _words(member(dosage, "site"), "site")) else []),
    ]
    first = " ".join(filter(None, (verb, *amount[:1], route, *notes, phrases[0])))
    return " ".join([f"{', '.join((first, *phrases[1:], *amount[1:]))}.", *_limits(dosage)])


def _amount(dosage: Object, method: str) -> list[str]:
    """The dose, and the rate if there is one. Raises UnreadableResource where there is no dose, or more than one."""
    amounts = members(dosage, "doseAndRate")
    if len(amounts) > 1:
        raise UnreadableResource("a dosage has more than one `doseAndRate`")
    if not amounts:
        if method.casefold() in _DOSELESS:
            return [""]
        raise UnreadableResource("a dosage has no dose")
    refuse_unknown(amounts[0], {"type", *_DOSES, *_RATES}, "doseAndRate")
    dose = _one_of(amounts[0], _DOSES)
    if "/" in dose or " per " in dose.casefold():
        raise UnreadableResource("a dose is for a body weight or area, or is a concentration")
    rate = _one_of(amounts[0], _RATES)
    if not dose and not rate:
        raise UnreadableResource("a dosage has no dose")
    return [dose, *([f"at a rate of {rate}"] if rate else [])]


def _one_of(amount: Object, names: Sequence[str]) -> str:
    """The one of these quantities, ranges or ratios that there is, in words; empty where there is none."""
    present = [name for name in names if amount.get(name) is not None]
    if len(present) > 1:
        raise UnreadableResource("`doseAndRate` has two doses or two rates")
    if not present:
        return ""
    name, value = present[0], member(amount, present[0])
    if name.endswith("Ratio"):
        return ratio_words(value, name, per="per")
    return range_words(value, name) if name.endswith("Range") else quantity_words(value, name)


def _route(concept: Object) -> str:
    for coding in members(concept, "coding"):
        if text(coding, "system") == _SNOMED and text(coding, "code") in _ROUTE_CODES:
            return _ROUTE_CODES[text(coding, "code")]
    words = _words(concept, "route")
    return _ROUTE_NAMES.get(words.casefold(), words and f"(route: {words})")


def _as_needed(dosage: Object) -> list[str]:
    """Whether it is taken only when needed, and for what: R4 has one of two elements, R5 has both."""
    flags = [flag(dosage, name) for name in ("asNeededBoolean", "asNeeded")]
    reasons = [*members(dosage, "asNeededFor"), *filter(None, [member(dosage, "asNeededCodeableConcept")])]
    if reasons and False in flags:
        raise UnreadableResource("a dosage is as needed and is not")
    if reasons:
        words = [_words(one, "asNeeded") for one in reasons]
        if not all(words):
            raise UnreadableResource("a dosage is as needed for a reason without words")
        return [f"only when needed for {' or '.join(words)}"]
    return ["only when needed"] if True in flags else []


def _limits(dosage: Object) -> list[str]:
    """The most that may be taken: R4 has one amount in a period, R5 a list of them."""
    name = "maxDosePerPeriod"
    ratios = members(dosage, name) if isinstance(dosage.get(name), list) else [member(dosage, name)]
    limits = [ratio_words(ratio, name, per="in") for ratio in ratios if ratio]
    for name, words in (("maxDosePerAdministration", "at one time"), ("maxDosePerLifetime", "in a lifetime")):
        if quantity := member(dosage, name):
            limits.append(f"{quantity_words(quantity, name)} {words}")
    return [f"No more than {listed(limits)}."] if limits else []


def _words(concept: Object, element: str) -> str:
    """The words of a concept, empty where there is none. Raises UnreadableResource where it has codes alone."""
    if not concept:
        return ""
    codings = sorted(members(concept, "coding"), key=lambda coding: flag(coding, "userSelected") is not True)
    displays = [text(coding, "display") for coding in codings]
    words = text(concept, "text") or snomed_words(next(filter(None, displays), ""))
    if not words:
        raise UnreadableResource(f"`{element}` is a code without words")
    return words


# -------------------------------------------------------------------- times of the day


def _times(dosages: Sequence[Object]) -> str:
    """The times of the day of a single dosage that has words, where the label has a word for all of them.

    None unless it is taken each day at all of them: beside the words of a weekly dose, "morning" is each morning.
    """
    if len(dosages) != 1 or any(_as_needed(dosages[0])):
        return ""
    repeat: Mapping[str, object] = member(member(dosages[0], "timing"), "repeat")
    codes = texts(repeat, "when")
    daily = {"frequency": str(len(codes)), "period": "1"}
    other = any((stated := number(repeat, name)) and stated != value for name, value in daily.items())
    if other or text(repeat, "periodUnit") not in {"", "d"} or not repeat.keys() <= _DAILY:
        return ""
    if member(dosages[0], "timing").get("code") or not all(code in _TIMES for code in codes):
        return ""
    return " ".join(dict.fromkeys(_TIMES[code] for code in codes))
