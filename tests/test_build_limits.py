"""What one build may take: time, memory, and the lengths that would take more."""

import re
import time

import pytest

from leaflets.errors import RenderError
from leaflets.pipeline.child_process import run_in_child
from leaflets.workers.local import SerialWorkers
from leaflets.workers.protocol import Limits, Workers
from tests.running import MONOGRAPH, Leaflet

_USES = "---\ntitle: Long\n---\n\n### Uses\n\n"
_TOO_LONG = {
    "a table of 24 columns": "|" + "a|" * 24 + "\n|" + "-|" * 24 + "\n" + ("|" + "ab|" * 24 + "\n") * 3400,
    "65,000 list items": "- a\n" * 65_000,
    "a word of 8,000 letters": "- " + "abcdefgh" * 1000 + "\n",
}


@pytest.mark.parametrize("text", _TOO_LONG.values(), ids=_TOO_LONG)
def test_what_would_take_minutes_is_refused_at_once_with_its_line(leaflet: Leaflet, text: str) -> None:
    path = leaflet.write("long.md", (_USES + text)[:261_000])
    start = time.process_time()
    ran = leaflet("build", path)
    assert ran.code == 3
    assert "long.md:" in ran.err
    assert time.process_time() - start < 30  # it took 46 to 185 seconds; this is no measure of speed


@pytest.mark.parametrize("length", [250, 1000])
def test_a_word_within_the_limit_is_set(leaflet: Leaflet, length: int) -> None:
    word = "abcdefgh" * (length // 8)
    assert leaflet("build", leaflet.write("word.md", f"{_USES}{word}\n"), "--audience", "patient").code == 0


def _slow(*_: object, **__: object) -> None:
    while True:
        time.sleep(0.01)


def test_a_child_whose_parent_gives_up_ends_too() -> None:
    def given_up() -> None:
        raise RenderError("over")

    with pytest.raises(RenderError, match="over"):
        run_in_child(_slow, given_up)  # returns at once: it does not wait for the child


@pytest.mark.parametrize(
    "words", [["--max-seconds", "-1"], ["--max-memory", "x"], ["--max-memory", "100"], ["--max-seconds", "99999999"]]
)
def test_a_limit_that_is_none_is_refused(leaflet: Leaflet, words: list[str]) -> None:
    assert leaflet("build", "metformin", *words).code == 2


@pytest.mark.parametrize("limits", ["seconds = -1", "second = 1", "memory = true", "memory = 9"])
def test_a_limit_of_the_settings_that_is_none_is_refused(leaflet: Leaflet, limits: str) -> None:
    leaflet.write("leaflet.toml", f"[limits]\n{limits}\n")
    ran = leaflet("list")
    assert ran.code == 2
    assert "leaflet.toml: " in ran.err


@pytest.mark.parametrize("command", ["batch", "reprint"])
def test_the_limits_of_the_settings_are_those_of_the_workers_of_a_run(
    leaflet: Leaflet, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    leaflet.write("content/examplol.md", MONOGRAPH)
    leaflet.write("list.csv", "drug,patient_name\nexamplol,Zebedee Quux\n")
    allow = ("--allow-draft", "--allow-unsafe")
    assert leaflet("batch", "list.csv", "-q", "--workers", "0", *allow).code == 0
    assert leaflet("runs", "spoil", "last", "1").code == 0
    leaflet.write("leaflet.toml", "[limits]\nseconds = 7\nmemory = 0\n")
    given: list[Limits] = []

    def workers(_count: int, _preload: tuple[str, ...], limits: Limits) -> Workers:
        given.append(limits)
        return SerialWorkers()

    monkeypatch.setattr(f"leaflets.cli.{command}.workers_for", workers)
    words = ("batch", "list.csv", "--again", *allow) if command == "batch" else ("reprint", "last", "--serials", "1")
    assert leaflet(*words, "-q").code == 0
    assert [(limits.seconds, limits.mib > 10**6) for limits in given] == [(7, True)]


def test_a_run_in_full_says_what_is_to_be_done_next(leaflet: Leaflet) -> None:
    leaflet.write("content/examplol.md", MONOGRAPH)
    leaflet.write("list.csv", "drug,patient_name,copies\nexamplol,Zebedee Quux,3\n")
    assert leaflet("batch", "list.csv", "-q", "--workers", "0", "--allow-draft", "--allow-unsafe").code == 0
    assert "When it is printed: leaflet runs confirm" in leaflet("runs", "show", "last").out
    assert leaflet("runs", "spoil", "last", "2").code == 0
    shown = leaflet("runs", "show", "last").out
    assert re.search(r"confirm \S+ 1,3\n", shown)
    assert re.search(r"to print again: leaflet reprint \S+ --serials 2\n", shown)
    assert leaflet("reprint", "last", "--serials", "2", "-q").code == 0
    assert leaflet("runs", "confirm", "last", "1", "3", "4").code == 0
    done = leaflet("runs", "show", "last").out
    assert "4  in place of 2" in done
    assert "\nNext\n" not in done
