"""What `leaflet doctor` finds of the program: its packages, libraries, fonts and extras, and programs beside it."""

from __future__ import annotations

import ctypes
import importlib.metadata
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType

from leaflets import __version__
from leaflets.cli.installed_part import InstalledPart, needed, optional
from leaflets.cli.report import counted
from leaflets.project import packaged_folder

# The library of the system, the Debian package that has it, and its function that names the release.
LIBRARIES = MappingProxyType({
    "Pango": ("libpango-1.0.so.0", "libpango-1.0-0", "pango_version_string"),
    "Pango with FreeType": ("libpangoft2-1.0.so.0", "libpangoft2-1.0-0", "pango_version_string"),
    "HarfBuzz subset": ("libharfbuzz-subset.so.0", "libharfbuzz-subset0", "hb_version_string"),
})  # fmt: skip
EXTRAS = MappingProxyType({
    "zh": ("pylopdf-fonts-zh-cn>=0.1,<0.2", "Chinese sheets and labels"),
    "ja": ("pylopdf-fonts-jp>=0.1,<0.2", "labels in Japanese letters"),
    "ko": ("pylopdf-fonts-ko>=0.1,<0.2", "labels in Korean letters"),
    "scripts": ("manimgx-fonts>=2026.9,<2027", "labels in eight more scripts"),
    "exchange": ("lxml>=6.0,<7", "labels of medicines in XML, for leaflet evidence"),
    "signatures": ("cryptography>=44", "signatures of reviews and sheets"),
})  # fmt: skip
TEST_PROGRAMS = MappingProxyType({
    "poppler": ("pdftotext", "poppler-utils"), "qpdf": ("qpdf", "qpdf"), "Java": ("java", "default-jre-headless"),
    "zsh": ("zsh", "zsh"), "fish": ("fish", "fish"),
})  # fmt: skip
_REQUIREMENT = re.compile(r"([\w.-]+)([^;]*)")
_BOUND = re.compile(r"(>=|<)([\d.]+)")
_SECONDS = 5


def program_parts() -> Iterator[InstalledPart]:
    """The program and what it stands on, then what is of use beside it."""
    yield needed("program", "leaflet", __version__)
    yield needed("program", "Python", f"{platform.python_version()}, {sys.executable}")
    yield from map(_package, _requirements())
    yield from (_library(name, *facts) for name, facts in LIBRARIES.items())
    yield _fonts()
    yield from (_extra(name, *facts) for name, facts in EXTRAS.items())
    yield from (_program(name, *facts) for name, facts in TEST_PROGRAMS.items())
    yield _printers()


def _requirements() -> list[str]:
    """The packages that every installation has, as pip writes them: “weasyprint<71,>=70.0”."""
    try:
        return [each for each in importlib.metadata.requires("leaflets") or () if "extra ==" not in each]
    except importlib.metadata.PackageNotFoundError:  # run from its source, where nothing says what it needs
        return []


def _package(requirement: str) -> InstalledPart:
    name, bounds = _split(requirement)
    version = _version(name)
    if version and _fits(version, bounds):
        return needed("program", name, version)
    seen = f"{version}: leaflet needs {bounds}" if version else "not installed"
    return needed("program", name, seen, _pip(requirement))


def _split(requirement: str) -> tuple[str, str]:
    parts = _REQUIREMENT.match(requirement)
    return (parts[1], parts[2].strip()) if parts else (requirement, "")


def _version(package: str) -> str:
    """The release of a package, or an empty text where it is not installed."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _fits(version: str, bounds: str) -> bool:
    """Whether a release is within bounds such as “<71,>=70.0”, the only ones that our packages have."""
    numbers = _numbers(version)
    return all(
        numbers >= _numbers(bound) if sign == ">=" else numbers < _numbers(bound)
        for sign, bound in _BOUND.findall(bounds)
    )


def _numbers(version: str) -> tuple[int, ...]:
    numbers = [int(number) for number in re.findall(r"\d+", version)]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def _pip(requirement: str) -> str:
    """The line that installs a package where this program is: beside it with pipx or uv, else with its pip."""
    prefix = Path(sys.prefix)
    if prefix.parent.name == "venvs" and "pipx" in prefix.parts:
        return f'pipx inject {prefix.name} "{requirement}"'
    if prefix.parent.name == "tools" and "uv" in prefix.parts:
        return f'uv pip install --python {sys.executable} "{requirement}"'
    return f'{sys.executable} -m pip install "{requirement}"'


def _apt(package: str) -> str:
    """The line that installs a package of the system."""
    if not shutil.which("apt-get"):
        return f"install what your system calls {package}"
    return f"{'' if os.geteuid() == 0 else 'sudo '}apt-get install {package}"


def _library(name: str, file: str, package: str, release: str) -> InstalledPart:
    try:
        function = getattr(ctypes.CDLL(file), release)
    except OSError:
        return needed("libraries", name, f"{file} is not there", _apt(package))
    function.restype = ctypes.c_char_p
    return needed("libraries", name, f"{function().decode()}, {file}")


def _fonts() -> InstalledPart:
    folder = packaged_folder("styles") / "fonts"
    count = sum(path.suffix in (".ttf", ".otf") for path in folder.rglob("*"))
    return needed("fonts", "of the program", counted(count, "font"), "" if count else "install leaflet again")


def _extra(name: str, requirement: str, use: str) -> InstalledPart:
    package, bounds = _split(requirement)
    version = _version(package)
    there = bool(version) and _fits(version, bounds)
    return optional("extras", f"extra {name}", f"{use}  {version}".rstrip(), "" if there else _pip(requirement))


def _program(name: str, program: str, package: str) -> InstalledPart:
    path = shutil.which(program)
    return optional("for the tests only", name, path or f"no {program}", "" if path else _apt(package))


def _printers() -> InstalledPart:
    """The printers that CUPS has; the sheets are files, so a machine without any does as well."""
    if not shutil.which("lpstat"):
        return optional("printers", "CUPS", "no lpstat", _apt("cups-client"))
    try:
        asked = subprocess.run(["lpstat", "-e"], capture_output=True, text=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return optional("printers", "CUPS", "it does not answer", "sudo systemctl start cups")
    names = ", ".join(asked.stdout.split())
    return optional(
        "printers", "CUPS", names or "no printer is set up", "" if names else "lpadmin -p NAME -E -v URI -m everywhere"
    )
