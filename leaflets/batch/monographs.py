"""The monographs of a project: assessed and rendered, with all that was found out about them kept in the cache."""

import datetime as dt
import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from leaflets.batch import render_task
from leaflets.batch.assessment import Assessment
from leaflets.batch.leaflet_cache import CompiledLeaflets, read_index, write_index
from leaflets.errors import CheckFailed, ContentError, UsageError
from leaflets.ledger.own_texts import refuse_replaced
from leaflets.model.copy import Leaflet, TextOrigin
from leaflets.model.edition import Edition
from leaflets.model.finding import Severity, and_more
from leaflets.model.objection import Objection
from leaflets.model.review import SheetReview, is_expired
from leaflets.pipeline.cache import Cache
from leaflets.pipeline.cache_key import shared_key
from leaflets.pipeline.catalogue import Catalogue, CatalogueEntry, entry_of, entry_of_translation, read_catalogue
from leaflets.pipeline.policy import outdated_translation
from leaflets.pipeline.reviews import due, require_not_in_future, sheet_review
from leaflets.pipeline.texts import CheckedText, Texts, parse_and_check, pictures_of, read_texts
from leaflets.project import MonographFile, ProjectFolder
from leaflets.runlist.drug_names import DrugName, DrugNames, index_drug_names
from leaflets.workers.protocol import RenderFunction, RenderTask, Result, Snapshot


@dataclass(frozen=True, slots=True)
class AssessedText:
    """The texts of a monograph as they were read, once, their hash, and what their front matter says."""

    texts: Texts
    hash: str
    entry: CatalogueEntry


