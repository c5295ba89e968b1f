"""Words that promise what the text never gives: limits “below”, an adjustment without a figure, a nameless class."""

from collections.abc import Iterable, Iterator, Sequence

from leaflets.checks.lexer import TokenKind
from leaflets.checks.reading import Part, Passage, Position, Reading
from leaflets.checks.rule import ERROR, WARNING, Family, Hit, Rule, at
from leaflets.checks.tables import cut, lists, phrases, words

_LISTED = frozenset({Part.ITEM, Part.CELL, Part.LEAD, Part.VERBATIM})


def dangling(reading: Reading) -> Iterator[Hit]:
    """“Specified below”, “see the table below”: and nothing of the kind comes."""
    later = _Later(reading)
    for place in reading.places("below"):
        promised = place.text(-1).lower() in words("promised") or place.text(-1).lower() == "see"
        missing = later.missing(place) if promised else ""
        if missing:
            said = place.stretch.quote(place.at - 1, place.at + 1)
            yield at(place, start=-1, message=f"“{said}” is a promise that is not kept: {missing}")


class _Later:
    """Remembers, for a whole reading, where lists and figures about a subject last stand."""

    def __init__(self, reading: Reading) -> None:
        self._listed: dict[str, int] = {}
        self._figures: dict[str, int] = {}
        for stretch in reading.stretches:
            if stretch.part in _LISTED:
                self._listed[stretch.section] = stretch.number
            if any(token.kind is TokenKind.NUMBER for token in stretch.tokens):
                for token in stretch.tokens:
                    self._figures[_one(token.text.lower())] = stretch.number

    def missing(self, promise: Position) -> str:
        """What a promise lacks, empty where it is kept."""
        stretch = promise.stretch
        measure = _measure(promise)
        if measure is None:
            last = max(self._listed.values(), default=-1)
            return "" if stretch.part in _LISTED or last > stretch.number else "no list or table follows"
        subject = _subject(stretch, measure)
        if not subject or any(self._figures.get(word, -1) > stretch.number for word in subject):
            return ""
        return f"no figure for {', '.join(subject)} comes after it"


def _one_a_sentence(places: Iterable[Position]) -> Iterator[tuple[Position, frozenset[str]]]:
    """The first of these places in each sentence, with the words of that sentence."""
    seen: set[tuple[int, int]] = set()
    for place in places:
        first, end = place.sentence
        if (place.stretch.number, first) not in seen:
            seen.add((place.stretch.number, first))
            yield place, frozenset(token.text.lower() for token in place.stretch.tokens[first:end])


def _measure(promise: Position) -> int | None:
    """Where the promise's sentence speaks of limits or doses, looking back from the promise."""
    first = max(promise.sentence[0], promise.at - 40)
    tokens = promise.stretch.tokens
    return next((i for i in range(promise.at - 1, first - 1, -1) if tokens[i].text.lower() in words("measures")), None)


def _subject(stretch: Passage, measure: int) -> tuple[str, ...]:
    """The words before a limit or dose that say of what."""
    near = stretch.tokens[max(0, measure - 8) : measure]
    said = (token.text.lower() for token in near if token.kind is TokenKind.WORD and len(token.text) > 2)
    return tuple(dict.fromkeys(_one(word) for word in said if word not in words("empty")))


def _one(word: str) -> str:
    """A word without the s of its plural, so that lymphocytes answer to lymphocyte."""
    return word.removesuffix("s") if len(word) > 4 else word


_NEEDED = frozenset({
    "needed", "necessary", "required", "recommended", "crucial", "made", "considered", "require", "requires", "need",
    "needs", "may", "should",
})  # fmt: skip
_ADJUSTING = frozenset({"adjustment", "adjustments", "reduction", "reductions", "modification", "modifications"})


def unfigured_adjustment(reading: Reading) -> Iterator[Hit]:
    """A dose adjustment for kidney or liver is said to be needed and no figure is given anywhere for that organ."""
    figured = {organ: _has_figure(reading, frozenset(names)) for organ, names in lists("organs").items()}
    for place, said in _one_a_sentence(_adjustments(reading)):
        lacking = [organ for organ, names in lists("organs").items() if said.intersection(names) and not figured[organ]]
        if lacking and said & _NEEDED and not said & {"no", "not", "without"}:
            message = f"an adjustment of the dose for {' and '.join(lacking)} is called for, with no figure anywhere"
            yield at(place, start=-1, message=message)


def _adjustments(reading: Reading) -> Iterator[Position]:
    for word in _ADJUSTING:
        for place in reading.places(word):
            if place.text(-1).lower() in ("dose", "dosage", "doses"):
                yield place


def _has_figure(reading: Reading, organ: frozenset[str]) -> bool:
    """Whether some sentence or table row about an organ has a dose, a limit or a plain instruction in it."""
    lines: dict[int, set[str]] = {}
    for stretch in reading.stretches:
        if stretch.part is Part.CELL:
            lines.setdefault(stretch.line, set()).update(_said(stretch, 0, len(stretch.tokens)))
    in_rows = lines.values()
    in_text = (_said(stretch, *span) for stretch in reading.prose for span in stretch.sentences)
    return any(said & organ and said & _FIGURES for group in (in_rows, in_text) for said in group)


_FIGURES = frozenset({"#", "halve", "half", "contraindicated", "avoid"})


def _said(stretch: Passage, first: int, end: int) -> set[str]:
    """The words of a sentence; "#" stands for any amount with a unit."""
    tokens = stretch.tokens[first:end]
    amount = {"#"} if any(token.kind is TokenKind.UNIT for token in tokens) else set()
    return {token.text.lower() for token in tokens} | amount


