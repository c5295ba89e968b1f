"""The sub-commands of `leaflet runs` that keep the account of a run: what became of its copies, and who has none."""

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from leaflets.accounts.account import Account, open_rows, reconcile
from leaflets.accounts.record import record_state
from leaflets.batch.environment import open_environment
from leaflets.cli import report, run_output
from leaflets.cli.progress import emit
from leaflets.errors import RunIncomplete, UsageError
from leaflets.ledger.entries import LeftOutRow, RunEntry, WhyLeftOut
from leaflets.ledger.ledger import Ledger
from leaflets.ledger.serials import format_serials, parse_chosen
from leaflets.ledger.states import CopyState
from leaflets.project import load_project

REPORTED_STATES = {
    "sent": (CopyState.SENT, "these copies are at the printer"),
    "confirm": (CopyState.PRINTED, "these copies came out well"),
    "spoil": (CopyState.SPOILED, "these copies came out badly, or were destroyed"),
    "unprinted": (CopyState.UNPRINTED, "these copies never reached paper"),
    "cancel": (CopyState.CANCELLED, "nobody needs these copies any more"),
}
"""Sub-commands that record the state of copies, with the words of their help."""

MAY_TAKE_ALL = frozenset({"sent", "cancel"})
"""Those that need no serials and then mean all open copies; for the others this is written out: "all"."""

_MOST_REASON = 200
"""Characters in a reason."""

_ACCOUNT_STATES = (CopyState.PRINTED, CopyState.SPOILED, CopyState.UNPRINTED, CopyState.CANCELLED)


def add_actions(actions: Any) -> None:
    """Add the sub-commands that keep the account of a run."""
    for name, (state, words) in REPORTED_STATES.items():
        action = add_action(actions, name, f"say that {words}", run_record)
        how_many = "*" if name in MAY_TAKE_ALL else "+"
        default = " (default: all)" if name in MAY_TAKE_ALL else ""
        action.add_argument(
            "serials", nargs=how_many, metavar="SERIALS", help=f'"1-120 125", or "all" that are open{default}'
        )
        action.set_defaults(state=state)
        add_reason(action, required=state is CopyState.CANCELLED)
    waive = add_action(
        actions, "waive", "say that nobody needs the rows on these lines, which were left out", run_waive
    )
    waive.add_argument("lines", nargs="+", metavar="LINES", help='lines of the list: "3 7-9", or "all" that are open')
    add_reason(waive, required=True)
    add_action(actions, "reconcile", "has everybody a sheet, or a reason to have none?", run_reconcile)


def add_action(
    actions: Any, name: str, help_text: str, run: Callable[[argparse.Namespace], int]
) -> argparse.ArgumentParser:
    """Add a sub-command that takes a run."""
    parser: argparse.ArgumentParser = actions.add_parser(name, help=help_text, description=help_text)
    parser.add_argument("name", metavar="RUN", help='a run, by name, by a beginning of it, or "last"')
    parser.add_argument("--json", action="store_true", help="one JSON event a line on standard output")
    parser.set_defaults(run=run)
    return parser


def run_record(args: argparse.Namespace) -> int:
    """Record the state of copies."""
    chosen = parse_chosen(args.serials or ["all"])
    reason = reason_of(args)
    with ledger_to_change(args) as ledger:
        entry = ledger.find_run(args.name)
        moved = record_state(ledger, entry, chosen, args.state, reason)
        if args.json:
            serials, head = format_serials(moved), ledger.store.last_hash()
            emit(args.state.value, run=entry.name, serials=serials, copies=len(moved), history=head)
        else:
            copies = f"{report.counted(len(moved), 'copy')} {'is' if len(moved) == 1 else 'are'}"
            report.line(f"Run {entry.name}: {copies} {args.state.value} now", sys.stdout)
            report.line(f"  {run_output.states_text(ledger.store.state_counts(entry))}", sys.stdout)
            report.line(run_output.head_line(ledger.store), sys.stdout)
    return 0


def run_waive(args: argparse.Namespace) -> int:
    """Record that nobody needs some rows that a run left out."""
    chosen, reason = parse_chosen(args.lines), reason_of(args)
    with ledger_to_change(args) as ledger:
        entry = ledger.find_run(args.name)
        lines = chosen or tuple(one.line for one in open_rows(ledger.store, entry))
        waived = ledger.store.waive(entry, lines, reason)
        if args.json:
            head = ledger.store.last_hash()
            emit("waived", run=entry.name, lines=format_serials(waived), rows=len(waived), history=head)
        else:
            rows = report.counted(len(waived), "row")
            report.line(f"Run {entry.name}: {rows} waived, {_open_rows_text(ledger, entry)}", sys.stdout)
            report.line(run_output.head_line(ledger.store), sys.stdout)
    return 0


