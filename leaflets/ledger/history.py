"""The history of a ledger as a chain of hashes, which shows what was changed, removed or inserted afterwards."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from leaflets.ledger import serials
from leaflets.ledger.states import TRANSITIONS, CopyState

INITIAL_HASH = "0" * 64
"""What the first event names as the hash of the event before it."""

LEFT_OUT = "left out"
WAIVED = "waived"
"""Kinds of events whose numbers are lines of the list. All other kinds are states; their numbers are serials."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to copies of a run. `serials` reads "1-120,125"; `detail` is JSON."""

    number: int
    at: str
    run: str
    kind: str
    serials: str
    detail: str
    previous: str
    hash: str


def event_hash(event: Event) -> str:
    """The hash of an event: SHA-256 over all its facts and the hash of the event before it."""
    facts = [event.number, event.at, event.run, event.kind, event.serials, event.detail, event.previous]
    return hashlib.sha256(json.dumps(facts, ensure_ascii=True, separators=(",", ":")).encode("ascii")).hexdigest()


def first_broken_event(events: Iterable[Event]) -> int:
    """The number of the first event that does not fit the one before it; 0 where the chain is intact."""
    previous = INITIAL_HASH
    for number, event in enumerate(events, 1):
        if event.number != number or event.previous != previous or event.hash != event_hash(event):
            return number
        previous = event.hash
    return 0


def replay(events: Iterable[Event]) -> tuple[dict[str, dict[int, CopyState]], tuple[str, ...]]:
    """The state of every copy by run and serial after these events, and a sentence for each move never allowed."""
    states: dict[str, dict[int, CopyState]] = {}
    wrong: list[str] = []
    for event in events:
        if event.kind not in set(CopyState):
            continue
        state, copies = CopyState(event.kind), states.setdefault(event.run, {})
        numbers = serials.parse_serials([event.serials])
        if not all(_may_move(copies.get(number), state) for number in numbers):
            wrong.append(f"event {event.number} moves copies of run {event.run} to {state}, which they could not reach")
        copies.update(dict.fromkeys(numbers, state))
    return states, tuple(wrong)


def digest(rows: Iterable[tuple[object, ...]]) -> str:
    """SHA-256 over rows of texts and numbers, so that an event can fix thousands of them."""
    running = hashlib.sha256()
    for row in rows:
        running.update(repr(row).encode("utf-8"))
    return running.hexdigest()


def detail_json(**facts: object) -> str:
    """Further facts of an event as JSON, sorted by name, for its field `detail`."""
    return json.dumps(facts, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def event_facts(event: Event) -> Mapping[str, object]:
    """The further facts of an event; the inverse of `detail_json`."""
    facts = json.loads(event.detail or "{}")
    return facts if isinstance(facts, dict) else {}


def _may_move(old: CopyState | None, new: CopyState) -> bool:
    return new is CopyState.PLANNED if old is None else new in TRANSITIONS[old]
