"""What the front matter of every monograph says, kept from one run to the next, so that thousands are known at once."""

import contextlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from leaflets import __version__
from leaflets.errors import ContentError, OutputError
from leaflets.project import Project, read_text, save

FILE = "catalogue.json"
_TITLE = re.compile(r"^# +(\S.*?)\s*#*\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """What a run must know of a monograph before it is read whole; `fault` says why it cannot be read at all."""

    title: str = ""
    generic: str = ""
    brands: tuple[str, ...] = ()
    codes: tuple[tuple[str, str], ...] = ()
    version: str = ""
    reviewed: str = ""
    review_by: str = ""
    withdrawn: str = ""
    fault: str = ""


Catalogue = Mapping[tuple[str, str], CatalogueEntry]
"""Cards by name and language."""


def read_catalogue(project: Project, folder: Path) -> Catalogue:
    """A card for every monograph. Those whose file is as it was (size, time, place) are not read again."""
    kept = _kept(folder / FILE)
    stamps = {str(source.path): _stamp(source.path) for source in project.sources.values()}
    new = {path: stamp for path, stamp in stamps.items() if kept.get(path, ("",))[0] != stamp}
    if not new and kept.keys() == stamps.keys():
        return {key: kept[str(source.path)][1] for key, source in project.sources.items()}
    cards = {path: (stamps[path], kept[path][1] if path not in new else card_of(Path(path))) for path in stamps}
    _keep(folder / FILE, cards)
    return {key: cards[str(source.path)][1] for key, source in project.sources.items()}


def card_of(path: Path) -> CatalogueEntry:
    """The card of one monograph, from its front matter; only its title may stand in a heading."""
    # Here and not above: a run whose monographs are all known needs no parser.
    from leaflets.parse.clean import clean
    from leaflets.parse.front import read_front, take_front

    try:
        text = read_text(path)
        lines, _ = clean(text, path.name)
        node, body = take_front(lines, path.name)
        heading = _TITLE.search("\n".join(line.text for line in body[:200]))
        front, _ = read_front(node, path.name, lines[0].number if lines else 1, heading[1] if heading else "")
    except ContentError as error:
        return CatalogueEntry(fault=error.message)
    return CatalogueEntry(
        title=front.title,
        generic=front.generic_name,
        brands=front.brand_names,
        codes=front.codes,
        version=front.version,
        reviewed=front.reviewed.isoformat() if front.reviewed else "",
        review_by=front.review_by.isoformat() if front.review_by else "",
        withdrawn=front.withdrawn,
    )


def joined(card: CatalogueEntry, source: CatalogueEntry) -> CatalogueEntry:
    """The card of a translation with what it takes from that of its source."""
    dates = sorted(filter(None, (card.review_by, source.review_by)))
    return replace(
        card,
        reviewed=card.reviewed if source.reviewed else "",
        withdrawn=card.withdrawn or source.withdrawn,
        review_by=dates[0] if dates else "",
        fault=card.fault or source.fault,
    )


def _stamp(path: Path) -> str:
    try:
        told = path.stat()
    except OSError:
        return "gone"
    return f"{told.st_size} {told.st_mtime_ns} {told.st_ino}"


def _kept(path: Path) -> dict[str, tuple[str, CatalogueEntry]]:
    """What was kept last time; nothing where the file is missing, damaged or of another version of ours."""
    try:
        told = json.loads(path.read_bytes())
        if told["leaflet"] != __version__:
            return {}
        return {path: (stamp, _card(card)) for path, (stamp, card) in told["cards"].items()}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _card(told: dict[str, Any]) -> CatalogueEntry:
    brands, codes = told.pop("brands"), told.pop("codes")
    return CatalogueEntry(brands=tuple(brands), codes=tuple((system, code) for system, code in codes), **told)


def _keep(path: Path, cards: Mapping[str, tuple[str, CatalogueEntry]]) -> None:
    """Keeps the cards for the next run; a disk that takes nothing is no fault of this one."""
    told = {"leaflet": __version__, "cards": {name: (stamp, asdict(card)) for name, (stamp, card) in cards.items()}}
    with contextlib.suppress(OutputError):
        save(path, json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode())
