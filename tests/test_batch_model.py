"""Random lives of print runs against a small model of who has a sheet: lists grow, runs stop half-way and go on, sheets
are sent, confirmed, spoiled, lost, scanned, reprinted, cancelled, purged. After every step the ledger, the print files
and the account say what the model says.

`LEAFLET_MODEL_EXAMPLES=50` makes 50 lives of 40 steps, 2,000 operations; the usual run makes a few.
"""

import os
import re
import tempfile
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from leaflets.accounts.account import reconcile
from leaflets.accounts.files import purge
from leaflets.accounts.record import record_state
from leaflets.accounts.scan import record_scan
from leaflets.batch.execute import FileWritten, LeafletFailed, Progress
from leaflets.errors import Interrupted, OutputError, RunIncomplete, UsageError
from leaflets.ledger.audit import verify
from leaflets.ledger.entries import RunEntry
from leaflets.ledger.states import TRANSITIONS, CopyState
from leaflets.model.copy import copy_code
from leaflets.workers.interrupts import StopRequest
from tests.batch_doubles import TEXTS, BatchEnvironment, TextPrintFiles

EXAMPLES = int(os.environ.get("LEAFLET_MODEL_EXAMPLES", "6"))
STEPS = 40

HEAD = "drug,patient_name,patient_ref,rx_number,destination,copies"
LIVE = frozenset(CopyState) - {CopyState.SPOILED, CopyState.UNPRINTED, CopyState.CANCELLED}
UNWRITTEN = frozenset({CopyState.PLANNED, CopyState.RENDERED})
PLACES = ("Ward 3", "Counter")

drugs = st.sampled_from(sorted(TEXTS))
moves = st.sampled_from(
    (CopyState.SENT, CopyState.PRINTED, CopyState.SPOILED, CopyState.UNPRINTED, CopyState.CANCELLED)
)
shares = st.floats(0, 1)


@dataclass
class ModelCopy:
    """A copy of a row of the list: whose it is, which copy it replaces, and what became of it."""

    row: int
    state: CopyState
    replaces: int | None = None


@dataclass
class ModelRun:
    """A run: the list it was made from, its copies by serial, and those whose print files were deleted on purpose."""

    data: bytes
    copies: dict[int, ModelCopy] = field(default_factory=dict)
    purged: set[int] = field(default_factory=set)

    @property
    def last(self) -> dict[int, ModelCopy]:
        """The copies that none replaces."""
        replaced = {copy.replaces for copy in self.copies.values()}
        return {serial: copy for serial, copy in self.copies.items() if serial not in replaced}


