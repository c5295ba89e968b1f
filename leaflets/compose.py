"""View → HTML, through the Jinja2 templates."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import groupby
from operator import attrgetter

from jinja2 import BaseLoader, Environment, StrictUndefined, pass_context
from jinja2.exceptions import SecurityError, TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from leaflets.errors import RenderError
from leaflets.help_lines import HelpLines, help_lines, with_help
from leaflets.measure import column_letters, foot_letters, foot_lines, page_letters
from leaflets.model import (
    Audience,
    Block,
    Box,
    DoseGrid,
    DoseTime,
    Edition,
    Form,
    Front,
    Html,
    Imprint,
    Items,
    Paragraph,
    Pharmacy,
    Picture,
    Place,
    Questions,
    Quote,
    Run,
    Source,
    Table,
    Text,
    View,
    ViewSection,
    plain,
)
from leaflets.pictograms import PICTOGRAMS, icon_file, logo_file, picture_file
from leaflets.typography import NBSP, bind, tallman, unbreakable

DRAFT = "Draft: not clinically reviewed"
LARGE_PRINT = "Large print"
_KIND = {Audience.PATIENT: "Patient leaflet", Audience.CLINICIAN: "Clinician sheet"}
OURS = "leaflet:"
_HEADING_LETTERS = 23
_LONG_TITLE = 45
_LONGEST_RUNNING_TITLE = 52
_FEW_ITEMS, _FEW_LETTERS = 5, 400
_GAP_LETTERS = 2
_ONE_LINE = 52
_LONG_WORD = re.compile(r"\S{25,}")


def compose(view: View, imprint: Imprint, templates: Mapping[str, str]) -> Html:
    """The page of one view as HTML. `templates` holds them by name; a project's own stand in the place of ours.

    Raises RenderError where a template is at fault, with its name and line.
    """
    audience, edition = view.audience, imprint.edition
    foot = _footer(view, imprint)
    numbers = {source.id: number for number, source in enumerate(view.front.sources, 1)}
    environment = _environment(tuple(sorted(templates.items())))
    words = partial(set_text, numbers=numbers, marks=audience is Audience.CLINICIAN)
    lines = help_lines(view.front.jurisdiction, imprint.pharmacy)
    sections, more = with_help(view.sections, lines) if audience is Audience.PATIENT else (view.sections, ())
    title = f"{view.front.title}: {_KIND[audience].lower()}"
    author = imprint.pharmacy.name
    facts = {
        "view": view, "front": view.front, "pharmacy": imprint.pharmacy, "lang": edition.lang, "title": title,
        "author": author, "edition": edition, "paper": edition.paper.value, "form": edition.form.value,
        "one_column": edition.one_column, "fit": imprint.fit.classes, "foot_lines": foot_lines(edition, foot),
        "code_in_head": imprint.code_in_head,
        "places": _places(sections),
        "facts": _facts(view.front), "notices": imprint.notices,
        "references": [_reference(source) for source in view.front.sources],
        "urgent": any(section.id == "urgent" for section in view.sections),
        "emergency": _emergency(lines),
        "contact": _contact(imprint.pharmacy, lines, more), "logo": logo_file(imprint.pharmacy.logo),
        "footer_left": foot, "footer_right": f"ID {imprint.content_id}", "set_text": words,
    }  # fmt: skip
    markup = _rendered(environment, f"{audience}.html", facts)
    return Html(markup, edition.stylesheets, title, edition.lang, author, imprint.content_id)


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
        "unbold": _unbold, "by_subject": _by_subject, "tallman": tallman,
        "capital": lambda text: text[:1].upper() + text[1:], "heading_lines": _heading_lines, "title_size": _title_size,
        "few": _is_few, "table_width": pass_context(_table_width), "section_width": pass_context(_section_width),
        "words_of": lambda text: set_plain(str(text)),
        "icon": pass_context(_icon), "pictured": _pictured, "bears_icons": pass_context(_bears_icons), "times": _times,
        "pictures": lambda blocks: [block for block in blocks if isinstance(block, Picture)],
        "worded": lambda blocks: [block for block in blocks if not isinstance(block, Picture)],
        "picture_file": picture_file,
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


# ---------------------------------------------------------------- words


def set_text(text: Text, *, numbers: Mapping[str, int], marks: bool) -> Markup:
    """Runs as HTML: doses bound, bold and emphasis kept, reference marks as small numbers where `marks` is true."""
    bound = bind(plain(text))
    kept = tuple(unbreakable(bound))
    parts: list[Markup] = []
    position = 0
    for is_mark, group in groupby(text, key=lambda run: bool(run.mark)):
        runs = tuple(group)
        if is_mark:
            # A mark that leads to no source is the author's own, such as a footnote: everybody needs it.
            shown = runs if marks else tuple(run for run in runs if run.mark not in numbers)
            parts.append(_marks(shown, numbers) if shown else Markup())
            continue
        for run in runs:
            end = position + len(run.text)
            parts.append(_faced(run, _whole(bound, position, end, kept)))
            position = end
    return Markup().join(parts)


def set_plain(text: str) -> Markup:
    """A plain text as HTML with its doses bound."""
    bound = bind(text)
    return _whole(bound, 0, len(bound), tuple(unbreakable(bound)))


def _whole(bound: str, start: int, end: int, kept: Sequence[tuple[int, int]]) -> Markup:
    parts: list[Markup] = []
    position = start
    for first, last in kept:
        first, last = max(first, start), min(last, end)
        if first < last:
            parts += [_loose(bound[position:first]), Markup('<span class="whole">{}</span>').format(bound[first:last])]
            position = last
    return Markup().join([*parts, _loose(bound[position:end])])


def _loose(words: str) -> Markup:
    """Words as HTML; one as long as an address may part anywhere, rather than run off its column."""
    parts: list[Markup] = []
    position = 0
    for long in _LONG_WORD.finditer(words):
        parts += [escape(words[position : long.start()]), Markup('<span class="long">{}</span>').format(long[0])]
        position = long.end()
    return Markup().join([*parts, escape(words[position:])])


def _faced(run: Run, words: Markup) -> Markup:
    if run.bold:
        words = Markup("<strong>{}</strong>").format(words)
    return Markup("<em>{}</em>").format(words) if run.emphasis else words


def _marks(runs: Text, numbers: Mapping[str, int]) -> Markup:
    """Reference marks in brackets, never raised: a raised figure beside a dose reads as part of it ("1 mg3")."""
    shown = ",".join(str(numbers.get(run.mark, run.mark)) for run in runs)
    return Markup('<span class="ref">{}[{}]</span>').format(NBSP, shown)


def _unbold(text: Text) -> Text:
    return tuple(Run(run.text, False, run.emphasis, run.mark) for run in text)


# ---------------------------------------------------------------- facts


def _places(sections: Iterable[ViewSection]) -> dict[str, list[ViewSection]]:
    listed = list(sections)
    return {place.value: [section for section in listed if section.place is place] for place in Place}


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
    return Markup('<img class="icon" src="leaflet:{}" alt="{}">').format(icon_file(name), PICTOGRAMS[name])


def _times(grid: DoseGrid) -> list[tuple[str, str, str]]:
    """The times of a day with their words and amounts: none where nothing is taken, nothing where a hand writes it."""
    amounts = dict(grid.amounts)
    return [(time.value, time.capitalize(), amounts.get(time, "none" if amounts else "")) for time in DoseTime]


def _pictured(block: Paragraph) -> str:
    """Classes of a paragraph with a pictogram: words of one line stand at half its height, more begin at its top."""
    return "pictured brief" if len(plain((*block.lead, *block.text))) <= _ONE_LINE else "pictured"


def _bears_icons(context: Context, items: Items) -> bool:
    """Whether the texts of a list stand further in, so that all share one edge beside its pictograms."""
    return any(_icon(context, item.blocks[0]) for item in items.items if item.blocks)


def _table_width(context: Context, table: Table) -> str:
    """How a table is set: in its column, on the whole breadth of the page ("wide"), or row below row ("stacked")."""
    rows = ([*table.header], *(row.cells for row in table.rows))
    needed = sum(_GAP_LETTERS + max(_longest_word(cell) for cell in column) for column in zip(*rows, strict=True))
    edition: Edition = context["edition"]
    if needed <= column_letters(edition):
        return ""
    return "wide" if needed <= page_letters(edition) else "stacked"


def _longest_word(cell: Text) -> int:
    return max((len(word) for word in bind(plain(cell)).split(" ") if not _LONG_WORD.match(word)), default=0)


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


def _reference(source: Source) -> str:
    return ". ".join(part for part in (source.title, source.where, source.date) if part)


def _emergency(lines: HelpLines) -> str:
    return f"Call {lines.emergency}." if lines.emergency else "Call your local emergency number."


def _contact(pharmacy: Pharmacy, lines: HelpLines, more: Iterable[str]) -> list[str]:
    """What “Your pharmacy” says, line by line; empty where the settings name no pharmacy and nothing else is left."""
    who = ", ".join(part for part in (pharmacy.name, pharmacy.address, pharmacy.phone) if part)
    hours = f"Open: {pharmacy.hours}" if pharmacy.hours else ""
    closed = f"When we are closed: {lines.out_of_hours}" if who and lines.out_of_hours else ""
    return [line for line in (who, hours, closed, *more) if line]


def _footer(view: View, imprint: Imprint) -> str:
    front = view.front
    version = f"Version {front.version}" if front.version else "No version"
    where = f"{front.jurisdiction} text" if front.jurisdiction else ""
    who = "for health professionals" if view.audience is Audience.CLINICIAN else ""
    title = (
        front.title
        if len(front.title) <= _LONGEST_RUNNING_TITLE
        else front.title[:_LONGEST_RUNNING_TITLE].rstrip(" +,") + "…"
    )
    safety = f"Open safety findings: {imprint.open_safety_findings}" if imprint.open_safety_findings else ""
    expired = "EXPIRED" if imprint.notices else ""  # on every page, since pages get parted
    kind = _KIND[view.audience] + (f", {who}" if who else "")
    large = LARGE_PRINT if imprint.edition.form is Form.LARGE_PRINT else ""
    line = min(foot_letters(imprint.edition), _LONGEST_RUNNING_TITLE)
    parts = (expired, title, large, kind, where, version, *_review(front), safety)
    return " · ".join(part.replace(" ", NBSP) if len(part) <= line else part for part in parts if part)


def _review(front: Front) -> tuple[str, ...]:
    if front.reviewed is None:
        return (DRAFT,)
    by = f" by {', '.join(front.reviewers)}" if front.reviewers else ""
    following = (f"Next review {date_words(front.review_by)}",) if front.review_by else ()
    return (f"Reviewed {date_words(front.reviewed)}{by}", *following)


def date_words(date: dt.date) -> str:
    """A date as nobody can misread it: 3 April 2026."""
    return f"{date.day} {date:%B} {date.year}"
