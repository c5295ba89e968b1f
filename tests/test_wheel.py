"""The wheel: what it carries, and that what it installs works in an empty folder."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built without network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "-qq", "wheel", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*command, "-w", str(folder), str(ROOT)], check=True, capture_output=True, text=True)
    [built] = folder.glob("leaflets-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the installed wheel and nothing else."""
    target = tmp_path_factory.mktemp("installed")
    command = [sys.executable, "-m", "pip", "-qq", "install", "--no-deps", "--no-index", "--target", str(target)]
    subprocess.run([*command, str(wheel)], check=True, capture_output=True, text=True)
    return target


def leaflet(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the installed command in `folder`, with the checkout out of reach."""
    environment = {**os.environ, "PYTHONPATH": str(installed), "HOME": str(folder), "PYTHONSAFEPATH": "1"}
    command = [sys.executable, "-m", "leaflets", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_every_style_and_monograph_of_the_checkout_is_in_the_wheel(wheel: Path) -> None:
    here = {
        f"leaflets/_data/{file.relative_to(ROOT).as_posix()}"
        for folder in ("styles", "content")
        for file in (ROOT / folder).rglob("*")
        if file.is_file() and not file.name.startswith(".")
    }
    assert "leaflets/_data/content/baricitinib.md" in here
    assert here <= names(wheel)


def test_every_page_of_the_manual_is_in_the_wheel(wheel: Path) -> None:
    here = {f"leaflets/_data/docs/{page.name}" for page in (ROOT / "docs").glob("*.md") if page.stem != "gallery"}
    assert here
    assert here <= names(wheel)
    assert not any(name.endswith(".png") and "/docs/" in name for name in names(wheel))


def test_the_source_archive_holds_what_both_commands_of_the_readme_need(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    [archive] = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as files:
        inside = {name.partition("/")[2] for name in files.getnames()}
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split(
        "\n"
    )
    needed = {
        "requirements.lock",
        "requirements-dev.lock",
        "pyproject.toml",
        "scripts/setup",
        "scripts/build",
        "scripts/test",
    }
    assert needed <= inside
    assert {name for name in tracked if name and not name.startswith('"')} <= inside


def test_every_template_is_in_the_wheel(wheel: Path) -> None:
    here = {file.relative_to(ROOT).as_posix() for file in (ROOT / "leaflets/templates").rglob("*") if file.is_file()}
    assert here
    assert here <= names(wheel)


def test_fonts_travel_with_their_licence(wheel: Path) -> None:
    fonts = {name for name in names(wheel) if name.endswith((".ttf", ".otf"))}
    licences = {name.rpartition("/")[0] for name in names(wheel) if "OFL" in name or "LICENSE" in name.upper()}
    assert fonts
    for font in fonts:
        folder = font.rpartition("/")[0]
        assert {folder, folder.rpartition("/")[0]} & licences, f"{font} stands without a licence"


def test_nothing_else_is_in_the_wheel(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in names(wheel)}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"leaflets"}
    assert not any("__pycache__" in name for name in names(wheel))
    assert any(name.endswith("licenses/LICENSE") for name in names(wheel))


def test_the_installed_command_has_the_manual(installed: Path, tmp_path: Path) -> None:
    ran = leaflet(installed, tmp_path, "help", "monograph")
    assert ran.returncode == 0
    assert "FRONT MATTER" in ran.stdout


def test_the_installed_command_tells_its_use(installed: Path, tmp_path: Path) -> None:
    done = leaflet(installed, tmp_path, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "build" in done.stdout


def test_the_installed_command_builds_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    done = leaflet(installed, tmp_path, "build", "baricitinib", "--audience", "patient")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "output/baricitinib-patient.pdf").read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize("lang", ["es", "ar", "en+ar"])
def test_the_installed_command_has_its_words_in_every_language(installed: Path, tmp_path: Path, lang: str) -> None:
    done = leaflet(installed, tmp_path, "build", "baricitinib", "--lang", lang)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / f"output/baricitinib-patient-{lang}.pdf").read_bytes().startswith(b"%PDF-")
    lines = leaflet(installed, tmp_path, "languages").stdout.splitlines()
    assert [line.split()[0] for line in lines if "complete" in line] == ["en", "es", "ar", "vi", "zh"]
