"""The one door to the outside world: root, settings, content, styles, templates, today, and saving whole files."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from leaflets.errors import ContentError, UsageError
from leaflets.languages import text_lang
from leaflets.project.content import ORIGINAL, MonographFile, monographs_in, source_at
from leaflets.project.files import display_path, read_bytes, read_text, save, save_if_changed
from leaflets.project.optional_fonts import optional_font
from leaflets.project.settings import SETTINGS_FILE, Settings

__all__ = [
    "ALLOWED_SIGNERS", "REVOKED_SIGNERS",
    "MonographFile", "ProjectFolder", "Settings", "display_path", "load_project", "packaged_folder", "read_bytes",
    "read_text", "save", "save_if_changed", "today",
]  # fmt: skip

_ASSET_URL = re.compile(rb"leaflet:([\w./-]{1,200})")
_MOST_CERTIFICATE_BYTES = 1_000_000
ALLOWED_SIGNERS, REVOKED_SIGNERS = "allowed_signers", "revoked_signers"
_ASSETS = frozenset({".css", ".ttf", ".otf", ".svg", ".png"})


def today() -> dt.date:
    """The date on this machine's calendar."""
    return dt.date.today()


def packaged_folder(kind: str) -> Path:
    """Our folder of "content", "docs", "styles" or "templates": in the package, or beside it in a source checkout."""
    package = Path(__file__).resolve().parent.parent
    if kind == "templates":
        return package / "templates"
    packaged = package / "_data" / kind
    return packaged if packaged.is_dir() else package.parent / kind


