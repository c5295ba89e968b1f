"""Whether a ledger agrees with its own history."""

from collections.abc import Mapping, Sequence

from leaflets.ledger import history, serials
from leaflets.ledger.entries import CopyEntry, LeafletEntry, RunEntry, WhyLeftOut
from leaflets.ledger.history import Event
from leaflets.ledger.rows import file_facts, leaflet_facts, left_out_digest, plan_digest, run_digest
from leaflets.ledger.states import CopyState
from leaflets.ledger.store import LedgerStore


def verify(store: LedgerStore, head: str = "") -> tuple[str, ...]:
    """A sentence for whatever in the ledger does not agree with its own history; empty where all does.

    Compares the chain of hashes, every state from the first event on, and the plans, leaflets and files that events
    record. `head` is the beginning of a hash that was noted when the history ended in it.
    """
    events = store.events()
    broken = history.first_broken_event(events, store.history_key.secret)
    if broken:
        return (f"the history is broken at event {broken}: it was changed, or events before it are missing",)
    states, wrong = history.replay(events)
    wrong += _chain_faults(store, events, head)
    runs = store.runs()
    unknown = states.keys() - {run.name for run in runs}
    wrong += tuple(f"the history tells of run {name}, which is not in the ledger" for name in sorted(unknown))
    for run in runs:
        own = [event for event in events if event.run == run.name]
        wrong += tuple(_run_differences(store, run, own, states.get(run.name, {})))
    return wrong


def _chain_faults(store: LedgerStore, events: Sequence[Event], head: str) -> tuple[str, ...]:
    """What is wrong though each event fits the one before it."""
    wrong = []
    if store.history_key.fault:
        wrong.append(f"{store.history_key.fault}: nobody can vouch for it")
    if head and not any(event.hash.startswith(head) for event in events):
        wrong.append(f"no event of the history has the hash {head}: events were cut off its end, or all is another's")
    wrong += [f"the table `{table}` has rows of a run that is not in the ledger" for table in store.unaccounted_rows()]
    return tuple(wrong)


def _run_differences(
    store: LedgerStore, run: RunEntry, events: Sequence[Event], replayed: dict[int, CopyState]
) -> list[str]:
    copies = store.copies(run)
    stored = {copy.serial: copy.state for copy in copies}
    wrong = []
    if stored != replayed:
        serials_of = serials.format_serials(_differing_numbers(replayed, stored))
        wrong.append(f"run {run.name}: serials {serials_of} do not stand where the history left them")
    wrong += _plan_differences(store, run, events, copies)
    wrong += _left_out_differences(store, run, events)
    return wrong + _rendering_differences(store, run, events)


def _plan_differences(
    store: LedgerStore, run: RunEntry, events: Sequence[Event], copies: Sequence[CopyEntry]
) -> list[str]:
    """An event that plans copies records a digest of all that is fixed of them; the first one of the run too."""
    by_serial = {copy.serial: copy for copy in copies}
    parts = {part.number: part for part in store.parts(run)}
    rejects_of = store.rejects_of().get(run.number, "")
    leaflets = _leaflets_by_event(store, run, events)
    wrong, first = [], True
    for event in (event for event in events if event.kind == CopyState.PLANNED):
        planned = [by_serial[number] for number in serials.parse_serials([event.serials]) if number in by_serial]
        files = [parts[number] for number in sorted({copy.part for copy in planned}) if number in parts]
        digest = plan_digest(leaflets[event.number], files, planned)
        facts = history.event_facts(event)
        if digest != facts.get("plan"):
            wrong.append(f"run {run.name}: the copies planned by event {event.number} are not as they were planned")
        as_begun = run_digest(run) == facts.get("record") and rejects_of == facts.get("rejects_of", "")
        if first and not as_begun:
            wrong.append(f"run {run.name}: its time, list, options, folder or versions are not those it was begun with")
        first = False
    if first:
        wrong.append(f"run {run.name}: the history does not tell of it")
    return wrong


def _leaflets_by_event(store: LedgerStore, run: RunEntry, events: Sequence[Event]) -> dict[int, list[LeafletEntry]]:
    """The leaflets that each event added, by its number: a reprint names its own, the first event has all others."""
    planning = [event for event in events if event.kind == CopyState.PLANNED]
    added = {event.number: _added_leaflets(event) for event in planning}
    added_later = set().union(*added.values())
    every = store.leaflets(run)
    first = planning[0].number if planning else 0
    return {
        number: [one for one in every if one.number in own or (number == first and one.number not in added_later)]
        for number, own in added.items()
    }


def _added_leaflets(event: Event) -> frozenset[int]:
    return frozenset(serials.parse_serials([str(history.event_facts(event).get("added_leaflets", ""))]))


def _left_out_differences(store: LedgerStore, run: RunEntry, events: Sequence[Event]) -> list[str]:
    """An event that leaves rows out records a digest of them, one that waives some their lines."""
    stored = store.left_out(run)
    lines_of: dict[str, set[int]] = {}
    wrong = []
    for event in (event for event in events if event.kind in {history.LEFT_OUT, history.WAIVED}):
        facts, lines = history.event_facts(event), set(serials.parse_serials([event.serials]))
        why = str(facts.get("why", history.WAIVED))
        lines_of.setdefault(why, set()).update(lines)
        rows = [one for one in stored if one.why.value == why and one.line in lines]
        if event.kind == history.LEFT_OUT and left_out_digest(rows) != facts.get("rows"):
            wrong.append(f"run {run.name}: the rows left out by event {event.number} are not as they were left out")
    stored_lines = {why.value: {one.line for one in stored if one.why is why} for why in WhyLeftOut}
    stored_lines[history.WAIVED] = {one.line for one in stored if one.waived}
    if any(lines != lines_of.get(why, set()) for why, lines in stored_lines.items()):
        wrong.append(f"run {run.name}: its rows are not left out and waived as the history has it")
    return wrong


def _rendering_differences(store: LedgerStore, run: RunEntry, events: Sequence[Event]) -> list[str]:
    """The leaflets and files in the tables must be those that the history recorded last."""
    recorded_leaflets: dict[int, object] = {}
    recorded_files: dict[int, object] = {}
    for facts in map(history.event_facts, events):
        leaflets, file = facts.get("leaflets"), facts.get("file")
        recorded_leaflets.update((one[0], one) for one in (leaflets if isinstance(leaflets, list) else ()))
        if isinstance(file, int):
            recorded_files[file] = facts
    stored_leaflets = {one.number: leaflet_facts(one) for one in store.leaflets(run) if one.content_id}
    stored_files = {part.number: file_facts(part) for part in store.parts(run) if part.written}
    wrong = [
        f"leaflet {number} is not the one that was made"
        for number in _differing_numbers(recorded_leaflets, stored_leaflets)
    ]
    wrong += [
        f"print file {number} is not the one that was written"
        for number in _differing_numbers(recorded_files, stored_files)
    ]
    return [f"run {run.name}: {what}" for what in wrong]


def _differing_numbers(recorded: Mapping[int, object], stored: Mapping[int, object]) -> list[int]:
    return sorted(number for number in recorded.keys() | stored.keys() if recorded.get(number) != stored.get(number))
