"""What of a sheet runs over the pages planned for it: which sections, and how many lines of each."""

from __future__ import annotations

from collections.abc import Sequence

from leaflets.model.page import SectionLines


def over(stretches: Sequence[SectionLines], planned_pages: int) -> tuple[SectionLines, ...]:
    """The fewest lines that must go for a sheet to keep to its pages, in reading order; none where it keeps to them.

    A part that begins a page of its own, as the second side of a leaflet does, runs over by its own last lines: two
    lines too many on the first side cost a page, and cutting the second side would not win it back.
    """
    left = {(stretch.part, stretch.page) for stretch in stretches}
    gone: set[int] = set()
    while len(left) > max(planned_pages, 1):
        gone.add(_cheapest(stretches, left))
        left = {(part, page) for part, page in left if page not in gone}
    return tuple(stretch for stretch in stretches if stretch.page in gone)


def _cheapest(stretches: Sequence[SectionLines], left: set[tuple[int, int]]) -> int:
    """The last page of a part that has the fewest lines; a part keeps its first page while another can give one."""
    parts: dict[int, list[int]] = {}
    for part, page in sorted(left):
        parts.setdefault(part, []).append(page)
    longer = {part: pages for part, pages in parts.items() if len(pages) > 1} or parts
    return min(
        (pages[-1] for pages in longer.values()),
        key=lambda page: (sum(stretch.lines for stretch in stretches if stretch.page == page), -page),
    )
