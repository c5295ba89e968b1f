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
from leaflets.compose.block_names import OWN_PREFIX, require_known_blocks
from leaflets.compose.contacts import Contacts, contacts_for, with_contacts
from leaflets.compose.footer import footer, in_own_direction, notices, page_number
from leaflets.compose.line_length import column_characters, footer_lines, page_characters
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

_HEADING_LETTERS = 23
_MOST_HEADING_LINES = 6  # as the classes in patient.css
_LONG_TITLE = 45
_FEW_ITEMS, _FEW_LETTERS = 5, 400
_GAP_LETTERS = 2
# What a word longer than that needs, which may be broken: as `td:has(.word)` in page.css.
_LONG_WORD_WIDTH = 16
_ONE_LINE = 52
_BREAKS = re.compile("[ \u3000-\u9fff\uff00-\uffef]")
_LAST_PAGE = "{page}10{of}10{end}"


def compose(imprint: Imprint, templates: Mapping[str, str], *views: View) -> Html:
    """The page of a view as HTML; for a bilingual edition, of the views in both languages side by side.

    `templates` are by name; a project's own replace ours.
    Raises RenderError where a template is at fault, with its name and line.
    """
    edition = imprint.edition
    environment = _environment(tuple(sorted(templates.items())))
    per_language = [
        _template_facts(each, imprint, language) for each, language in zip(views, edition.languages, strict=True)
    ]
    foot = in_own_direction([(side["foot"], side["direction"]) for side in per_language])
    beside = f"{per_language[0]['footer_right']} · {_LAST_PAGE.format(**per_language[0]['page_number'])}"
    facts = {**per_language[0], "footer_left": foot, "foot_lines": footer_lines(edition, foot, beside)}
    name = f"{edition.audience}.html"
    if edition.bilingual:
        name = "bilingual.html"
        facts["voices"] = [{**side, "set": _macros(environment, {**facts, **side})} for side in per_language]
        facts["pairs"] = _by_region(paired([side["sections"] for side in per_language]))
    markup = _rendered(environment, name, facts)
    return Html(markup, edition.stylesheets, facts["title"], facts["lang"], facts["author"], imprint.content_id)


def _template_facts(view: View, imprint: Imprint, language: Language) -> dict[str, Any]:
    """The variables of a template: those of the sheet, and those of one view in its language."""
    audience, edition = view.audience, imprint.edition
    numbers = {source.id: number for number, source in enumerate(view.front.sources, 1)}
    words = partial(set_text, numbers=numbers, marks=audience is Audience.CLINICIAN, lang=language.code)
    contacts = contacts_for(view.front.jurisdiction, imprint.pharmacy, language)
    sections, unplaced = with_contacts(view.sections, contacts) if audience is Audience.PATIENT else (view.sections, ())
    return {
        "view": view, "front": view.front, "pharmacy": imprint.pharmacy, "lang": language.tag,
        "title": language.say(_TITLES[audience], title=view.front.title),
        "direction": language.direction, "tongue": language, "_": language.say, "page_number": page_number(language),
        "author": imprint.pharmacy.name, "edition": edition, "paper": edition.paper.value,
        "form": edition.type_size.value,
        "one_column": edition.one_column, "fit": imprint.fit.classes, "code_in_head": imprint.code_in_head,
        "sections": sections, "places": _by_region(sections), "facts": _facts(view.front),
        "notices": notices(imprint, language),
        "references": [_reference_text(source) for source in view.front.sources],
        "urgent": any(section.id == "urgent" for section in view.sections),
        "emergency": _emergency(contacts, language),
        "contact": _contact(imprint.pharmacy, contacts, unplaced, language), "logo": logo_file(imprint.pharmacy.logo),
        "foot": footer(view, imprint, language),
        "footer_right": language.say("ID {id}", id=imprint.content_id).replace(" ", NBSP),
        "set_text": words,
    }  # fmt: skip


def _macros(environment: ImmutableSandboxedEnvironment, facts: Mapping[str, Any]) -> object:
    """The macros that render blocks, with these variables."""
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
        "words": _set_words, "kind": lambda block: type(block).__name__,
        "unbold": unbold, "by_subject": _by_subject, "tallman": tallman,
        "capital": lambda text: text[:1].upper() + text[1:], "heading_lines": _heading_lines, "title_size": _title_size,
        "few": _fits_in_one_piece,
        "table_width": pass_context(_table_width), "section_width": pass_context(_section_width),
        "words_of": pass_context(_set_plain_words),
        "icon": pass_context(_icon), "pictured": _icon_classes, "bears_icons": pass_context(_has_icons),
        "times": pass_context(_times),
        "pictures": lambda blocks: [block for block in blocks if isinstance(block, Picture)],
        "worded": lambda blocks: [block for block in blocks if not isinstance(block, Picture)],
        "picture_file": picture_file, "leads": leads,
        "box_titles": lambda blocks: [block.title for block in blocks if isinstance(block, Box) and block.title],
    }  # fmt: skip
    environment.filters.update(filters)
    require_known_blocks(environment, dict(templates))
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
    """Templates from memory, each with its name as its file name, so that errors name it."""

    def __init__(self, templates: Mapping[str, str]) -> None:
        self.templates = templates

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """The template's text, its name in the place of a file name, and that it never changes.

        "leaflet:NAME" is ours, whether or not the project has one of that name.
        """
        name = template if template in self.templates else template.removeprefix(OWN_PREFIX)
        if name not in self.templates:
            raise TemplateNotFound(template)
        return self.templates[name], template, lambda: True

    def list_templates(self) -> list[str]:
        """Their names."""
        return sorted(self.templates)


@pass_context
def _set_words(context: Context, text: Text) -> Markup:
    """A text as HTML, by the `set_text` of the page."""
    set_here: Callable[[Text], Markup] = context["set_text"]
    return set_here(text)