@dataclass(frozen=True)
class ProjectMonographs:
    """Assesses and renders the leaflets of a project.

    Each text is read once: what is recorded of a leaflet, and what a worker renders, is of the bytes that were read.
    `today` decides what has expired. `warm_up` is called when a leaflet is met that was never checked.
    """

    project: ProjectFolder
    today: dt.date
    warm_up: Callable[[], None] = lambda: None
    _new_facts: dict[str, dict[str, Any]] = field(default_factory=dict, repr=False, compare=False)
    _checked_texts: dict[Leaflet, CheckedText] = field(default_factory=dict, repr=False, compare=False)
    _in_use: set[str] = field(default_factory=set, repr=False, compare=False)

    def drug_names(self) -> DrugNames:
        """All the names and codes by which a list may call the monographs."""
        return index_drug_names(_names_in(self.catalogue))

    def titles(self, drug: str) -> Mapping[str, str]:
        """The title of a drug's monograph by language; empty where there is none today."""
        return {lang: entry.title for (name, lang), entry in self.catalogue.items() if name == drug and entry.title}

    def assess(self, leaflets: Sequence[Leaflet]) -> Mapping[Leaflet, Assessment]:
        """What is known of each leaflet; findings of the checks are kept as long as texts and checks are the same."""
        assessments = {leaflet: self._assess(leaflet) for leaflet in leaflets}
        self._save_facts()
        return assessments

    def cached_result(self, task: RenderTask) -> Result | None:
        """The result of a task whose sheet was rendered earlier from the same text, styles, settings and programs."""
        facts = self._facts(task.leaflet)
        if "sheet" not in facts or not self.compiled_leaflets.use(facts["sheet"]):
            return None
        self._in_use.add(facts["sheet"])
        return Result(task.number, facts["content_id"], facts["sheet"], facts["pages"])

    def record(self, rendered: Sequence[tuple[RenderTask, Result]]) -> None:
        """Records the results of tasks, so that the next run finds them in the cache."""
        for task, result in rendered:
            facts = {"content_id": result.content_id, "sheet": result.sheet, "pages": result.pages}
            self._add_facts(task.leaflet, facts)
            self._in_use.add(result.sheet)
        if rendered:
            self._save_facts()
            self.compiled_leaflets.prune(self._in_use)

    def with_snapshot(self, task: RenderTask) -> RenderTask:
        """The task with the texts that its leaflet was assessed by, and the key of all else that shapes its sheet."""
        texts, checked = self._assessed(self._source(task.leaflet)).texts, self._checked_texts.get(task.leaflet)
        return replace(task, snapshot=Snapshot(texts, self._shared_key(task.leaflet.edition), checked))

    def lost(self, sheets: Collection[str]) -> frozenset[str]:
        """Those of some compiled leaflets, by their keys, that are gone or damaged."""
        return self.compiled_leaflets.lost(sheets)

    def render_function(self) -> RenderFunction:
        """The function that renders a leaflet, for workers; they have the settings as they were read here."""
        shaping = replace(self.project.settings, batch_columns={}, batch_ignore=())  # they shape no sheet
        return partial(render_task.render, ProjectFolder(self.project.root, shaping))

    @property
    def compiled_leaflets(self) -> CompiledLeaflets:
        """The compiled leaflets."""
        return CompiledLeaflets(self.project.cache / render_task.COMPILED_FOLDER)

    @cached_property
    def catalogue(self) -> Catalogue:
        """What the front matter of each monograph says."""
        return read_catalogue(self.project, self.project.cache)

    # ---------------------------------------------------------------- assessing

    def _assess(self, leaflet: Leaflet) -> Assessment:
        try:
            source = self.project.sources.get((leaflet.drug, leaflet.edition.text_lang))
        except UsageError as error:
            return Assessment(leaflet, unavailable=error.message)
        if source is None:
            languages = sorted(lang for name, lang in self.project.sources if name == leaflet.drug)
            translations = f"there is no such translation; there is: {', '.join(languages)}"
            return Assessment(leaflet, unavailable=translations if languages else "there is no monograph of it")
        try:
            text = self._assessed(source)
            facts = self._checked_facts(leaflet, text.texts)
        except (ContentError, CheckFailed, UsageError) as error:
            return Assessment(leaflet, unavailable=error.message, hint=error.hint)
        checked = [(kind, why) for kind in (Objection.STALE, Objection.UNSAFE) for why in facts[kind]]
        entry, review = text.entry, self._review(leaflet, text.texts)
        objections = (*self._review_objections(entry, review), *checked)
        origins = tuple(TextOrigin(one.lang, self.project.is_packaged(one)) for one in text.texts.sources)
        facts_of_text = (entry.version, text.hash, objections, entry.fault)
        return Assessment(leaflet, *facts_of_text, pages=facts.get("pages", 0), origins=origins, vouched=review.vouched)

    def _assessed(self, source: MonographFile) -> AssessedText:
        """A monograph's texts as they were read when they were first asked for.

        Raises ContentError, and LedgerError where nobody can tell whether a packaged text stands in for an own one.
        """
        if source not in self._texts:
            refuse_replaced(self.project, source)
            texts = read_texts(self.project, source)
            self._texts[source] = AssessedText(texts, texts.hash, self._entry_of_texts(texts))
        return self._texts[source]

    def _entry_of_texts(self, texts: Texts) -> CatalogueEntry:
        """What the front matter says; a translation is withdrawn, and due for review, with its source."""
        own = self._entry(texts.source, texts.text)
        if texts.original is None:
            return own
        return entry_of_translation(own, self._entry(texts.original.source, texts.original.text))

    def _entry(self, source: MonographFile, text: bytes) -> CatalogueEntry:
        """The entry of a text: that of the catalogue, unless the file was changed after that was read."""
        entry = self.catalogue.get((source.name, source.lang))
        if entry and entry.text_sha256 == hashlib.sha256(text).hexdigest():
            return entry
        return entry_of(text, source.path.name)

    def _review(self, leaflet: Leaflet, texts: Texts) -> SheetReview:
        """How far the words of a leaflet are vouched for, as it was when that was first asked.

        Raises ContentError where a record of reviews cannot be read, or has a review of a day to come.
        """
        if leaflet not in self._reviews:
            require_not_in_future(texts, self.today)
            audiences, cache = (leaflet.edition.audience,), Cache(self.project.cache)
            self._reviews[leaflet] = sheet_review(self.project, texts, audiences, cache)
        return self._reviews[leaflet]

    def _review_objections(self, entry: CatalogueEntry, review: SheetReview) -> Sequence[tuple[Objection, str]]:
        objections = []
        if entry.withdrawn:
            objections.append((Objection.WITHDRAWN, f"the monograph is withdrawn: {entry.withdrawn}"))
        if not review.reviewed:
            what = "translation" if review.original and not review.own.reviewed else "monograph"
            objections.append((Objection.DRAFT, f"the {what} is a draft: {review.words}"))
        if self._expired(entry, review):
            objections.append((Objection.EXPIRED, f"the review was due by {due(review, entry.review_by)}"))
        return objections

    def _expired(self, entry: CatalogueEntry, review: SheetReview) -> bool:
        return is_expired(due(review, entry.review_by), self.today)

    def _checked_facts(self, leaflet: Leaflet, texts: Texts) -> Mapping[str, Any]:
        """The facts of a leaflet, with what the checks and its source object to; they run where they never did."""
        facts = self._facts(leaflet)
        if Objection.UNSAFE in facts:
            return facts
        changed = outdated_translation(texts, leaflet.edition)
        objections = {
            Objection.STALE.value: [changed] if changed else [],
            Objection.UNSAFE.value: self._errors(leaflet, texts),
        }
        return self._add_facts(leaflet, objections)

    def _errors(self, leaflet: Leaflet, texts: Texts) -> list[str]:
        """The errors that the checks find, in one sentence, if any; what depends on the date is not among them."""
        self.warm_up()
        pictures, review = pictures_of(self.project, texts.source, texts.text), self._review(leaflet, texts)
        checked = parse_and_check(texts, pictures, leaflet.edition, review=review)
        self._checked_texts[leaflet] = checked
        errors = [one for one in checked.findings if one.severity is Severity.ERROR and one.code != render_task.STALE]
        if not errors:
            return []
        first = errors[0]
        return [
            f"the checks fail: {Path(first.file).name}:{first.line}: {first.code} {first.message}{and_more(errors)}"
        ]

    # ---------------------------------------------------------------- facts kept in the cache

    def _facts(self, leaflet: Leaflet) -> Mapping[str, Any]:
        key = self._key(leaflet)
        return self._new_facts.get(key) or self._saved_facts.get(key) or {}

    def _add_facts(self, leaflet: Leaflet, facts: Mapping[str, Any]) -> Mapping[str, Any]:
        key = self._key(leaflet)
        self._new_facts[key] = {**self._facts(leaflet), **facts}
        return self._new_facts[key]

    def _key(self, leaflet: Leaflet) -> str:
        """The key of a leaflet's facts: other texts, another edition or other programs give another one."""
        source = self._source(leaflet)
        text = self._assessed(source)
        expired = self._expired(text.entry, self._review(leaflet, text.texts))
        parts = f"{self._shared_key(leaflet.edition)} {text.hash} {source.name} {expired}"
        return hashlib.sha256(parts.encode()).hexdigest()

    def _source(self, leaflet: Leaflet) -> MonographFile:
        return self.project.sources[leaflet.drug, leaflet.edition.text_lang]

    def _shared_key(self, edition: Edition) -> str:
        """The key of all but the texts, as it was when it was first asked for."""
        if edition not in self._shared_keys:
            self._shared_keys[edition] = shared_key(self.project, edition)
        return self._shared_keys[edition]

    @cached_property
    def _shared_keys(self) -> dict[Edition, str]:
        return {}

    @cached_property
    def _reviews(self) -> dict[Leaflet, SheetReview]:
        return {}

    @cached_property
    def _texts(self) -> dict[MonographFile, AssessedText]:
        return {}

    @cached_property
    def _saved_facts(self) -> dict[str, dict[str, Any]]:
        return read_index(self.project.cache)

    def _save_facts(self) -> None:
        """Adds new facts to those in the file, which other runs may have added to meanwhile."""
        if not any(self._saved_facts.get(key) != facts for key, facts in self._new_facts.items()):
            return
        self.__dict__.pop("_saved_facts", None)
        self._saved_facts.update(self._new_facts)
        write_index(self.project.cache, self._saved_facts)


def _names_in(catalogue: Catalogue) -> Iterator[DrugName]:
    """All names and codes of each monograph: its file's name, title, generic name, brands, codes, in each language."""
    for (name, _), entry in catalogue.items():
        yield DrugName(name, "name", name)
        yield DrugName(name, "name", name.replace("-", " "))
        yield from (DrugName(name, "title", text) for text in (entry.title,) if text)
        yield from (DrugName(name, "generic", text) for text in (entry.generic,) if text)
        yield from (DrugName(name, "brand", text) for text in entry.brands)
        yield from (DrugName(name, system, code) for system, code in entry.codes)