@dataclass(frozen=True)
class ProjectFolder:
    """A pharmacy's folder: its own content, styles and templates, and ours where it has none."""

    root: Path
    settings: Settings = field(default_factory=Settings)

    @cached_property
    def sources(self) -> Mapping[tuple[str, str], MonographFile]:
        """Every monograph by name and language; the project's own file wins over ours.

        Raises ContentError where the project's own folder cannot be read, since ours must not stand in for its texts.
        """
        packaged = () if self.settings.own_content else monographs_in(packaged_folder("content"))
        return {(one.name, one.lang): one for one in (*packaged, *monographs_in(self.root / "content"))}

    def is_packaged(self, source: MonographFile) -> bool:
        """Whether a text came with the program and is not the project's own, so that it is never written to."""
        # Unlike `resolve`, `realpath` raises no error where links lead in a circle.
        packaged, own = (os.path.realpath(folder) for folder in (packaged_folder("content"), self.root / "content"))
        return str(Path(os.path.realpath(source.path)).parent) == packaged != own

    def packaged(self, name: str) -> tuple[MonographFile, ...]:
        """The packaged texts of a monograph in all languages, where the project uses them instead of its own."""
        return tuple(one for (of, _), one in sorted(self.sources.items()) if of == name and self.is_packaged(one))

    def names(self) -> tuple[str, ...]:
        """The names of all monographs, in alphabetical order."""
        return tuple(sorted({name for name, _ in self.sources}))

    def source(self, name: str, lang: str) -> MonographFile:
        """The monograph called `name` in `lang`; of two languages side by side, the translation.

        Raises ContentError, with near names or the languages there are.
        """
        source = self.sources.get((name, text_lang(lang)))
        if source and (text_lang(lang) == lang or self.original(source)):
            return source
        languages = sorted(other for other_name, other in self.sources if other_name == name)
        if languages:
            raise ContentError(
                f"{name}: there is no monograph in the language “{lang}”", f"There is: {', '.join(languages)}."
            )
        raise ContentError(f"{name}: there is no monograph of that name", self._hint(name))

    def original(self, source: MonographFile) -> MonographFile | None:
        """The text that a translation translates: beside it, or that of the project; None where there is none."""
        if source.lang == ORIGINAL:
            return None
        of_project = self.sources.get((source.name, source.lang))
        beside = source_at(source.path.with_name(f"{source.name}.md"))
        if (of_project is None or of_project.path != source.path) and beside.path.is_file():
            return beside
        return self.sources.get((source.name, ORIGINAL))

    def _hint(self, name: str) -> str:
        """The names most like one that there is not, or where to find them all."""
        import difflib  # here, as only a misspelt name needs it

        names = {name.casefold(): name for name in self.names()}
        near = difflib.get_close_matches(name.casefold(), names, n=3, cutoff=0.6)
        return (
            f"Did you mean {', '.join(names[n] for n in near)}?"
            if near
            else "“leaflet list” shows the names there are."
        )

    def styles(self, stylesheets: tuple[str, ...]) -> Mapping[str, bytes]:
        """These stylesheets and every font and picture they name, by name; the project's own file wins over ours."""
        assets: dict[str, bytes] = {}
        pending = list(stylesheets)
        while pending:
            name = pending.pop()
            path = self.style_path(name)
            if name in assets or path is None:
                continue
            assets[name] = read_bytes(path)
            if name.endswith(".css"):
                pending += [url.decode() for url in _ASSET_URL.findall(assets[name])]
        return assets

    def picture_folders(self, source: MonographFile) -> tuple[Path, ...]:
        """The folders of a monograph's pictures, the first wins: beside it, in the project's content, in ours."""
        ours = packaged_folder("content")
        beside = source.path.absolute().parent
        return tuple(
            dict.fromkeys(
                folder / "pictures" for folder in (*(() if beside == ours else (beside,)), self.root / "content", ours)
            )
        )

    def picture_path(self, source: MonographFile, name: str) -> Path | None:
        """The path of a monograph's picture, or None where there is no such file in its folders."""
        for folder in self.picture_folders(source):
            path = Path(os.path.realpath(folder / name))
            if path.is_relative_to(os.path.realpath(folder)) and path.is_file():
                return path
        return None

    @property
    def logo_path(self) -> Path | None:
        """The path of the pharmacy's logo in the settings. Raises UsageError where that is outside the project."""
        logo = self.settings.pharmacy.logo
        path = Path(os.path.realpath(self.root / logo))
        if logo and not path.is_relative_to(self.root.resolve()):
            raise UsageError(f"the logo “{logo}” lies outside the project", "Copy it beside the settings.")
        return path if logo else None

    @property
    def certificates(self) -> bytes:
        """The certificates of signers whom the project trusts, as PEM; empty where the settings name none.

        Raises UsageError where their file is not there.
        """
        name = self.settings.certificates
        if not name:
            return b""
        try:
            return read_bytes(self.root / name, _MOST_CERTIFICATE_BYTES)
        except ContentError as fault:
            raise UsageError(f"the certificates that the settings name: {fault.message}", fault.hint) from fault

    @property
    def signer_files(self) -> tuple[bytes, bytes]:
        """The files of those who may sign reviews and of revoked keys; empty where there is no such file.

        Raises ContentError where one cannot be read.
        """
        allowed, revoked = (
            read_bytes(path, _MOST_CERTIFICATE_BYTES) if os.path.lexists(path) else b""
            for path in (self.root / ALLOWED_SIGNERS, self.root / REVOKED_SIGNERS)
        )
        return allowed, revoked

    def style_path(self, name: str) -> Path | None:
        """The path of a stylesheet, font or picture, or None. Raises RenderError where its extra is not installed."""
        for folder in (self.root / "styles", packaged_folder("styles")):
            path = Path(os.path.realpath(folder / name))  # unlike `resolve`, no error where links lead in a circle
            if path.suffix in _ASSETS and path.is_relative_to(os.path.realpath(folder)) and path.is_file():
                return path
        return optional_font(name)

    def templates(self) -> Mapping[str, str]:
        """All templates by name; the project's own file wins over ours, which it reaches as "leaflet:NAME"."""
        ours, own = (_templates_in(folder) for folder in (packaged_folder("templates"), self.root / "templates"))
        return {**ours, **own, **{f"leaflet:{name}": ours[name] for name in own if name in ours}}

    @property
    def output(self) -> Path:
        """The folder of printed sheets, unless a flag names another."""
        return self.root / "output"

    @property
    def history_key(self) -> Path:
        """The file with the key of the ledger's history: beside the ledger unless the settings name another."""
        named = self.settings.history_key
        return self.root / named if named else self.output / "history.key"

    @property
    def cache(self) -> Path:
        """The folder of cached sheets and entries; all of it may be deleted at any time."""
        return self.output / "cache"


def _templates_in(folder: Path) -> dict[str, str]:
    return {path.name: read_text(path) for path in sorted(folder.glob("*.html"))} if folder.is_dir() else {}


def load_project(start: Path, settings_file: Path | None = None) -> ProjectFolder:
    """The project that `start` lies in: the nearest folder upwards with a leaflet.toml, else `start` itself.

    Raises UsageError where its settings cannot be understood.
    """
    root = next((folder for folder in (start, *start.parents) if os.path.lexists(folder / SETTINGS_FILE)), start)
    file = settings_file or root / SETTINGS_FILE
    if settings_file and not settings_file.is_file():
        raise UsageError(f"{display_path(settings_file)}: there is no such settings file", "Check the path.")
    if not os.path.lexists(file):
        return ProjectFolder(root)
    if not file.is_file():  # a folder, a pipe, or a link that leads nowhere or in a circle
        raise UsageError(
            f"{display_path(file)}: it is no file, and its settings cannot be read",
            "Put the file with the settings there, or take away what stands in its place.",
        )
    from leaflets.project.settings_file import read_settings  # here, as only a project with settings needs their parser

    return ProjectFolder(root, read_settings(file))
