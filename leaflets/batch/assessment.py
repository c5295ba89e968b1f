"""What a run asks of whoever knows the monographs: what each leaflet is, whether it may be made, and how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from leaflets.model.copy import Leaflet
from leaflets.model.objection import Objection

if TYPE_CHECKING:
    from leaflets.runlist.drug_names import DrugNames
    from leaflets.workers.protocol import Job, Make, Result


@dataclass(frozen=True, slots=True)
class Assessment:
    """What is known of a leaflet before it is made: `missing` says why it cannot be, `pages` is 0 if it never was."""

    leaflet: Leaflet
    version: str = ""
    source: str = ""
    objections: tuple[tuple[Objection, str], ...] = ()
    missing: str = ""
    pages: int = 0


class Monographs(Protocol):
    """Knows the monographs and makes leaflets of them."""

    def aliases(self) -> DrugNames:
        """All the ways a list may call the monographs."""

    def judge(self, leaflets: Sequence[Leaflet]) -> Mapping[Leaflet, Assessment]:
        """What is known of each leaflet, nothing made yet."""

    def known(self, job: Job) -> Result | None:
        """The outcome of a job whose sheet lies in the cache already."""

    def learn(self, made: Sequence[tuple[Job, Result]]) -> None:
        """Takes note of jobs that were made, so that they are known the next time."""

    def furnished(self, job: Job) -> Job:
        """The job with what was found out already when its leaflet was judged."""

    def maker(self) -> Make:
        """The function that makes a leaflet, for an executor."""
