"""What a project has for its runs: monographs, print files, ledger, versions."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from leaflets import __version__
from leaflets.batch.monographs import ProjectMonographs
from leaflets.batch.print_files import PdfPrintFiles, remove_abandoned
from leaflets.errors import OutputError, UsageError
from leaflets.labels import LabelFonts
from leaflets.ledger.history import Actor
from leaflets.ledger.ledger import Ledger, begin_new_ledger, ledger_exists, open_ledger, open_ledger_to_read
from leaflets.project import ProjectFolder, packaged_folder, today
from leaflets.project.clock import now_utc
from leaflets.project.user import host_name, user_name


@dataclass(frozen=True, slots=True)
class BatchEnvironment:
    """A project, its monographs, and how its print files are written."""

    project: ProjectFolder
    monographs: ProjectMonographs
    print_files: PdfPrintFiles

    def open_ledger(self, command: str) -> Ledger:
        """The project's ledger, made where there is none, to be changed by a command; the history records its name.

        Raises LedgerError or OutputError.
        """
        actor = Actor(user_name(), host_name(), command)
        ledger = open_ledger(self.project.output, now_utc, actor, self.project.history_key)
        remove_abandoned(ledger)
        return ledger

    def existing_ledger(self, command: str) -> Ledger:
        """The project's ledger, to be changed. Raises UsageError where there is none, as no run was ever made."""
        self._require_ledger()
        return self.open_ledger(command)

    def begin_new_ledger(self, command: str) -> tuple[Path, ...]:
        """Begins a new ledger in place of a lost one; returns what is left of that, under its new names."""
        actor = Actor(user_name(), host_name(), command)
        return begin_new_ledger(self.project.output, now_utc, actor, self.project.history_key)

    def ledger_to_plan(self, command: str) -> Ledger:
        """The project's ledger for a plan, which may cancel a run it replaces; on read-only media only to be read."""
        try:
            return self.open_ledger(command)
        except OutputError:
            return self.ledger_to_read()

    def ledger_to_read(self) -> Ledger:
        """The project's ledger, to be read, on read-only media too. Raises UsageError where there is none."""
        self._require_ledger()
        return open_ledger_to_read(self.project.output, self.project.history_key)

    @property
    def has_ledger(self) -> bool:
        """Whether a run was ever made in this project."""
        return ledger_exists(self.project.output)

    def _require_ledger(self) -> None:
        if not self.has_ledger:
            raise UsageError("no run was made in this project yet", "`leaflet batch LIST.csv` makes one.")

    @property
    def versions(self) -> str:
        """What a run is made with besides what each leaflet's content id covers: our version and the label fonts."""
        fonts = dict.fromkeys(face.path.stem for face in self.print_files.fonts.faces)
        return f"leaflet {__version__}, labels in {', '.join(fonts)}"

    @property
    def run_day(self) -> str:
        """Today as the name of a run begins: "261123"."""
        return self.monographs.today.strftime("%y%m%d")


def open_environment(project: ProjectFolder, warm_up: Callable[[], None] = lambda: None) -> BatchEnvironment:
    """What a project has for its runs; `warm_up` is called as soon as a leaflet will have to be rendered.

    Raises RenderError where the label fonts are missing.
    """
    monographs = ProjectMonographs(project, today(), warm_up=warm_up)
    fonts = LabelFonts.load(packaged_folder("styles") / "fonts", project.root / "styles" / "fonts")
    return BatchEnvironment(project, monographs, PdfPrintFiles(monographs.compiled_leaflets.get, fonts))
