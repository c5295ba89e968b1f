"""What makes a text hard to read: its grade, long sentences, paragraphs and lists, passive verbs, vague frequencies."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from leaflets.checks.reading.indexed_text import Reading
from leaflets.checks.reading.passages import Part, Passage, PassageIndex
from leaflets.checks.reading.readability import TextCounts, count, names_of, total
from leaflets.checks.reading.word_tables import words
from leaflets.checks.rule import ERROR, INFO, WARNING, Family, Rule, Violation, violation_at
from leaflets.lexer import TokenKind
from leaflets.model.edition import Audience
from leaflets.model.finding import Severity

GRADE_AIM, GRADE_LIMIT = 6, 8
"""USP <1265>: grade 6 or below, never above 8."""
WORDS_AIM, WORDS_LIMIT, WORDS_CLINICIAN = 20, 25, 30
SENTENCES, SENTENCES_CLINICIAN = 3, 5
ITEMS, ITEMS_CLINICIAN = 7, 9
_ENOUGH_WORDS = 30
_FRAGMENT = 4
_HARDEST, _HARD_GRADE, _HARD_WORDS = 5, 10, 12

Sentence = tuple[Passage, int, int]
Finder = Callable[[Reading], Iterable[Violation]]


def _sentences(index: PassageIndex) -> Iterator[Sentence]:
    """Every sentence of prose that is more than a fragment."""
    for passage in index.prose:
        for first, end in passage.sentences:
            if sum(1 for _ in passage.words(first, end)) >= _FRAGMENT:
                yield passage, first, end


@lru_cache(maxsize=2)
def _counts_of(index: PassageIndex, names: frozenset[str]) -> tuple[tuple[Sentence, TextCounts], ...]:
    """Every sentence with its counts; cached, as several rules ask for them."""
    return tuple(
        ((passage, first, end), count(passage.words(first, end), names)) for passage, first, end in _sentences(index)
    )


def _counts(reading: Reading) -> tuple[tuple[Sentence, TextCounts], ...]:
    return _counts_of(reading.index, names_of(reading.front))


def section_grade(reading: Reading) -> Iterator[Violation]:
    """A section that reads above grade 6."""
    sections: dict[tuple[str, str], list[TextCounts]] = {}
    for (passage, _, _), counted in _counts(reading):
        sections.setdefault((passage.section, passage.heading), []).append(counted)
    lines = {(section.id, section.heading): section.line for section in reversed(reading.monograph.sections)}
    for (section, heading), parts in sections.items():
        counted = total(parts)
        if counted.words >= _ENOUGH_WORDS and counted.grade > GRADE_AIM:
            yield Violation(
                f"“{heading or section}” reads at grade {counted.grade:.1f} ({counted.words} words)",
                line=lines.get((section, heading), 0),
                severity=_too_hard(counted),
            )


def whole_grade(reading: Reading) -> Iterator[Violation]:
    """A sheet that reads above grade 6 as a whole."""
    counted = total(part for _, part in _counts(reading))
    if counted.words >= _ENOUGH_WORDS and counted.grade > GRADE_AIM:
        message = f"the {reading.audience} text as a whole reads at grade {counted.grade:.1f} ({counted.words} words)"
        yield Violation(message, severity=_too_hard(counted))


def _too_hard(counted: TextCounts) -> Severity:
    return ERROR if counted.grade > GRADE_LIMIT else WARNING


def hardest(reading: Reading) -> Iterator[Violation]:
    """The hardest sentences, with their length and grade."""
    hard = [
        (counted, span)
        for span, counted in _counts(reading)
        if counted.words >= _HARD_WORDS and counted.grade > _HARD_GRADE
    ]
    for counted, (passage, first, end) in sorted(hard, key=lambda entry: -entry[0].grade)[:_HARDEST]:
        message = f"one of the hardest sentences: {counted.words} words, grade {counted.grade:.0f}"
        yield Violation(message, passage, first, end)


def long_sentence(reading: Reading) -> Iterator[Violation]:
    """A sentence of more than 20 words (clinicians: 30)."""
    patient = reading.audience is Audience.PATIENT
    for passage in reading.prose:
        for first, end in passage.sentences:
            count = sum(1 for _ in passage.words(first, end))
            if count > (WORDS_AIM if patient else WORDS_CLINICIAN):
                severity = ERROR if patient and count > WORDS_LIMIT else WARNING
                yield Violation(f"a sentence of {count} words", passage, first, end, severity=severity)


def long_paragraph(reading: Reading) -> Iterator[Violation]:
    """A paragraph of more than 3 sentences (clinicians: 5)."""
    most = SENTENCES if reading.audience is Audience.PATIENT else SENTENCES_CLINICIAN
    for passage in reading.prose:
        if passage.part is Part.PARAGRAPH and len(passage.sentences) > most:
            message = f"a paragraph of {len(passage.sentences)} sentences"
            yield Violation(message, passage, 0, 1, excerpt=_opening(passage))


def _opening(passage: Passage) -> str:
    return passage.quote(0, min(6, len(passage.tokens))) + "…"


def long_list(reading: Reading) -> Iterator[Violation]:
    """A list of more than 7 items (clinicians: 9)."""
    most = ITEMS if reading.audience is Audience.PATIENT else ITEMS_CLINICIAN
    items: dict[int, set[int]] = {}
    opening: dict[int, Passage] = {}
    for passage in reading.passages:
        if passage.group_line and passage.part in (Part.ITEM, Part.LEAD):
            items.setdefault(passage.group_line, set()).add(passage.line)
            opening.setdefault(passage.group_line, passage)
    for group, lines in items.items():
        if len(lines) > most:
            first = opening[group]
            yield Violation(f"a list of {len(lines)} items", first, 0, 1, excerpt=_opening(first))


_BE = ("is", "are", "was", "were", "be", "been", "being")
_INSTRUCTING = frozenset({"dosage", "missed_dose", "overdose", "urgent", "key_message"})


def passive(reading: Reading) -> Iterator[Violation]:
    """A passive verb; it matters most where the reader is told what to do."""
    for form in _BE:
        for position in reading.positions(form):
            for step in (1, 2):
                if _participle(position.text(step).lower()):
                    severity = WARNING if position.passage.section in _INSTRUCTING else None
                    violation = violation_at(position, step + 1, message=f"passive: “{position.quote(0, step + 1)}”")
                    yield replace(violation, severity=severity)
                    break
                if not position.text(step).lower().endswith(("ly", "not", "also")):
                    break


def _participle(word: str) -> bool:
    if word in words("states"):
        return False
    return word in words("participles") or (len(word) > 4 and word.endswith("ed") and not word.endswith("eed"))


def should(reading: Reading) -> Iterator[Violation]:
    """“Should” where an instruction is meant; a question may ask what one should do."""
    for position in reading.positions("should"):
        part, before = position.passage.part, position.text(-1).lower()
        asks = part is Part.QUESTION or before in ("what", "why", "how", "when", "who")
        if not asks and part not in (Part.TITLE, Part.HEADING):
            yield violation_at(position, message="“should” leaves open whether it must be done")


_FREQUENCIES = ("common", "commonly", "uncommon", "rare", "rarely", "frequent", "frequently", "occasionally")


def bare_frequency(reading: Reading) -> Iterator[Violation]:
    """A word for how often a harm happens, with no number beside it."""
    for word in _FREQUENCIES:
        for position in reading.positions(word):
            first, end = position.sentence
            first, end = max(first, position.token_index - 40), min(end, position.token_index + 40)
            numbered = any(token.kind is TokenKind.NUMBER for token in position.passage.tokens[first:end])
            if position.passage.section == "side_effects" and not numbered:
                yield violation_at(position, message=f"“{position.token.text}” without a number")


_GROUPS = frozenset({"10", "100", "1,000", "1000", "10,000", "10000", "100,000"})


def mixed_denominators(reading: Reading) -> Iterator[Violation]:
    """1 in 10 beside 1 in 100: the reader has to calculate to compare them."""
    seen: dict[str, str] = {}
    for position in reading.numbers:
        text = position.token.text.replace(",", "")
        if position.token.text in _GROUPS and position.text(-1).lower() in ("in", "of", "every"):
            if position.text(-2).lower() not in _COUNTED and position.kind(-2) is not TokenKind.NUMBER:
                continue
            if seen and text not in seen:
                other = next(iter(seen.values()))
                yield violation_at(position, message=f"out of {position.token.text} here, out of {other} elsewhere")
            seen.setdefault(text, position.token.text)


_COUNTED = frozenset({"out", "one", "two", "three", "of"})


def decimal_percent(reading: Reading) -> Iterator[Violation]:
    """14.3% where 1 in 7 would do."""
    for position in reading.positions("%"):
        if (
            position.kind(-1) is TokenKind.NUMBER
            and "." in position.text(-1)
            and position.passage.section == "side_effects"
        ):
            yield violation_at(position, start=-1, message="a percentage with a decimal")


def grades(reading: Reading) -> Mapping[str, TextCounts]:
    """The counts of each section that has sentences, by its heading; under "" those of the whole."""
    counts: dict[str, list[TextCounts]] = {"": []}
    for (passage, _, _), counted in _counts(reading):
        counts[""].append(counted)
        counts.setdefault(passage.heading or passage.section, []).append(counted)
    return {heading: total(parts) for heading, parts in counts.items()}


_USP = "USP <1265> Written Prescription Drug Information: grade 6 or below, never above 8; Kincaid and others 1975"
_NHS = "NHS service manual, how we write"
_CDC = "CDC Clear Communication Index"
_HARD = (
    "### Dosage\n\nPharmacological administration necessitates individualisation following comprehensive evaluation of "
    "physiological parameters, concomitant therapeutic interventions and anticipated tolerability throughout the "
    "entire duration of pharmacotherapeutic management by appropriately qualified, "
    "experienced healthcare professionals and multidisciplinary teams."
)
_EASY = "### Dosage\n\nTake one tablet each day. Drink a glass of water with it. Take it with food or without."


def _rule(code: str, find: Finder, texts: tuple[str, str, str, str, str, str], **severity: Severity) -> Rule:
    title, why, source, write, bad, good = texts
    return Rule(code, Family.PLAIN_LANGUAGE, title, why, source, write, bad, good, find, **severity)


RULES: tuple[Rule, ...] = (
    _rule("PL-01", section_grade, (
        "A section reads above grade 6",
        "A quarter of adults in the United States read at a low level; the average is grade 8 to 9.", _USP,
        "shorter sentences, shorter words", _HARD, _EASY,
    ), patient=WARNING),
    _rule("PL-02", whole_grade, (
        "The whole text reads above grade 6",
        "A quarter of adults in the United States read at a low level; the average is grade 8 to 9.", _USP,
        "shorter sentences, shorter words; begin with the hardest (PL-03)", _HARD, _EASY,
    ), patient=WARNING),
    _rule("PL-03", hardest, (
        "One of the five hardest sentences",
        "They raise the grade of the whole; rewriting them helps most.", _USP,
        "two or three sentences in its place", _HARD, _EASY,
    ), patient=INFO),
    _rule("PL-04", long_sentence, (
        "A long sentence", "By its end the reader has lost its beginning.", f"{_NHS}: up to 20 words",
        "two sentences, one thought each", "Take " + "one tablet and " * 10 + "rest.", "Take one tablet.",
    ), patient=WARNING, clinician=WARNING),
    _rule("PL-05", long_paragraph, (
        "A long paragraph", "Readers skip blocks of text.", f"{_NHS}: up to 3 sentences",
        "two paragraphs, or a list", "Stop. " * 7, "Take it. Rest.",
    ), patient=WARNING, clinician=WARNING),
    _rule("PL-06", long_list, (
        "A long list", "Nobody keeps more than a handful of items in mind.", f"{_CDC} item 8: split lists over 7 items",
        "two lists, each with its own lead-in", "* item\n" * 11, "* one\n* two",
    ), patient=WARNING, clinician=WARNING),
    _rule("PL-09", passive, (
        "A passive verb", "It hides who is to act.", f"{_CDC} item 6; AHRQ PEMAT-P item 5",
        "who does it, and then what: “take it”, “your doctor checks”",
        "The tablet is taken with water.", "Take the tablet with water.",
    ), patient=INFO),
    _rule("PL-10", should, (
        "“Should” in place of an instruction", "“Should” can be read as good advice that may be left.",
        "AHRQ PEMAT-P items 20 and 21", "take, do not take, call", "You should take it with food.",
        "Take it with food.",
    ), patient=WARNING),
    _rule("PL-11", bare_frequency, (
        "A frequency word without a number",
        "People take “common” for many more than is meant: words raise the feared risk by 3 to 54 points.",
        "PIF toolkit; PMC4153005: numbers beat words", "the number beside the word: up to 1 in 10 people",
        "### Side effects\n\nNausea is common.", "### Side effects\n\nNausea is common: 5 in 100 people have it.",
    ), patient=WARNING),
    _rule("PL-12", mixed_denominators, (
        "Risks out of different numbers", "1 in 50 looks larger than 1 in 10 to many readers.",
        f"{_CDC} item 17; NHS service manual, numbers", "all risks out of the same number, for example 100",
        "Rash: 1 in 10 people. Fits: 1 in 1,000 people.", "Rash: 10 in 100 people. Fits: 1 in 100 people.",
    ), patient=WARNING),
    _rule("PL-13", decimal_percent, (
        "A percentage with a decimal", "Whole numbers of people are understood, decimals are not.",
        "NHS service manual, numbers", "a whole number of people: 1 in 7",
        "### Side effects\n\nRash (14.3%).", "### Side effects\n\nRash (1 in 7 people).",
    ), patient=INFO),
)  # fmt: skip
