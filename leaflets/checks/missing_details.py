"""Details that a text refers to and does not give: limits “below”, an adjustment without a figure, unnamed drugs."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from leaflets.checks.reading.indexed_text import Reading
from leaflets.checks.reading.lexer import TokenKind
from leaflets.checks.reading.passages import Part, Passage, Position
from leaflets.checks.reading.word_tables import lists, phrases, split_phrase, words
from leaflets.checks.rule import ERROR, WARNING, Family, Rule, Violation, violation_at

_LISTED = frozenset({Part.ITEM, Part.CELL, Part.LEAD, Part.VERBATIM})


def dangling(reading: Reading) -> Iterator[Violation]:
    """“Specified below”, “see the table below”: and nothing of the kind comes."""
    last_uses = _LastUses(reading)
    for position in reading.positions("below"):
        promised = position.text(-1).lower() in words("promised") or position.text(-1).lower() == "see"
        missing = last_uses.missing_after(position) if promised else ""
        if missing:
            message = f"“{position.quote(-1, 1)}” is a promise that is not kept: {missing}"
            yield violation_at(position, start=-1, message=message)


class _LastUses:
    """The last passage with a list in each section, and the last with a figure beside each word."""

    def __init__(self, reading: Reading) -> None:
        self._lists: dict[str, int] = {}
        self._figures: dict[str, int] = {}
        for passage in reading.passages:
            if passage.part in _LISTED:
                self._lists[passage.section] = passage.number
            if any(token.kind is TokenKind.NUMBER for token in passage.tokens):
                for token in passage.tokens:
                    self._figures[_singular(token.text.lower())] = passage.number

    def missing_after(self, promise: Position) -> str:
        """What a reference to “below” lacks after it, empty where nothing."""
        passage = promise.passage
        measure_at = _measure(promise)
        if measure_at is None:
            last = max(self._lists.values(), default=-1)
            return "" if passage.part in _LISTED or last > passage.number else "no list or table follows"
        subject = _subject(passage, measure_at)
        if not subject or any(self._figures.get(word, -1) > passage.number for word in subject):
            return ""
        return f"no figure for {', '.join(subject)} comes after it"


def _first_in_sentences(positions: Iterable[Position]) -> Iterator[tuple[Position, frozenset[str]]]:
    """The first of these places in each sentence, with the words of that sentence."""
    seen: set[tuple[int, int]] = set()
    for position in positions:
        first, end = position.sentence
        if (position.passage.number, first) not in seen:
            seen.add((position.passage.number, first))
            yield position, frozenset(token.text.lower() for token in position.passage.tokens[first:end])


def _measure(promise: Position) -> int | None:
    """The index of the token before the promise, in its sentence, that names a limit or dose; None without one."""
    first = max(promise.sentence[0], promise.token_index - 40)
    tokens = promise.passage.tokens
    measures = words("measures")
    return next((i for i in range(promise.token_index - 1, first - 1, -1) if tokens[i].text.lower() in measures), None)


def _subject(passage: Passage, measure_at: int) -> tuple[str, ...]:
    """The words before a limit or dose that say of what."""
    near = passage.tokens[max(0, measure_at - 8) : measure_at]
    names = (token.text.lower() for token in near if token.kind is TokenKind.WORD and len(token.text) > 2)
    return tuple(dict.fromkeys(_singular(word) for word in names if word not in words("empty")))


def _singular(word: str) -> str:
    """A word without the s of its plural, so that lymphocytes answer to lymphocyte."""
    return word.removesuffix("s") if len(word) > 4 else word


_NEEDED = frozenset({
    "needed", "necessary", "required", "recommended", "crucial", "made", "considered", "require", "requires", "need",
    "needs", "may", "should",
})  # fmt: skip
_ADJUSTING = frozenset({"adjustment", "adjustments", "reduction", "reductions", "modification", "modifications"})


def unfigured_adjustment(reading: Reading) -> Iterator[Violation]:
    """A dose adjustment for kidney or liver is called for, and no figure is given anywhere for that organ."""
    organs = {organ: names for organ, names in lists("organs").items() if not _has_figure(reading, frozenset(names))}
    for position, sentence in _first_in_sentences(_adjustments(reading)):
        lacking = [organ for organ, names in organs.items() if sentence.intersection(names)]
        if lacking and sentence & _NEEDED and not sentence & {"no", "not", "without"}:
            message = f"an adjustment of the dose for {' and '.join(lacking)} is called for, with no figure anywhere"
            yield violation_at(position, start=-1, message=message)


def _adjustments(reading: Reading) -> Iterator[Position]:
    for word in _ADJUSTING:
        for position in reading.positions(word):
            if position.text(-1).lower() in ("dose", "dosage", "doses"):
                yield position


def _has_figure(reading: Reading, organ: frozenset[str]) -> bool:
    """Whether some sentence or table row about an organ has a dose, a limit or a plain instruction in it."""
    rows: dict[int, set[str]] = {}
    for passage in reading.passages:
        if passage.part is Part.CELL:
            rows.setdefault(passage.line, set()).update(_words(passage, 0, len(passage.tokens)))
    sentences = (_words(passage, *span) for passage in reading.prose for span in passage.sentences)
    return any(unit & organ and unit & _FIGURES for unit in chain(rows.values(), sentences))


_FIGURES = frozenset({"#", "halve", "half", "contraindicated", "avoid"})


def _words(passage: Passage, first: int, end: int) -> set[str]:
    """The words of a sentence; "#" stands for any amount with a unit."""
    tokens = passage.tokens[first:end]
    amount = {"#"} if any(token.kind is TokenKind.UNIT for token in tokens) else set()
    return {token.text.lower() for token in tokens} | amount


def elsewhere(reading: Reading) -> Iterator[Violation]:
    """The reader is sent to another text for a dose or a limit that this one should give."""
    for phrase in phrases("elsewhere"):
        ends = (position for position in reading.positions(phrase[-1]) if _ends_with(position, phrase))
        for position, sentence in _first_in_sentences(ends):
            if sentence & words("exact") and position.passage.section in ("dosage", "adjustments", "monitoring"):
                message = f"for a dose or limit the reader is sent to the {' '.join(phrase)}"
                yield violation_at(position, start=1 - len(phrase), message=message)


def _ends_with(position: Position, phrase: Sequence[str]) -> bool:
    first = position.token_index - len(phrase) + 1
    return first >= 0 and all(position.text(i - len(phrase) + 1).lower() == word for i, word in enumerate(phrase))


def unnamed_class(reading: Reading) -> Iterator[Violation]:
    """A class of interacting drugs with none of its members named anywhere."""
    for name, members in lists("classes").items():
        if any(reading.positions(member) for member in members):
            continue
        phrase = split_phrase(name)
        position = next((position for position in reading.positions(phrase[-1]) if _ends_with(position, phrase)), None)
        if position:
            message = f"“{position.quote(1 - len(phrase), 1)}” names no drug the reader could look for"
            hint = f"Name the drugs, for example {', '.join(members[:3])}."
            yield violation_at(position, start=1 - len(phrase), message=message, hint=hint)


def broken_reference(reading: Reading) -> Iterator[Violation]:
    """“See section 4.4”, “in table 3”, “see Interactions”: and this sheet has nothing of the kind."""
    sections = {passage.section for passage in reading.passages}
    headings = {token.text.lower() for s in reading.passages if s.part in _TITLES for token in s.tokens}
    for part in _NUMBERED:
        for position in reading.positions(part):
            numbered = (
                position.kind(1) in (TokenKind.NUMBER, TokenKind.CHAIN) and position.text(-1).lower() in _REFERRING
            )
            if numbered and position.passage.part not in _TITLES and position.text(1) not in headings:
                yield _broken(position, -1, 2)
    for position in reading.positions("see"):
        step = next(i for i in range(1, 5) if i == 4 or position.text(i).lower() not in _SKIPPED)
        word = position.text(step).lower()
        named = lists("references").get(word)
        if named and not sections.intersection(named) and word not in headings:
            yield _broken(position, 0, step + 1)


def _broken(position: Position, start: int, end: int) -> Violation:
    message = f"“{position.quote(start, end)}” points to something that this sheet does not have"
    return violation_at(position, end, start=start, message=message)


_NUMBERED = ("section", "sections", "table", "figure", "chapter", "appendix", "annex")
_REFERRING = frozenset({"see", "in", "to", "also", "under", "the", "(", "and"})
_SKIPPED = frozenset({"the", "section", "also", "under", "on", "“", '"', "‘", "'"})
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
