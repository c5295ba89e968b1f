"""The functions that `import leaflets` offers; they load what they need when they are called.

Nothing here prints, exits, or changes signal handlers, the working folder or the environment. Errors are those of
`leaflets.errors`; what `-v` lists is logged under "leaflets". Pages are set one at a time, in another process within
limits: calls from several threads wait for one another, so a server that must set many uses processes.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Unpack

from leaflets.errors import ContentError, OutputError, UsageError
from leaflets.languages import text_lang
from leaflets.ledger.own_texts import refuse_replaced
from leaflets.model.edition import Audience, Edition, Notice
from leaflets.model.finding import Finding, Withheld
from leaflets.pipeline import BuiltSheet, RenderSheet, build_texts, render_here
from leaflets.pipeline.cache import Cache, NoCache
from leaflets.pipeline.request import EditionChoices, monograph_file, requested_edition
from leaflets.pipeline.reviews import sheet_review
from leaflets.pipeline.texts import Texts, examine_texts, read_texts
from leaflets.project import MonographFile, ProjectFolder, load_project, packaged_folder, save, today
from leaflets.project.settings import LEAST_MEMORY
from leaflets.workers.local import limits_of
from leaflets.workers.protocol import Limits

if TYPE_CHECKING:
    from leaflets.pipeline.inputs import Inputs

_NAME = re.compile(r"[^\W_][\w-]{0,80}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*(\+[a-z]{2,3}(-[A-Za-z0-9]{2,8})*)?")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A printed sheet.

    Attributes:
        pdf: the file, PDF/A-3a and PDF/UA-1.
        pages: how many pages it has.
        findings: what a person should know of its text and its pages, in the order of the text.
        withheld: what the text has and this audience is not shown, and why.
        content_id: the ten letters that the sheet prints; the same inputs give the same one on any machine.
        title, version: those of the monograph; the version is empty where it has none.
        edition: the audience, language, paper and type size.
        html: the page before it was set.
    """

    pdf: bytes
    pages: int
    findings: tuple[Finding, ...]
    withheld: tuple[Withheld, ...]
    content_id: str
    title: str
    version: str
    edition: Edition
    html: str

    def save(self, path: str | Path) -> Path:
        """Writes the PDF, whole or not at all, and returns its path. Raises OutputError."""
        target = Path(path)
        try:
            save(target, self.pdf)
        except ValueError as error:
            raise OutputError(f"{str(path)!r}: this is no path", "Choose another.") from error
        return target


