"""What the ledger records: runs, leaflets, print files, copies."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from leaflets.ledger.states import OPEN, CopyState
from leaflets.model.copy import Leaflet, TextOrigin
from leaflets.model.objection import Objection


@dataclass(frozen=True, slots=True)
class LeafletEntry:
    """One distinct leaflet of a run; `content_id`, `sheet` and `pages` are empty until it is rendered.

    `source` is the hash of its texts, `allowed` the objections to it that were overruled, `sheet` the key of its
    compiled form in the cache. `origins` says of each of its texts whose it is, `vouched` who vouched for its words,
    with their roles, empty for a draft; both are empty in ledgers of earlier versions.
    """

    number: int
    leaflet: Leaflet
    version: str
    source: str
    allowed: tuple[Objection, ...] = ()
    content_id: str = ""
    sheet: str = ""
    pages: int = 0
    origins: tuple[TextOrigin, ...] = ()
    vouched: str = ""


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
        """Whether the file was complete under its final name when the ledger recorded it."""
        return bool(self.sha256)


@dataclass(frozen=True, slots=True)
class CopyEntry:
    """One copy: its serial, line in the list, leaflet, print file, patient (a keyed hash), and what became of it.

    `row` is a keyed hash by which the row is recognised in a later list; None where it names no patient or no
    prescription, and in ledgers of earlier versions.
    """

    serial: int
    line: int
    leaflet: int
    part: int
    patient: bytes | None
    state: CopyState = CopyState.PLANNED
    replaces: int | None = None
    row: bytes | None = None


class WhyLeftOut(StrEnum):
    """Why a row of a list has no copies in a run: it was refused, its leaflet failed, or earlier runs made them."""

    REFUSED = "refused"
    FAILED = "failed"
    MADE = "made"


@dataclass(frozen=True, slots=True)
class LeftOutRow:
    """A row, by its line, of which a run makes no copies, or fewer: `copies` are those left out, 0 if not readable.

    `row` is as in `CopyEntry`. Where earlier runs made the copies, `runs` names them, and `number` is the place of the
    row in the list, as JSON may have several rows on one line; otherwise it is 0 and means all rows of the line.
    """

    line: int
    copies: int
    why: WhyLeftOut
    number: int = 0
    row: bytes | None = None
    runs: tuple[str, ...] = ()
    waived: bool = False


@dataclass(frozen=True, slots=True)
class RowCopies:
    """How many copies of one leaflet a run took on for one row; `row` is as in `CopyEntry`."""

    run: int
    line: int
    row: bytes | None
    leaflet: Leaflet
    version: str
    copies: int


@dataclass(frozen=True, slots=True)
class NewRun:
    """What is fixed of a run before anything is made.

    `list_path_hash` is a keyed hash of the list's path; `folder` is relative to the project where it lies inside it.
    `rejects_of` names the run whose rejects file the list is, if it is one. `seen` is the number of the last run that
    the plan knew; None where rows of later ones may be made again.
    """

    name: str
    key: str
    list_sha256: str
    list_path_hash: str
    options: str
    folder: str
    versions: str
    leaflets: tuple[LeafletEntry, ...]
    parts: tuple[PartEntry, ...]
    copies: tuple[CopyEntry, ...]
    left_out: tuple[LeftOutRow, ...] = ()
    rejects_of: str = ""
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class NewReprint:
    """Copies that replace others, their print files, and their leaflets, rendered.

    A leaflet whose number the run does not have yet is a further one of it.
    """

    leaflets: tuple[LeafletEntry, ...]
    parts: tuple[PartEntry, ...]
    copies: tuple[CopyEntry, ...]


@dataclass(frozen=True, slots=True)
class RunEntry:
    """A run as the ledger records it. `at` is when it began, ISO 8601 in UTC; the rest is as in `NewRun`."""

    number: int
    name: str
    key: str
    at: str
    list_sha256: str
    list_path_hash: str
    options: str
    folder: str
    versions: str
    plan_digest: str


@dataclass(frozen=True, slots=True)
class StateCounts:
    """How many copies of a run are in each state."""

    counts: Mapping[CopyState, int]

    def __getitem__(self, state: CopyState) -> int:
        return self.counts.get(state, 0)

    @property
    def total(self) -> int:
        """All copies that were ever given a serial."""
        return sum(self.counts.values())

    @property
    def open(self) -> int:
        """Copies of which nobody has recorded yet what became of them."""
        return sum(self[state] for state in OPEN)

    @property
    def unwritten(self) -> int:
        """Copies that are in no finished print file yet and were not cancelled."""
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
