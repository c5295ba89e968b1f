"""What each statement of a monograph may rest on: the statements of its passages, or of all sources on its topics."""

from collections.abc import Iterable
from functools import lru_cache

from leaflets.checks.evidence.matching import SupportingText, SupportingTexts, words_of
from leaflets.checks.reading.evidenced import EvidencedMonograph
from leaflets.model.edition import Audience
from leaflets.model.evidence import EvidencePassage, Statement


@lru_cache(maxsize=4)
def passage_words(evidenced: EvidencedMonograph) -> dict[str, tuple[SupportingText, ...]]:
    """The statements of each passage, by its mark."""
    return {
        passage.mark: tuple(words_of(statement, passage) for statement in statements)
        for passage, statements in evidenced.passages
    }


@lru_cache(maxsize=256)
def supports_of(evidenced: EvidencedMonograph, passages: tuple[str, ...]) -> SupportingTexts:
    """What passages hold, by their marks."""
    words = passage_words(evidenced)
    return SupportingTexts.of(one for mark in passages for one in words[mark])


@lru_cache(maxsize=4)
def all_supports(evidenced: EvidencedMonograph) -> SupportingTexts:
    """What all passages and all statements for clinicians hold."""
    return SupportingTexts.of((*_of_passages(evidenced, None), *_of_clinicians(evidenced, None)))


@lru_cache(maxsize=64)
def topic_supports(evidenced: EvidencedMonograph, topics: frozenset[str]) -> SupportingTexts:
    """What the passages and the statements for clinicians on these topics hold."""
    return SupportingTexts.of((*_of_passages(evidenced, topics), *_of_clinicians(evidenced, topics)))


def _of_passages(evidenced: EvidencedMonograph, topics: frozenset[str] | None) -> Iterable[SupportingText]:
    for words in passage_words(evidenced).values():
        yield from (one for one in words if topics is None or (one.passage and one.passage.topic in topics))


def _of_clinicians(evidenced: EvidencedMonograph, topics: frozenset[str] | None) -> Iterable[SupportingText]:
    every = clinician_words(evidenced)
    return (words for statement, words in every if topics is None or statement.section in topics)


@lru_cache(maxsize=4)
def clinician_words(evidenced: EvidencedMonograph) -> tuple[tuple[Statement, SupportingText], ...]:
    """The statements that clinicians read, each as a support."""
    return tuple((each, words_of(each)) for each in evidenced.statements if each.audience is not Audience.PATIENT)


def marks_of(passages: Iterable[EvidencePassage]) -> tuple[str, ...]:
    """The marks of passages, as `supports_of` takes them."""
    return tuple(passage.mark for passage in passages)
