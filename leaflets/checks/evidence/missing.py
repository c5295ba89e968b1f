"""What the evidence has and the sheet lacks: boxed warnings, contraindications, maximum doses, limits to stop at."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from leaflets.checks.evidence.matching import SupportingTexts, Verdict
from leaflets.checks.evidence.quantities import FREQUENCY, RATE, UPPER, Quantity, quantities, small_letters
from leaflets.checks.evidence.supports import clinician_words
from leaflets.checks.evidence.units import HOURS, PERCENT
from leaflets.checks.reading.evidenced import EvidencedMonograph
from leaflets.checks.reading.indexed_text import Reading
from leaflets.checks.rule import Violation
from leaflets.model.edition import Audience
from leaflets.model.evidence import EvidencePassage, Statement
from leaflets.model.monograph import Block, Items, Paragraph, plain

_PLACES = {
    (Audience.CLINICIAN, "boxed_warning"): frozenset({"boxed_warning"}),
    (Audience.CLINICIAN, "contraindications"): frozenset({"contraindications"}),
    (Audience.PATIENT, "contraindications"): frozenset(
        {"contraindications", "precautions", "pregnancy", "key_message", "urgent", "boxed_warning", "interactions"}
    ),
}
"""Where a sheet says it; anywhere in the patient's for a boxed warning."""
_LIMITED = frozenset({"dosage", "adjustments"})
_STOPPED = frozenset({"dosage", "adjustments", "monitoring", "precautions", "boxed_warning", "side_effects"})
_MAXIMUM = re.compile(r"\bmax(?:imum)?\b|\bexceed|\b(?:no|not|never) (?:\w+ ){0,2}more than|\bat most\b|\bmost:")
_OF_TIME = frozenset({HOURS, FREQUENCY, RATE})
_NO_AMOUNTS = _OF_TIME | {"", PERCENT, "kg", "°C", "dose", "times"}
_STOP = re.compile(r"\b(?:stop|hold|withhold|interrupt|discontinue|do not (?:start|initiate|give|use))\b")


def boxed_warning(reading: Reading) -> Iterator[Violation]:
    """An item of a boxed warning that the sheet does not say."""
    for passage, item, words in _unsaid(reading, "boxed_warning"):
        message = f"the boxed warning “{item}” is not on the sheet: {_place(reading, passage)}"
        yield Violation(message, line=_line(reading, "boxed_warning"), hint=_hint(words), excerpt=item)


def contraindications(reading: Reading) -> Iterator[Violation]:
    """A contraindication that the sheet does not name."""
    for passage, item, words in _unsaid(reading, "contraindications"):
        message = f"the contraindication “{item}” is not on the sheet: {_place(reading, passage)}"
        yield Violation(message, line=_line(reading, "contraindications"), hint=_hint(words), excerpt=item)


def limits(reading: Reading) -> Iterator[Violation]:
    """A maximum dose, or a limit to stop at, in a cited section that the text for clinicians does not have."""
    evidenced = reading.evidenced
    if evidenced is None or evidenced.evidence is None or reading.audience is not Audience.CLINICIAN:
        return
    held = SupportingTexts.of(words for _, words in clinician_words(evidenced))
    cited_marks = {passage.mark for cited in evidenced.cited for passage in cited.passages}
    for passage, statements in evidenced.passages:
        if passage.mark not in cited_marks:
            continue
        for statement in statements:
            for limit in _limits(passage, statement):
                if held.verdict(limit, statement) is Verdict.ABSENT:
                    message = f"the limit “{limit.words}” is not on the sheet: {evidenced.place(passage)}"
                    yield Violation(message, line=_line(reading, "dosage"), excerpt=limit.words)


def _limits(passage: EvidencePassage, statement: Statement) -> Iterator[Quantity]:
    """The maximum doses of a statement on dosage, and the limits at which a statement says to stop."""
    small = small_letters(statement.text)
    stops = passage.topic in _STOPPED and _STOP.search(small)
    for quantity in quantities(statement.text):
        before = small[max(0, quantity.start - 60) : quantity.start]
        most = passage.topic in _LIMITED and quantity.direction == UPPER and _MAXIMUM.search(before)
        if (most and quantity.dimension not in _NO_AMOUNTS) or (
            stops and quantity.direction and quantity.dimension not in _OF_TIME
        ):
            yield quantity


def _unsaid(reading: Reading, topic: str) -> Iterator[tuple[EvidencePassage, str, str]]:
    """The items of the passages on a topic of which no words stand on the sheet: the passage, its name, its words."""
    evidenced = reading.evidenced
    if evidenced is None or evidenced.evidence is None or reading.original is not None:
        return
    text = _text(evidenced, reading.audience, topic)
    for passage in evidenced.evidence.passages:
        if passage.topic == topic:
            for item in _items(passage.blocks):
                words = item.words_for(reading.audience)
                if words and not any(_has(text, word) for word in words):
                    yield passage, item.name, " / ".join(item.words)


@dataclass(frozen=True, slots=True)
class _Item:
    """An item of a passage: what it is called, and the words of which the sheet has one.

    `named`: the author gave the words, and the first of them is that of the sheet for clinicians.
    """

    name: str
    words: tuple[str, ...]
    named: bool = False

    def words_for(self, audience: Audience) -> tuple[str, ...]:
        """The words of which the sheet of an audience must have one."""
        return self.words[:1] if self.named and audience is Audience.CLINICIAN else self.words


def _items(blocks: Iterable[Block]) -> Iterator[_Item]:
    """The items of lists, and the paragraphs that begin in bold: their words are those in bold, or the long ones."""
    for block in blocks:
        if isinstance(block, Items):
            firsts = (item.blocks[0] for item in block.items if item.blocks)
            yield from (_item(first, listed=True) for first in firsts if isinstance(first, Paragraph))
        elif isinstance(block, Paragraph):
            yield _item(block, listed=False)


def _item(paragraph: Paragraph, *, listed: bool) -> _Item:
    lead, text = plain(paragraph.lead).strip().rstrip(":.").strip(), plain(paragraph.text)
    if lead:
        return _Item(lead, tuple(word.strip() for word in lead.split("/") if word.strip()), named=True)
    long = dict.fromkeys(word[:7] for word in re.findall(r"[a-z]{6,}", text.lower())) if listed else ()
    return _Item(text[:60], tuple(long))


def _has(text: str, word: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(' '.join(small_letters(word).split()))}", text) is not None


def _text(evidenced: EvidencedMonograph, audience: Audience, topic: str) -> str:
    sections = _PLACES.get((audience, topic))
    return " ".join(_parts(evidenced.statements, audience, sections))


def _parts(statements: Iterable[Statement], audience: Audience, sections: frozenset[str] | None) -> Iterator[str]:
    for statement in statements:
        if statement.audience in (None, audience) and (sections is None or statement.section in sections):
            yield from (" ".join(small_letters(part).split()) for part in (*statement.under, statement.text))


def _line(reading: Reading, section: str) -> int:
    """The line of a section, 0 where there is none."""
    return next((each.line for each in reading.monograph.sections if each.id == section), 0)


def _place(reading: Reading, passage: EvidencePassage) -> str:
    return reading.evidenced.place(passage) if reading.evidenced else passage.mark


def _hint(words: str) -> str:
    return f"Say it with one of these words: {words}; or name in the evidence the words by which the sheet says it."
