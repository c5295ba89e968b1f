"""`leaflet runs`: what was made, what became of every sheet, and whether the accounts balance."""

import argparse
import hashlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from leaflets.batch.environment import open_environment
from leaflets.batch.reconcile import check_files, record_state
from leaflets.cli import report, telling
from leaflets.cli.help_page import HelpPage
from leaflets.cli.progress import emit
from leaflets.errors import LedgerError, RunIncomplete
from leaflets.ledger.audit import reconcile, verify
from leaflets.ledger.entries import LeafletEntry, RunEntry
from leaflets.ledger.ledger import Ledger
from leaflets.ledger.serials import format_serials, parse_serials
from leaflets.ledger.states import CopyState
from leaflets.model.edition import Edition, TypeSize
from leaflets.project import load_project

DEEDS = {
    "sent": (CopyState.SENT, "these copies are at the printer"),
    "confirm": (CopyState.PRINTED, "these copies came out well"),
    "spoil": (CopyState.SPOILED, "these copies came out badly, or were destroyed"),
    "cancel": (CopyState.CANCELLED, "these copies will never be printed"),
}
"""What people say became of copies."""

WHOLE = frozenset({"sent", "cancel"})
"""What may be said of all open copies of a run at once; sheets are confirmed and spoiled by number alone."""

_EXAMPLES = """\
examples:
  leaflet runs                                     all runs
  leaflet runs show last                           one run: its leaflets, files and serials
  leaflet runs confirm 261122-4f1c 1-120 125       these sheets were printed
  leaflet runs spoil 261122-4f1c 121-124           these were eaten by the printer
  leaflet runs reconcile 261122-4f1c               11 while any sheet is open
  leaflet runs --verify                            has anybody touched the ledger?
"""


def add_parser(commands: Any) -> None:
    """Add `runs` and what can be done with one to the command line."""
    parser = commands.add_parser(
        "runs",
        help="show print runs and account for their sheets",
        description=__doc__,
        epilog=_EXAMPLES,
        formatter_class=HelpPage,
    )
    parser.add_argument("--verify", action="store_true", help="check the ledger against its own history, and the files")
    parser.add_argument("--json", action="store_true", help="one JSON event a line on standard output")
    parser.set_defaults(run=run)
    deeds = parser.add_subparsers(title="what to do with a run", metavar="DEED", dest="deed")
    for name, (state, words) in DEEDS.items():
        deed = _deed(deeds, name, f"say that {words}", run_deed)
        more = "*" if name in WHOLE else "+"
        deed.add_argument(
            "serials", nargs=more, metavar="SERIALS", help='"1-120 125"' + (" (default: all open)" * (more == "*"))
        )
        deed.set_defaults(state=state)
    _deed(deeds, "show", "one run: its leaflets, files and serials", run_show)
    _deed(deeds, "reconcile", "planned = printed + spoiled + cancelled?", run_reconcile)


