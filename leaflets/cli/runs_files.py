"""The sub-commands of `leaflet runs` for files: patient data is purged, the ledger is backed up and restored."""

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from leaflets.accounts.files import RunFiles, files_before, purge
from leaflets.batch.environment import BatchEnvironment, open_environment
from leaflets.cli import report, run_output, runs_record
from leaflets.cli.progress import emit
from leaflets.errors import UsageError
from leaflets.ledger.backup import LEDGER, Backup, back_up, read_backup, restore
from leaflets.ledger.lock import ALL_RUNS, locked
from leaflets.project import display_path, load_project
from leaflets.project.clock import days_ago, now_utc

_SHOWN = 16
"""Digits of a hash that are printed; `--head` takes 12 and more."""


def add_actions(actions: Any) -> None:
    """Add `purge`, `backup` and `restore`."""
    action = _add_action(actions, "purge", "delete print files and rejected rows of old runs", run_purge)
    action.add_argument(
        "--older-than", required=True, type=_days, metavar="DAYS", help='runs begun before that: "30d" for 30 days'
    )
    action.add_argument("--dry-run", action="store_true", help="list the files and delete nothing")
    action.add_argument("--open-too", action="store_true", help="also of runs whose account is not closed")
    action.add_argument("--yes", action="store_true", help="do not ask")
    runs_record.add_reason(action)
    action = _add_action(actions, "backup", "copy the ledger and its keys into a new folder", run_backup)
    action.add_argument("folder", type=Path, metavar="DIR", help="the folder to make")
    action = _add_action(actions, "restore", "put the ledger and its keys back from a backup", run_restore)
    action.add_argument("folder", type=Path, metavar="DIR", help="the folder of a backup")
    action.add_argument("--force", action="store_true", help="also where the ledger here has more")


def _add_action(
    actions: Any, name: str, help_text: str, run: Callable[[argparse.Namespace], int]
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = actions.add_parser(name, help=help_text, description=help_text)
    parser.add_argument("--json", action="store_true", help="one JSON event a line on standard output")
    parser.set_defaults(run=run)
    return parser


def _days(text: str) -> str:
    """The time that "30d" stands for, counted back from now."""
    match = re.fullmatch(r"(\d{1,5})d", text, re.ASCII)
    if not match:
        raise argparse.ArgumentTypeError("a number of days such as 30d")
    return days_ago(int(match[1]))


# -------------------------------------------------------------------- purge


def run_purge(args: argparse.Namespace) -> int:
    """Delete files with patient data of old runs, after listing them. Raises UsageError where nobody agreed."""
    environment = _environment()
    with environment.ledger_to_read() as ledger:
        old = files_before(ledger.store, args.older_than)
    chosen = [one for one in old if args.open_too or not one.open]
    _list_files(args, chosen, [one for one in old if one not in chosen])
    count = sum(len(one.paths) for one in chosen)
    if args.dry_run or not count:
        return 0
    _require_consent(args, f"Delete {report.counted(count, 'file')}?")
    with environment.existing_ledger("runs purge") as ledger:
        reason = runs_record.reason_of(args) or f"begun before {args.older_than[:10]}"
        deleted = sum(len(purge(ledger, one.run, reason)) for one in chosen)
        if args.json:
            emit("purged", runs=[one.run.name for one in chosen], files=deleted, history=ledger.store.last_hash())
        else:
            report.line(f"{report.counted(deleted, 'file')} deleted; the accounts are kept", sys.stdout)
            report.line(run_output.head_line(ledger.store), sys.stdout)
    return 0


def _list_files(args: argparse.Namespace, chosen: Sequence[RunFiles], kept: Sequence[RunFiles]) -> None:
    if args.json:
        for one in (*chosen, *kept):
            files = [display_path(path) for path in one.paths]
            emit("files", run=one.run.name, at=one.run.at, files=files, kept=one in kept)
        return
    for one in chosen:
        report.line(f"Run {one.run.name}, begun {one.run.at[:10]}", sys.stdout)
        for path in one.paths:
            report.line(f"  {display_path(path)}", sys.stdout)
    for one in kept:
        count = report.counted(len(one.paths), "file")
        report.line(f"Run {one.run.name}, begun {one.run.at[:10]}: its account is open, {count} kept", sys.stdout)
    if not chosen:
        report.line("No file is to be deleted.", sys.stdout)


def _require_consent(args: argparse.Namespace, question: str) -> None:
    """Asks on a terminal. Raises UsageError where the answer is no, or where nobody can be asked."""
    if args.yes:
        return
    if args.json or not sys.stdin.isatty():
        raise UsageError("nothing was deleted: nobody was asked", "Say --yes where no terminal is at hand.")
    print(f"{report.cleaned(question)} [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise UsageError("nothing was deleted", "Answer y, or say --yes.")


# -------------------------------------------------------------------- backup and restore


def run_backup(args: argparse.Namespace) -> int:
    """Copy the ledger and its keys into a new folder."""
    environment = _environment()
    with environment.ledger_to_read() as ledger:
        made = back_up(ledger, environment.project.history_key, args.folder, now_utc())
    if args.json:
        emit("backup", folder=str(args.folder), files=made.files, history=made.head)
        return 0
    report.line(f"{display_path(args.folder)}: {', '.join(made.files)}, {_ending(made)}", sys.stdout)
    return 0


def run_restore(args: argparse.Namespace) -> int:
    """Put the ledger and its keys back from a backup."""
    environment = _environment()
    output = environment.project.output
    backup = read_backup(args.folder)
    with locked(output / "ledger.lock", 0, "a run", count=ALL_RUNS):
        stamp = re.sub(r"\D", "", now_utc())
        names = restore(backup, output, environment.project.history_key, stamp, force=args.force)
    with environment.existing_ledger("runs restore") as ledger:
        if LEDGER in names:
            ledger.store.record_restored(backup.head)
        if args.json:
            emit("restored", files=names, backup=backup.head, history=ledger.store.last_hash())
            return 0
        report.line(f"Restored: {', '.join(names)} of the backup of {backup.at}, {_ending(backup)}", sys.stdout)
        report.line(run_output.head_line(ledger.store), sys.stdout)
    return 0


def _ending(backup: Backup) -> str:
    return f"{report.counted(len(backup.hashes), 'event')} ending in {backup.head[:_SHOWN]}"


def _environment() -> BatchEnvironment:
    return open_environment(load_project(Path.cwd()))
