"""Turns what WeasyPrint logs and raises into our own errors, each with its place and a remedy."""

import contextlib
import errno
import logging
import re
import threading
from collections.abc import Iterator, Mapping
from tempfile import gettempdir
from typing import Self

from leaflets.errors import LeafletError, OutputError, RenderError
from leaflets.typeset.css_places import origin
from leaflets.typeset.engine import remedy_for_release
from leaflets.typeset.fetch import AssetFetcher, Denied, shown
from leaflets.typeset.glyphs import described

_LOGGER = logging.getLogger("weasyprint")
_PLACE = re.compile(r"\s*\bat (\d+):(\d+)")
_RULE = re.compile(r"`([\w-]+):")
_QUOTED = re.compile(r"'(.+)'")
_GLYPH = re.compile(r'\.notdef glyph .*"(.)" \(U\+[0-9A-F]+\)', re.DOTALL)
_REMEDIES = (
    (re.compile(r"Relative URI"), "Write leaflet:NAME for a file in styles."),
    (re.compile(r"no required alt"), "Give the picture a description, or make it a background."),
    (re.compile(r'required "lang"'), "Give the html element of the template a lang attribute."),
    (re.compile(r"Anchor defined twice|anchor"), "Correct the id or the link in the template."),
)
_CORRECT_RULE = "Correct the rule: a page is made only when the renderer has understood all of it."
_CHECK_STYLES = "Check the styles and the template."
_OTHER_TEMPORARY = "Free some space there, or name another folder for temporary files in the variable TMPDIR."
_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES})
_MAX_MESSAGE = 200


class _Listener:
    """Collects the warnings and errors that WeasyPrint logs in this thread; those of other threads are logged as usual.

    It replaces two methods of the logger, since a program around us may have silenced or disabled that logger, and
    a missing glyph must be noticed all the same.
    """

    def __init__(self) -> None:
        self.records: list[logging.LogRecord] = []
        self._thread = threading.get_ident()

    def __enter__(self) -> Self:
        vars(_LOGGER).update(isEnabledFor=self._is_enabled_for, handle=self._handle)
        return self

    def __exit__(self, *error: object) -> None:
        del vars(_LOGGER)["isEnabledFor"], vars(_LOGGER)["handle"]

    def _is_enabled_for(self, level: int) -> bool:
        if threading.get_ident() == self._thread:
            return level >= logging.WARNING
        return logging.Logger.isEnabledFor(_LOGGER, level)

    def _handle(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:
            self.records.append(record)
        else:
            logging.Logger.handle(_LOGGER, record)


@contextlib.contextmanager
def renderer_errors(
    what: str, fetcher: AssetFetcher, source: str = "", sheets: Mapping[str, str] | None = None
) -> Iterator[None]:
    """Within it, every refusal, every warning WeasyPrint logs and every exception it raises becomes a RenderError.

    `what` is what is being worked on, as messages call it ("patient.css", "the page"); `source` is its text, to look up
    the line where WeasyPrint does not give it; `sheets` are the stylesheets by name, in which a rule's place is found.
    """
    try:
        with _Listener() as listener:
            yield
    except RenderError:
        raise
    except Denied as denial:
        raise fetcher.refusals[0] from denial
    except Exception as error:  # a renderer can fail in any way at all; none may reach the user as a traceback
        raise _failure(what, error) from error
    fetcher.require_none_refused()
    if listener.records:
        raise _logged_error(what, listener.records[0], source, sheets or {})


def _failure(what: str, error: Exception) -> LeafletError:
    if isinstance(error, RecursionError):
        return RenderError(f"{what} nests too deeply to be set.", "Take some levels of nesting out.")
    if isinstance(error, MemoryError):
        return RenderError(f"There is not enough memory to set {what}.", "Make its pictures smaller.")
    if isinstance(error, OSError) and error.errno in _DISK:  # the renderer keeps fonts in files while it works
        return OutputError(f"{gettempdir()}: cannot be written: {error.strerror}", _OTHER_TEMPORARY)
    return RenderError(f"{what} could not be set: {_first_line(error)}.", remedy_for_release(error) or _CHECK_STYLES)


def _first_line(error: Exception) -> str:
    words = shown(str(error).partition("\n")[0])
    return f"{type(error).__name__}, {words}" if words else type(error).__name__


def _logged_error(what: str, record: logging.LogRecord, source: str, sheets: Mapping[str, str]) -> RenderError:
    message = " ".join(record.getMessage().split())
    glyph = _GLYPH.search(record.getMessage())
    if glyph:
        return RenderError(
            f"The font has no glyph for {described(glyph[1])}, which {what} uses.",
            "Use another character, or a font that has it.",
        )
    place = _PLACE.search(message)
    if place:
        problem = (message[: place.start()] + message[place.end() :]).strip(" .")[:_MAX_MESSAGE]
        rule = _RULE.search(problem)
        found = origin(rule[1], int(place[1]), int(place[2]), sheets) if rule else ""
        where = found or f"{what}, line {place[1]}, column {place[2]}"
        return RenderError(f"{where}: {problem}.", remedy_for_release() or _CORRECT_RULE)
    remedy = next((hint for pattern, hint in _REMEDIES if pattern.search(message)), _CHECK_STYLES)
    where = f"{what}, line {line}" if (line := _line_of(message, source)) else what
    return RenderError(f"{where}: {message.strip(' .')[:_MAX_MESSAGE]}.", remedy)


def _line_of(message: str, source: str) -> int:
    """The number of the first line of a source with the words that a message quotes; 0 if it has none."""
    quoted = _QUOTED.search(message)
    place = source.find(quoted[1].strip()) if quoted else -1
    return source.count("\n", 0, place) + 1 if place >= 0 else 0
