"""View → HTML, through the Jinja2 templates."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache, partial
from itertools import groupby
from operator import attrgetter
from typing import Any, TypeVar

from jinja2 import BaseLoader, Environment, StrictUndefined, pass_context
from jinja2.exceptions import SecurityError, TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from leaflets.compose.bilingual import SideBySideSection, leads, paired
from leaflets.compose.capacity import column_letters, foot_lines, page_letters
from leaflets.compose.contacts import HelpLines, help_lines, with_help
from leaflets.compose.footer import footer, isolated, notices, page_number
from leaflets.compose.words import LONG_WORD, set_plain, set_text, unbold
from leaflets.errors import RenderError
from leaflets.languages import Language, msg
from leaflets.model.edition import Audience, Edition
from leaflets.model.monograph import (
    Block,
    Box,
    DoseGrid,
    DoseTime,
    Front,
    Items,
    Paragraph,
    Picture,
    Questions,
    Quote,
    Reference,
    Table,
    Text,
    plain,
)
from leaflets.model.page import Html, Imprint
from leaflets.model.pharmacy import Pharmacy
from leaflets.model.pictograms import PICTOGRAMS, icon_file, logo_file, picture_file
from leaflets.model.view import Region, View, ViewSection
from leaflets.typography import NBSP, bind, tallman

_TITLES = {Audience.PATIENT: msg("{title}: patient leaflet"), Audience.CLINICIAN: msg("{title}: clinician sheet")}
_TIMES = {
    DoseTime.MORNING: msg("Morning"), DoseTime.MIDDAY: msg("Midday"), DoseTime.EVENING: msg("Evening"),
    DoseTime.BEDTIME: msg("Bedtime"),
}  # fmt: skip
_Section = TypeVar("_Section", ViewSection, SideBySideSection)

OURS = "leaflet:"
_HEADING_LETTERS = 23
_LONG_TITLE = 45
_FEW_ITEMS, _FEW_LETTERS = 5, 400
_GAP_LETTERS = 2
_ONE_LINE = 52
_BREAKS = re.compile("[ \u3000-\u9fff\uff00-\uffef]")
_LAST_PAGE = "{page}10{of}10{end}"


def compose(imprint: Imprint, templates: Mapping[str, str], *views: View) -> Html:
    """The page of one view as HTML, or of one in each of its edition's languages, side by side.

    `templates` holds them by name; a project's own stand in the place of ours.
    Raises RenderError where a template is at fault, with its name and line.
    """
    edition = imprint.edition
    environment = _environment(tuple(sorted(templates.items())))
    voices = [_voice(each, imprint, tongue) for each, tongue in zip(views, edition.languages, strict=True)]
    foot = isolated([(voice["foot"], voice["direction"]) for voice in voices])
    beside = f"{voices[0]['footer_right']} · {_LAST_PAGE.format(**voices[0]['page_number'])}"
    facts = {**voices[0], "footer_left": foot, "foot_lines": foot_lines(edition, foot, beside)}
    name = f"{edition.audience}.html"
    if edition.bilingual:
        name = "bilingual.html"
        facts["voices"] = [{**voice, "set": _macros(environment, {**facts, **voice})} for voice in voices]
        facts["pairs"] = _places(paired([voice["sections"] for voice in voices]))
    markup = _rendered(environment, name, facts)
    return Html(markup, edition.stylesheets, facts["title"], facts["lang"], facts["author"], imprint.content_id)


def _voice(view: View, imprint: Imprint, tongue: Language) -> dict[str, Any]:
    """What a template is told of one view in its language, and of the sheet."""
    audience, edition = view.audience, imprint.edition
    numbers = {source.id: number for number, source in enumerate(view.front.sources, 1)}
    words = partial(set_text, numbers=numbers, marks=audience is Audience.CLINICIAN, lang=tongue.code)
    lines = help_lines(view.front.jurisdiction, imprint.pharmacy, tongue)
    sections, more = with_help(view.sections, lines) if audience is Audience.PATIENT else (view.sections, ())
    return {
        "view": view, "front": view.front, "pharmacy": imprint.pharmacy, "lang": tongue.tag,
        "title": tongue.say(_TITLES[audience], title=view.front.title),
        "direction": tongue.direction, "tongue": tongue, "_": tongue.say, "page_number": page_number(tongue),
        "author": imprint.pharmacy.name, "edition": edition, "paper": edition.paper.value,
        "form": edition.type_size.value,
        "one_column": edition.one_column, "fit": imprint.fit.classes, "code_in_head": imprint.code_in_head,
        "sections": sections, "places": _places(sections), "facts": _facts(view.front),
        "notices": notices(imprint, tongue),
        "references": [_reference(source) for source in view.front.sources],
        "urgent": any(section.id == "urgent" for section in view.sections),
        "emergency": _emergency(lines, tongue),
        "contact": _contact(imprint.pharmacy, lines, more, tongue), "logo": logo_file(imprint.pharmacy.logo),
        "foot": footer(view, imprint, tongue),
        "footer_right": tongue.say("ID {id}", id=imprint.content_id).replace(" ", NBSP),
        "set_text": words,
    }  # fmt: skip


def _macros(environment: ImmutableSandboxedEnvironment, facts: Mapping[str, Any]) -> object:
    """The macros that set blocks, in the language of these facts."""
    return environment.get_template("blocks.html").make_module(dict(facts))


@lru_cache(maxsize=4)
def _environment(templates: tuple[tuple[str, str], ...]) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=_Loader(dict(templates)),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Callable[..., object]] = {
        "words": _words, "kind": lambda block: type(block).__name__,
        "unbold": unbold, "by_subject": _by_subject, "tallman": tallman,
        "capital": lambda text: text[:1].upper() + text[1:], "heading_lines": _heading_lines, "title_size": _title_size,
        "few": _is_few, "table_width": pass_context(_table_width), "section_width": pass_context(_section_width),
        "words_of": pass_context(_plain_words),
        "icon": pass_context(_icon), "pictured": _pictured, "bears_icons": pass_context(_bears_icons),
        "times": pass_context(_times),
        "pictures": lambda blocks: [block for block in blocks if isinstance(block, Picture)],
        "worded": lambda blocks: [block for block in blocks if not isinstance(block, Picture)],
        "picture_file": picture_file, "leads": leads,
        "box_titles": lambda blocks: [block.title for block in blocks if isinstance(block, Box) and block.title],
    }  # fmt: skip
    environment.filters.update(filters)
    return environment


def _rendered(environment: ImmutableSandboxedEnvironment, name: str, facts: Mapping[str, object]) -> str:
    try:
        return environment.get_template(name).render(facts)
    except TemplateSyntaxError as error:
        raise RenderError(
            f"templates/{error.name or name}:{error.lineno}: {error.message}",
            "Mend the template, or delete it to use ours.",
        ) from error
    except (TemplateError, SecurityError, TypeError, ValueError, AttributeError, ArithmeticError, LookupError) as error:
        line = _template_line(error, environment.list_templates())
        raise RenderError(
            f"templates/{line or name}: {error or type(error).__name__}", "Mend the template, or delete it to use ours."
        ) from error
    except RecursionError as error:
        raise RenderError(f"templates/{name}: the template calls itself without end", "Mend the template.") from error


class _Loader(BaseLoader):
    """Templates from memory, each with its own name as its file's, so that a fault in it is told with that name."""

    def __init__(self, templates: Mapping[str, str]) -> None:
        self.templates = templates

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """The template's text, its name where its file would stand, and that it never changes.

        "leaflet:NAME" is ours, whether or not the project has one of that name.
        """
        name = template if template in self.templates else template.removeprefix(OURS)
        if name not in self.templates:
            raise TemplateNotFound(template)
        return self.templates[name], template, lambda: True

    def list_templates(self) -> list[str]:
        """Their names."""
        return sorted(self.templates)


