"""The part of a sheet that exceeds its planned pages: which sections, and how many lines of each."""

from __future__ import annotations

from collections.abc import Sequence

from leaflets.model.page import SectionLines


def overrun(stretches: Sequence[SectionLines], planned_pages: int) -> tuple[SectionLines, ...]:
    """The fewest lines that must be cut for a sheet to fit its planned pages, in reading order; none where it fits.

    A part that begins on a page of its own, such as the second side of a leaflet, must be shortened by its own last
    lines: cutting the second side would not win back a page that the first side exceeds.
    """
    remaining = {(stretch.part, stretch.page) for stretch in stretches}
    removed: set[int] = set()
    while len(remaining) > max(planned_pages, 1):
        removed.add(_cheapest(stretches, remaining))
        remaining = {(part, page) for part, page in remaining if page not in removed}
    return tuple(stretch for stretch in stretches if stretch.page in removed)


def _cheapest(stretches: Sequence[SectionLines], remaining: set[tuple[int, int]]) -> int:
    """The last page of a part that has the fewest lines; a part's only page is taken where no part has more pages."""
    parts: dict[int, list[int]] = {}
    for part, page in sorted(remaining):
        parts.setdefault(part, []).append(page)
    longer = {part: pages for part, pages in parts.items() if len(pages) > 1} or parts
    return min(
        (pages[-1] for pages in longer.values()),
        key=lambda page: (sum(stretch.lines for stretch in stretches if stretch.page == page), -page),
    )
