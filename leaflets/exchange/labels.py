"""A label as its file has it: what it is, and its text by sections."""

from __future__ import annotations

import re
from dataclasses import dataclass

from leaflets.model.monograph import Block

BOX = "Box"
"""The name of the boxed warning among the sections of a label, which gives it no number."""
_LONGEST_NAME = 40
_NO_NAME = re.compile(r"[^\w]+")


@dataclass(frozen=True, slots=True)
class LabelSection:
    """A section of a label: its own number ("2.1"), or a name where it has none, its title and its text."""

    section: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class DrugLabel:
    """A label of one medicine. `date` is an ISO date or empty; `left_out` says what of its file is in no section."""

    title: str
    set_id: str
    version: str
    date: str
    where: str
    sections: tuple[LabelSection, ...]
    left_out: tuple[str, ...] = ()


def section_name(title: str, within: str = "") -> str:
    """A name for a section without a number: its words with hyphens, cut at a word, after that of the section above."""
    prefix = f"{within}." if within else ""
    words = [word for word in _NO_NAME.split(title.lower()) if word] or ["text"]
    name = words[0][: _LONGEST_NAME - len(prefix)].capitalize()
    for word in words[1:]:
        if len(prefix) + len(name) + 1 + len(word) > _LONGEST_NAME:
            break
        name = f"{name}-{word}"
    return f"{prefix}{name}"


def with_single_names(sections: list[LabelSection]) -> tuple[LabelSection, ...]:
    """The sections, each with a name of its own: of two that are called alike the second is “NAME-2”."""
    names: dict[str, int] = {}
    single: list[LabelSection] = []
    for each in sections:
        number = names[each.section] = names.get(each.section, 0) + 1
        name = each.section if number == 1 else f"{each.section[: _LONGEST_NAME - 4]}-{number}"
        single.append(LabelSection(name, each.title, each.blocks))
    return tuple(single)


def iso_date(digits: str) -> str:
    """The ISO date of eight digits and what may follow them; empty where they are none."""
    match = re.match(r"(\d{4})(\d{2})(\d{2})", digits)
    return f"{match[1]}-{match[2]}-{match[3]}" if match else ""
