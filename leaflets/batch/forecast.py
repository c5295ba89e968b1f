"""How much paper and time a planned run will take."""

from collections import Counter
from dataclasses import dataclass

from leaflets.batch.options import RunOptions
from leaflets.batch.plan import Plan
from leaflets.impose import Sides
from leaflets.ledger.entries import PartEntry

START_S = 0.2
LEAFLET_S = 0.5
COPIES_PER_S = {"plain": 20_000, "tagged": 5_000, "split": 1_000}
"""Measured on two cores (docs/batch.md): a new leaflet in one worker, and copies written in a second."""


@dataclass(frozen=True, slots=True)
class PartForecast:
    """What one print file will hold; pages include blank backs and a banner."""

    part: PartEntry
    copies: int
    pages: int
    sheets: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a run will take. `unrendered` leaflets never were, so that their pages are estimated.

    `label_sheets` copies have their label on a sheet of its own.
    """

    parts: tuple[PartForecast, ...]
    leaflets: int
    unrendered: int
    label_sheets: int
    seconds: float

    @property
    def copies(self) -> int:
        """Copies in all print files."""
        return sum(part.copies for part in self.parts)

    @property
    def pages(self) -> int:
        """Pages in all print files."""
        return sum(part.pages for part in self.parts)

    @property
    def sheets(self) -> int:
        """Sheets of paper in all."""
        return sum(part.sheets for part in self.parts)


def forecast(plan: Plan, options: RunOptions, workers: int) -> Forecast:
    """What the run of a plan will take with so many workers."""
    known_pages = {entry.number: plan.assessments[entry.leaflet].pages for entry in plan.leaflets}
    pages = {one.number: known_pages[one.number] or one.leaflet.edition.planned_pages for one in plan.leaflets}
    unrendered = sum(not count for count in known_pages.values())
    parts = tuple(_part(plan, part, pages, options) for part in plan.parts)
    rate = COPIES_PER_S["split" if options.split else "tagged" if options.tagged else "plain"]
    seconds = START_S + unrendered * LEAFLET_S / max(workers, 1) + len(plan.copies) / rate
    label_sheets = sum(copy.entry.line in plan.label_sheets for copy in plan.copies)
    return Forecast(parts, len(plan.leaflets), unrendered, label_sheets, seconds)


def _part(plan: Plan, part: PartEntry, pages: dict[int, int], options: RunOptions) -> PartForecast:
    copies = [copy.entry for copy in plan.copies if copy.entry.part == part.number]
    duplex, banner = options.duplex, options.banner and not options.split
    shapes = Counter((pages[copy.leaflet], copy.line in plan.label_sheets) for copy in copies)
    sides = [(Sides(count, duplex, sheet, last_back=not options.split), n) for (count, sheet), n in shapes.items()]
    all_pages = sum(one.all_pages * n for one, n in sides) + banner * (2 if duplex else 1)
    sheets = sum(one.sheets * n for one, n in sides) + banner
    return PartForecast(part, len(copies), all_pages, sheets)
