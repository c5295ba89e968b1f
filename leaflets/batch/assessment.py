"""What a run needs of the monographs: what is known of each leaflet, and how it is rendered."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from leaflets.model.copy import Leaflet, TextOrigin
from leaflets.model.objection import Objection

if TYPE_CHECKING:
    from leaflets.runlist.drug_names import DrugNames
    from leaflets.workers.protocol import RenderFunction, RenderTask, Result


@dataclass(frozen=True, slots=True)
class Assessment:
    """What is known of a leaflet before it is rendered.

    `source` is the hash of its texts, `origins` says of each whose it is, `vouched` who vouches for their words.
    `objections` come with a sentence each. `unavailable` says why it cannot be rendered at all, `hint` what to do about
    that. `pages` is 0 if it never was.
    """

    leaflet: Leaflet
    version: str = ""
    source: str = ""
    objections: tuple[tuple[Objection, str], ...] = ()
    unavailable: str = ""
    hint: str = ""
    pages: int = 0
    origins: tuple[TextOrigin, ...] = ()
    vouched: str = ""


class Monographs(Protocol):
    """The monographs of a project, and the leaflets made of them."""

    def drug_names(self) -> DrugNames:
        """All the names and codes by which a list may call the monographs."""

    def assess(self, leaflets: Sequence[Leaflet]) -> Mapping[Leaflet, Assessment]:
        """What is known of each leaflet; renders nothing."""

    def cached_result(self, task: RenderTask) -> Result | None:
        """The result of a task whose sheet is in the cache already."""

    def record(self, rendered: Sequence[tuple[RenderTask, Result]]) -> None:
        """Records the results of tasks, so that the next run finds them in the cache."""

    def with_snapshot(self, task: RenderTask) -> RenderTask:
        """The task with what its leaflet was assessed by."""

    def lost(self, sheets: Collection[str]) -> frozenset[str]:
        """Those of some rendered sheets, by their keys in the cache, that are gone from it or damaged."""

    def render_function(self) -> RenderFunction:
        """The function that renders a leaflet, for workers."""
