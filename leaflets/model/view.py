"""What one audience sees of a monograph, in reading order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from leaflets.model.edition import Audience
from leaflets.model.finding import Withheld
from leaflets.model.monograph import Block, Front


class Region(StrEnum):
    """A part of the sheet: the name block, full width at the top, the first page or column, the second, or the foot."""

    NAME = "name"
    TOP = "top"
    FIRST = "first"
    SECOND = "second"
    FOOT = "foot"


@dataclass(frozen=True, slots=True)
class ViewSection:
    """A section as one audience sees it. `note` is the author's own heading, printed too where the title is ours."""

    id: str
    title: str
    region: Region
    line: int
    blocks: tuple[Block, ...]
    note: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """What one audience sees of a monograph, in reading order."""

    audience: Audience
    front: Front
    sections: tuple[ViewSection, ...]
    two_audiences: bool = False
    withheld: tuple[Withheld, ...] = ()

    @property
    def two_voices(self) -> bool:
        """`two_audiences` by the name that a pharmacy's own templates may still use."""
        return self.two_audiences
