"""`leaflet diff`: every change is found, the gravest first, with its words and its numbers."""

import json
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaflets.model.change import BlockChange
from leaflets.parse import parse
from leaflets.project.content import source_at
from leaflets.textdiff.compare import Comparison, Rank, WordChange, compare
from tests import verapdf
from tests.running import Leaflet
from tests.sheets import own_files, page_texts

TEXT = """\
---
title: Examplol
version: "1"
strengths: [2 mg, 4 mg]
---

# Examplol

### Usage

For yawning.

### Dosage

| For | Start | Usual |
|---|---|---|
| Yawning | 2 mg | 4 mg |
| Sighing | 1 mg | 1 mg |

/// patient
Take one tablet a day.
///

### Side effects

- Humming
- Whistling, in 1 of 100 people

### Storage

Below 25 °C.
"""


def compared(old: str, new: str, lang: str = "en") -> Comparison:
    texts = (parse(text, name="a", file="a.md", lang=lang) for text in (old, new))
    return compare(next(texts), next(texts))


# What is replaced by what; then for each change its rank and kind, its old and its new words, its old and new numbers.
CASES: dict[str, tuple[str, str, list[tuple[str, str, str, str, str, str]]]] = {
    "dose": ("| 2 mg | 4 mg |", "| 4 mg | 4 mg |", [("dose", "changed", "2", "4", "2 mg", "4 mg")]),
    "doses change places": ("| 2 mg | 4 mg |", "| 4 mg | 2 mg |",
                            [("dose", "changed", "| 4 mg", "| 4 mg", "2 mg,4 mg", "4 mg,2 mg")]),
    "dose in words": ("one tablet a", "two tablets a", [("dose", "changed", "one tablet", "two tablets", "", "")]),
    "unit": ("| 1 mg | 1 mg |", "| 1 mg | 1 g |", [("dose", "changed", "mg", "g", "1 mg", "1 g")]),
    "row gone": ("| Sighing | 1 mg | 1 mg |\n", "",
                 [("dose", "removed", "Sighing | 1 mg | 1 mg", "", "1 mg,1 mg", "")]),
    "warning gone": ("- Humming\n", "", [("safety", "removed", "Humming", "", "", "")]),
    "warning new": ("- Humming\n", "- Humming\n- Sudden death\n", [("safety", "added", "", "Sudden death", "", "")]),
    "risk": ("1 of 100", "1 of 10", [("safety", "changed", "100", "10", "100 people", "10 people")]),
    "place": ("25 °C", "30 °C", [("other", "changed", "25", "30", "25", "30")]),
    "strength": ("2 mg, 4 mg]", "2 mg]", [("dose", "changed", "mg, 4", "", "4 mg", "")]),
    "version": ('"1"', '"2"', [("other", "changed", "1", "2", "1", "2")]),
    "withdrawn": ('version: "1"', 'version: "1"\nwithdrawn: recalled',
                  [("safety", "added", "", "withdrawn: recalled", "", "")]),
    "reader": ("/// patient", "/// clinician",
               [("dose", "changed", "", "", "", "")]),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "changes"), CASES.values(), ids=CASES)
def test_a_change_is_told_with_its_words_and_its_numbers(
    old: str, new: str, changes: list[tuple[str, str, str, str, str, str]]
) -> None:
    assert TEXT.count(old) == 1
    comparison = compared(TEXT, TEXT.replace(old, new))
    assert [
        (
            change.rank.value,
            change.kind.value,
            " ".join(piece.words for piece in change.pieces if piece.change is WordChange.WAS),
            " ".join(piece.words for piece in change.pieces if piece.change is WordChange.NOW),
            ",".join(change.was),
            ",".join(change.now),
        )
        for change in comparison.changes
    ] == changes


def test_doses_come_before_safety_and_safety_before_the_rest() -> None:
    new = TEXT.replace("yawning.", "sneezing.").replace("Humming", "Singing").replace("one tablet a", "a tablet a")
    assert [change.rank for change in compared(TEXT, new).changes] == [Rank.DOSE, Rank.SAFETY, Rank.SAFETY, Rank.OTHER]


@pytest.mark.parametrize(("heading", "rank"), [
    ("Dosage", Rank.DOSE), ("Dose adjustments", Rank.DOSE), ("Missed dose", Rank.DOSE), ("Overdose", Rank.DOSE),
    ("Contraindications", Rank.SAFETY), ("Interactions", Rank.SAFETY), ("Side effects", Rank.SAFETY),
    ("Pregnancy", Rank.SAFETY), ("Monitoring", Rank.SAFETY), ("Storage", Rank.OTHER),
])  # fmt: skip
def test_a_change_ranks_by_its_section(heading: str, rank: Rank) -> None:
    text = f"---\ntitle: Examplol\n---\n\n### {heading}\nFirst words here.\n"
    (change,) = compared(text, text.replace("First", "Other")).changes
    assert (change.rank, change.heading) == (rank, heading)


