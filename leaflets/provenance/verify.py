"""Judges a finished PDF: whether it is whole, what made it, and whether it may still be handed out."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from leaflets.errors import ContentError
from leaflets.ledger.ledger import ledger_exists
from leaflets.model.edition import Notice
from leaflets.model.review import is_expired
from leaflets.pipeline.texts import Texts, parse_texts, read_texts
from leaflets.project import ProjectFolder, display_path, read_bytes
from leaflets.provenance.contents import PdfContents, read_contents
from leaflets.provenance.remade import changed, gathered_again, texts_in
from leaflets.seal.record import Record

MAX_SHEET_BYTES = 2_000_000_000


class SheetStatus(StrEnum):
    """What is to be thought of a file, the gravest first."""

    FOREIGN = "foreign"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    OUTDATED = "outdated"
    UNKNOWN = "unknown"
    CURRENT = "current"


EXIT_CODES = {
    SheetStatus.CURRENT: 0,
    SheetStatus.UNKNOWN: 3,
    SheetStatus.OUTDATED: 4,
    SheetStatus.EXPIRED: 4,
    SheetStatus.WITHDRAWN: 4,
    SheetStatus.BROKEN: 6,
    SheetStatus.FOREIGN: 6,
}


@dataclass(frozen=True, slots=True)
class Printed:
    """A print file as the ledger knows it."""

    run: str
    destination: str
    first: int
    last: int
    leaflets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found. `reasons` say why it is in its state, `notes` what else has changed since it was made."""

    file: str
    state: SheetStatus
    reasons: tuple[str, ...]
    record: Record | None = None
    of_copies: bool = False
    printed: Printed | None = None
    notes: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """As the table of exit codes has it."""
        return EXIT_CODES[self.state]


def verify(path: Path, project: ProjectFolder, today: dt.date) -> Verification:
    """The state of a finished PDF. Raises ContentError where it cannot be read, PdfError where it is no PDF."""
    data, file = read_bytes(path, MAX_SHEET_BYTES), display_path(path)
    found = read_contents(data, file)
    if found.whole is None:
        return Verification(
            file, SheetStatus.FOREIGN, ("it has no seal of leaflet’s: it was made or saved by another program",)
        )
    if not found.whole:
        reason = "it was changed since it was made: its bytes do not fit its seal"
        return Verification(file, SheetStatus.BROKEN, (reason,), found.record, found.of_copies)
    if found.record is None:
        return _print_file(data, file, found, project, today)
    return _sheet(found, found.record, file, project, today)


def _sheet(found: PdfContents, record: Record, file: str, project: ProjectFolder, today: dt.date) -> Verification:
    recorded = {name: told for name, told in record.hashes.items() if name.startswith("source/")}
    if not recorded or recorded != {f"source/{name}": _sha256(text) for name, text in found.texts.items()}:
        reason = "its record and the text in it do not belong together"
        return Verification(file, SheetStatus.BROKEN, (reason,), record, found.of_copies)
    texts = texts_in(record, found.texts, project)
    state, reasons = _state(record, texts, project, today)
    notes = tuple(changed(record, gathered_again(record, texts, project))) if state is not SheetStatus.UNKNOWN else ()
    return Verification(file, state, reasons, record, found.of_copies, notes=notes)


def _state(record: Record, texts: Texts, project: ProjectFolder, today: dt.date) -> tuple[SheetStatus, tuple[str, ...]]:
    """The gravest thing there is to say of a sheet, then the others."""
    told = [*_own(record, today), *_against(record, texts, project)]
    if not told:
        return SheetStatus.CURRENT, ()
    gravest = min((state for state, _ in told), key=list(SheetStatus).index)
    return gravest, tuple(reason for state, reason in sorted(told, key=lambda one: list(SheetStatus).index(one[0])))


def _own(record: Record, today: dt.date) -> Iterator[tuple[SheetStatus, str]]:
    """What a sheet's own record has against it, whether its monograph is known here or not."""
    if is_expired(record.review_by, today):
        yield SheetStatus.EXPIRED, f"its review was due by {record.review_by}"
    if Notice.STALE in record.notices:
        yield SheetStatus.OUTDATED, "it was older than its source when it was made, and says so"


