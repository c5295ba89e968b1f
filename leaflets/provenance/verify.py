"""Verifies a finished PDF: whether it is intact, what made it, and whether it may still be handed out."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from leaflets.errors import ContentError, PdfError
from leaflets.ledger.ledger import ledger_exists
from leaflets.model.edition import Notice
from leaflets.model.review import is_expired
from leaflets.pipeline.attachments import sign_offs_of
from leaflets.pipeline.reviews import SignatureFault, sheet_review
from leaflets.pipeline.texts import EvidenceText, Texts, TranslatedText, parse_texts, read_texts
from leaflets.project import ProjectFolder, display_path, read_bytes
from leaflets.provenance.contents import PdfContents, read_contents
from leaflets.provenance.current_inputs import changes_since, current_inputs, edition_of, texts_in
from leaflets.provenance.pages import is_as_made
from leaflets.provenance.signatures import Signature, without_signatures
from leaflets.seal.record import Record

MAX_SHEET_BYTES = 2_000_000_000


class SheetStatus(StrEnum):
    """The state of a file, the gravest first."""

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
    """A print file as the ledger has it."""

    run: str
    destination: str
    first: int
    last: int
    leaflets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verification:
    """The state of a file. `reasons` say why it is in that state, `notes` what else has changed since it was made.

    `compared`: its pages are what its text makes. Otherwise nobody has looked at what is drawn on them. `signatures`
    were appended to it after it was sealed.
    """

    file: str
    state: SheetStatus
    reasons: tuple[str, ...]
    record: Record | None = None
    of_copies: bool = False
    printed: Printed | None = None
    notes: tuple[str, ...] = ()
    compared: bool = False
    signatures: tuple[Signature, ...] = ()

    @property
    def exit_code(self) -> int:
        """The exit code of `leaflet verify` for this state."""
        return EXIT_CODES[self.state]


def verify(path: Path, project: ProjectFolder, today: dt.date) -> Verification:
    """The state of a finished PDF. Raises ContentError where it cannot be read, PdfError where it is no PDF."""
    data, file = read_bytes(path, MAX_SHEET_BYTES), display_path(path)
    read_contents(data, file)  # raises where it is no PDF
    try:
        sealed, signatures = without_signatures(data, project.certificates)
    except PdfError as fault:
        reasons = (fault.message, *([fault.hint] if fault.hint else []))
        return Verification(file, SheetStatus.BROKEN, reasons, read_contents(data, file).record)
    return replace(_verified(sealed, file, project, today), signatures=signatures)


def _verified(data: bytes, file: str, project: ProjectFolder, today: dt.date) -> Verification:
    contents = read_contents(data, file)
    if contents.intact is None:
        return Verification(
            file, SheetStatus.FOREIGN, ("it has no seal of leaflet’s: it was made or saved by another program",)
        )
    if not contents.intact:
        reason = "it was changed since it was made: its bytes do not fit its seal"
        return Verification(file, SheetStatus.BROKEN, (reason,), contents.record, contents.has_copies)
    if contents.record is None:
        return _print_file(data, file, contents, project, today)
    verified = _sheet(contents, contents.record, file, project, today)
    if verified.state is SheetStatus.CURRENT and not verified.of_copies and not verified.notes:
        return _compared(verified, data, contents, contents.record, project)
    return verified


def _compared(
    verified: Verification, data: bytes, contents: PdfContents, record: Record, project: ProjectFolder
) -> Verification:
    """The state of a sheet of which nothing has changed, after its pages were compared with those that its text makes.

    Its text is the project's own: no other is rendered here.
    """
    texts = texts_in(record, contents.texts, project)
    as_made = is_as_made(data, record, texts, current_inputs(record, texts, project), project)
    if as_made is not False:
        return replace(verified, compared=as_made is True)
    reason = "its pages are not what its text makes, though nothing has changed since: it was changed and sealed again"
    return replace(verified, state=SheetStatus.BROKEN, reasons=(reason,))


def _sheet(contents: PdfContents, record: Record, file: str, project: ProjectFolder, today: dt.date) -> Verification:
    recorded = {name: digest for name, digest in record.hashes.items() if name.startswith("source/")}
    if not recorded or recorded != {f"source/{name}": _sha256(text) for name, text in contents.texts.items()}:
        reason = "its record and the text in it do not belong together"
        return Verification(file, SheetStatus.BROKEN, (reason,), record, contents.has_copies)
    texts = texts_in(record, contents.texts, project)
    state, reasons = _state(record, texts, project, today)
    notes = _notes(record, texts, project) if state is not SheetStatus.UNKNOWN else ()
    return Verification(file, state, reasons, record, contents.has_copies, notes=notes)


def _notes(record: Record, texts: Texts, project: ProjectFolder) -> tuple[str, ...]:
    try:
        return tuple(changes_since(record, current_inputs(record, texts, project)))
    except SignatureFault:  # it is a reason already
        return ()


def _state(record: Record, texts: Texts, project: ProjectFolder, today: dt.date) -> tuple[SheetStatus, tuple[str, ...]]:
    """The gravest state of a sheet, and all reasons, the gravest first."""
    objections = [*_reasons_in_record(record, today), *_reasons_in_project(record, texts, project)]
    if not objections:
        return SheetStatus.CURRENT, ()
    gravest = min((state for state, _ in objections), key=list(SheetStatus).index)
    return gravest, tuple(
        reason for state, reason in sorted(objections, key=lambda one: list(SheetStatus).index(one[0]))
    )


def _reasons_in_record(record: Record, today: dt.date) -> Iterator[tuple[SheetStatus, str]]:
    """States that follow from a sheet's own record, whether its monograph is in this project or not."""
    if is_expired(record.review_by, today):
        yield SheetStatus.EXPIRED, f"its review was due by {record.review_by}"
    if Notice.STALE in record.notices:
        yield SheetStatus.OUTDATED, "it was older than its source when it was made, and says so"


