"""The key of the history: without it nobody can add an event to the chain of hashes, or compute the chain anew.

It lies in a file outside the ledger. A ledger of an earlier release has a plain chain; an event of a kind of its own
ends it, and from that event on all hashes are keyed.
"""

import hmac
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from leaflets.errors import LedgerError
from leaflets.ledger import history, key_file
from leaflets.ledger.history import Event


@dataclass(frozen=True, slots=True)
class HistoryKey:
    """The key of a history; where there is none, `fault` says why, or the chain is plain still."""

    secret: bytes = field(default=b"", repr=False)
    fault: str = ""

    @property
    def key_id(self) -> str:
        """Tells keys apart without revealing them."""
        return key_file.key_id(self.secret)


def find_history_key(path: Path, keyed: Event | None) -> HistoryKey:
    """The key in a file for a history with this event of keying, or None: a chain that is plain, or nothing yet."""
    if keyed:
        _finish(path, keyed)
    elif not path.exists():
        return HistoryKey()
    try:
        key = HistoryKey(key_file.read_key(path))
    except LedgerError as error:
        return HistoryKey(fault=error.message)
    if not keyed:
        return HistoryKey(key.secret, f"{path}: this key is there, but the history is not written under it")
    if history.event_facts(keyed).get("key") != key.key_id:
        return HistoryKey(fault=f"{path}: this is not the key that the history was written under")
    return key


def new_history_key(path: Path) -> HistoryKey:
    """A new key, not in its place yet: `put_in_place` does that once the ledger has the event of keying."""
    return HistoryKey(key_file.write_new_key(key_file.unfinished(path)))


def put_in_place(path: Path) -> None:
    """Gives a new key its final name; another process may have done it."""
    with suppress(FileNotFoundError):
        key_file.unfinished(path).replace(path)


def _finish(path: Path, keyed: Event) -> None:
    """Puts a key in its place that a process killed in between has left: the ledger has the event of keying."""
    with suppress(LedgerError, OSError):
        waiting = key_file.read_key(key_file.unfinished(path))
        own = hmac.compare_digest(str(history.event_facts(keyed).get("key")), key_file.key_id(waiting))
        if own and not path.exists():
            put_in_place(path)
