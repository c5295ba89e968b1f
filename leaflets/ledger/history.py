"""The history of a ledger as a chain of hashes: what was changed, dropped or slipped in afterwards shows."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from leaflets.ledger import serials
from leaflets.ledger.states import MOVES, CopyState

BEGINNING = "0" * 64
"""What the first event names as its forerunner."""


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


def link(event: Event) -> str:
    """The hash of an event: SHA-256 over all it says and the hash of the event before it."""
    said = [event.number, event.at, event.run, event.kind, event.serials, event.detail, event.previous]
    return hashlib.sha256(json.dumps(said, ensure_ascii=True, separators=(",", ":")).encode("ascii")).hexdigest()


def broken_at(events: Iterable[Event]) -> int:
    """The number of the first event that does not fit the one before it; 0 where the chain is whole."""
    previous = BEGINNING
    for number, event in enumerate(events, 1):
        if event.number != number or event.previous != previous or event.hash != link(event):
            return number
        previous = event.hash
    return 0


def replay(events: Iterable[Event]) -> tuple[dict[str, dict[int, CopyState]], tuple[str, ...]]:
    """The state of every copy of every run as the history tells it, and the moves in it that were never allowed."""
    told: dict[str, dict[int, CopyState]] = {}
    wrong: list[str] = []
    for event in events:
        if event.kind not in set(CopyState):
            continue
        state, copies = CopyState(event.kind), told.setdefault(event.run, {})
        numbers = serials.parse([event.serials])
        if not all(_may_move(copies.get(number), state) for number in numbers):
            wrong.append(f"event {event.number} moves copies of run {event.run} to {state}, which they could not reach")
        copies.update(dict.fromkeys(numbers, state))
    return told, tuple(wrong)


def digest(rows: Iterable[tuple[object, ...]]) -> str:
    """SHA-256 over rows of texts and numbers, so that an event can vouch for thousands of them."""
    running = hashlib.sha256()
    for row in rows:
        running.update(repr(row).encode("utf-8"))
    return running.hexdigest()


def detail(**said: object) -> str:
    """What an event says besides, as JSON with its names in order."""
    return json.dumps(said, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def told(event: Event) -> Mapping[str, object]:
    """What `detail` put into an event."""
    found = json.loads(event.detail or "{}")
    return found if isinstance(found, dict) else {}


def _may_move(old: CopyState | None, new: CopyState) -> bool:
    return new is CopyState.PLANNED if old is None else new in MOVES[old]
