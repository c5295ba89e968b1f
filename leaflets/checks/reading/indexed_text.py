"""What one audience reads of a monograph: the argument of every rule."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from leaflets.checks.reading.collect import collect
from leaflets.checks.reading.evidenced import EvidencedMonograph
from leaflets.checks.reading.passages import Passage, PassageIndex, Position
from leaflets.model.edition import Audience
from leaflets.model.monograph import Front, Monograph, Translation
from leaflets.model.review import ReviewState


@dataclass(frozen=True, slots=True)
class Reading:
    """What one audience reads of a monograph.

    `other_index` holds what the other audience reads, `today` is the date of the check, `original` the text that the
    monograph is a translation of, where it is one, `evidenced` its statements with what its sources say, and `review`
    how far its words are vouched for, None where that is not asked.
    """

    monograph: Monograph
    audience: Audience
    index: PassageIndex
    other_index: PassageIndex
    today: dt.date | None = None
    original: Monograph | None = None
    evidenced: EvidencedMonograph | None = None
    review: ReviewState | None = None

    @property
    def translation(self) -> Translation | None:
        """The record of its source, where it is a translation."""
        return self.monograph.front.translation

    @property
    def front(self) -> Front:
        """The front matter."""
        return self.monograph.front

    @property
    def passages(self) -> tuple[Passage, ...]:
        """All passages, in the order of the source."""
        return self.index.passages

    @property
    def prose(self) -> tuple[Passage, ...]:
        """The passages that are read as sentences."""
        return self.index.prose

    @property
    def numbers(self) -> tuple[Position, ...]:
        """Every position of a number."""
        return self.index.numbers

    @property
    def units(self) -> tuple[Position, ...]:
        """Every position of a unit that follows a number."""
        return self.index.units

    def positions(self, word: str) -> Sequence[Position]:
        """Every position of a token, by its text in small letters."""
        return self.index.positions(word)

    def spelled(self, *forms: str) -> Iterator[Position]:
        """Every position of a token spelled exactly like one of the forms."""
        return (position for form in forms for position in self.positions(form.lower()) if position.token.text == form)

    def in_sections(self, *sections: str) -> tuple[Passage, ...]:
        """The passages that stand in sections with these ids."""
        return tuple(passage for passage in self.passages if passage.section in sections)


def readings(
    monograph: Monograph,
    audiences: Iterable[Audience],
    today: dt.date | None = None,
    original: Monograph | None = None,
    evidenced: EvidencedMonograph | None = None,
    review: ReviewState | None = None,
) -> tuple[Reading, ...]:
    """What each of the audiences reads of a monograph."""
    passages = collect(monograph)
    indices = {
        audience: PassageIndex(tuple(each for each in passages if each.audience in (None, audience)))
        for audience in Audience
    }
    if all(len(index.passages) == len(passages) for index in indices.values()):
        indices = dict.fromkeys(Audience, indices[Audience.PATIENT])  # one index serves both
    other = {Audience.PATIENT: Audience.CLINICIAN, Audience.CLINICIAN: Audience.PATIENT}
    return tuple(
        Reading(monograph, audience, indices[audience], indices[other[audience]], today, original, evidenced, review)
        for audience in audiences
    )
