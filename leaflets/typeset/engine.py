"""Loads WeasyPrint: quickly, shut off from the fonts of the machine, and only where its libraries are all there."""

import contextlib
import ctypes.util
import functools
import importlib
import operator
import os
import re
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, TextIO, cast

import fontTools
import pydyf

from leaflets.errors import RendererMissing, RenderError
from leaflets.lazy_modules import Deferred, deferred

FONTS_CONF = Path(__file__).with_name("fonts.conf")
TESTED_RELEASE = "70.0"
"""The release of WeasyPrint whose internals we know."""
_INSTALL_TESTED = 'Install the releases that leaflet is made for: pip install "weasyprint==70.0" "pydyf>=0.13,<0.14"'
_DECLARATIONS = """
    const char * hb_version_string (void);
    PangoLanguage ** pango_language_get_preferred (void);
    FcConfig * FcConfigCreate (void);
    FcBool FcConfigBuildFonts (FcConfig *config);
    void FcConfigSetSysRoot (FcConfig *config, const FcChar8 *sysroot);
"""  # not among the functions that WeasyPrint declares
OLDEST_HARFBUZZ = (4, 1, 0)  # below it WeasyPrint lets fontTools cut fonts down, which stamps the time into them
_DOCTOR = "“leaflet doctor” lists what is missing."
_LIBRARIES = (
    "On Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz0b libharfbuzz-subset0 libfontconfig1. "
    + _DOCTOR
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


class _OtherThreadsOnly:
    """Standard output without what the thread that made this writes; for other threads it is as it was."""

    def __init__(self) -> None:
        self._thread = threading.get_ident()
        self._stream = sys.stdout

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Writes for other threads; the thread that made this is told that all is written."""
        if threading.get_ident() == self._thread or self._stream is None:
            return len(text)
        return self._stream.write(text)

    def flush(self) -> None:
        """Flushes for other threads."""
        if threading.get_ident() != self._thread and self._stream is not None:
            self._stream.flush()


def _library_in(error: OSError) -> str:
    """The library that could not be loaded, as the message of cffi quotes it."""
    quoted = re.search(r"'([^']+)'", str(error))
    return quoted[1] if quoted else str(error).partition(":")[0]


def _load() -> Any:
    with (
        deferred(*_fonttools()),
        _libraries_by_soname(),
        warnings.catch_warnings(),
        contextlib.redirect_stdout(
            cast("TextIO", _OtherThreadsOnly())
        ),  # WeasyPrint prints advice when a library is missing
    ):
        warnings.simplefilter("ignore")  # "No fonts configured" on a machine without fonts: ours are enough
        try:
            import weasyprint as loaded
        except OSError as error:
            raise RendererMissing(f"A library that sets type is missing: {_library_in(error)}.", _LIBRARIES) from error
    return loaded


weasyprint: Any = _load()


def internal(path: str) -> Any:
    """A module, class or function inside WeasyPrint that is not part of its documented interface, by its dotted path.

    Raises:
        RenderError: the installed release has nothing of that name.
    """
    try:
        return operator.attrgetter(path)(weasyprint)
    except AttributeError as error:
        message = f"WeasyPrint {weasyprint.VERSION} has no {path}, which leaflet needs."
        raise RenderError(message, _INSTALL_TESTED) from error


def remedy_for_release(error: Exception | None = None) -> str | None:
    """What to install where a fault may come from the release of WeasyPrint; None where it cannot.

    A missing name can come from any release but the tested one, everything else from another line of releases alone.
    """
    is_name = isinstance(error, AttributeError | ImportError | KeyError | TypeError)
    tested_line = TESTED_RELEASE.partition(".")[0] + "."
    is_known = weasyprint.VERSION == TESTED_RELEASE if is_name else weasyprint.VERSION.startswith(tested_line)
    return None if is_known else f"WeasyPrint {weasyprint.VERSION} is installed. {_INSTALL_TESTED}"


_ffi: Any = internal("text.ffi")
_ffi.ffi.cdef(_DECLARATIONS, override=True)


def _ignore_preferred_languages() -> None:
    # Pango reads these variables once in a process, for the letters of a script that the language of the text is not
    # written in: they choose between the forms of a letter, so a page would differ from machine to machine.
    variables = {name: os.environ.pop(name) for name in ("PANGO_LANGUAGE", "LANGUAGE") if name in os.environ}
    try:
        if hasattr(_ffi.pango, "pango_language_get_preferred"):  # since Pango 1.48
            _ffi.pango.pango_language_get_preferred()
    finally:
        os.environ.update(variables)


def closed_font_config() -> Any:
    """A new fontconfig configuration without any font of the machine, to be freed with `FcConfigDestroy`.

    It is private to its owner: the configuration that other code of the process uses is neither read nor changed.
    """
    config = _ffi.fontconfig.FcConfigCreate()
    _ffi.fontconfig.FcConfigSetSysRoot(config, _ffi.ffi.NULL)  # else FONTCONFIG_SYSROOT is put before each file name
    _ffi.fontconfig.FcConfigParseAndLoadFromMemory(config, FONTS_CONF.read_bytes(), True)
    _ffi.fontconfig.FcConfigBuildFonts(config)
    return config


@functools.cache
def _harfbuzz_version() -> str:
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
        RendererMissing: it cannot, so that the same page would come out with other bytes each time.
    """
    if _ffi.harfbuzz_subset is None or not _ffi.harfbuzz.hb_version_atleast(*OLDEST_HARFBUZZ):
        raise RendererMissing(
            "The library harfbuzz-subset (4.1 or newer) is missing; without it no page comes out the same twice.",
            f"On Debian: apt-get install libharfbuzz-subset0. {_DOCTOR}",
        )


require_subsetter()
_ignore_preferred_languages()
