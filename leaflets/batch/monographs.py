"""The press of a project: its monographs, judged and made, with all that is known of them kept in the cache."""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from leaflets.batch import render_task as making
from leaflets.batch.assessment import Assessment
from leaflets.batch.compiled_store import Sheets
from leaflets.batch.leaflet_index import keep_known, read_known
from leaflets.errors import CheckFailed, ContentError, UsageError
from leaflets.model.copy import Leaflet
from leaflets.model.edition import Edition
from leaflets.model.finding import Severity
from leaflets.model.objection import Objection
from leaflets.model.review import is_expired
from leaflets.pipeline.cache_key import cache_key
from leaflets.pipeline.catalogue import Catalogue, CatalogueEntry, entry_of_translation, read_catalogue
from leaflets.pipeline.checked_text import CheckedText, parse_and_check
from leaflets.pipeline.pictures import pictures_of
from leaflets.pipeline.policy import outdated_translation
from leaflets.pipeline.texts import Texts, read_texts
from leaflets.project import MonographFile, ProjectFolder
from leaflets.runlist.drug_names import DrugName, DrugNames, gather
from leaflets.workers.protocol import Job, Make, Result

_HANDED_ON_BYTES = 32_768
"""Texts up to this size go to a worker as they were parsed: a job that does not fit in the pipe would block there."""


