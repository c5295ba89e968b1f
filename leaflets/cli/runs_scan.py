"""`leaflet runs scan`: each sheet's code is read by a scanner, and the sheet recorded as printed."""

import argparse
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from leaflets.accounts.account import reconcile
from leaflets.accounts.scan import Scan, record_scan
from leaflets.cli import report, run_output
from leaflets.cli.progress import emit
from leaflets.cli.runs_record import add_action, ledger_to_change
from leaflets.errors import RunIncomplete
from leaflets.ledger.entries import RunEntry
from leaflets.ledger.ledger import Ledger
from leaflets.ledger.serials import format_serials
from leaflets.model.finding import Severity

_BELL = "\a"


def add_actions(actions: Any) -> None:
    """Add the sub-command."""
    add_action(actions, "scan", "record each sheet as printed whose code is scanned, until the input ends", run_scan)


def run_scan(args: argparse.Namespace) -> int:
    """Record scanned copies as printed, line by line. Raises RunIncomplete where a scan was refused."""
    with ledger_to_change(args) as ledger:
        entry = ledger.find_run(args.name)
        if sys.stdin.isatty():
            report.line(f"Scan the sheets of run {entry.name}; Ctrl-D ends.")
        refused = sum(bool(scan.refused) for scan in _scans(args, ledger, entry))
        open_serials = format_serials(reconcile(ledger.store, entry).open_serials)
        if args.json:
            emit(
                "scanned", run=entry.name, refused=refused, open_serials=open_serials, history=ledger.store.last_hash()
            )
        else:
            still_open = f"open are serials {open_serials}" if open_serials else "no serial is open"
            report.line(f"Run {entry.name}: {still_open}", sys.stdout)
            report.line(run_output.head_line(ledger.store), sys.stdout)
    if refused:
        raise RunIncomplete(
            f"{report.counted(refused, 'scan')} of run {entry.name} refused",
            "Put these sheets aside; `leaflet runs show` says what is recorded of each serial.",
        )
    return 0


def _scans(args: argparse.Namespace, ledger: Ledger, entry: RunEntry) -> Iterator[Scan]:
    for text in _lines(sys.stdin):
        scan = record_scan(ledger, entry, text)
        if args.json:
            emit("scan", run=entry.name, serial=scan.serial, refused=scan.refused)
        elif scan.refused:
            sys.stderr.write(_BELL if sys.stderr.isatty() else "")
            report.line(f"{report.coloured('refused:', Severity.ERROR, sys.stderr)} {scan.refused}")
        else:
            report.line(f"serial {scan.serial} printed", sys.stdout)
        yield scan


def _lines(stream: Iterable[str]) -> Iterator[str]:
    """The scanned texts, one a line; empty lines between them are the second half of a scanner's CR LF."""
    return (line for line in stream if line.strip())
