"""What became of copies, as somebody reports it → the ledger."""

from collections.abc import Sequence

from leaflets.accounts.account import open_rows
from leaflets.batch.print_files import delete_patient_files, remove_unrecorded
from leaflets.ledger.entries import RunEntry
from leaflets.ledger.ledger import Ledger
from leaflets.ledger.states import OPEN, TRANSITIONS, CopyState


def record_state(
    ledger: Ledger, run: RunEntry, serials: Sequence[int] | None, state: CopyState, reason: str = ""
) -> tuple[int, ...]:
    """Records what became of copies; returns those that were not in that state already.

    None for the serials means every open copy that can move there. Raises UsageError where one cannot.
    """
    open_states = {old for old in OPEN if state in TRANSITIONS[old]}
    with ledger.lock_run(run):
        if serials is None:
            serials = [copy.serial for copy in ledger.store.copies(run) if copy.state in open_states]
        chosen = serials
        moved = ledger.store.move(run, chosen, state, reason)
        if state is CopyState.CANCELLED and ledger.is_cancelled(run):
            delete_patient_files(ledger, run, "cancelled", rejects=not open_rows(ledger.store, run))
        elif state is CopyState.CANCELLED:
            remove_unrecorded(ledger, run)
    return moved