def elsewhere(reading: Reading) -> Iterator[Hit]:
    """The reader is sent to another text for a dose or a limit that this one should give."""
    for phrase in phrases("elsewhere"):
        ends = (place for place in reading.places(phrase[-1]) if _ends_with(place, phrase))
        for place, said in _one_a_sentence(ends):
            if said & words("exact") and place.stretch.section in ("dosage", "adjustments", "monitoring"):
                message = f"for a dose or limit the reader is sent to the {' '.join(phrase)}"
                yield at(place, start=1 - len(phrase), message=message)


def _ends_with(place: Position, phrase: Sequence[str]) -> bool:
    first = place.at - len(phrase) + 1
    return first >= 0 and all(place.text(i - len(phrase) + 1).lower() == word for i, word in enumerate(phrase))


def unnamed_class(reading: Reading) -> Iterator[Hit]:
    """A class of interacting drugs with none of its members named anywhere."""
    for name, members in lists("classes").items():
        if any(reading.places(member) for member in members):
            continue
        phrase = cut(name)
        place = next((place for place in reading.places(phrase[-1]) if _ends_with(place, phrase)), None)
        if place:
            said = place.stretch.quote(place.at + 1 - len(phrase), place.at + 1)
            message = f"“{said}” names no drug the reader could look for"
            hint = f"Name the drugs, for example {', '.join(members[:3])}."
            yield at(place, start=1 - len(phrase), message=message, write=hint)


def broken_reference(reading: Reading) -> Iterator[Hit]:
    """“See section 4.4”, “in table 3”, “see Interactions”: and this sheet has nothing of the kind."""
    have = {stretch.section for stretch in reading.stretches}
    headings = {token.text.lower() for s in reading.stretches if s.part in _TITLES for token in s.tokens}
    for part in _NUMBERED:
        for place in reading.places(part):
            numbered = place.kind(1) in (TokenKind.NUMBER, TokenKind.CHAIN) and place.text(-1).lower() in _POINTING
            if numbered and place.stretch.part not in _TITLES and place.text(1) not in headings:
                yield _astray(place, -1, 2)
    for place in reading.places("see"):
        step = next(i for i in range(1, 5) if i == 4 or place.text(i).lower() not in _PASSED_OVER)
        word = place.text(step).lower()
        named = lists("references").get(word)
        if named and not have.intersection(named) and word not in headings:
            yield _astray(place, 0, step + 1)


def _astray(place: Position, start: int, end: int) -> Hit:
    said = place.stretch.quote(place.at + start, place.at + end)
    return at(place, end, start=start, message=f"“{said}” points to something that this sheet does not have")


_NUMBERED = ("section", "sections", "table", "figure", "chapter", "appendix", "annex")
_POINTING = frozenset({"see", "in", "to", "also", "under", "the", "(", "and"})
_PASSED_OVER = frozenset({"the", "section", "also", "under", "on", "“", '"', "‘", "'"})
_TITLES = frozenset({Part.TITLE, Part.HEADING, Part.LEAD})

RULES: tuple[Rule, ...] = (
    Rule(
        "CO-10", Family.COMPLETENESS, "A promise that is not kept",
        "The reader looks for a limit that is not on the sheet, and then guesses.",
        "House rule: nothing is promised that is not printed",
        "the figures themselves, or leave the promise out",
        "### Dosage\n\nDo not start if the lymphocyte count is under the limits specified below. Give 2 mg once a day.",
        "### Dosage\n\nDo not start under the lymphocyte limits given below.\n\n* Lymphocytes: 500 per microliter",
        dangling, patient=ERROR, clinician=ERROR,
    ),
    Rule(
        "CO-11", Family.COMPLETENESS, "A dose adjustment without a figure",
        "“Adjust the dose” cannot be acted on at the counter.",
        "US 21 CFR 201.57 sections 8.6 and 8.7; BNF monograph headings",
        "the dose for each range of kidney or liver function, or that none is needed",
        "### Dosage\n\nDosage adjustments are needed in renal impairment.",
        "### Dosage\n\nDosage adjustments are needed in renal impairment: 1 mg if eGFR is under 60 mL per minute.",
        unfigured_adjustment, clinician=ERROR,
    ),
    Rule(
        "CO-12", Family.COMPLETENESS, "The reader is sent elsewhere for a dose or limit",
        "The sheet is used where that other text is not at hand.",
        "House rule: the sheet stands alone at the counter",
        "the dose or limit itself",
        "### Dosage\n\nConsult the prescribing information for exact thresholds.",
        "### Dosage\n\nDo not start if lymphocytes are under 500 per microliter.",
        elsewhere, patient=WARNING, clinician=WARNING,
    ),
    Rule(
        "CO-13", Family.COMPLETENESS, "An interacting class without a drug name",
        "Nobody finds “OAT3 inhibitor” on a list of a patient’s medicines; the drug’s name is found.",
        "FDA table of inhibitors and inducers; NHS service manual: name things",
        "the drugs by name, and what to do",
        "### Interactions\n\nIt interacts with strong OAT3 inhibitors.",
        "### Interactions\n\nIt interacts with strong OAT3 inhibitors (probenecid).",
        unnamed_class, patient=WARNING, clinician=WARNING,
    ),
    Rule(
        "CO-14", Family.COMPLETENESS, "A reference to a section that is not there",
        "The reader searches the sheet in vain.",
        "House rule: nothing is promised that is not printed",
        "the name of a section that this sheet has",
        "### Dosage\n\nFor limits see section 4.4.",
        "### Dosage\n\nFor limits see monitoring.\n\n### Monitoring\n\nCount the cells.",
        broken_reference, patient=WARNING, clinician=WARNING,
    ),
)  # fmt: skip