def test_a_section_that_is_gone_or_new_is_told_block_by_block() -> None:
    without = TEXT.partition("### Storage")[0]
    (removed,), (added,) = compared(TEXT, without).changes, compared(without, TEXT).changes
    assert (removed.kind, removed.heading, removed.line_now) == (BlockChange.REMOVED, "Storage", 0)
    assert (added.kind, added.heading, added.line_was) == (BlockChange.ADDED, "Storage", 0)
    assert TEXT.splitlines()[removed.line_was - 1] == "Below 25 °C."


@pytest.mark.parametrize("path", own_files(), ids=lambda path: path.stem)
def test_a_text_does_not_differ_from_itself(path: Path) -> None:
    text = path.read_text(encoding="utf-8-sig")
    comparison = compared(text, text, source_at(path).lang)
    assert comparison.changes == ()
    assert comparison.same > 2


_LINES = ("Take 2 mg.", "Take 20 mg.", "Take 2 mg, then 4 mg.", "Rest for an hour.", "Rest.", "Call us.")


@given(st.lists(st.sampled_from(_LINES), max_size=8), st.lists(st.sampled_from(_LINES), max_size=8))
def test_no_word_is_lost_between_the_two_texts(old: list[str], new: list[str]) -> None:
    comparison = compared(*(TEXT + "\n### Overdose\n\nCall.\n\n" + "\n\n".join(lines) + "\n" for lines in (old, new)))
    net = Counter[str]()
    for piece in (piece for change in comparison.changes for piece in change.pieces):
        if piece.change is not WordChange.KEPT:
            for word in piece.words.split():
                net[word] += 1 if piece.change is WordChange.NOW else -1
    expected = Counter[str](" ".join(new).split())
    expected.subtract(" ".join(old).split())
    assert {word: n for word, n in net.items() if n} == {word: n for word, n in expected.items() if n}
    assert (comparison.changes == ()) == (old == new)


# ---------------------------------------------------------------- the command


@pytest.fixture
def repository(leaflet: Leaflet) -> Leaflet:
    """A project in git: version 1 committed, version 2 as it is now."""
    if shutil.which("git") is None:
        pytest.skip("there is no git")
    leaflet.write("content/a.md", TEXT)
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "One")):
        who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
        subprocess.run(["git", *who, *words], cwd=leaflet.folder, check=True)
    leaflet.write("content/a.md", TEXT.replace('"1"', '"2"').replace("| 2 mg | 4 mg |", "| 4 mg | 4 mg |"))
    return leaflet


@pytest.mark.parametrize(
    ("old", "new"),
    [("a@1", "a"), ("a@HEAD", "a@2"), ("HEAD:content/a.md", "content/a.md"), ("a@1", "content/a.md")],
)
def test_texts_are_found_by_version_revision_and_path(repository: Leaflet, old: str, new: str) -> None:
    ran = repository("diff", old, new)
    assert ran.code == 0, ran.err
    assert ran.out.startswith("dose: Dosage\n  changed, line ")
    assert "numbers: 2 mg → 4 mg\n    Yawning | [-2-] {+4+} mg | 4 mg\n" in ran.out
    assert ran.out.endswith("2 blocks changed, 9 the same\n")
    assert "\x1b" not in ran.out


@pytest.mark.parametrize("old", ["a@7", "a@HEAD~9", "HEAD:content/b.md", "--output=x:content/a.md", "b@1"])
def test_a_text_that_is_nowhere_is_an_error(repository: Leaflet, old: str) -> None:
    assert repository("diff", "--", old, "a").code == 3
    assert not (repository.folder / "x").exists()


@pytest.mark.parametrize("old", ["@", "@1", "a@"])
def test_a_text_that_is_not_named_is_a_mistake_of_the_command_line(repository: Leaflet, old: str) -> None:
    ran = repository("diff", old, "a")
    assert (ran.code, ran.err.splitlines()[0]) == (2, f"error: “{old}” names no text")


def test_texts_in_two_languages_are_not_compared(repository: Leaflet) -> None:
    repository.write("content/a.es.md", TEXT)
    ran = repository("diff", "content/a.es.md", "a")
    assert (ran.code, "“content/a.es.md” is in the language “es”, “a” in “en”" in ran.err) == (2, True)
    assert repository("diff", "content/a.es.md", "a", "--lang", "es").code == 0


def test_without_git_the_error_says_so(repository: Leaflet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repository.folder))
    ran = repository("diff", "a@1", "a")
    assert ran.code == 3
    assert "there is no git command" in ran.err


