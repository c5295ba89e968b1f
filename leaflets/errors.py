"""The exception tree of leaflet, with its exit codes; imports nothing.

    LeafletError        1   anything that ends a job
    ├─ UsageError       2   a flag, a name or a setting that cannot be understood
    ├─ ContentError     3   a monograph that is missing, unreadable or none at all
    ├─ CheckFailed      4   findings of severity error stand in the way
    ├─ RenderError      5   template, style, font, glyph or forbidden fetch
    │  └─ RendererMissing 5 the renderer, or a library of the system that it needs, is not there
    ├─ PdfError         6   a PDF that could not be labelled, imposed or proved
    │  └─ LeafletLost   6   a compiled leaflet that is gone from the cache or damaged
    ├─ OutOfMemory      7   not enough memory for the job
    ├─ OutputError      8   a file that could not be written
    ├─ LedgerError      9   a ledger that is locked, damaged or of another version
    ├─ RunIncomplete   11   a run that ended with copies not done
    │  └─ InputsChanged 11  what a sheet is made of changed while the run was being made
    └─ Interrupted    130   Ctrl-C

Every message says what failed and where; the hint says what to do about it.
"""


class LeafletError(Exception):
    """A job that cannot go on. `message` says what failed and where, `hint` what to do."""

    exit_code = 1
    default_hint = ""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint or self.default_hint


class UsageError(LeafletError):
    """A flag, a name or a setting that cannot be understood."""

    exit_code = 2


class ContentError(LeafletError):
    """A monograph that is missing, unreadable, too large or not a monograph."""

    exit_code = 3


class CheckFailed(LeafletError):
    """Findings of severity error (or warnings, where asked) stand in the way."""

    exit_code = 4


class RenderError(LeafletError):
    """A template, style, font, glyph or forbidden fetch that stops the page from being made."""

    exit_code = 5


class RendererMissing(RenderError):
    """The renderer, or a library of the system that it needs, is not there: no sheet at all can be made."""


class PdfError(LeafletError):
    """A PDF that could not be read, labelled, imposed or proved."""

    exit_code = 6


class OutOfMemory(LeafletError):
    """There is not enough memory, or a limit on it that is too low, for the job."""

    exit_code = 7
    default_hint = (
        "End other programs or raise the limit (ulimit -v); a long list can be split, a run given fewer --workers."
    )


class LeafletLost(PdfError):
    """A compiled leaflet that is gone from the cache or damaged; a run makes it again."""


class OutputError(LeafletError):
    """A file or folder that could not be written."""

    exit_code = 8


class LedgerError(LeafletError):
    """A ledger that is locked, damaged or of another version."""

    exit_code = 9


class RunIncomplete(LeafletError):
    """A run that ended with copies not done."""

    exit_code = 11


class InputsChanged(RunIncomplete):
    """What a sheet is made of changed after the run was planned; nothing of it is kept, and the run stops."""


class Interrupted(LeafletError):
    """The person at the keyboard, or the system, asked to stop."""

    exit_code = 130


class InterruptSignal(KeyboardInterrupt):
    """Ctrl-C, as our signal handlers raise it.

    Where a plain KeyboardInterrupt passes through code that `exec` runs, as when a dataclass is defined, Python treats
    it as uncaught even if it is caught later: the process would end by the signal, not with our exit code.
    """
