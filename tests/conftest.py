"""What every test may ask for: the repository's root and the corpus that may stand beside it."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


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
