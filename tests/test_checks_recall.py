"""Faults put into monographs that no rule was tuned on: nine in ten are found, and the untouched texts stay quiet."""

from collections import Counter
from pathlib import Path
from zlib import crc32

import pytest

from leaflets import checks
from leaflets.checks.reading.indexed_text import readings
from leaflets.errors import ContentError
from leaflets.model.edition import Audience
from leaflets.model.finding import Severity
from leaflets.parse import parse
from tests.corpus_halves import held_out_half, is_held_out, tuning_half
from tests.planted_faults import FAULTS, Fault

LEAST = 0.9
MOST_FALSE = 0.05
SHARE = 3
"""Each fault is put into every third monograph that gives occasion for it."""

DO_CONTRADICT_THEMSELVES = frozenset({"diazoxide.md"})
"""Monographs whose finding was judged right by reading: 600 mg at first, where the largest single dose is 300 mg."""

CONTRADICTIONS = frozenset({"NU-05", "NU-06", "NU-07"})
PLAIN = """---
title: Test
---

### Dosage

**Adults:** The usual dose is 20 mg once a day.

### FAQs

* **Q: Can I drive?** A: Yes.
"""

OCCASIONS = {
    "above its own maximum": "20 mg once a day, up to a maximum of 40 mg a day",
    "ug": "20 mcg once a day",
    "decimal comma": "2.5 mg once a day",
    "no thousands comma": "1,500 mg once a day",
    "bd": "20 mg twice a day",
    "BD": "20 mg twice a day",
    "t.d.s.": "20 mg three times a day",
    "2x/day": "20 mg twice a day",
    "x3": "20 mg three times a day",
    "nocte": "20 mg at night",
    "qam": "20 mg once daily",
    "I.V.": "20 mg intravenously once a day",
    "s/c": "20 mg subcutaneously once a day",
}
"""Doses that give occasion for a fault of that name."""


def _findings(text: str, codes: frozenset[str]) -> Counter[tuple[str, str]]:
    """The warnings and errors of these rules: code and message."""
    monograph = parse(text, name="m", file="m.md")
    rules = [rule for rule in map(checks.find_rule, sorted(codes)) if rule]
    return Counter(
        (rule.code, violation.message)
        for reading in readings(monograph, Audience)
        for rule in rules
        if rule.severity(reading.audience) in (Severity.ERROR, Severity.WARNING)
        for violation in rule.find(reading)
    )


def _is_found(fault: Fault, text: str, planted: str) -> bool:
    return bool(_findings(planted, fault.codes) - _findings(text, fault.codes))


def _readable(paths: tuple[Path, ...]) -> dict[str, str]:
    """The texts that are monographs, by the name of their file."""
    texts = {path.name: path.read_text("utf-8") for path in paths}
    readable = {}
    for name, text in texts.items():
        try:
            parse(text, name=name, file=name)
        except ContentError:
            continue
        readable[name] = text
    return readable


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.kind}, {fault.name}")
def test_fault_in_a_plain_text_is_found(fault: Fault) -> None:
    text = PLAIN.replace("20 mg once a day", OCCASIONS.get(fault.name, "20 mg once a day"))
    if fault.name == "where it is repeated":
        text = text.replace("A: Yes.", "A: Yes, after 20 mg once a day.")
    planted = fault.plant(text)
    assert planted is not None
    assert planted != text
    assert _is_found(fault, text, planted)


def test_faults_in_monographs_that_were_not_used_for_tuning(corpus: Path) -> None:
    planted, caught = Counter[str](), Counter[str]()
    for name, text in _readable(held_out_half()).items():
        for fault in FAULTS:
            changed = fault.plant(text) if crc32(f"{name}/{fault.name}".encode()) % SHARE == 0 else None
            if changed is not None:
                planted[fault.kind] += 1
                caught[fault.kind] += _is_found(fault, text, changed)
    assert planted.total() > 100
    assert caught.total() / planted.total() >= LEAST
    assert [kind for kind in planted if caught[kind] / planted[kind] < LEAST] == []


def test_untouched_monographs_hardly_contradict_themselves(corpus: Path) -> None:
    texts = _readable(held_out_half())
    alarmed = {name for name, text in texts.items() if _findings(text, CONTRADICTIONS)} - DO_CONTRADICT_THEMSELVES
    assert len(alarmed) / len(texts) < MOST_FALSE, alarmed


def test_our_own_monographs_do_not_contradict_themselves(root: Path) -> None:
    for path in (root / "content").glob("*.md"):
        if path.name.count(".") == 1:
            assert not _findings(path.read_text("utf-8"), CONTRADICTIONS | {"CO-18", "CO-19"}), path.name


def test_the_halves_are_apart_and_do_not_depend_on_what_else_is_there(corpus: Path) -> None:
    tuning, held_out = set(tuning_half()), set(held_out_half())
    assert not tuning & held_out
    assert min(len(tuning), len(held_out)) > 90
    assert is_held_out(Path("elsewhere/copper.md")) == is_held_out(Path("copper.md"))
