"""What every test may ask for: the repository's root and the corpus that may stand beside it."""

import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.running import Leaflet
from tests.sheets import ProjectMonographs, shared_folder

ROOT = Path(__file__).resolve().parent.parent

# A busy or slow machine is no fault of an example.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


def pytest_configure() -> None:
    """Takes Ctrl-C: a shell that starts the tests in the background has them ignore it, and all that they start."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder that holds `pyproject.toml`."""
    return ROOT


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of found monographs beside the checkout; the test is skipped where there is none."""
    folder = ROOT.parent / "shared" / "corpus"
    if not folder.is_dir():
        pytest.skip("no corpus beside this checkout")
    return folder


@pytest.fixture(scope="session")
def monographs(tmp_path_factory: pytest.TempPathFactory) -> ProjectMonographs:
    """The sheets of this session, each made once."""
    folder = shared_folder(tmp_path_factory) / "shared-cache"
    (folder / "project").mkdir(parents=True, exist_ok=True)
    return ProjectMonographs(folder)


@pytest.fixture
def leaflet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Leaflet:
    """The command `leaflet`, run in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return Leaflet(tmp_path, capsys)
