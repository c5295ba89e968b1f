"""A run in full, as a person reads it: what was printed where, how, and what is to be done next."""

from __future__ import annotations

from collections.abc import Iterator

from leaflets.batch.options import RunOptions, options_from_json
from leaflets.cli import run_output
from leaflets.cli.report import counted
from leaflets.ledger.entries import CopyEntry, LeafletEntry, RunEntry
from leaflets.ledger.ledger import Ledger
from leaflets.ledger.serials import format_serials
from leaflets.ledger.states import CopyState
from leaflets.model.edition import Edition, TypeSize
from leaflets.project import display_path

_HOW = {
    "duplex": "both sides of the paper",
    "banner": "a banner sheet before each print file",
    "split": "a file for each copy",
    "split_papers": "a file for each paper",
    "tagged": "accessible print files",
    "keep_going": "rows that could not be made were left out",
}


def run_page(ledger: Ledger, entry: RunEntry) -> Iterator[str]:
    """The lines of a run's page."""
    store = ledger.store
    copies = store.copies(entry)
    begun = entry.at[:16].replace("T", " at ")
    yield f"Run {entry.name}, begun {begun} UTC: {run_output.states_text(store.state_counts(entry))}"
    yield from _section("Print files", _files(ledger, entry))
    yield from _section("Leaflets", run_output.table(map(_leaflet, store.leaflets(entry))))
    yield from _section("Copies", run_output.state_lines(copies))
    yield from _section("In place of others", run_output.table(_replaced(copies)))
    yield from _section("How", _how(entry))
    yield from _section("Next", [f"  {line}" for line in _next(entry, copies)])


def _section(title: str, lines: list[str]) -> Iterator[str]:
    yield from ("", title, *lines) if lines else ()


def _files(ledger: Ledger, entry: RunEntry) -> list[str]:
    store = ledger.store
    folder = store.folder(entry)
    return run_output.table(
        (
            part.destination,
            f"serials {format_serials(range(part.first, part.last + 1))}",
            counted(part.sheets, "sheet") + " of paper",
            display_path(folder / part.name),
        )
        for part in store.parts(entry)
        if part.written
    )


def _leaflet(entry: LeafletEntry) -> tuple[str, ...]:
    edition = entry.leaflet.edition
    allowed = ", ".join(objection.value for objection in entry.allowed)
    return (
        entry.leaflet.drug,
        edition.audience,
        edition.lang,
        _paper(edition),
        f"version {entry.version}" if entry.version else "no version",
        run_output.origins_text(entry),
        f"reviewed by {entry.vouched}" if entry.vouched else "",
        f"ID {entry.content_id}" if entry.content_id else "not made",
        f"printed though {allowed}" if allowed else "",
    )


def _paper(edition: Edition) -> str:
    standard = edition.type_size is TypeSize.STANDARD
    return edition.paper if standard else f"{edition.paper}, {edition.type_size}"


def _replaced(copies: tuple[CopyEntry, ...]) -> list[tuple[str, str]]:
    return [(str(copy.serial), f"in place of {copy.replaces}") for copy in copies if copy.replaces]


def _how(entry: RunEntry) -> list[str]:
    try:
        options = options_from_json(entry.options)
    except (KeyError, TypeError, ValueError):  # of a program that wrote them otherwise
        return run_output.table([("with", entry.versions), ("options", entry.options)])
    said = [words for name, words in _HOW.items() if getattr(options, name)]
    said += [] if options.duplex else ["one side of the paper only"]
    said += [] if options.label_code else ["labels without a code"]
    program, _, fonts = entry.versions.partition(", labels in ")
    faces = fonts.split(", ") if fonts else []
    return run_output.table([
        ("made", "; ".join(said)),
        ("where a row does not say", _defaults(options)),
        *([("sorted by", ", ".join(options.sort))] if options.sort else []),
        ("with", program + (f", {counted(len(faces), 'font')} for labels" if faces else "")),
        ("list", f"SHA-256 {entry.list_sha256}"),
    ])  # fmt: skip


def _defaults(options: RunOptions) -> str:
    edition = options.defaults.edition
    return f"{edition.audience}, {edition.lang}, {_paper(edition)}, to {options.defaults.destination}"


def _next(entry: RunEntry, copies: tuple[CopyEntry, ...]) -> Iterator[str]:
    """The commands that the states of the copies ask for; none where all is settled."""
    by_state: dict[CopyState, list[int]] = {}
    for copy in copies:
        by_state.setdefault(copy.state, []).append(copy.serial)
    replaced = {copy.replaces for copy in copies}
    if by_state.keys() & {CopyState.PLANNED, CopyState.RENDERED}:
        yield "the run has not ended: give the same batch command again"
    waiting = sorted(by_state.get(CopyState.WRITTEN, []) + by_state.get(CopyState.SENT, []))
    yield from (line.strip() for line in run_output.confirm_lines(entry, waiting))
    again = [
        serial
        for state in (CopyState.SPOILED, CopyState.UNPRINTED)
        for serial in by_state.get(state, [])
        if serial not in replaced
    ]
    if again:
        yield f"to print again: leaflet reprint {entry.name} --serials {format_serials(sorted(again))}"
