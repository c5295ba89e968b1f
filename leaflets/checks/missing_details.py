"""Details that a text refers to and does not give: limits “below”, doses in another text, unnamed drugs."""

from collections.abc import Iterator, Sequence

from leaflets.checks.reading.indexed_text import Reading
from leaflets.checks.reading.passages import Part, Passage, Position, first_in_sentences
from leaflets.checks.reading.word_tables import lists, phrases, split_phrase, words
from leaflets.checks.rule import ERROR, WARNING, Family, Rule, Violation, violation_at
from leaflets.lexer import TokenKind

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


def elsewhere(reading: Reading) -> Iterator[Violation]:
    """The reader is sent to another text for a dose or a limit that this one should give."""
    for phrase in phrases("elsewhere"):
        ends = (position for position in reading.positions(phrase[-1]) if _ends_with(position, phrase))
        for position, sentence in first_in_sentences(ends):
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
