"""The press of a project: its monographs, judged and made, with all that is known of them kept in the cache."""

import contextlib
import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from leaflets.batch import job as making
from leaflets.batch.aliases import Aliases, gather
from leaflets.batch.catalogue import Card, Catalogue, aliases_of, read_catalogue
from leaflets.batch.press import Job, Leaflet, Make, Objection, Outcome, Verdict
from leaflets.batch.sheets import Sheets
from leaflets.build import CACHE_FOLDER
from leaflets.build.fingerprint import wanted
from leaflets.errors import ContentError, OutputError
from leaflets.model import Edition, Severity
from leaflets.project import Project, Source, read_bytes, save
from leaflets.project.files import decode

FILE = "leaflets.json"


@dataclass(frozen=True)
class Shelf:
    """Judges and makes the leaflets of a project. `today` decides what has expired; `settings_file` may be empty.

    `warm` is called when a leaflet is met that was never made.
    """

    project: Project
    today: dt.date
    settings_file: str = ""
    warm: Callable[[], None] = lambda: None
    _new: dict[str, dict[str, Any]] = field(default_factory=dict, repr=False, compare=False)

    def aliases(self) -> Aliases:
        """All the ways a list may call the monographs."""
        return gather(aliases_of(self.catalogue))

    def judge(self, leaflets: Sequence[Leaflet]) -> Mapping[Leaflet, Verdict]:
        """What is known of each leaflet; what the checks found is kept for as long as text and checks stay the same."""
        verdicts = {leaflet: self._verdict(leaflet) for leaflet in leaflets}
        self._keep()
        return verdicts

    def known(self, job: Job) -> Outcome | None:
        """The outcome of a job whose sheet was made earlier from the same text, styles, settings and programs."""
        told = self._told(job.drug, making.edition_of(job))
        if "sheet" not in told or told["sheet"] not in self.sheets:
            return None
        return Outcome(job.number, told["content_id"], told["sheet"], told["pages"])

    def learn(self, made: Sequence[tuple[Job, Outcome]]) -> None:
        """Keeps what came of jobs, for the next run."""
        for job, outcome in made:
            told = {"content_id": outcome.content_id, "sheet": outcome.sheet, "pages": outcome.pages}
            self._remember(job.drug, making.edition_of(job), told)
        self._keep()
        self.sheets.prune()

    def maker(self) -> Make:
        """The function that makes a leaflet, for an executor."""
        return partial(making.do, str(self.project.root), self.settings_file, str(self._cache))

    @property
    def sheets(self) -> Sheets:
        """The compiled leaflets."""
        return Sheets(self._cache / making.SHEETS)

    @cached_property
    def catalogue(self) -> Catalogue:
        """A card for every monograph."""
        return read_catalogue(self.project, self._cache)

    @cached_property
    def _cache(self) -> Path:
        return self.project.output / CACHE_FOLDER

    # ---------------------------------------------------------------- judging

    def _verdict(self, leaflet: Leaflet) -> Verdict:
        source = self.project.sources.get((leaflet.drug, leaflet.edition.lang))
        if source is None:
            languages = sorted(lang for name, lang in self.project.sources if name == leaflet.drug)
            return Verdict(leaflet, missing=f"there is no such translation; there is: {', '.join(languages)}")
        try:
            digest = hashlib.sha256(self._text(source)).hexdigest()
            card = self._card(source)
            told = self._checked(leaflet, source)
        except ContentError as error:
            return Verdict(leaflet, missing=error.message)
        objections = (*self._dated(card), *((Objection.UNSAFE, why) for why in told["unsafe"]))
        return Verdict(leaflet, card.version, digest, objections, card.fault, told.get("pages", 0))

    def _card(self, source: Source) -> Card:
        return self.catalogue[source.name, source.lang]

    def _dated(self, card: Card) -> Sequence[tuple[Objection, str]]:
        found = []
        if card.withdrawn:
            found.append((Objection.WITHDRAWN, f"the monograph is withdrawn: {card.withdrawn}"))
        if not card.reviewed:
            found.append((Objection.DRAFT, "the monograph was never clinically reviewed"))
        if self._expired(card):
            found.append((Objection.EXPIRED, f"the review was due by {card.review_by}"))
        return found

    def _expired(self, card: Card) -> bool:
        return bool(card.review_by) and card.review_by < self.today.isoformat()

    def _checked(self, leaflet: Leaflet, source: Source) -> Mapping[str, Any]:
        told = self._told(leaflet.drug, leaflet.edition)
        if "unsafe" in told:
            return told
        return self._remember(leaflet.drug, leaflet.edition, {"unsafe": self._errors(leaflet, source)})

    def _errors(self, leaflet: Leaflet, source: Source) -> list[str]:
        """What the checks have against a leaflet, in one sentence; dates are judged anew each day, not here."""
        self.warm()
        from leaflets.build.pictures import pictures_of
        from leaflets.checks import check  # here, so that a run whose leaflets are all judged loads no linter
        from leaflets.parse import parse

        text = decode(self._text(source), source.file)
        pictures = pictures_of(self.project, source, self._text(source))
        monograph = parse(text, name=source.name, file=source.file, lang=source.lang, pictures=pictures)
        found = check(monograph, text, [leaflet.edition.audience])
        errors = [finding for finding in found if finding.severity is Severity.ERROR]
        if not errors:
            return []
        first = errors[0]
        more = f" and {len(errors) - 1} more" if len(errors) > 1 else ""
        return [f"the checks fail: {source.path.name}:{first.line}: {first.code} {first.message}{more}"]

    # ---------------------------------------------------------------- what is kept

    def _told(self, drug: str, edition: Edition) -> Mapping[str, Any]:
        source = self.project.sources[drug, edition.lang]
        key = self._key(source, edition)
        return self._new.get(key) or self._kept.get(key) or {}

    def _remember(self, drug: str, edition: Edition, told: Mapping[str, Any]) -> Mapping[str, Any]:
        key = self._key(self.project.sources[drug, edition.lang], edition)
        self._new[key] = {**self._told(drug, edition), **told}
        return self._new[key]

    def _key(self, source: Source, edition: Edition) -> str:
        digest = hashlib.sha256(self._text(source)).hexdigest()
        expired = self._expired(self._card(source))
        return hashlib.sha256(f"{self.fingerprint(edition)} {digest} {source.name} {expired}".encode()).hexdigest()

    def fingerprint(self, edition: Edition) -> str:
        """A digest of all but the monograph itself, as it lies on this machine: styles, settings, code, libraries."""
        if edition not in self._commons:
            stand_in = Source("", edition.lang, Path(__file__))
            self._commons[edition] = wanted(self.project, stand_in, edition, today=self.today).key
        return self._commons[edition]

    def _text(self, source: Source) -> bytes:
        if source not in self._texts:
            self._texts[source] = read_bytes(source.path)
        return self._texts[source]

    @cached_property
    def _commons(self) -> dict[Edition, str]:
        return {}

    @cached_property
    def _texts(self) -> dict[Source, bytes]:
        return {}

    @cached_property
    def _kept(self) -> dict[str, dict[str, Any]]:
        try:
            told = json.loads((self._cache / FILE).read_bytes())
        except (OSError, ValueError):
            return {}
        return told if isinstance(told, dict) else {}

    def _keep(self) -> None:
        """Adds what is new to what other runs kept meanwhile; a disk that takes nothing is no fault of this run."""
        if not any(self._kept.get(key) != told for key, told in self._new.items()):
            return
        self.__dict__.pop("_kept", None)
        self._kept.update(self._new)
        with contextlib.suppress(OutputError):
            save(self._cache / FILE, json.dumps(self._kept, separators=(",", ":")).encode())