def _against(record: Record, texts: Texts, project: ProjectFolder) -> Iterator[tuple[SheetStatus, str]]:
    """What the project's own text of the same name has against a sheet."""
    source = texts.source
    if not source.path.is_file():
        yield SheetStatus.UNKNOWN, f"this project has no monograph “{record.name}” in the language “{source.lang}”"
        return
    try:
        now = read_texts(project, source)
        front = parse_texts(now)[0].front
    except ContentError as fault:
        yield SheetStatus.UNKNOWN, f"the monograph of this project cannot be read: {fault.message}"
        return
    same = texts.text == now.text
    if front.withdrawn:
        yield SheetStatus.WITHDRAWN, f"the monograph is withdrawn: {front.withdrawn}"
    if not same and front.version == record.version:
        yield SheetStatus.OUTDATED, f"the text has changed since, under the same version ({front.version or 'none'})"
    elif not same:
        yield (
            SheetStatus.OUTDATED,
            f"it is version {record.version or 'none'}; the project has {front.version or 'none'}",
        )
    if same and Notice.STALE not in record.notices and texts.by_name != now.by_name:
        yield SheetStatus.OUTDATED, "the text that it translates has changed since"


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# ---------------------------------------------------------------- print files


def _print_file(data: bytes, file: str, found: PdfContents, project: ProjectFolder, today: dt.date) -> Verification:
    """A print file carries no record; what is known of it stands in the ledger of the project that made it."""
    told = _in_ledger(_sha256(data), project, today) if ledger_exists(project.output) else None
    if told is None:
        reason = "it is a print file, or a page set without a record, and no run of this project made it"
        return Verification(file, SheetStatus.UNKNOWN, (reason,), of_copies=found.of_copies)
    printed, objections = told
    if not objections:
        return Verification(file, SheetStatus.CURRENT, (), of_copies=True, printed=printed)
    gravest = min((state for state, _ in objections), key=list(SheetStatus).index)
    reasons = tuple(dict.fromkeys(reason for _, reason in objections))
    return Verification(file, gravest, reasons, of_copies=True, printed=printed)


def _in_ledger(
    digest: str, project: ProjectFolder, today: dt.date
) -> tuple[Printed, list[tuple[SheetStatus, str]]] | None:
    from leaflets.batch.environment import open_environment  # here, as sheets need no ledger

    with open_environment(project).existing_ledger() as ledger:
        for run in ledger.store.runs():
            for part in ledger.store.parts(run):
                if part.sha256 == digest:
                    numbers = {copy.leaflet for copy in ledger.store.copies(run) if copy.part == part.number}
                    leaflets = [one for one in ledger.store.leaflets(run) if one.number in numbers]
                    names = tuple(f"{one.leaflet}, version {one.version or 'none'}" for one in leaflets)
                    printed = Printed(run.name, part.destination, part.first, part.last, names)
                    facts = {(one.leaflet.drug, one.leaflet.edition.lang, one.version, one.source) for one in leaflets}
                    objections = [found for fact in sorted(facts) for found in _leaflet_state(*fact, project, today)]
                    return printed, objections
    return None


def _leaflet_state(
    drug: str, lang: str, version: str, digest: str, project: ProjectFolder, today: dt.date
) -> Iterator[tuple[SheetStatus, str]]:
    try:
        texts = read_texts(project, project.source(drug, lang))
    except ContentError:
        yield SheetStatus.UNKNOWN, f"{drug}: the monograph is not in this project any more"
        return
    front = parse_texts(texts)[0].front
    if front.withdrawn:
        yield SheetStatus.WITHDRAWN, f"{drug}: the monograph is withdrawn: {front.withdrawn}"
    if texts.hash == digest and is_expired(front.review_by, today):
        yield SheetStatus.EXPIRED, f"{drug}: its review was due by {front.review_by}"
    if texts.hash != digest:
        yield SheetStatus.OUTDATED, f"{drug}: version {version or 'none'} was printed; the project has another text now"
