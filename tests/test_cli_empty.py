"""Commands that list something, where there is nothing to list: a sentence for people, an empty list for programs."""

import json

import pytest

from tests.running import Leaflet

OWN = 'content = "own"\n'


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["runs"], "no run was made in this project yet: “leaflet batch LIST.csv” makes one"),
        (["runs", "history"], "no run was made in this project yet: “leaflet batch LIST.csv” makes one"),
        (["list"], "no monographs: “leaflet new NAME” starts one"),
        (["check", "--all"], "no monographs: “leaflet new NAME” starts one"),
        (["check", "--all", "--fix-list"], "no monographs: “leaflet new NAME” starts one"),
        (["build", "--all"], "no monographs: “leaflet new NAME” starts one"),
        (["translation", "status"], "no translations: “leaflet translation start NAME LANG” begins one"),
    ],
)
def test_where_there_is_nothing_to_list_a_sentence_says_so(leaflet: Leaflet, words: list[str], sentence: str) -> None:
    leaflet.write("leaflet.toml", OWN)
    ran = leaflet(*words)
    assert (ran.code, (ran.out + ran.err).splitlines()) == (0, [sentence])
    assert leaflet.files() == {"leaflet.toml"}


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["list"], []),
        (["check", "--all"], {"files": [], "failed": [], "errors": 0, "warnings": 0}),
        (["build", "--all"], {"sheets": [], "errors": []}),
        (["translation", "status"], {"translations": []}),
    ],
)
def test_a_program_gets_an_empty_list(leaflet: Leaflet, words: list[str], answer: object) -> None:
    leaflet.write("leaflet.toml", OWN)
    ran = leaflet(*words, "--json")
    assert (ran.code, json.loads(ran.out), ran.err) == (0, answer, "")


@pytest.mark.parametrize("words", [["runs"], ["runs", "history"]])
def test_of_no_run_there_is_no_event(leaflet: Leaflet, words: list[str]) -> None:
    ran = leaflet(*words, "--json")
    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_a_new_ledger_has_no_run_either(leaflet: Leaflet) -> None:
    assert leaflet("runs", "init", "--new-ledger").code == 0
    ran = leaflet("runs")
    assert (ran.code, ran.err) == (0, "no run was made in this project yet: “leaflet batch LIST.csv” makes one\n")
    asked = leaflet("runs", "show", "last")
    assert asked.code == 2
    assert "no run was made in this project yet" in asked.err


def test_a_quiet_run_says_why_a_row_cannot_be_made(leaflet: Leaflet) -> None:
    leaflet.write("list.csv", "drug,patient_name,copies\nmetformin,Zebedee Quux,1e3\n")
    ran = leaflet("batch", "list.csv", "-q", "--workers", "0")
    assert ran.code == 4
    assert ran.err.startswith("line 2: error: column `copies` holds no number from 1 to 500\n")
    assert "Quux" not in ran.err


def test_a_question_about_one_run_is_refused_where_there_is_none(leaflet: Leaflet) -> None:
    for words in (["runs", "show", "last"], ["runs", "--verify"], ["recall", "metformin"], ["runs", "history", "last"]):
        assert leaflet(*words).code == 2
