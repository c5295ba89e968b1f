"""Everything a project has for its runs: its press, its bindery, its books."""

from collections.abc import Callable
from dataclasses import dataclass

from leaflets import __version__
from leaflets.batch.leaflets import Shelf
from leaflets.batch.print_files import PdfBindery
from leaflets.errors import UsageError
from leaflets.labels import LabelFonts
from leaflets.ledger.ledger import Books, books_stand, open_books
from leaflets.project import Project, packaged, today
from leaflets.project.clock import now_utc


@dataclass(frozen=True, slots=True)
class House:
    """A project with its press and its bindery."""

    project: Project
    shelf: Shelf
    bindery: PdfBindery

    def books(self) -> Books:
        """The project's ledger, key and lock, made where there are none. Raises LedgerError or OutputError."""
        books = open_books(self.project.output, now_utc)
        books.sweep_stale()
        return books

    def standing_books(self) -> Books:
        """The project's ledger, which must be there. Raises UsageError where no run was ever made."""
        if not books_stand(self.project.output):
            raise UsageError("no run was made in this project yet", "`leaflet batch LIST.csv` makes one.")
        return self.books()

    @property
    def versions(self) -> str:
        """What a run is made with, besides what each leaflet's content id says: our version and the label fonts."""
        return f"leaflet {__version__}, labels in {', '.join(face.path.stem for face in self.bindery.fonts.faces)}"

    @property
    def day(self) -> str:
        """Today as it begins the name of a run: "261123"."""
        return self.shelf.today.strftime("%y%m%d")


def open_house(project: Project, warm: Callable[[], None] = lambda: None) -> House:
    """The press and bindery of a project; `warm` is called when a leaflet will have to be made.

    Raises RenderError where the label fonts are missing.
    """
    shelf = Shelf(project, today(), warm=warm)
    fonts = LabelFonts.load(packaged("styles") / "fonts", project.root / "styles" / "fonts")
    return House(project, shelf, PdfBindery(shelf.sheets.get, fonts))