@dataclass(frozen=True)
class ProjectMonographs:
    """Judges and makes the leaflets of a project. `today` decides what has expired; `settings_file` may be empty.

    `warm` is called when a leaflet is met that was never made.
    """

    project: ProjectFolder
    today: dt.date
    settings_file: str = ""
    warm: Callable[[], None] = lambda: None
    _new: dict[str, dict[str, Any]] = field(default_factory=dict, repr=False, compare=False)
    _perused: dict[Leaflet, CheckedText] = field(default_factory=dict, repr=False, compare=False)

    def aliases(self) -> DrugNames:
        """All the ways a list may call the monographs."""
        return gather(_names_in(self.catalogue))

    def judge(self, leaflets: Sequence[Leaflet]) -> Mapping[Leaflet, Assessment]:
        """What is known of each leaflet; what the checks found is kept for as long as text and checks stay the same."""
        assessments = {leaflet: self._verdict(leaflet) for leaflet in leaflets}
        self._keep()
        return assessments

    def known(self, job: Job) -> Result | None:
        """The outcome of a job whose sheet was made earlier from the same text, styles, settings and programs."""
        told = self._told(job.drug, making.edition_of(job))
        if "sheet" not in told or told["sheet"] not in self.sheets:
            return None
        return Result(job.number, told["content_id"], told["sheet"], told["pages"])

    def learn(self, made: Sequence[tuple[Job, Result]]) -> None:
        """Keeps what came of jobs, for the next run."""
        for job, outcome in made:
            told = {"content_id": outcome.content_id, "sheet": outcome.sheet, "pages": outcome.pages}
            self._remember(job.drug, making.edition_of(job), told)
        self._keep()
        self.sheets.prune()

    def furnished(self, job: Job) -> Job:
        """The job with its text as it was parsed and checked here, if it was."""
        return replace(job, checked=self._perused.get(Leaflet(job.drug, making.edition_of(job))))

    def maker(self) -> Make:
        """The function that makes a leaflet, for an executor."""
        return partial(making.do, str(self.project.root), self.settings_file, str(self.project.cache))

    @property
    def sheets(self) -> Sheets:
        """The compiled leaflets."""
        return Sheets(self.project.cache / making.SHEETS)

    @cached_property
    def catalogue(self) -> Catalogue:
        """A card for every monograph."""
        return read_catalogue(self.project, self.project.cache)

    # ---------------------------------------------------------------- judging

    def _verdict(self, leaflet: Leaflet) -> Assessment:
        try:
            source = self.project.sources.get((leaflet.drug, leaflet.edition.text_lang))
        except UsageError as error:
            return Assessment(leaflet, missing=error.message)
        if source is None:
            languages = sorted(lang for name, lang in self.project.sources if name == leaflet.drug)
            return Assessment(leaflet, missing=f"there is no such translation; there is: {', '.join(languages)}")
        try:
            texts, card = self._texts_of(source), self._card(source)
            told = self._checked(leaflet, texts)
        except (ContentError, CheckFailed, UsageError) as error:
            return Assessment(leaflet, missing=error.message)
        found = [(kind, why) for kind in (Objection.STALE, Objection.UNSAFE) for why in told[kind]]
        dated = self._dated(card, translated=texts.original is not None)
        return Assessment(leaflet, card.version, texts.hash, (*dated, *found), card.fault, told.get("pages", 0))

    def _card(self, source: MonographFile) -> CatalogueEntry:
        """The card of a monograph; a translation is withdrawn, and to be reviewed again, with its source."""
        card, texts = self.catalogue[source.name, source.lang], self._texts_of(source)
        if texts.original is None:
            return card
        return entry_of_translation(card, self.catalogue[texts.original.source.name, texts.original.source.lang])

    def _dated(self, card: CatalogueEntry, *, translated: bool) -> Sequence[tuple[Objection, str]]:
        found = []
        if card.withdrawn:
            found.append((Objection.WITHDRAWN, f"the monograph is withdrawn: {card.withdrawn}"))
        if not card.reviewed:
            what = "translation or its source" if translated else "monograph"
            found.append((Objection.DRAFT, f"the {what} was never clinically reviewed"))
        if self._expired(card):
            found.append((Objection.EXPIRED, f"the review was due by {card.review_by}"))
        return found

    def _expired(self, card: CatalogueEntry) -> bool:
        return is_expired(card.review_by, self.today)

    def _checked(self, leaflet: Leaflet, texts: Texts) -> Mapping[str, Any]:
        told = self._told(leaflet.drug, leaflet.edition)
        if Objection.UNSAFE in told:
            return told
        changed = outdated_translation(texts, leaflet.edition)
        found = {
            Objection.STALE.value: [changed] if changed else [],
            Objection.UNSAFE.value: self._errors(leaflet, texts),
        }
        return self._remember(leaflet.drug, leaflet.edition, found)

    def _errors(self, leaflet: Leaflet, texts: Texts) -> list[str]:
        """What the checks have against a leaflet, in one sentence; dates are judged anew each day, not here."""
        self.warm()
        checked = parse_and_check(texts, pictures_of(self.project, texts.source, texts.text), leaflet.edition)
        if sum(map(len, texts.by_name.values())) <= _HANDED_ON_BYTES:
            self._perused[leaflet] = checked
        errors = [one for one in checked.findings if one.severity is Severity.ERROR and one.code != making.STALE]
        if not errors:
            return []
        first = errors[0]
        more = f" and {len(errors) - 1} more" if len(errors) > 1 else ""
        return [f"the checks fail: {Path(first.file).name}:{first.line}: {first.code} {first.message}{more}"]

    # ---------------------------------------------------------------- what is kept

    def _told(self, drug: str, edition: Edition) -> Mapping[str, Any]:
        source = self.project.sources[drug, edition.text_lang]
        key = self._key(source, edition)
        return self._new.get(key) or self._kept.get(key) or {}

    def _remember(self, drug: str, edition: Edition, told: Mapping[str, Any]) -> Mapping[str, Any]:
        key = self._key(self.project.sources[drug, edition.text_lang], edition)
        self._new[key] = {**self._told(drug, edition), **told}
        return self._new[key]

    def _key(self, source: MonographFile, edition: Edition) -> str:
        expired, digest = self._expired(self._card(source)), self._texts_of(source).hash
        return hashlib.sha256(f"{self.fingerprint(edition)} {digest} {source.name} {expired}".encode()).hexdigest()

    def fingerprint(self, edition: Edition) -> str:
        """A digest of all but the monograph itself, as it lies on this machine: styles, settings, code, libraries."""
        if edition not in self._commons:
            stand_in = Texts(MonographFile("", edition.text_lang, Path(__file__)), b"")
            self._commons[edition] = cache_key(self.project, stand_in, edition, ())
        return self._commons[edition]

    def _texts_of(self, source: MonographFile) -> Texts:
        if source not in self._texts:
            self._texts[source] = read_texts(self.project, source)
        return self._texts[source]

    @cached_property
    def _commons(self) -> dict[Edition, str]:
        return {}

    @cached_property
    def _texts(self) -> dict[MonographFile, Texts]:
        return {}

    @cached_property
    def _kept(self) -> dict[str, dict[str, Any]]:
        return read_known(self.project.cache)

    def _keep(self) -> None:
        """Adds what is new to what other runs kept meanwhile."""
        if not any(self._kept.get(key) != told for key, told in self._new.items()):
            return
        self.__dict__.pop("_kept", None)
        self._kept.update(self._new)
        keep_known(self.project.cache, self._kept)


def _names_in(catalogue: Catalogue) -> Iterator[DrugName]:
    """Every way to call each monograph: its file's name, title, generic name, brands and codes, in every language."""
    for (name, _), card in catalogue.items():
        yield DrugName(name, "name", name)
        yield DrugName(name, "name", name.replace("-", " "))
        yield from (DrugName(name, "title", text) for text in (card.title,) if text)
        yield from (DrugName(name, "generic", text) for text in (card.generic,) if text)
        yield from (DrugName(name, "brand", text) for text in card.brands)
        yield from (DrugName(name, system, code) for system, code in card.codes)