class Pharmacy(RuleBasedStateMachine):
    """A pharmacy with one list that grows, and all the runs that were made of it."""

    @initialize(rows=st.lists(st.tuples(drugs, st.integers(1, 2)), min_size=2, max_size=5))
    def begin(self, rows: list[tuple[str, int]]) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.rows = list(rows)
        self.runs: dict[str, ModelRun] = {}
        self.environment = BatchEnvironment(Path(self._folder.name), self.data)

    def teardown(self) -> None:
        if hasattr(self, "_folder"):
            self._folder.cleanup()

    @property
    def data(self) -> bytes:
        lines = (
            f"{drug},Patient {row} Quux,MRN-{row},RX{row},{PLACES[row % 2]},{copies}"
            for row, (drug, copies) in enumerate(self.rows)
        )
        return "\n".join((HEAD, *lines, "")).encode()

    # ---------------------------------------------------------------- what happens

    @rule(drug=drugs, copies=st.integers(1, 3))
    def the_list_grows(self, drug: str, copies: int) -> None:
        if len(self.rows) < 12:
            self.rows.append((drug, copies))

    @rule(row=st.integers(0, 11))
    def a_row_asks_for_one_more(self, row: int) -> None:
        if row < len(self.rows) and self.rows[row][1] < 4:
            self.rows[row] = (self.rows[row][0], self.rows[row][1] + 1)

    @rule()
    def the_list_is_run(self) -> None:
        """A run that is begun now gives everybody what the list asks for.

        One that is resumed, or was finished, may not: what became of its own copies is a matter of reprints.
        """
        before = len(self.runs)
        if self._run() and len(self.runs) > before:
            assert self._live() == Counter({row: copies for row, (_, copies) in enumerate(self.rows)})

    @rule(at=st.integers(0, 6))
    def the_list_is_run_and_stopped(self, at: int) -> None:
        stop, seen = StopRequest(), 0

        def count(_report: Progress | FileWritten | LeafletFailed) -> None:
            nonlocal seen
            seen += 1
            if seen > at:
                stop.signals.append(2)

        self.environment.stop, self.environment.on_report = stop, count
        self._run()
        self.environment.stop, self.environment.on_report = StopRequest(), None

    @rule(free=st.integers(0, 400))
    def the_list_is_run_on_a_full_disk(self, free: int) -> None:
        self.environment.print_files = TextPrintFiles(free_bytes=free)
        self._run()
        self.environment.print_files = TextPrintFiles()

    @precondition(lambda self: self.runs)
    @rule(state=moves, run=shares, first=shares, width=st.integers(1, 6))
    def copies_are_recorded(self, state: CopyState, run: float, first: float, width: int) -> None:
        name, model = self._pick(run)
        serials = self._some(model, first, width)
        old = {serial: model.copies[serial].state for serial in serials}
        moving = [serial for serial in serials if old[serial] is not state]
        replaced = {copy.replaces for copy in model.copies.values()}
        allowed = all(
            state in TRANSITIONS[old[serial]] and not (state is CopyState.CANCELLED and serial in replaced)
            for serial in moving
        )
        with self.environment.open_ledger() as ledger:
            try:
                moved = record_state(ledger, ledger.find_run(name), serials, state, "a reason")
            except UsageError:
                assert not allowed
                return
        assert allowed
        assert sorted(moved) == moving
        for serial in moving:
            model.copies[serial].state = state
        if all(copy.state is CopyState.CANCELLED for copy in model.copies.values()):
            model.purged |= model.copies.keys()

    @precondition(lambda self: self.runs)
    @rule(run=shares, of=shares, copy=shares)
    def a_sheet_is_scanned(self, run: float, of: float, copy: float) -> None:
        (name, model), (at, _) = self._pick(of), self._pick(run)
        (serial,) = self._some(model, copy, 1)
        with self.environment.open_ledger() as ledger:
            scan = record_scan(ledger, ledger.find_run(at), copy_code(name, serial))
        counted = name == at and model.copies[serial].state in {CopyState.WRITTEN, CopyState.SENT}
        assert counted is not bool(scan.refused)
        if counted:
            model.copies[serial].state = CopyState.PRINTED

    @precondition(lambda self: self.runs)
    @rule(run=shares, first=shares, width=st.integers(1, 4), free=st.sampled_from((0, 60, 1 << 20)))
    def sheets_are_reprinted(self, run: float, first: float, width: int, free: int) -> None:
        name, model = self._pick(run)
        serials = self._some(model, first, width)
        before = len(model.copies)
        self.environment.data = model.data
        self.environment.print_files = TextPrintFiles(free_bytes=free)
        with suppress(UsageError, OutputError):
            self.environment.reprint(name, serials)
        self.environment.print_files = TextPrintFiles()
        self._read_new_copies(name)
        if len(model.copies) > before:
            for serial in serials:
                if model.copies[serial].state is not CopyState.UNPRINTED:
                    model.copies[serial].state = CopyState.SPOILED

    @precondition(lambda self: self.runs)
    @rule(run=shares)
    def the_files_of_a_run_are_purged(self, run: float) -> None:
        name, model = self._pick(run)
        with self.environment.open_ledger() as ledger:
            purge(ledger, ledger.find_run(name), "a reason")
        model.purged |= {serial for serial, copy in model.copies.items() if copy.state not in UNWRITTEN}

    # ---------------------------------------------------------------- what must hold

    @invariant()
    def ledger_files_and_account_say_what_the_model_says(self) -> None:
        if not getattr(self, "runs", None):
            return
        with self.environment.open_ledger() as ledger:
            assert verify(ledger.store) == ()
            for run in ledger.store.runs():
                model = self.runs[run.name]
                stored = {copy.serial: copy.state for copy in ledger.store.copies(run)}
                assert stored == {serial: copy.state for serial, copy in model.copies.items()}, run.name
                settled = all(copy.state in {CopyState.PRINTED, CopyState.CANCELLED} for copy in model.last.values())
                assert reconcile(ledger.store, run).closed == settled
                self._check_paper(run, model)
        assert not self._live() - Counter(dict(enumerate(copies for _, copies in self.rows))), "nobody has too many"

    def _check_paper(self, run: RunEntry, model: ModelRun) -> None:
        """Each written copy stands in one print file, with the name of its own patient."""
        printed: dict[int, str] = {}
        for name, data in self.environment.files().items():
            for line in data.decode().splitlines() if name.startswith(run.name) else ():
                serial = int(line.split(" | ")[1].split()[0])
                assert serial not in printed
                printed[serial] = line
        for serial, line in printed.items():
            assert re.search(rf" Patient {model.copies[serial].row} Quux ", line), "another patient's label"
        written = {
            serial for serial, copy in model.copies.items() if copy.state not in UNWRITTEN | {CopyState.CANCELLED}
        }
        assert written - model.purged <= printed.keys()

    def _live(self) -> Counter[int]:
        """How many live copies each row has, over all runs."""
        return Counter(copy.row for run in self.runs.values() for copy in run.last.values() if copy.state in LIVE)

    # ---------------------------------------------------------------- the model

    def _run(self) -> bool:
        """Runs the list as it is; whether that was not stopped."""
        self.environment.data = self.data
        try:
            self.environment.run_if_new()
        except (Interrupted, OutputError, RunIncomplete):
            return False
        finally:
            self._read_runs()
        return True

    def _read_runs(self) -> None:
        """Takes over what runs did by themselves: new copies, those rendered and written, runs planned anew."""
        with self.environment.open_ledger() as ledger:
            names = [run.name for run in ledger.store.runs()]
        for name in names:
            self.runs.setdefault(name, ModelRun(self.data))
            self._read_new_copies(name)

    def _read_new_copies(self, name: str) -> None:
        model = self.runs[name]
        with self.environment.open_ledger() as ledger:
            for copy in ledger.store.copies(ledger.find_run(name)):
                known = model.copies.setdefault(copy.serial, ModelCopy(copy.line - 2, copy.state, copy.replaces))
                if known.state in UNWRITTEN:
                    assert copy.state in {*UNWRITTEN, CopyState.WRITTEN, CopyState.CANCELLED}
                    known.state = copy.state

    def _pick(self, share: float) -> tuple[str, ModelRun]:
        return list(self.runs.items())[min(int(share * len(self.runs)), len(self.runs) - 1)]

    @staticmethod
    def _some(model: ModelRun, first: float, width: int) -> list[int]:
        serials = sorted(model.copies)
        start = min(int(first * len(serials)), len(serials) - 1)
        return serials[start : start + width]


TestPharmacy = Pharmacy.TestCase
TestPharmacy.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a shorter life is not worth the minutes it takes to find
    suppress_health_check=[*settings().suppress_health_check, HealthCheck.filter_too_much],
)