def _deed(deeds: Any, name: str, words: str, what: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = deeds.add_parser(name, help=words, description=words)
    parser.add_argument("name", metavar="RUN", help='a run, by name, by a beginning of it, or "last"')
    parser.add_argument("--json", action="store_true", help="one JSON event a line on standard output")
    parser.set_defaults(run=what)
    return parser


def run(args: argparse.Namespace) -> int:
    """List all runs, or check them."""
    with _books() as ledger:
        if args.verify:
            return _verify(args, ledger)
        for entry in ledger.store.runs():
            _tell_run(args, ledger, entry)
    return 0


def run_show(args: argparse.Namespace) -> int:
    """One run in full."""
    with _books() as ledger:
        entry = ledger.find_run(args.name)
        (_emit_run if args.json else _show_run)(ledger, entry)
    return 0


def run_deed(args: argparse.Namespace) -> int:
    """Say what became of copies."""
    with _books() as ledger:
        entry = ledger.find_run(args.name)
        moved = record_state(ledger, entry, parse_serials(args.serials), args.state)
        if args.json:
            emit(args.state.value, run=entry.name, serials=format_serials(moved), copies=len(moved))
        else:
            report.line(f"Run {entry.name}: {len(moved)} copies are {args.state.value} now", sys.stdout)
            report.line(f"  {telling.states(ledger.store.state_counts(entry))}", sys.stdout)
    return 0


def run_reconcile(args: argparse.Namespace) -> int:
    """The account of a run; 11 while anything is open."""
    with _books() as ledger:
        entry = ledger.find_run(args.name)
        balance = reconcile(ledger.store, entry)
        tally = balance.state_counts
        if args.json:
            counts = {state.value: tally[state] for state in CopyState}
            emit("account", run=entry.name, planned_in_all=tally.total, open_serials=_open(balance.open), **counts)
        else:
            ends = (CopyState.PRINTED, CopyState.SPOILED, CopyState.CANCELLED)
            ended = " + ".join(f"{tally[state]} {state.value}" for state in ends)
            report.line(f"Run {entry.name}: {tally.total} planned = {ended} + {tally.open} open", sys.stdout)
    if not balance.closed:
        raise RunIncomplete(
            f"run {entry.name}: nobody has said what became of serials {_open(balance.open)}",
            f"`leaflet runs confirm {entry.name} SERIALS`, or `spoil`, or `cancel`.",
        )
    return 0


def _open(copies: Any) -> str:
    return format_serials(copy.serial for copy in copies)


def _verify(args: argparse.Namespace, ledger: Ledger) -> int:
    wrong = verify(ledger.store)
    files = [(entry.name, said) for entry in ledger.store.runs() for said in check_files(ledger.store, entry, _sha256)]
    head = ledger.store.last_hash()
    if args.json:
        emit("verified", wrong=wrong, files=[said for _, said in files], history=head)
    for name, said in () if args.json else files:
        report.line(f"run {name}: {said}")
    changed = [said for _, said in files if "changed" in said]
    if wrong or changed:
        raise LedgerError("; ".join([*wrong, *changed]), "Put a sound copy back, and ask who had the folder in hand.")
    if not args.json:
        report.line(f"The history is whole: {len(ledger.store.events())} events, ending in {head[:16]}", sys.stdout)
    return 0


def _sha256(path: Path) -> str:
    """The hash of a print file; of a folder, that of its list of hashes once each file has been found to fit it."""
    if not path.is_dir():
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    sums = path / "SHA256SUMS"
    lines = sums.read_text("ascii") if sums.is_file() else ""
    found = "".join(f"{_sha256(path / name)}  {name}\n" for name in _names(lines) if (path / name).is_file())
    return hashlib.sha256(found.encode("ascii")).hexdigest()


def _names(sums: str) -> list[str]:
    return [Path(line[66:]).name for line in sums.splitlines()]


def _books() -> Ledger:
    return open_environment(load_project(Path.cwd())).existing_ledger()


# -------------------------------------------------------------------- telling


def _tell_run(args: argparse.Namespace, ledger: Ledger, entry: RunEntry) -> None:
    tally = ledger.store.state_counts(entry)
    if args.json:
        _emit_run(ledger, entry)
        return
    report.line(f"{entry.name}  {entry.at[:16].replace('T', ' ')}  {telling.states(tally)}", sys.stdout)


def _show_run(ledger: Ledger, entry: RunEntry) -> None:
    store = ledger.store
    lines = telling.summary(entry, store.state_counts(entry), store.parts(entry))
    leaflets = [
        (
            one.leaflet.drug,
            one.leaflet.edition.audience,
            one.leaflet.edition.lang,
            _paper(one.leaflet.edition),
            one.version or "no version",
            one.content_id or "not made",
            _allowed(one),
        )
        for one in store.leaflets(entry)
    ]
    replaced = [(str(copy.serial), f"in place of {copy.replaces}") for copy in store.copies(entry) if copy.replaces]
    facts = [("begun", entry.at), ("list", entry.list_sha256), ("made with", entry.versions), ("how", entry.options)]
    for text in (*lines, *telling.table(facts), *telling.by_state(store.copies(entry)), *telling.table(replaced)):
        report.line(text, sys.stdout)
    for text in telling.table(leaflets):
        report.line(text, sys.stdout)


def _paper(edition: Edition) -> str:
    standard = edition.type_size is TypeSize.STANDARD
    return edition.paper if standard else f"{edition.paper}, {edition.type_size}"


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
            }
            | {"content_id": one.content_id, "source_sha256": one.source}
            for one in store.leaflets(entry)
        ],
    )
