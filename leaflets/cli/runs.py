"""`leaflet runs`: what was made, what became of every sheet, and whether the accounts balance."""

import argparse
import re
import sys
from pathlib import Path
from typing import Any

from leaflets.accounts.files import CheckedFile, FileState, check_files
from leaflets.batch.environment import BatchEnvironment, open_environment
from leaflets.cli import report, run_output, run_page, runs_files, runs_history, runs_init, runs_record, runs_scan
from leaflets.cli.help_page import HelpPage
from leaflets.cli.progress import emit
from leaflets.errors import LedgerError, UsageError
from leaflets.ledger.audit import verify
from leaflets.ledger.entries import LeafletEntry, RunEntry
from leaflets.ledger.history import Event
from leaflets.ledger.ledger import Ledger
from leaflets.ledger.serials import format_serials
from leaflets.project import load_project

_FILE_SENTENCES = {
    FileState.GONE: "is gone",
    FileState.PURGED: "was purged",
    FileState.CHANGED: "was changed after it was written",
}

_EXAMPLES = """\
examples:
  leaflet runs                                     all runs
  leaflet runs show last                           one run: its leaflets, files and serials
  leaflet runs confirm 261122-4f1c 1-120 125       these sheets were printed
  leaflet runs scan 261122-4f1c                    these too, by the codes on their labels
  leaflet runs spoil 261122-4f1c 121-124           these were eaten by the printer
  leaflet runs unprinted 261122-4f1c 130           this one never reached paper
  leaflet runs cancel 261122-4f1c 7 --reason "discharged"
  leaflet runs waive 261122-4f1c 212 --reason "prescription withdrawn"
  leaflet runs reconcile 261122-4f1c               11 while anybody has no sheet
  leaflet runs --verify                            has anybody touched the ledger?
"""


def add_parser(commands: Any, help_line: str) -> None:
    """Add `runs` and what can be done with one to the command line."""
    parser = commands.add_parser(
        "runs",
        help=help_line,
        description=__doc__,
        epilog=_EXAMPLES,
        formatter_class=HelpPage,
    )
    parser.add_argument("--verify", action="store_true", help="check the ledger against its own history, and the files")
    parser.add_argument("--head", type=_head, metavar="HASH", help="with --verify: a hash noted earlier")
    parser.add_argument("--json", action="store_true", help="one JSON event a line on standard output")
    parser.set_defaults(run=run)
    actions = parser.add_subparsers(title="what to do with a run", metavar="ACTION", dest="action")
    runs_record.add_actions(actions)
    runs_init.add_action(actions)
    runs_record.add_action(actions, "show", "one run: its leaflets, files and serials", run_show)
    runs_scan.add_actions(actions)
    runs_history.add_action(actions)
    runs_files.add_actions(actions)


def _head(text: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{12,64}", text.lower(), re.ASCII):
        raise argparse.ArgumentTypeError("a hash as a run prints it: 12 to 64 digits of 0-9 and a-f")
    return text.lower()


def run(args: argparse.Namespace) -> int:
    """List all runs, or check the ledger and the print files. Raises LedgerError where either was changed."""
    if args.head and not args.verify:
        raise UsageError("--head is for --verify", "Say --verify --head HASH.")
    if not args.verify and not _environment().has_ledger:
        return run_output.no_run(args)
    with _ledger_to_read() as ledger:
        if args.verify:
            return _verify(args, ledger)
        for entry in ledger.store.runs():
            _print_run(args, ledger, entry)
        return 0 if ledger.store.runs() else run_output.no_run(args)


def run_show(args: argparse.Namespace) -> int:
    """One run in full."""
    with _ledger_to_read() as ledger:
        entry = ledger.find_run(args.name)
        if args.json:
            _emit_run(ledger, entry)
            return 0
        for line in run_page.run_page(ledger, entry):
            report.line(line, sys.stdout)
    return 0


def _verify(args: argparse.Namespace, ledger: Ledger) -> int:
    history_faults = verify(ledger.store, args.head or "")
    checked = [file for entry in ledger.store.runs() for file in check_files(ledger.store, entry)]
    noted = [file for file in checked if file.state in _FILE_SENTENCES]
    head = ledger.store.last_hash()
    if args.json:
        emit("verified", wrong=history_faults, files=[_file_sentence(file) for file in noted], history=head)
    for file in () if args.json else noted:
        report.line(f"run {file.run}: {_file_sentence(file)}")
    changed = [_file_sentence(file) for file in noted if file.state is FileState.CHANGED]
    if history_faults or changed:
        raise LedgerError(
            "; ".join([*history_faults, *changed]), "Put a sound copy back, and ask who had the folder in hand."
        )
    if not args.json:
        report.line(
            f"The history is whole: {report.counted(len(ledger.store.events()), 'event')}, ending in {head[:16]}",
            sys.stdout,
        )
        for text in _plain_events(ledger.store.keyed_event()):
            report.line(text)
    return 0


def _plain_events(keyed: Event | None) -> tuple[str, ...]:
    """What a whole history does not vouch for: events from before histories had keys, which anybody could compute."""
    if not keyed:
        return ("  No key vouches for it yet: it is of an earlier release. The next change gives it one.",)
    if keyed.number > 1:
        return (
            f"  A key vouches for it from event {keyed.number} on, {keyed.at}; those before are older than the key.",
        )
    return ()


def _file_sentence(file: CheckedFile) -> str:
    return f"{file.part.name} {_FILE_SENTENCES[file.state]}"


def _ledger_to_read() -> Ledger:
    return _environment().ledger_to_read()


def _environment() -> BatchEnvironment:
    return open_environment(load_project(Path.cwd()))


# -------------------------------------------------------------------- output


def _print_run(args: argparse.Namespace, ledger: Ledger, entry: RunEntry) -> None:
    if args.json:
        _emit_run(ledger, entry)
        return
    states = run_output.states_text(ledger.store.state_counts(entry))
    report.line(f"{entry.name}  {entry.at[:16].replace('T', ' ')}  {states}", sys.stdout)


def _allowed(entry: LeafletEntry) -> str:
    return " ".join(objection.value for objection in entry.allowed)


def _emit_run(ledger: Ledger, entry: RunEntry) -> None:
    store = ledger.store
    states: dict[str, list[int]] = {}
    for copy in store.copies(entry):
        states.setdefault(copy.state.value, []).append(copy.serial)
    emit(
        "run",
        run=entry.name,
        at=entry.at,
        list_sha256=entry.list_sha256,
        versions=entry.versions,
        states={state: format_serials(serials) for state, serials in states.items()},
        replaces={copy.serial: copy.replaces for copy in store.copies(entry) if copy.replaces},
        files=[
            {
                "name": one.name,
                "destination": one.destination,
                "first": one.first,
                "last": one.last,
                "sha256": one.sha256,
            }
            for one in store.parts(entry)
        ],
        leaflets=[
            {
                "drug": one.leaflet.drug,
                "audience": one.leaflet.edition.audience,
                "lang": one.leaflet.edition.lang,
                "paper": one.leaflet.edition.paper,
                "edition": one.leaflet.edition.type_size,
                "version": one.version,
                "allowed": _allowed(one),
                "packaged": [origin.lang for origin in one.origins if origin.packaged] if one.origins else None,
            }
            | {"vouched": one.vouched, "content_id": one.content_id, "source_sha256": one.source}
            for one in store.leaflets(entry)
        ],
    )
