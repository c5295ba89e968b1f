"""The history of a ledger as a chain of keyed hashes, which shows what was changed, removed or inserted afterwards."""

import hashlib
import hmac
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

PURGED = "purged"
"""The kind of an event that deletes files of a run."""

RESTORED = "restored"
"""The kind of the event that follows a backup which took the place of the ledger."""

KEYED = "keyed"
"""The kind of the event that ends the plain chain of an earlier release: its hash is keyed, and all after it are."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who changes a ledger: a user of this machine, the machine, and the command without its arguments."""

    user: str = ""
    host: str = ""
    command: str = ""


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


def event_hash(event: Event, secret: bytes = b"") -> str:
    """The hash of an event over all its facts and the hash of the event before it.

    HMAC-SHA-256 under the key of the history; SHA-256 without one, as before histories had keys.
    """
    facts = [event.number, event.at, event.run, event.kind, event.serials, event.detail, event.previous]
    data = json.dumps(facts, ensure_ascii=True, separators=(",", ":")).encode("ascii")
    return hmac.digest(secret, data, "sha256").hex() if secret else hashlib.sha256(data).hexdigest()


def first_broken_event(events: Iterable[Event], secret: bytes = b"") -> int:
    """The number of the first event that does not fit the one before it; 0 where the chain is intact.

    Without the key, hashes that are keyed are only compared with each other.
    """
    previous, keyed = INITIAL_HASH, False
    for number, event in enumerate(events, 1):
        keyed = keyed or event.kind == KEYED
        fits = (keyed and not secret) or event.hash == event_hash(event, secret if keyed else b"")
        if event.number != number or event.previous != previous or not fits:
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
    """The further facts of an event but who caused it; the inverse of `detail_json`."""
    facts = _detail(event)
    facts.pop("by", None)
    return facts


def event_actor(event: Event) -> Actor:
    """Who caused an event; empty where it was recorded before the history kept that."""
    by = _detail(event).get("by")
    return Actor(*map(str, by)) if isinstance(by, list) and len(by) == 3 else Actor()


def _detail(event: Event) -> dict[str, object]:
    facts = json.loads(event.detail or "{}")
    return facts if isinstance(facts, dict) else {}


def _may_move(old: CopyState | None, new: CopyState) -> bool:
    return new is CopyState.PLANNED if old is None else new in TRANSITIONS[old]