def _template_line(error: BaseException, names: Iterable[str]) -> str:
    """Name and line of the innermost template in a traceback."""
    innermost, trace, template_names = "", error.__traceback__, frozenset(names)
    while trace:
        file = trace.tb_frame.f_code.co_filename
        if file in template_names:
            innermost = f"{file}:{trace.tb_lineno}"
        trace = trace.tb_next
    return innermost


# ---------------------------------------------------------------- facts


def _by_region(sections: Iterable[_Section]) -> dict[str, list[_Section]]:
    listed = list(sections)
    return {region.value: [section for section in listed if section.region is region] for region in Region}


def _by_subject(sections: Iterable[ViewSection]) -> list[tuple[str, list[ViewSection]]]:
    return [(subject, list(group)) for subject, group in groupby(sections, key=attrgetter("subject"))]


def _heading_lines(section: ViewSection) -> int:
    """About how many lines a heading takes in the margin, which the next section must stay clear of."""
    lines = sum(-(-len(words) // _HEADING_LETTERS) for words in (section.title, section.note))
    return min(max(lines, 1), _MOST_HEADING_LINES)


def _title_size(title: str) -> str:
    """The class that sets long names smaller: names of combination products have up to 250 letters."""
    return "long" if len(title) > _LONG_TITLE * 2 else "medium" if len(title) > _LONG_TITLE else "normal"


def _fits_in_one_piece(items: Items) -> bool:
    """Whether a list is short enough to be kept in one piece."""
    words = sum(len(_block_words(block)) for item in items.items for block in item.blocks)
    return len(items.items) <= _FEW_ITEMS and words <= _FEW_LETTERS


def _block_words(block: Block) -> str:
    text = getattr(block, "text", ())
    return text if isinstance(text, str) else plain(text) if text else "x" * _FEW_LETTERS


def _icon(context: Context, block: Block) -> Markup:
    """The pictogram beside a paragraph; empty on a clinician sheet."""
    name = block.icon if isinstance(block, Paragraph) and context["view"].audience is Audience.PATIENT else ""
    if not name:
        return Markup()
    return Markup('<img class="icon" src="leaflet:{}" alt="{}">').format(
        icon_file(name), context["_"](PICTOGRAMS[name])
    )


def _times(context: Context, grid: DoseGrid) -> list[tuple[str, str, str]]:
    """Each time of day, its name and its amount: “none” where nothing is taken, empty where all are written by hand."""
    amounts, say = dict(grid.amounts), context["_"]
    none = say("none") if amounts else ""
    return [(time.value, say(words), amounts.get(time, none)) for time, words in _TIMES.items()]


def _icon_classes(block: Paragraph) -> str:
    """The classes of a paragraph with a pictogram: one line of text is centred on it, more lines start at its top."""
    return "pictured brief" if len(plain((*block.lead, *block.text))) <= _ONE_LINE else "pictured"


def _has_icons(context: Context, items: Items) -> bool:
    """Whether any item of a list has a pictogram; then all its texts are indented, to share one edge."""
    return any(_icon(context, item.blocks[0]) for item in items.items if item.blocks)


def _table_width(context: Context, table: Table) -> str:
    """How a table is set: in its column (""), across the page ("wide"), or each row as a list ("stacked")."""
    lang = context["tongue"].code
    rows = ([*table.header], *(row.cells for row in table.rows))
    needed = sum(_GAP_LETTERS + max(_longest_word(cell, lang) for cell in column) for column in zip(*rows, strict=True))
    edition: Edition = context["edition"]
    if needed <= column_characters(edition):
        return ""
    return "wide" if needed <= page_characters(edition) else "stacked"


def _set_plain_words(context: Context, text: object, side: Mapping[str, Any] | None = None) -> Markup:
    """A plain text as HTML, in the language of the page or, on a bilingual page, of one side."""
    return set_plain(str(text), (side or context)["tongue"].code)


def _longest_word(cell: Text, lang: str) -> int:
    words = _BREAKS.split(bind(plain(cell), lang))  # a line may end before any Chinese character
    return max((_LONG_WORD_WIDTH if LONG_WORD.match(word) else len(word) for word in words), default=0)


def _section_width(context: Context, section: ViewSection) -> str:
    """ "wide" where a table of the section is set across the page."""
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
    """The facts below the name on a clinician sheet, without those that the title gives already."""
    generic = tallman(front.generic_name) if front.generic_name.casefold() != front.title.casefold() else ""
    forms = " ".join(part for part in (", ".join(front.forms), ", ".join(front.strengths)) if part)
    facts = (generic, ", ".join(front.brand_names), front.drug_class, forms, front.route, front.legal_status)
    return [fact for fact in facts if fact]


def _reference_text(source: Reference) -> str:
    return ". ".join(part for part in (source.title, source.where, source.date) if part)


def _emergency(contacts: Contacts, language: Language) -> str:
    if contacts.emergency:
        return language.say("Call {number}.", number=contacts.emergency)
    return language.say("Call your local emergency number.")


def _contact(pharmacy: Pharmacy, contacts: Contacts, unplaced: Iterable[str], language: Language) -> list[str]:
    """The lines of “Your pharmacy”: the pharmacy, its hours, and the sentences in `unplaced`; empty without any."""
    who = language.listed(part for part in (pharmacy.name, pharmacy.address, pharmacy.phone) if part)
    hours = language.say("Open: {hours}", hours=pharmacy.hours) if pharmacy.hours else ""
    out = who and contacts.out_of_hours
    closed = language.say("When we are closed: {number}", number=contacts.out_of_hours) if out else ""
    return [line for line in (who, hours, closed, *unplaced) if line]