TRAPS = """
[gpg]
    program = {trap}
[gpg "ssh"]
    program = {trap}
[log]
    showSignature = true
[core]
    fsmonitor = {trap}
    pager = {trap}
    hooksPath = {folder}
    sshCommand = {trap}
    askPass = {trap}
    alternateRefsCommand = {trap}
[pager]
    show = {trap}
    log = {trap}
    rev-list = {trap}
    cat-file = {trap}
[diff]
    external = {trap}
[diff "trap"]
    textconv = {trap}
    command = {trap}
[filter "trap"]
    smudge = {trap}
    required = true
[alias]
    cat-file = !{trap}
    rev-list = !{trap}
[remote "origin"]
    url = {url}
    promisor = true
    partialCloneFilter = blob:none
    uploadpack = {trap}
[protocol]
    allow = always
[protocol "ext"]
    allow = always
[extensions]
    partialClone = origin
"""


@pytest.mark.parametrize("url", ["ext::{trap} %S", "ssh://nowhere.invalid/x"])
def test_no_program_that_a_repository_names_is_run(repository: Leaflet, url: str) -> None:
    """Each commit is signed and the text of one is missing, so that git has every reason to run a program."""
    mark, trap = repository.folder / "run", repository.folder / "bin" / "trap"
    trap.parent.mkdir()
    trap.write_text(
        f"#!/bin/sh\ncat >>{mark}\necho '[GNUPG:] SIG_CREATED ' >&2\necho '-----BEGIN PGP SIGNATURE-----'\n"
    )
    trap.chmod(0o755)
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", f"gpg.program={trap}")
    for words in (("commit", "-qaS", "-m", "Two"), ("commit", "-qS", "-m", "Three", "--allow-empty")):
        subprocess.run(["git", *who, *words], cwd=repository.folder, check=True)
    mark.unlink()  # git did run it, to sign
    old = subprocess.run(
        ["git", "rev-parse", "HEAD~2:content/a.md"], cwd=repository.folder, check=True, capture_output=True, text=True
    ).stdout
    (repository.folder / ".git/objects" / old[:2] / old[2:].strip()).unlink()
    (repository.folder / ".git/info/attributes").write_text("*.md diff=trap filter=trap\n")
    names = {"trap": trap, "folder": trap.parent}
    with (repository.folder / ".git/config").open("a") as config:
        config.write(TRAPS.format(**names, url=url.format(**names)))
    assert repository("diff", "a@HEAD", "a").code == 0
    assert repository("diff", "a@HEAD~1", "a@2").code == 0
    assert repository("diff", "a@HEAD~2", "a").code == 3  # its text is only elsewhere
    assert repository("diff", "a@1", "a").code == 3
    assert not mark.exists()


def test_a_repository_of_another_user_is_not_read(repository: Leaflet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    ran = repository("diff", "a@HEAD", "a")
    assert (ran.code, "belongs to another user" in ran.err) == (3, True)


def test_two_sheets_are_compared_by_the_texts_in_them(leaflet: Leaflet) -> None:
    for folder, text in (("one", TEXT), ("two", TEXT.replace("25 °C", "30 °C"))):
        leaflet.write("content/a.md", text)
        assert leaflet("build", "a", "--audience", "patient", "-o", folder).code == 0
    ran = leaflet("diff", "one/a-patient.pdf", "two/a-patient.pdf", "--json")
    facts = json.loads(ran.out)
    assert [(one["was"], one["now"]) for one in facts["changes"]] == [(["25"], ["30"])]
    pieces = [{"fate": "kept", "words": "Below"}, {"fate": "was", "words": "25"}, {"fate": "now", "words": "30"}]
    assert facts["changes"][0]["pieces"][:3] == pieces
    data = bytearray((leaflet.folder / "one/a-patient.pdf").read_bytes())
    data[500] ^= 1
    leaflet.write("one/a-patient.pdf", bytes(data))
    assert leaflet("diff", "one/a-patient.pdf", "a").code == 6


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_the_marked_page_says_in_words_what_its_bars_and_lines_say(repository: Leaflet, paper: str) -> None:
    assert repository("diff", "a@1", "a", "--pdf", "changes.pdf", "--paper", paper).code == 0
    data = (repository.folder / "changes.pdf").read_bytes()
    text = " ".join(" ".join(page_texts(data)).split())
    assert "From a@1 to a." in text
    assert "Changed: 2 mg becomes 4 mg Yawning | [was: 2] 4 mg | 4 mg" in text
    assert text.index("Doses") < text.index("Everything else")
    assert verapdf.failures(data, "3a") == []
    assert verapdf.failures(data, "ua1") == []
    repository("diff", "a@1", "a", "--pdf", "again.pdf", "--paper", paper)
    assert (repository.folder / "again.pdf").read_bytes() == data