@pass_context
def _words(context: Context, text: Text) -> Markup:
    """A text as HTML, in the way this page sets it."""
    set_here: Callable[[Text], Markup] = context["set_text"]
    return set_here(text)


def _template_line(error: BaseException, names: Iterable[str]) -> str:
    """Name and line of the innermost template in a traceback."""
    found, trace, known = "", error.__traceback__, frozenset(names)
    while trace:
        file = trace.tb_frame.f_code.co_filename
        if file in known:
            found = f"{file}:{trace.tb_lineno}"
        trace = trace.tb_next
    return found


# ---------------------------------------------------------------- facts


def _places(sections: Iterable[_Section]) -> dict[str, list[_Section]]:
    listed = list(sections)
    return {place.value: [section for section in listed if section.place is place] for place in Region}


def _by_subject(sections: Iterable[ViewSection]) -> list[tuple[str, list[ViewSection]]]:
    return [(subject, list(group)) for subject, group in groupby(sections, key=attrgetter("subject"))]


def _heading_lines(section: ViewSection) -> int:
    """About how many lines a heading takes in the margin, so that the next section stays clear of it."""
    return sum(-(-len(words) // _HEADING_LETTERS) for words in (section.title, section.note))


def _title_size(title: str) -> str:
    """A class for names so long that they must be set smaller: combination products have names of 250 letters."""
    return "long" if len(title) > _LONG_TITLE * 2 else "medium" if len(title) > _LONG_TITLE else "normal"


def _is_few(items: Items) -> bool:
    """Whether a list is short enough to be kept in one piece."""
    words = sum(len(_block_words(block)) for item in items.items for block in item.blocks)
    return len(items.items) <= _FEW_ITEMS and words <= _FEW_LETTERS


def _block_words(block: Block) -> str:
    text = getattr(block, "text", ())
    return text if isinstance(text, str) else plain(text) if text else "x" * _FEW_LETTERS


def _icon(context: Context, block: Block) -> Markup:
    """The pictogram beside a paragraph; for patients only, and never without the words it stands beside."""
    name = block.icon if isinstance(block, Paragraph) and context["view"].audience is Audience.PATIENT else ""
    if not name:
        return Markup()
    return Markup('<img class="icon" src="leaflet:{}" alt="{}">').format(
        icon_file(name), context["_"](PICTOGRAMS[name])
    )


def _times(context: Context, grid: DoseGrid) -> list[tuple[str, str, str]]:
    """The times of a day with their words and amounts: none where nothing is taken, nothing where a hand writes it."""
    amounts, say = dict(grid.amounts), context["_"]
    none = say("none") if amounts else ""
    return [(time.value, say(words), amounts.get(time, none)) for time, words in _TIMES.items()]


def _pictured(block: Paragraph) -> str:
    """Classes of a paragraph with a pictogram: words of one line stand at half its height, more begin at its top."""
    return "pictured brief" if len(plain((*block.lead, *block.text))) <= _ONE_LINE else "pictured"


def _bears_icons(context: Context, items: Items) -> bool:
    """Whether the texts of a list stand further in, so that all share one edge beside its pictograms."""
    return any(_icon(context, item.blocks[0]) for item in items.items if item.blocks)


def _table_width(context: Context, table: Table) -> str:
    """How a table is set: in its column, on the whole breadth of the page ("wide"), or row below row ("stacked")."""
    lang = context["tongue"].code
    rows = ([*table.header], *(row.cells for row in table.rows))
    needed = sum(_GAP_LETTERS + max(_longest_word(cell, lang) for cell in column) for column in zip(*rows, strict=True))
    edition: Edition = context["edition"]
    if needed <= column_letters(edition):
        return ""
    return "wide" if needed <= page_letters(edition) else "stacked"


def _plain_words(context: Context, text: object, voice: Mapping[str, Any] | None = None) -> Markup:
    """A plain text as HTML, in the page's language or in that of one of its two."""
    return set_plain(str(text), (voice or context)["tongue"].code)


def _longest_word(cell: Text, lang: str) -> int:
    words = _BREAKS.split(bind(plain(cell), lang))  # a line may end before any Chinese character
    return max((len(word) for word in words if not LONG_WORD.match(word)), default=0)


def _section_width(context: Context, section: ViewSection) -> str:
    """ "wide" where a table of the section needs the whole breadth of the page."""
    widths = {_table_width(context, table) for table in _tables(section.blocks)}
    return "wide" if "wide" in widths else ""


def _tables(blocks: Iterable[Block]) -> Iterator[Table]:
    for block in blocks:
        if isinstance(block, Table):
            yield block
        elif isinstance(block, (Box, Quote)):
            yield from _tables(block.blocks)
        elif isinstance(block, Items):
            yield from _tables(inner for item in block.items for inner in item.blocks)
        elif isinstance(block, Questions):
            yield from _tables(inner for asked in block.questions for inner in asked.answer)


def _facts(front: Front) -> list[str]:
    """What the clinician's name band says below the name; nothing that the title says already."""
    generic = tallman(front.generic_name) if front.generic_name.casefold() != front.title.casefold() else ""
    forms = " ".join(part for part in (", ".join(front.forms), ", ".join(front.strengths)) if part)
    facts = (generic, ", ".join(front.brand_names), front.drug_class, forms, front.route, front.legal_status)
    return [fact for fact in facts if fact]


def _reference(source: Reference) -> str:
    return ". ".join(part for part in (source.title, source.where, source.date) if part)


def _emergency(lines: HelpLines, tongue: Language) -> str:
    if lines.emergency:
        return tongue.say("Call {number}.", number=lines.emergency)
    return tongue.say("Call your local emergency number.")


def _contact(pharmacy: Pharmacy, lines: HelpLines, more: Iterable[str], tongue: Language) -> list[str]:
    """What “Your pharmacy” says, line by line; empty where the settings name no pharmacy and nothing else is left."""
    who = tongue.listed(part for part in (pharmacy.name, pharmacy.address, pharmacy.phone) if part)
    hours = tongue.say("Open: {hours}", hours=pharmacy.hours) if pharmacy.hours else ""
    out = who and lines.out_of_hours
    closed = tongue.say("When we are closed: {number}", number=lines.out_of_hours) if out else ""
    return [line for line in (who, hours, closed, *more) if line]
