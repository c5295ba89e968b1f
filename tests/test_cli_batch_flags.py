"""Each flag of `leaflet batch` reaches the run that is planned; what a run makes of it is tested with the runs."""

from collections.abc import Callable
from typing import NoReturn

import pytest

from leaflets.batch.run import RunRequest
from leaflets.cli import batch_run
from leaflets.errors import UsageError
from leaflets.model.edition import Audience, Edition, TypeSize
from leaflets.model.objection import Objection
from leaflets.model.paper import Paper
from tests.running import Leaflet

Plan = Callable[..., RunRequest]


@pytest.fixture
def planned(leaflet: Leaflet, monkeypatch: pytest.MonkeyPatch) -> Plan:
    """What is asked of a run by flags; it goes no further."""
    requests: list[RunRequest] = []

    def stop(request: RunRequest, *_: object) -> NoReturn:
        requests.append(request)
        raise UsageError("stopped", "")

    monkeypatch.setattr(batch_run, "plan_run", stop)
    leaflet.write("list.csv", "drug\nbaricitinib\n")
    leaflet.write("leaflet.toml", 'paper = "a5"\n[batch]\nignore = ["Refills"]\n[batch.columns]\nNDC-11 = "ndc"\n')

    def plan(*flags: str) -> RunRequest:
        assert leaflet("batch", "list.csv", "--dry-run", *flags).code == UsageError.exit_code
        return requests.pop()

    return plan


def test_without_flags_a_run_is_as_the_settings_say(planned: Plan) -> None:
    request = planned()
    options = request.options
    assert options.defaults.edition == Edition(Audience.PATIENT, "en", Paper.A5)
    assert options.defaults.destination == "print"
    assert (dict(options.columns), request.ignored) == ({"NDC-11": "ndc"}, ("Refills",))
    assert (options.sort, options.encoding, options.allowed, options.duplex) == ((), "", frozenset(), True)
    unset = (options.banner, options.split, options.tagged, options.keep_going, request.again)
    assert unset == (False,) * 5
    assert (request.data, request.folder.name) == (b"drug\nbaricitinib\n", "output")


@pytest.mark.parametrize(
    ("flags", "name", "value"),
    [
        (("--simplex",), "duplex", False),
        (("--banner",), "banner", True),
        (("--tagged",), "tagged", True),
        (("--split",), "split", True),
        (("--keep-going",), "keep_going", True),
        (("--sort", "drug, patient_name"), "sort", ("drug", "patient_name")),
        (("--encoding", "cp1252"), "encoding", "cp1252"),
        (("--allow-draft", "--allow-stale"), "allowed", frozenset({Objection.DRAFT, Objection.STALE})),
        (("--allow-expired", "--allow-unsafe"), "allowed", frozenset({Objection.EXPIRED, Objection.UNSAFE})),
    ],
)
def test_a_flag_sets_its_option(planned: Plan, flags: tuple[str, ...], name: str, value: object) -> None:
    assert getattr(planned(*flags).options, name) == value


@pytest.mark.parametrize(
    ("flags", "name", "value"),
    [
        (("--audience", "clinician"), "audience", Audience.CLINICIAN),
        (("--lang", "es"), "lang", "es"),
        (("--paper", "letter"), "paper", Paper.LETTER),
        (("--edition", "large-print"), "type_size", TypeSize.LARGE_PRINT),
    ],
)
def test_a_flag_sets_the_edition_of_rows_that_name_none(
    planned: Plan, flags: tuple[str, ...], name: str, value: object
) -> None:
    assert getattr(planned(*flags).options.defaults.edition, name) == value


def test_flags_set_destination_folder_and_repetition(planned: Plan) -> None:
    request = planned("--destination", "Ward 3", "-o", "elsewhere", "--again")
    assert request.options.defaults.destination == "Ward 3"
    assert (str(request.folder), request.again) == ("elsewhere", True)
