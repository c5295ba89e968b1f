"""Whatever is recorded, an account is closed exactly when everybody has a sheet or a reason to have none."""

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leaflets.accounts.account import reconcile
from leaflets.batch.reprint import REPRINTABLE
from leaflets.errors import UsageError
from leaflets.ledger.audit import verify
from leaflets.ledger.entries import (
    CopyEntry,
    LeafletEntry,
    LeftOutRow,
    NewReprint,
    NewRun,
    PartEntry,
    RunEntry,
    WhyLeftOut,
)
from leaflets.ledger.states import TRANSITIONS, CopyState
from leaflets.ledger.store import LedgerStore, open_store
from leaflets.model.copy import Leaflet
from leaflets.model.edition import Audience, Edition
from tests.batch_doubles import clock

COPIES = 3
LEFT_OUT = (5, 6)
"""Lines of rows that were refused; the copies are on the lines before them."""

NO_SHEET, SHEET, EXCUSED = "no sheet", "sheet", "excused"


@dataclass
class People:
    """Who has a sheet, by the line of the list, kept without any of the ledger's rules for accounts."""

    line_of: dict[int, int] = field(default_factory=lambda: {serial: serial for serial in range(1, COPIES + 1)})
    state_of: dict[int, CopyState] = field(
        default_factory=lambda: dict.fromkeys(range(1, COPIES + 1), CopyState.WRITTEN)
    )
    has: dict[int, str] = field(default_factory=lambda: dict.fromkeys((*range(1, COPIES + 1), *LEFT_OUT), NO_SHEET))
    replaced: set[int] = field(default_factory=set)

    def may_move(self, serial: int, state: CopyState) -> bool:
        late = state is CopyState.CANCELLED and serial in self.replaced
        return self.state_of[serial] is state or (state in TRANSITIONS[self.state_of[serial]] and not late)

    def move(self, serial: int, state: CopyState) -> None:
        self.state_of[serial] = state
        if serial not in self.replaced:
            ends = {CopyState.PRINTED: SHEET, CopyState.CANCELLED: EXCUSED}
            self.has[self.line_of[serial]] = ends.get(state, NO_SHEET)

    def reprint(self, serial: int) -> int:
        new = max(self.state_of) + 1
        self.line_of[new], self.state_of[new] = self.line_of[serial], CopyState.PLANNED
        if self.state_of[serial] is not CopyState.UNPRINTED:
            self.state_of[serial] = CopyState.SPOILED
        self.has[self.line_of[serial]] = NO_SHEET
        self.replaced.add(serial)
        return new


def begin(store: LedgerStore, name: str, lines: tuple[int, ...], left_out: tuple[LeftOutRow, ...] = ()) -> RunEntry:
    leaflet = LeafletEntry(1, Leaflet("apixaban", Edition(Audience.PATIENT)), "1", "s")
    copies = tuple(CopyEntry(n, line, 1, 1, b"p", row=b"row%d" % line) for n, line in enumerate(lines, 1))
    part = PartEntry(1, "Ward", f"{name}.pdf", 1, len(lines))
    return store.add_run(NewRun(name, name, name, "place", "{}", "out", "v", (leaflet,), (part,), copies, left_out))


STEPS = st.one_of(
    st.tuples(st.just("move"), st.integers(1, 6), st.sampled_from(list(CopyState)[2:])),
    st.tuples(st.just("reprint"), st.integers(1, 6), st.just(CopyState.WRITTEN)),
    st.tuples(st.sampled_from(["waive", "make", "make and cancel"]), st.sampled_from(LEFT_OUT), st.none()),
    st.tuples(st.just("confirm all"), st.just(0), st.none()),
)


@given(st.lists(STEPS, min_size=4, max_size=10))
@settings(max_examples=40)
def test_an_account_is_closed_when_everybody_has_a_sheet_or_is_excused(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, CopyState | None]]
) -> None:
    store = open_store(tmp_path_factory.mktemp("ledger") / "ledger.db", clock)
    store._db.execute("PRAGMA synchronous = OFF")
    left_out = tuple(LeftOutRow(line, 1, WhyLeftOut.REFUSED, row=b"row%d" % line) for line in LEFT_OUT)
    run, people = begin(store, "first", tuple(range(1, COPIES + 1)), left_out), People()
    store.record_rendered(run, [replace(one, content_id="id", sheet="key", pages=2) for one in store.leaflets(run)])
    store.move(run, range(1, COPIES + 1), CopyState.WRITTEN)
    for step in steps:
        take(store, run, people, *step)
        account = reconcile(store, run)
        assert account.closed == (NO_SHEET not in people.has.values())
        without = {people.line_of[serial] for serial in account.open_serials}
        without |= {one.line for one in account.left_out}
        assert without == {line for line, what in people.has.items() if what is NO_SHEET}
    assert verify(store) == ()
    store.close()


def take(store: LedgerStore, run: RunEntry, people: People, what: str, number: int, state: CopyState | None) -> None:
    """Takes one step in the ledger and among the people."""
    if what == "waive":
        store.waive(run, (number,), "went home")
        people.has[number] = EXCUSED
    elif what.startswith("make"):
        later = begin(store, f"later-{len(store.runs())}", (number,))
        if what == "make":
            people.has[number] = EXCUSED  # it is in the account of the later run
        else:
            store.move(later, (1,), CopyState.CANCELLED, "replanned")
    elif what == "confirm all":
        for serial in [one for one in people.state_of if people.may_move(one, CopyState.PRINTED)]:
            record(store, run, people, serial, CopyState.PRINTED)
    elif state and number in people.state_of:
        (record if what == "move" else reprint)(store, run, people, number, state)


def reprint(store: LedgerStore, run: RunEntry, people: People, number: int, state: CopyState) -> None:
    """Reprints a copy, if it may be, up to a state."""
    if people.state_of[number] not in REPRINTABLE or number in people.replaced:
        return
    new, part = people.reprint(number), len(store.parts(run)) + 1
    line = people.line_of[new]
    copy = CopyEntry(new, line, 1, part, b"p", replaces=number, row=b"row%d" % line)
    store.add_reprint(
        run, NewReprint(store.leaflets(run), (PartEntry(part, "Ward", f"reprint-{new}", new, new),), (copy,))
    )
    people.state_of[new] = store.copies(run)[new - 1].state
    for next_state in (CopyState.RENDERED, state):
        record(store, run, people, new, next_state)


def record(store: LedgerStore, run: RunEntry, people: People, serial: int, state: CopyState) -> None:
    if not people.may_move(serial, state):
        with pytest.raises(UsageError):
            store.move(run, (serial,), state, "went home")
    elif people.state_of[serial] is not state:
        store.move(run, (serial,), state, "went home")
        people.move(serial, state)
