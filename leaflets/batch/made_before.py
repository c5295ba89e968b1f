"""Rows of a list whose sheets earlier runs made: recognised by a keyed hash and left out, unless asked for again."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from leaflets.errors import RunIncomplete
from leaflets.ledger.entries import CopyEntry, LeftOutRow, RunEntry, WhyLeftOut
from leaflets.ledger.keys import PseudonymKey
from leaflets.ledger.queries import LedgerQueries
from leaflets.ledger.serials import format_serials
from leaflets.ledger.states import MADE
from leaflets.ledger.store import LedgerStore
from leaflets.model.copy import Leaflet
from leaflets.model.finding import Finding, Severity, counted
from leaflets.runlist.requests import CopyRequest

NumberedRequest = tuple[int, CopyRequest]
"""A request with the place of its row in the list, from 1."""

_AGAIN = (
    "Say --again to make them once more. Labels are not compared: where one was corrected, record the old sheet with "
    "`leaflet runs spoil`, and run the list again."
)

_Sheet = tuple[bytes | None, str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class EarlierRuns:
    """What the ledger knows of the rows of a list; nothing where there is no ledger yet.

    Rows are looked up in the runs of the last `days`, in none if that is 0. A run that is resumed or reprinted has
    `recorded` what was made before it, and nothing is looked up.
    """

    store: LedgerStore | None = None
    key: PseudonymKey | None = None
    days: int = 0
    recorded: tuple[LeftOutRow, ...] | None = None

    def patient(self, cells: Mapping[str, str]) -> bytes | None:
        """The pseudonym of the patient of a row."""
        return self.key.pseudonym(cells.get("patient_ref", "")) if self.key else None

    def row(self, cells: Mapping[str, str]) -> bytes | None:
        """The keyed hash by which a row is recognised; None where it names no patient or no prescription.

        The date of birth counts: two hospitals may each have a patient 1 with a prescription 1. The name does not: it
        may be what is mended in a row that was refused.
        """
        patient, prescription = cells.get("patient_ref", ""), cells.get("rx_number", "")
        if not (self.key and patient and prescription):
            return None
        return self.key.row_hash(f"{patient}\0{cells.get('dob', '')}", prescription, cells.get("dispensed_on", ""))

    def made(self, requests: Sequence[NumberedRequest], versions: Mapping[Leaflet, str]) -> tuple[LeftOutRow, ...]:
        """The rows of which earlier runs made copies, with how many of these the row asks for again.

        Raises RunIncomplete where one is in a run that is not finished: it would be left out, and perhaps never made.
        """
        if self.recorded is not None:
            return tuple(one for one in self.recorded if one.why is WhyLeftOut.MADE)
        if not (self.store and self.days):
            return ()
        rows = {number: self.row(one.cells) for number, one in requests}
        left = self._copies_by_sheet({row for row in rows.values() if row is not None})
        made = tuple(
            LeftOutRow(one.line, sum(taken.values()), WhyLeftOut.MADE, number, rows[number], tuple(sorted(taken)))
            for number, one in requests
            if (taken := _take(left.get(_sheet(rows[number], one.leaflet, versions[one.leaflet])), one.copies))
        )
        _refuse_unfinished(self.store, made)
        return made

    def findings(self, requests: Sequence[NumberedRequest], made: Sequence[LeftOutRow]) -> Iterator[Finding]:
        """What was made before, in which runs, and how many rows can never be recognised."""
        asked = {number: one.copies for number, one in requests}
        whole = [one for one in made if one.copies >= asked.get(one.number, 0)]
        for runs in dict.fromkeys(one.runs for one in whole):
            yield _made_before([one for one in whole if one.runs == runs], runs)
        for one in made:
            if one.copies < asked.get(one.number, 0):
                yield _partly_made(one, asked[one.number])
        nameless = [one.line for _, one in requests if self.days and self.key and not self.row(one.cells)]
        if nameless:
            yield _not_recognised(nameless)

    def _copies_by_sheet(self, rows: set[bytes]) -> dict[_Sheet, Counter[str]]:
        """How many copies the runs of the last days made of each sheet for these rows, by the name of the run."""
        store = self.store
        assert store
        since = dt.datetime.fromisoformat(store.now()) - dt.timedelta(days=self.days)
        made: dict[_Sheet, Counter[str]] = {}
        for run in store.runs():
            if dt.datetime.fromisoformat(run.at) < since:
                continue
            leaflets = {one.number: one for one in store.leaflets(run)}
            for row, number, copies in store.live_rows(run):
                if row in rows:
                    sheet = _sheet(row, leaflets[number].leaflet, leaflets[number].version)
                    made.setdefault(sheet, Counter())[run.name] += copies
        return made


def _refuse_unfinished(store: LedgerQueries, made: Sequence[LeftOutRow]) -> None:
    """Raises RunIncomplete where rows are in a run that has not written the sheets of such rows yet."""
    for run in store.runs():
        rows = [one for one in made if run.name in one.runs]
        waiting = store.unwritten_rows(run) if rows else frozenset()
        lines = [one.line for one in rows if one.row in waiting]
        if lines:
            raise RunIncomplete(
                f"lines {format_serials(lines)} are in run {run.name} too, which is not finished",
                f"Give the command that began it once more, or `leaflet runs cancel {run.name} --reason …`; "
                "--again makes them now, whatever becomes of that run.",
            )


def made_since(store: LedgerQueries, run: RunEntry, copies: Sequence[CopyEntry]) -> Mapping[int, str]:
    """The later run that made a sheet in place of each of some copies, by serial; none of those needs a reprint.

    A later run makes the copies of a row that are missing when it is planned. So where as many are live as the last of
    them was asked for, one more would be one too many.
    """
    leaflets = {one.number: one for one in store.leaflets(run)}
    sheets = {
        copy.serial: _sheet(copy.row, leaflets[copy.leaflet].leaflet, leaflets[copy.leaflet].version)
        for copy in copies
        if copy.row is not None
    }
    asked = _last_asked(store, run, {copy.row for copy in copies if copy.row is not None})
    live = Counter(sheet for other in store.runs() for sheet in _live_sheets(store, other)) if asked else Counter()
    for copy in copies:
        if copy.state in MADE and copy.serial in sheets:
            live[sheets[copy.serial]] -= 1
    instead: dict[int, str] = {}
    for serial, sheet in sheets.items():
        name, count = asked.get(sheet, ("", 0))
        if name and live[sheet] >= count:
            instead[serial] = name
        live[sheet] += 1
    return instead


def remaining(requests: Iterable[NumberedRequest], made: Iterable[LeftOutRow]) -> list[CopyRequest]:
    """The requests without the copies that were made before."""
    copies = {one.number: one.copies for one in made}
    return [
        replace(one, copies=one.copies - copies.get(number, 0)) if number in copies else one
        for number, one in requests
        if one.copies > copies.get(number, 0)
    ]


def _sheet(row: bytes | None, leaflet: Leaflet, version: str) -> _Sheet:
    """What must be equal for two copies to be the same sheet for the same patient; the paper may be another."""
    edition = leaflet.edition
    return (row, leaflet.drug, edition.audience, edition.lang, edition.type_size, version)


def _live_sheets(store: LedgerQueries, run: RunEntry) -> Iterator[_Sheet]:
    """The sheet of each live copy of a run whose row can be recognised."""
    leaflets = {one.number: one for one in store.leaflets(run)}
    for row, number, copies in store.live_rows(run):
        yield from [_sheet(row, leaflets[number].leaflet, leaflets[number].version)] * copies


def _last_asked(store: LedgerQueries, run: RunEntry, rows: set[bytes]) -> Mapping[_Sheet, tuple[str, int]]:
    """The last run after this one that made each sheet of some rows, and for how many copies it was asked."""
    later = [one for one in store.copies_of_rows(run, tuple(rows)) if one.run > run.number]
    runs = {one.number: one for one in store.runs()}
    made_before = {number: _made_before_by_line(store, runs[number]) for number in {one.run for one in later}}
    return {
        _sheet(one.row, one.leaflet, one.version): (runs[one.run].name, one.copies + made_before[one.run][one.line])
        for one in sorted(later, key=attrgetter("run"))
    }


def _made_before_by_line(store: LedgerQueries, run: RunEntry) -> Counter[int]:
    """How many copies a run left out on each line, as they had been made before it."""
    lines: Counter[int] = Counter()
    for one in store.left_out(run):
        if one.why is WhyLeftOut.MADE:
            lines[one.line] += one.copies
    return lines


def _take(left: Counter[str] | None, most: int) -> dict[str, int]:
    """Takes up to so many copies out of those that are left, by the run that made them: no copy stands for two rows."""
    taken: dict[str, int] = {}
    for run in list(left or ()):
        assert left is not None
        count = min(left[run], most - sum(taken.values()))
        if count:
            taken[run] = count
            left[run] -= count
    return taken


def _made_before(rows: Sequence[LeftOutRow], runs: Sequence[str]) -> Finding:
    lines, copies = format_serials(one.line for one in rows), sum(one.copies for one in rows)
    message = f"made already in {_named(runs)} and left out: {counted(copies, 'copy')}, lines {lines}"
    return Finding(Severity.WARNING, "list-made-before", message, _AGAIN)


def _partly_made(row: LeftOutRow, asked: int) -> Finding:
    message = f"{row.copies} of its {asked} copies were made already in {_named(row.runs)}; the others are made now"
    return Finding(Severity.WARNING, "list-made-before", message, _AGAIN, line=row.line)


def _named(runs: Sequence[str]) -> str:
    return f"run{'s' * (len(runs) > 1)} {', '.join(runs)}"


def _not_recognised(lines: Sequence[int]) -> Finding:
    rows = f"{len(lines):,} row{'s' * (len(lines) > 1)}"
    return Finding(
        Severity.INFO,
        "list-not-recognised",
        f"{rows} without `patient_ref` or `rx_number`: nobody can see later whether their sheets were made before",
    )
