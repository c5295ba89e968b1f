"""The plan of a run, what a run made, and the states of its copies as lines of text, without any patient's data."""

import argparse
import shlex
import sys
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

from leaflets.batch.forecast import Forecast
from leaflets.batch.run import PlannedRun
from leaflets.cli import report
from leaflets.ledger.entries import CopyEntry, LeafletEntry, LeftOutRow, PartEntry, RunEntry, StateCounts
from leaflets.ledger.serials import format_serials
from leaflets.ledger.states import CopyState
from leaflets.ledger.store import LedgerStore
from leaflets.model.finding import counted
from leaflets.project import display_path
from leaflets.runlist.columns import ParsedList

_FORMAT_NAMES = {"csv": "CSV", "jsonl": "JSON Lines", "fhir": "FHIR Bundle", "ndjson": "FHIR NDJSON"}


def table(rows: Iterable[Sequence[str]]) -> list[str]:
    """Rows as lines with aligned columns; numbers stand to the right."""
    rows = [list(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)] if rows else []
    return ["  " + "  ".join(map(_cell, row, widths)).rstrip() for row in rows]


def _cell(text: str, width: int) -> str:
    return text.rjust(width) if text.replace(",", "").isdecimal() else text.ljust(width)


def no_run(args: argparse.Namespace) -> int:
    """Prints that there is no run yet, for a person, and returns 0: of JSON events there is none."""
    if not args.json:
        report.line("no run was made in this project yet: “leaflet batch LIST.csv” makes one")
    return 0


def number(count: int) -> str:
    """A count with its thousands apart: "12,345"."""
    return f"{count:,}"


def plan_lines(planned: PlannedRun, expected: Forecast) -> list[str]:
    """The list of a run, and what the run would make of it."""
    run_list = planned.run_list
    rows = f"{counted(len(run_list.parsed.rows), 'row')}, {_FORMAT_NAMES[run_list.format]}, {run_list.codec}"
    bad = f"; {number(len(planned.plan.rejected))} cannot be made" if planned.plan.rejected else ""
    made = planned.plan.made_before
    bad += f"; {number(len(made))} made before" if made else ""
    new = (
        f", {number(expected.unrendered)} of them new"
        if expected.unrendered
        else ", all made before"
        if expected.leaflets
        else ""
    )
    roughly = "about " if expected.unrendered else ""
    facts = [
        ("list", rows + bad),
        ("copies", f"{number(expected.copies)} of {number(expected.leaflets)} distinct leaflets{new}"),
        *_packaged_texts(planned.plan.leaflets),
        *_vouched(planned.plan.leaflets),
        *_label_facts(expected),
        ("paper", f"{roughly}{counted(expected.pages, 'page')} on {roughly}{counted(expected.sheets, 'sheet')}"),
        ("time", f"about {expected.seconds:.0f} seconds" if expected.seconds >= 1 else "under a second"),
    ]
    plan = [f"Plan of run {planned.plan.name}:", *table(facts), "", *_part_lines(expected)]
    return [*plan, *_column_lines(planned.run_list.parsed)]


def packaged_facts(leaflets: Iterable[LeafletEntry]) -> list[dict[str, Any]]:
    """The packaged texts that some leaflets are made of, by drug, as JSON holds them."""
    languages: dict[str, set[str]] = {}
    for one in leaflets:
        for origin in one.origins:
            if origin.packaged:
                languages.setdefault(one.leaflet.drug, set()).add(origin.lang)
    return [{"drug": drug, "languages": sorted(languages[drug])} for drug in sorted(languages)]


def _packaged_texts(leaflets: Iterable[LeafletEntry]) -> list[tuple[str, str]]:
    """Which texts of a plan are packaged, where any are."""
    names = [f"{one['drug']} ({', '.join(one['languages'])})" for one in packaged_facts(leaflets)]
    return [("packaged", f"texts of {', '.join(names)}")] if names else []


def vouched_facts(leaflets: Iterable[LeafletEntry]) -> list[dict[str, str]]:
    """Who vouches for each reviewed leaflet, by drug, audience and language, as JSON holds it."""
    return [
        {"drug": drug, "audience": audience, "lang": lang, "vouched": vouched}
        for drug, audience, lang, vouched in dict.fromkeys(
            (one.leaflet.drug, one.leaflet.edition.audience.value, one.leaflet.edition.lang, one.vouched)
            for one in leaflets
            if one.vouched
        )
    ]


