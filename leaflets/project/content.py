"""The files of monographs: their names and languages."""

from __future__ import annotations

import errno
import os
import re
from dataclasses import dataclass
from pathlib import Path

from leaflets.errors import ContentError
from leaflets.project.files import display_path, reason

ORIGINAL = "en"
"""The language of a text whose file names none, and the source of every translation."""

_LANGUAGE = re.compile(r"^[a-z]{2}(?:-[A-Z][A-Za-z]{1,3})?$")


@dataclass(frozen=True, slots=True)
class MonographFile:
    """A monograph's file: its name, its language, its path; `label` is what errors call a text that is in no file."""

    name: str
    lang: str
    path: Path
    label: str = ""

    @property
    def file(self) -> str:
        """The path as findings and errors print it."""
        return self.label or display_path(self.path)

    @property
    def file_name(self) -> str:
        """The name of such a file in `content/`, wherever this one is."""
        return f"{self.name}.md" if self.lang == "en" else f"{self.name}.{self.lang}.md"

    @property
    def evidence_path(self) -> Path:
        """Where its evidence file stands, if it has one: in a folder beside it."""
        return self.path.parent / "evidence" / f"{self.name}.md"

    @property
    def reviews_path(self) -> Path:
        """Where the record of its reviews stands, if it has one: in a folder beside it."""
        return self.path.parent / "reviews" / f"{self.file_name.removesuffix('.md')}.json"


def source_at(path: Path) -> MonographFile:
    """The monograph in a file, its name and language read from the file's name (`NAME.md`, `NAME.LANG.md`).

    Raises ContentError where the path is not UTF-8: the name could not be recorded, nor a sheet be called by it.
    """
    if not _is_utf8(display_path(path)):
        raise ContentError(f"{display_path(path)}: the name of the file is not UTF-8", "Give it another name.")
    stem = path.name.removesuffix(".md")
    name, dot, lang = stem.rpartition(".")
    if dot and name and _LANGUAGE.match(lang):
        return MonographFile(name, lang, path)
    return MonographFile(stem, "en", path)


def _is_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:  # bytes of another encoding stand in it as surrogates
        return False
    return True


def monographs_in(folder: Path) -> tuple[MonographFile, ...]:
    """The monographs in a folder; none where there is no such folder. Raises ContentError where it cannot be read."""
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        if error.errno == errno.ENOENT and not folder.is_symlink():
            return ()
        what = "it is no folder" if error.errno == errno.ENOTDIR else reason(error)[0]
        raise ContentError(
            f"{display_path(folder)}: the monographs cannot be read: {what}",
            "Mend the folder; no packaged text takes the place of what may be in it.",
        ) from error
    return tuple(source_at(path) for path in paths if path.name.endswith(".md"))


def source_of_argument(argument: str) -> MonographFile | None:
    """The monograph file that a command's argument names by path; None where it is a name and no path.

    Raises ContentError where there is no such file.
    """
    looks_like_path = argument.endswith(".md") or os.sep in argument
    if not looks_like_path:
        return None
    path = Path(argument)
    try:
        exists = path.exists()
    except (OSError, ValueError):
        exists = False
    if not exists:
        raise ContentError(f"{display_path(path)}: there is no such file", "Check the path.")
    return source_at(path)
