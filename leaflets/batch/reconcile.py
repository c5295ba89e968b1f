"""What people say of a run afterwards, and whether its accounts balance."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from leaflets.ledger import history as chain
from leaflets.ledger import serials
from leaflets.ledger.entries import CopyEntry, RunEntry, Tally
from leaflets.ledger.history import Event
from leaflets.ledger.ledger import Ledger
from leaflets.ledger.states import OPEN, CopyState
from leaflets.ledger.store import LedgerStore, file_facts, leaflet_facts, plan_digest, run_digest


def mark(ledger: Ledger, run: RunEntry, chosen: Sequence[int], state: CopyState, reason: str = "") -> tuple[int, ...]:
    """Says what became of copies: sent, printed, spoiled or cancelled; returns those that were not so already.

    An empty choice means every copy that is still open. Raises UsageError where one cannot become so.
    """
    with ledger.hold(run):
        wanted = chosen or [copy.serial for copy in ledger.store.copies(run) if copy.state in OPEN - {state}]
        moved = ledger.store.move(run, wanted, state, reason)
        if state is CopyState.CANCELLED:
            ledger.sweep(run)
    return moved


@dataclass(frozen=True, slots=True)
class Balance:
    """The account of a run: planned = printed + spoiled + cancelled once nothing is open."""

    tally: Tally
    open: tuple[CopyEntry, ...]

    @property
    def closed(self) -> bool:
        """Whether every copy came to an end that somebody vouched for."""
        tally = self.tally
        ended = tally[CopyState.PRINTED] + tally[CopyState.SPOILED] + tally[CopyState.CANCELLED]
        return not self.open and tally.planned == ended


def reconcile(store: LedgerStore, run: RunEntry) -> Balance:
    """The account of a run."""
    return Balance(store.tally(run), tuple(copy for copy in store.copies(run) if copy.state in OPEN))


def verify(store: LedgerStore) -> tuple[str, ...]:
    """What in the ledger does not agree with its own history; empty where all does.

    Looks at the chain of hashes, every state from the first event on, and the plans and files that events vouch for.
    """
    events = store.events()
    broken = chain.broken_at(events)
    if broken:
        return (f"the history is broken at event {broken}: it was changed, or events before it are missing",)
    told, wrong = chain.replay(events)
    runs = store.runs()
    strangers = told.keys() - {run.name for run in runs}
    wrong += tuple(f"the history tells of run {name}, which is not in the ledger" for name in sorted(strangers))
    for run in runs:
        own = [event for event in events if event.run == run.name]
        wrong += tuple(_wrong_with(store, run, own, told.get(run.name, {})))
    return wrong


def check_files(store: LedgerStore, run: RunEntry, sha256: Callable[[Path], str]) -> tuple[str, ...]:
    """Print files of a run that are gone, which is as it should be once they are printed, or are not as written."""
    found = []
    for part in store.parts(run):
        path = Path(run.folder) / part.name
        if part.written and not path.exists():
            found.append(f"{part.name} is gone")
        elif part.written and sha256(path) != part.sha256:
            found.append(f"{part.name} was changed after it was written")
    return tuple(found)


def _wrong_with(store: LedgerStore, run: RunEntry, events: Sequence[Event], told: dict[int, CopyState]) -> list[str]:
    copies = store.copies(run)
    kept = {copy.serial: copy.state for copy in copies}
    wrong = []
    if kept != told:
        differing = sorted(serial for serial in kept.keys() | told.keys() if kept.get(serial) is not told.get(serial))
        wrong.append(f"run {run.name}: serials {serials.spell(differing)} do not stand where the history left them")
    wrong += _wrong_plans(store, run, events, copies)
    return wrong + _wrong_makings(store, run, events)


def _wrong_plans(store: LedgerStore, run: RunEntry, events: Sequence[Event], copies: Sequence[CopyEntry]) -> list[str]:
    """Events that planned copies hold a digest over what was fixed about them; the first has one of the run too."""
    by_serial = {copy.serial: copy for copy in copies}
    parts = {part.number: part for part in store.parts(run)}
    wrong, first = [], True
    for event in (event for event in events if event.kind == CopyState.PLANNED):
        planned = [by_serial[number] for number in serials.parse([event.serials]) if number in by_serial]
        files = [parts[number] for number in sorted({copy.part for copy in planned}) if number in parts]
        digest, said = plan_digest(store.leaflets(run) if first else (), files, planned), chain.told(event)
        if digest != said.get("plan"):
            wrong.append(f"run {run.name}: the copies planned by event {event.number} are not as they were planned")
        if first and run_digest(run) != said.get("record"):
            wrong.append(f"run {run.name}: its time, list, options, folder or versions are not those it was begun with")
        first = False
    return wrong


def _wrong_makings(store: LedgerStore, run: RunEntry, events: Sequence[Event]) -> list[str]:
    """The leaflets and files in the tables must be those of which the history told last."""
    made: dict[object, object] = {}
    filed: dict[object, object] = {}
    for said in map(chain.told, events):
        told = said.get("leaflets")
        made.update((facts[0], facts) for facts in (told if isinstance(told, list) else ()))
        if "file" in said:
            filed[said["file"]] = said
    leaflets: dict[object, object] = {one.number: leaflet_facts(one) for one in store.leaflets(run) if one.content_id}
    files: dict[object, object] = {part.number: file_facts(part) for part in store.parts(run) if part.written}
    wrong = [f"leaflet {number} is not the one that was made" for number in _differing(made, leaflets)]
    wrong += [f"print file {number} is not the one that was written" for number in _differing(filed, files)]
    return [f"run {run.name}: {what}" for what in wrong]


def _differing(told: Mapping[object, object], kept: Mapping[object, object]) -> list[object]:
    return sorted((number for number in told.keys() | kept.keys() if told.get(number) != kept.get(number)), key=str)
