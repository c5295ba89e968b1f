"""Loads WeasyPrint: quickly, shut off from the fonts of the machine, and only where its libraries are all there."""

import contextlib
import ctypes.util
import functools
import importlib
import io
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import fontTools
import pydyf

from leaflets.errors import RenderError
from leaflets.lazy_modules import Deferred, deferred

FONTS_CONF = Path(__file__).with_name("fonts.conf")
OLDEST_HARFBUZZ = (4, 1, 0)  # below it WeasyPrint lets fontTools cut fonts down, which stamps the time into them
_LIBRARIES = (
    "On Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz0b libharfbuzz-subset0 libfontconfig1"
)


def _deferred_call(module: str, function: str) -> Callable[..., Any]:
    def call(*args: Any, **options: Any) -> Any:
        return getattr(importlib.import_module(module), function)(*args, **options)

    return call


def _fonttools() -> tuple[ModuleType, ...]:
    # WeasyPrint imports these two for a fallback we refuse and for variable fonts we do not ship: a third of its start.
    subset, library, instancer = (Deferred(f"fontTools.{name}") for name in ("subset", "varLib", "varLib.instancer"))
    library.__path__ = []
    function = "instantiateVariableFont"
    setattr(instancer, function, _deferred_call(instancer.__name__, function))
    return subset, library, instancer


@contextlib.contextmanager
def _libraries_by_soname() -> Iterator[None]:
    # For a name that is no file name, cffi asks find_library, which starts ldconfig, gcc and ld: 86 processes in all.
    # With no answer WeasyPrint goes on to the soname, which the loader knows.
    original = ctypes.util.find_library
    if sys.platform == "linux":
        ctypes.util.find_library = lambda name: None
    try:
        yield
    finally:
        ctypes.util.find_library = original


def _close_fonts() -> None:
    # Pango has fontconfig read this in a thread of its own, some time later, so it has to stay.
    os.environ["FONTCONFIG_FILE"] = str(FONTS_CONF)
    for name in ("FONTCONFIG_PATH", "FONTCONFIG_SYSROOT", "PANGO_LANGUAGE"):
        os.environ.pop(name, None)


def _short(error: OSError) -> str:
    return str(error).partition(":")[0]


def _load() -> ModuleType:
    _close_fonts()
    with (
        deferred(*_fonttools()),
        _libraries_by_soname(),
        warnings.catch_warnings(),
        contextlib.redirect_stdout(io.StringIO()),  # WeasyPrint prints advice of its own when a library is missing
    ):
        warnings.simplefilter("ignore")  # "No fonts configured": as it should be
        try:
            return importlib.import_module("weasyprint")
        except OSError as error:
            raise RenderError(f"A library that sets type is missing: {_short(error)}.", _LIBRARIES) from error


weasyprint: Any = _load()
_ffi: Any = importlib.import_module("weasyprint.text.ffi")


@functools.cache
def _harfbuzz_version() -> str:
    _ffi.ffi.cdef("const char * hb_version_string (void);")  # not among the functions WeasyPrint declares
    return str(_ffi.ffi.string(_ffi.harfbuzz.hb_version_string()).decode())


def _pango_version() -> str:
    number = _ffi.pango.pango_version()
    return f"{number // 10000}.{number // 100 % 100}.{number % 100}"


def engine_versions() -> tuple[tuple[str, str], ...]:
    """Name and version of everything whose release can change the bytes of a page, for provenance and cache keys."""
    return (
        ("weasyprint", weasyprint.VERSION),
        ("pydyf", pydyf.VERSION),
        ("fonttools", fontTools.version),
        ("pango", _pango_version()),
        ("harfbuzz", _harfbuzz_version()),
    )


def require_subsetter() -> None:
    """Nothing, where HarfBuzz can cut fonts down to the glyphs used.

    Raises:
        RenderError: it cannot, so that the same page would come out with other bytes each time.
    """
    if _ffi.harfbuzz_subset is None or not _ffi.harfbuzz.hb_version_atleast(*OLDEST_HARFBUZZ):
        raise RenderError(
            "The library harfbuzz-subset (4.1 or newer) is missing; without it no page comes out the same twice.",
            "On Debian: apt-get install libharfbuzz-subset0",
        )


require_subsetter()