def _vouched(leaflets: Iterable[LeafletEntry]) -> list[tuple[str, str]]:
    """Who vouches for the reviewed leaflets of a plan, where any are."""
    by_person: dict[str, list[str]] = {}
    for one in vouched_facts(leaflets):
        by_person.setdefault(one["vouched"], []).append(one["drug"])
    return [("reviewed", f"{', '.join(dict.fromkeys(drugs))}: by {who}") for who, drugs in by_person.items()]


def origins_text(entry: LeafletEntry) -> str:
    """Whose the texts of a leaflet are: "own", "packaged", "own, packaged en"; empty where that was not recorded."""
    packaged = [one.lang for one in entry.origins if one.packaged]
    if len(packaged) == len(entry.origins):
        return "packaged" if packaged else ""
    return f"own, packaged {' '.join(packaged)}" if packaged else "own"


def column_facts(parsed: ParsedList) -> list[dict[str, Any]]:
    """Which column of a list became which of ours, and the share of its cells that are empty, as JSON holds it.

    Its headers are ours, usual ones, or in the settings: none is a patient's.
    """
    empty = parsed.empty_cells()
    shown = [one for one in parsed.columns if one.header.strip()]
    return [
        {"header": one.header.strip(), "column": one.column, "empty": round(empty.get(one.column, 1.0), 4)}
        for one in shown
    ]


def _column_lines(parsed: ParsedList) -> list[str]:
    """The columns of a list as a table, after an empty line; none for FHIR, which has no columns."""
    facts = column_facts(parsed)
    rows = [(one["header"], one["column"] or "ignored", _empty_text(one) if one["column"] else "") for one in facts]
    return ["", "Columns of the list:", *table(rows)] if rows else []


def _empty_text(facts: dict[str, Any]) -> str:
    percent = facts["empty"] * 100
    if percent in (0, 100):
        return "all empty" if percent else ""
    return f"{min(99, max(1, round(percent)))}% empty"


def _label_facts(expected: Forecast) -> list[tuple[str, str]]:
    """How many labels need a sheet of their own, where any do."""
    count = expected.label_sheets
    words = "copy has its" if count == 1 else "copies have their"
    return [("labels", f"{number(count)} {words} directions on a label sheet: too long for the label")] if count else []


def _part_lines(expected: Forecast) -> list[str]:
    rows = [
        (part.part.destination, counted(part.copies, "copy"), counted(part.sheets, "sheet"), part.part.name)
        for part in expected.parts
    ]
    return table(rows)


def run_lines(run: RunEntry, state_counts: StateCounts, parts: Sequence[PartEntry], folder: Path) -> list[str]:
    """The states of a run's copies, and the print files that were written into its folder."""
    written = [part for part in parts if part.written]
    rows = [
        (
            part.destination,
            format_serials(range(part.first, part.last + 1)),
            counted(part.sheets, "sheet"),
            display_path(folder / part.name),
        )
        for part in written
    ]
    return [f"Run {run.name}: {states_text(state_counts)}", *table(rows)]


def head_line(store: LedgerStore) -> str:
    """The hash of the last event, by which `leaflet runs --verify --head` finds later what was cut off."""
    return f"  history ends in {store.last_hash()[:16]} (note it where nobody can change it)"


def states_text(state_counts: StateCounts) -> str:
    """ "340 copies: 120 written, 220 printed"."""
    states = ", ".join(f"{number(state_counts[state])} {state.value}" for state in CopyState if state_counts[state])
    return f"{counted(state_counts.total, 'copy')}: {states}"


def state_lines(copies: Iterable[CopyEntry]) -> list[str]:
    """The serials of the copies in each state."""
    groups: dict[CopyState, list[int]] = {}
    for copy in copies:
        groups.setdefault(copy.state, []).append(copy.serial)
    return table((state.value, format_serials(groups[state])) for state in CopyState if state in groups)


def made_before_facts(rows: Sequence[LeftOutRow]) -> dict[str, Any]:
    """How many rows and copies of a list earlier runs made, and which runs, as JSON holds it."""
    runs = sorted({run for one in rows for run in one.runs})
    return {"rows": len(rows), "copies": sum(one.copies for one in rows), "runs": runs}


def confirm_lines(run: RunEntry, serials: Collection[int]) -> list[str]:
    """The command for when these sheets are printed; no line where there is none to wait for."""
    return [f"When it is printed: leaflet runs confirm {run.name} {format_serials(serials)}"] if serials else []


def resume_hint() -> str:
    """The hint that ends an interrupted run: the command that goes on with it, which is this one."""
    return f"Go on with: {shlex.join(['leaflet', *sys.argv[1:]])}"