@dataclass(frozen=True, slots=True)
class Project:
    """A pharmacy's folder: its own content, styles, templates and settings, and ours where it has none."""

    folder: ProjectFolder
    cached: bool = True

    @classmethod
    def open(cls, path: str | Path) -> Project:
        """The project in a folder; sheets that it made before come from its cache, `output/cache`.

        Raises UsageError where there is no such folder, or its leaflet.toml cannot be understood.
        """
        root = Path(path)
        if not root.is_dir():
            raise UsageError(f"{root}: there is no such folder", "Check the path.")
        return cls(load_project(root.resolve()))

    @property
    def root(self) -> Path:
        """The folder that its leaflet.toml stands in, or the one it was opened at."""
        return self.folder.root

    def names(self) -> tuple[str, ...]:
        """The names of all its monographs and of ours, in alphabetical order."""
        return self._now.names()

    def build(
        self,
        name: str | Path,
        audience: str = "patient",
        *,
        allow: Collection[str] = (),
        limits: Limits | Literal["settings"] | None = "settings",
        **edition: Unpack[EditionChoices],
    ) -> Sheet:
        """The sheet of a monograph, by its name or the path of its Markdown file.

        Args:
            name: such as "baricitinib", or "notes/mydrug.md".
            audience: "patient" or "clinician".
            allow: "expired" and "stale" print such a text all the same, marked on every page.
            limits: the time and memory that it may take in a process of its own; None makes it in this one.
            edition: `lang`, `paper`, `type_size`, `sheets`, `fitted`, `booklet`, see `EditionChoices`; what is not
                given is as the settings say.

        Raises UsageError, ContentError, CheckFailed, RenderError or PdfError.
        """
        render = self._renderer(limits)
        source = monograph_file(self._now, str(name), edition.get("lang"))
        wanted = requested_edition(self.folder, audience, **edition)
        return self._sheet(read_texts(self._now, source), wanted, allow, render)

    def render(
        self,
        text: str,
        audience: str = "patient",
        *,
        name: str = "monograph",
        limits: Limits | Literal["settings"] | None = "settings",
        **edition: Unpack[EditionChoices],
    ) -> bytes:
        """The PDF of a monograph that is at hand as Markdown.

        `name` is what the record in the PDF, errors and findings call it; the rest is as in `build`, and so are the
        errors raised. A text past its review date is refused.
        """
        render = self._renderer(limits)
        wanted = requested_edition(self.folder, audience, **edition)
        return self._sheet(self._texts(text, str(name), wanted.lang), wanted, (), render).pdf

    def check(
        self, text: str, audience: str | None = None, *, lang: str | None = None, name: str = "monograph"
    ) -> tuple[Finding, ...]:
        """What a careful pharmacist would catch in a monograph, for both audiences if none is named.

        Raises UsageError or ContentError.
        """
        audiences = (requested_edition(self.folder, audience).audience,) if audience else tuple(Audience)
        texts = self._texts(text, name, lang or self.folder.settings.language)
        review = sheet_review(self.folder, texts, audiences).own
        return examine_texts(self.folder, texts, audiences, today(), review).report.findings

    def _texts(self, text: str, name: str, lang: str) -> Texts:
        if not isinstance(text, str):
            raise UsageError(f"a monograph is text, not {type(text).__name__}", "Decode it first.")
        if not _NAME.fullmatch(name):
            raise UsageError(f"“{name}” is no name of a monograph", "Use letters, digits and hyphens.")
        if not _LANGUAGE.fullmatch(lang):
            raise UsageError(f"“{lang}” is no language", "For example “en”, or “en+es”.")
        source = MonographFile(name, text_lang(lang), self.folder.root / "content")
        source = replace(source, path=source.path / source.file_name, label=source.file_name)
        try:
            data = text.encode()
        except UnicodeEncodeError as error:
            line = text.count("\n", 0, error.start) + 1
            raise ContentError(
                f"{source.file}:{line}: half a character stands alone", "Decode the text anew."
            ) from error
        return read_texts(self._now, source, data)

    @property
    def _now(self) -> ProjectFolder:
        """The folder as it is now: a server may run for days while monographs come and go."""
        return replace(self.folder)

    def _renderer(self, limits: Limits | Literal["settings"] | None) -> RenderSheet:
        """What makes the sheets: this process, or another within limits. Raises UsageError where they are none."""
        if limits == "settings":
            limits = limits_of(self.folder.settings)
        sound = isinstance(limits, Limits) and limits.seconds > 0 and limits.mib >= LEAST_MEMORY
        if limits is not None and not sound:
            raise UsageError(
                f"{limits!r}: these are no limits",
                f"Give leaflets.Limits(seconds=…, mib=…), of {LEAST_MEMORY} MiB or more, or None.",
            )
        if limits is None or sys.platform == "win32":
            return render_here
        from leaflets.workers.shared_worker import shared_worker  # here, as `check` needs none

        def render(inputs: Inputs, edition: Edition) -> BuiltSheet:
            return shared_worker(limits).render(inputs, edition)

        return render

    def _sheet(self, texts: Texts, edition: Edition, allow: Collection[str], render: RenderSheet) -> Sheet:
        unknown = [word for word in allow if word not in set(Notice)]
        if unknown:
            raise UsageError(f"“{unknown[0]}” cannot be allowed", f"There is: {', '.join(Notice)}.")
        refuse_replaced(self._now, texts.source)
        cache = Cache(self.folder.cache) if self.cached else NoCache(self.folder.cache)
        allowed = [Notice(word) for word in allow]
        built = build_texts(self.folder, texts, edition, allowed=allowed, cache=cache, render=render)
        return _sheet(built)


def _sheet(built: BuiltSheet) -> Sheet:
    return Sheet(
        built.pdf.data,
        built.pdf.pages,
        built.own_findings,
        built.withheld,
        built.content_id,
        built.title,
        built.version,
        built.edition,
        built.html,
    )


_PACKAGED = Project(ProjectFolder(packaged_folder("content")), cached=False)
"""Our own monographs and styles, whatever folder the program stands in; nothing is written for them."""

build = _PACKAGED.build
render = _PACKAGED.render
check = _PACKAGED.check