def run_reconcile(args: argparse.Namespace) -> int:
    """Print the account of a run. Raises RunIncomplete while anybody has neither a sheet nor a reason to have none."""
    with open_environment(load_project(Path.cwd())).ledger_to_read() as ledger:
        entry = ledger.find_run(args.name)
        account = reconcile(ledger.store, entry)
    if args.json:
        _emit_account(entry, account)
    else:
        counts = account.state_counts
        ended = " + ".join(f"{counts[state]} {state.value}" for state in _ACCOUNT_STATES)
        report.line(f"Run {entry.name}: {counts.total} planned = {ended} + {counts.open} open", sys.stdout)
    if not account.closed:
        what, commands = zip(*_open_points(entry, account), strict=True)
        raise RunIncomplete(f"run {entry.name}: {'; '.join(what)}", "\n  ".join(commands))
    return 0


def _emit_account(entry: RunEntry, account: Account) -> None:
    emit(
        "account",
        run=entry.name,
        planned_in_all=account.state_counts.total,
        open_serials=format_serials(account.open_serials),
        unwritten_serials=format_serials(account.unwritten),
        unreported_serials=format_serials(account.unreported),
        spoiled_serials=format_serials(account.spoiled),
        unprinted_serials=format_serials(account.unprinted),
        left_out_lines=format_serials(one.line for one in account.left_out),
        closed=account.closed,
        **{state.value: account.state_counts[state] for state in CopyState},
    )


def _open_points(entry: RunEntry, account: Account) -> Iterator[tuple[str, str]]:
    """What is open in an account, and the command for it."""
    run = entry.name
    if account.unwritten:
        serials = format_serials(account.unwritten)
        yield f"serials {serials} are in no print file yet", "Give the command that began the run once more."
    if account.unreported:
        serials = format_serials(account.unreported)
        what = f"nobody has recorded what became of serials {serials}"
        yield what, f"`leaflet runs confirm {run} {serials}`, or `spoil`, `unprinted`, `cancel`."
    if account.spoiled:
        serials = format_serials(account.spoiled)
        yield f"serials {serials} are spoiled and not reprinted", _reprint(run, serials)
    if account.unprinted:
        serials = format_serials(account.unprinted)
        yield f"serials {serials} never reached paper and are not reprinted", _reprint(run, serials)
    for why, words in _LEFT_OUT.items():
        rows = [one for one in account.left_out if one.why is why]
        if rows:
            yield f"{_lines(rows)} {words}", _rejects(run, rows)


_LEFT_OUT = {
    WhyLeftOut.REFUSED: "refused and left out",
    WhyLeftOut.FAILED: "left out, as the leaflet could not be made",
    WhyLeftOut.MADE: "left out, as a run had made them that was cancelled since",
}


def _reprint(run: str, serials: str) -> str:
    return f"`leaflet reprint {run} --serials {serials}`, or `leaflet runs cancel {run} {serials} --reason …`."


def _rejects(run: str, rows: list[LeftOutRow]) -> str:
    lines = format_serials(one.line for one in rows)
    if rows[0].why is WhyLeftOut.MADE:
        return f"Run a list of these rows alone, or `leaflet runs waive {run} {lines} --reason …`."
    return f"Run the list {run}-rejects, or `leaflet runs waive {run} {lines} --reason …`."


def _lines(rows: list[LeftOutRow]) -> str:
    lines = format_serials(one.line for one in rows)
    return f"the rows on lines {lines} were" if len(rows) > 1 else f"the row on line {lines} was"


def _open_rows_text(ledger: Ledger, entry: RunEntry) -> str:
    rows = open_rows(ledger.store, entry)
    return f"still open: line {format_serials(one.line for one in rows)}" if rows else "none left open"


def add_reason(parser: argparse.ArgumentParser, *, required: bool = False) -> None:
    """Add `--reason`."""
    parser.add_argument(
        "--reason",
        required=required,
        metavar="TEXT",
        help="why; it stays in the history of the ledger, so write nothing of a patient in it",
    )


def reason_of(args: argparse.Namespace) -> str:
    """The reason in one line; empty where none was given. Raises UsageError where it is blank or too long."""
    if args.reason is None:
        return ""
    reason = " ".join(args.reason.split())
    if not reason or len(reason) > _MOST_REASON:
        raise UsageError(
            f"a reason is one line of 1 to {_MOST_REASON} characters", 'For example --reason "discharged".'
        )
    return reason


def ledger_to_change(args: argparse.Namespace) -> Ledger:
    """The project's ledger, to record what a sub-command does. Raises UsageError where there is none."""
    return open_environment(load_project(Path.cwd())).existing_ledger(f"runs {args.action}")