def _reasons_in_project(record: Record, texts: Texts, project: ProjectFolder) -> Iterator[tuple[SheetStatus, str]]:
    """States that follow from the project's text of the same name."""
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
    if same:
        yield from ((SheetStatus.OUTDATED, change) for change in _changes_beside(record, texts, now, project))


def _changes_beside(record: Record, texts: Texts, now: Texts, project: ProjectFolder) -> Iterator[str]:
    """What has changed since around a text that is the same: its source, its evidence, its reviews."""
    if Notice.STALE not in record.notices and _text_of(texts.original) != _text_of(now.original):
        yield "the text that it translates has changed since"
    if _text_of(texts.evidence) != _text_of(now.evidence):
        yield "what its sources say has changed since"
    if texts.review_records != now.review_records:
        yield "its words were reviewed since, or a review was taken back"
    else:
        yield from _reviews_that_count(record, now, project)


def _reviews_that_count(record: Record, now: Texts, project: ProjectFolder) -> Iterator[str]:
    """Where the same reviews count otherwise: other roles or signatures are asked for, or a key was revoked."""
    try:
        review = sheet_review(project, now, (edition_of(record).audience,))
    except SignatureFault as fault:
        yield f"a review of it does not count any more: {fault.message}"
        return
    if [*record.reviews] != [*sign_offs_of(now, review)]:
        yield f"other reviews are asked for since, and by them it is: {review.words}"


def _text_of(text: TranslatedText | EvidenceText | None) -> bytes:
    return text.text if text else b""


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# ---------------------------------------------------------------- print files


def _print_file(data: bytes, file: str, contents: PdfContents, project: ProjectFolder, today: dt.date) -> Verification:
    """The state of a print file, which has no record; its facts are in the ledger of the project that made it."""
    entry = _in_ledger(_sha256(data), project, today) if ledger_exists(project.output) else None
    if entry is None:
        reason = "it is a print file, or a page set without a record, and no run of this project made it"
        return Verification(file, SheetStatus.UNKNOWN, (reason,), of_copies=contents.has_copies)
    printed, objections = entry
    if not objections:
        return Verification(file, SheetStatus.CURRENT, (), of_copies=True, printed=printed)
    gravest = min((state for state, _ in objections), key=list(SheetStatus).index)
    reasons = tuple(dict.fromkeys(reason for _, reason in objections))
    return Verification(file, gravest, reasons, of_copies=True, printed=printed)


def _in_ledger(
    digest: str, project: ProjectFolder, today: dt.date
) -> tuple[Printed, list[tuple[SheetStatus, str]]] | None:
    from leaflets.batch.environment import open_environment  # here, as sheets need no ledger

    with open_environment(project).ledger_to_read() as ledger:
        for run in ledger.store.runs():
            for part in ledger.store.parts(run):
                if part.sha256 == digest:
                    numbers = {copy.leaflet for copy in ledger.store.copies(run) if copy.part == part.number}
                    leaflets = [one for one in ledger.store.leaflets(run) if one.number in numbers]
                    names = tuple(f"{one.leaflet}, version {one.version or 'none'}" for one in leaflets)
                    printed = Printed(run.name, part.destination, part.first, part.last, names)
                    facts = {(one.leaflet.drug, one.leaflet.edition.lang, one.version, one.source) for one in leaflets}
                    objections = [
                        objection for fact in sorted(facts) for objection in _leaflet_state(*fact, project, today)
                    ]
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
