"""Dangers planted in the twelve monographs: what check finds of each kind, and that it cries at nothing harmless."""

from itertools import islice

import pytest

from tests.dangers import KINDS, NUMERIC, Planted, baseline, caught, findings, harmless, names, planted

FEWEST = 300
LEAST_FOUND = dict.fromkeys(NUMERIC, 0.7)
"""Of a sample of one fault a monograph; the manual has the shares of all, which a command makes."""


def test_there_are_hundreds_of_faults_of_every_kind() -> None:
    every = [fault for kind in KINDS for fault in planted(kind, 12)]
    assert len(every) >= FEWEST
    assert {fault.kind for fault in every} == set(KINDS)
    assert len({(fault.name, fault.text) for fault in every}) == len(every)


@pytest.mark.parametrize("kind", NUMERIC)
def test_of_a_sample_most_are_found(kind: str) -> None:
    sample: tuple[Planted, ...] = planted(kind, 1)
    found = sum(bool(caught(fault)) for fault in sample)
    assert found >= LEAST_FOUND[kind] * len(sample)


@pytest.mark.parametrize("name", names())
def test_what_says_the_same_in_other_words_gives_no_finding(name: str) -> None:
    for text in islice(harmless(name), 3):
        assert findings(name, text) - baseline(name) == {}
