"""What the ledger keeps and tells: runs, leaflets, print files, copies."""

from collections.abc import Mapping
from dataclasses import dataclass

from leaflets.ledger.states import OPEN, CopyState
from leaflets.model.edition import TypeSize


@dataclass(frozen=True, slots=True)
class LeafletEntry:
    """One distinct leaflet of a run. `content_id` and `pages` are empty until it is made."""

    number: int
    drug: str
    audience: str
    lang: str
    paper: str
    version: str
    source: str
    allowed: str
    content_id: str = ""
    sheet: str = ""
    pages: int = 0
    type_size: str = TypeSize.STANDARD.value


@dataclass(frozen=True, slots=True)
class PartEntry:
    """One print file of a run (or one folder of files): which copies it holds, and what was written."""

    number: int
    destination: str
    name: str
    first: int
    last: int
    sha256: str = ""
    size: int = 0
    pages: int = 0
    sheets: int = 0

    @property
    def written(self) -> bool:
        """Whether the file stood complete under its name when the ledger was told."""
        return bool(self.sha256)


@dataclass(frozen=True, slots=True)
class CopyEntry:
    """One copy: what it is a copy of, whom it is for (a keyed hash), where it goes, and what became of it."""

    serial: int
    line: int
    leaflet: int
    part: int
    patient: bytes | None
    state: CopyState = CopyState.PLANNED
    replaces: int | None = None


@dataclass(frozen=True, slots=True)
class NewRun:
    """All that is known of a run before anything is made."""

    name: str
    key: str
    list_sha256: str
    list_place: str
    options: str
    folder: str
    versions: str
    leaflets: tuple[LeafletEntry, ...]
    parts: tuple[PartEntry, ...]
    copies: tuple[CopyEntry, ...]


@dataclass(frozen=True, slots=True)
class RunEntry:
    """A run as the ledger knows it."""

    number: int
    name: str
    key: str
    at: str
    list_sha256: str
    list_place: str
    options: str
    folder: str
    versions: str
    plan_digest: str


@dataclass(frozen=True, slots=True)
class Tally:
    """How many copies of a run stand in each state."""

    counts: Mapping[CopyState, int]

    def __getitem__(self, state: CopyState) -> int:
        return self.counts.get(state, 0)

    @property
    def planned(self) -> int:
        """All copies that ever got a serial."""
        return sum(self.counts.values())

    @property
    def open(self) -> int:
        """Copies of which nobody has said what became of them."""
        return sum(self[state] for state in OPEN)

    @property
    def unmade(self) -> int:
        """Copies that stand in no finished print file yet and were not cancelled."""
        return self[CopyState.PLANNED] + self[CopyState.RENDERED]


@dataclass(frozen=True, slots=True)
class IssuedCopies:
    """Copies of one version of a leaflet that went to one destination in one run, all in one state."""

    run: str
    at: str
    drug: str
    audience: str
    lang: str
    version: str
    content_id: str
    destination: str
    state: CopyState
    serials: tuple[int, ...]
    lines: tuple[int, ...]
