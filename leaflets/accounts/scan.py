"""The code of a label, scanned where a sheet comes out or is handed over → that copy is printed, or why not."""

from dataclasses import dataclass

from leaflets.errors import UsageError
from leaflets.ledger.entries import RunEntry
from leaflets.ledger.ledger import Ledger
from leaflets.ledger.states import CopyState
from leaflets.model.copy import read_copy_code

_REFUSED = {
    CopyState.PLANNED: "is in no print file yet: this sheet is not of this run's files",
    CopyState.RENDERED: "is in no print file yet: this sheet is not of this run's files",
    CopyState.PRINTED: "is recorded as printed already: there may be two sheets of it, or this is its label sheet",
    CopyState.SPOILED: "is spoiled: destroy this sheet",
    CopyState.UNPRINTED: "is recorded as never printed: keep this sheet back",
    CopyState.CANCELLED: "is cancelled: destroy this sheet",
}
"""Why a copy in some state is not recorded as printed when its sheet is scanned."""


@dataclass(frozen=True, slots=True)
class Scan:
    """What came of one scan: the serial (0 where there is none of this run), and why it was refused, if it was."""

    serial: int
    refused: str = ""


def record_scan(ledger: Ledger, run: RunEntry, text: str) -> Scan:
    """Records the copy whose code was scanned as printed.

    Refused are texts that are no code, codes of other runs, and copies that are printed, spoiled, cancelled or not
    written. Raises LedgerError where another process works on the run.
    """
    try:
        code = read_copy_code(text)
    except UsageError as error:
        return Scan(0, f"{error.message}. {error.hint}")
    if code.run != run.name:
        return Scan(0, f"this sheet is of run {code.run}")
    with ledger.lock_run(run):
        state = ledger.store.state(run, code.serial)
        if state is None:
            return Scan(0, f"run {run.name} has no serial {code.serial}")
        if state in _REFUSED:
            return Scan(code.serial, f"serial {code.serial} {_REFUSED[state]}")
        ledger.store.move(run, (code.serial,), CopyState.PRINTED)
    return Scan(code.serial)
