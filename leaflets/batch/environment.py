"""Everything a project has for its runs: its press, its bindery, its books."""

from collections.abc import Callable
from dataclasses import dataclass

from leaflets import __version__
from leaflets.batch.monographs import ProjectMonographs
from leaflets.batch.print_files import PdfPrintFiles
from leaflets.errors import UsageError
from leaflets.labels import LabelFonts
from leaflets.ledger.ledger import Ledger, ledger_exists, open_ledger
from leaflets.project import ProjectFolder, packaged, today
from leaflets.project.clock import now_utc


@dataclass(frozen=True, slots=True)
class BatchEnvironment:
    """A project with its press and its bindery."""

    project: ProjectFolder
    monographs: ProjectMonographs
    print_files: PdfPrintFiles

    def open_ledger(self) -> Ledger:
        """The project's ledger, key and lock, made where there are none. Raises LedgerError or OutputError."""
        ledger = open_ledger(self.project.output, now_utc)
        ledger.sweep_stale()
        return ledger

    def existing_ledger(self) -> Ledger:
        """The project's ledger, which must be there. Raises UsageError where no run was ever made."""
        if not ledger_exists(self.project.output):
            raise UsageError("no run was made in this project yet", "`leaflet batch LIST.csv` makes one.")
        return self.open_ledger()

    @property
    def versions(self) -> str:
        """What a run is made with, besides what each leaflet's content id says: our version and the label fonts."""
        return f"leaflet {__version__}, labels in {', '.join(face.path.stem for face in self.print_files.fonts.faces)}"

    @property
    def day(self) -> str:
        """Today as it begins the name of a run: "261123"."""
        return self.monographs.today.strftime("%y%m%d")


def open_environment(project: ProjectFolder, warm: Callable[[], None] = lambda: None) -> BatchEnvironment:
    """The press and bindery of a project; `warm` is called when a leaflet will have to be made.

    Raises RenderError where the label fonts are missing.
    """
    monographs = ProjectMonographs(project, today(), warm=warm)
    fonts = LabelFonts.load(packaged("styles") / "fonts", project.root / "styles" / "fonts")
    return BatchEnvironment(project, monographs, PdfPrintFiles(monographs.sheets.get, fonts))
