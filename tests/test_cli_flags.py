"""Flags of `leaflet build` and `leaflet runs` that decide what is made or recorded."""

from typing import NoReturn

import pytest

from leaflets.cli import build
from leaflets.errors import UsageError
from leaflets.model.edition import Audience, Edition, Notice, TypeSize
from leaflets.model.paper import Paper
from leaflets.project import MonographFile, ProjectFolder
from tests.running import MONOGRAPH, Leaflet


@pytest.mark.parametrize(
    ("flags", "edition"),
    [
        (("--sheets", "3"), Edition(Audience.PATIENT, sheets=3)),
        (("--no-fit",), Edition(Audience.PATIENT, fitted=False)),
        (("--paper", "letter"), Edition(Audience.PATIENT, paper=Paper.LETTER)),
        (("--edition", "large-print"), Edition(Audience.PATIENT, type_size=TypeSize.LARGE_PRINT)),
        (("--paper", "a5", "--booklet"), Edition(Audience.PATIENT, paper=Paper.A5, booklet=True)),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_flag_of_build_sets_the_edition(
    leaflet: Leaflet, monkeypatch: pytest.MonkeyPatch, flags: tuple[str, ...], edition: Edition
) -> None:
    asked: list[tuple[Edition, list[Notice]]] = []

    def stop(
        _: ProjectFolder, source: MonographFile, edition: Edition, *, allowed: list[Notice], **others: object
    ) -> NoReturn:
        asked.append((edition, allowed))
        raise UsageError("stopped", "")

    monkeypatch.setattr(build, "build", stop)
    leaflet.write("a.md", MONOGRAPH)
    assert leaflet("build", "a.md", "--audience", "patient", "--allow-stale", *flags).code == UsageError.exit_code
    assert asked == [(edition, [Notice.STALE])]


@pytest.mark.parametrize("action", ["confirm", "spoil"])
def test_sheets_are_confirmed_and_spoiled_by_serial_alone(leaflet: Leaflet, action: str) -> None:
    ran = leaflet("runs", action, "last")
    assert ran.code == 2
    assert "the following arguments are required: SERIALS" in ran.err


@pytest.mark.parametrize("action", ["sent", "cancel"])
def test_all_open_sheets_may_be_sent_or_cancelled_at_once(leaflet: Leaflet, action: str) -> None:
    reason = ("--reason", "a reason") if action == "cancel" else ()
    assert "SERIALS" not in leaflet("runs", action, "last", *reason).err


@pytest.mark.parametrize("action", ["confirm", "spoil", "unprinted", "sent", "cancel", "waive"])
@pytest.mark.parametrize("word", ["", " ", ","])
def test_an_empty_word_never_stands_for_every_sheet(leaflet: Leaflet, action: str, word: str) -> None:
    ran = leaflet("runs", action, "last", word, *(("--reason", "a reason") if action in {"cancel", "waive"} else ()))
    assert ran.code == 2
    assert "is empty" in ran.err
