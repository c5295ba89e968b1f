"""View → HTML: every word arrives, marked up as what it is, and nothing in a text becomes markup."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leaflets.compose import compose
from leaflets.compose.words import set_plain
from leaflets.errors import RenderError
from leaflets.languages import ENGLISH
from leaflets.model.edition import Audience, Edition, Notice
from leaflets.model.page import Html, Imprint
from leaflets.model.paper import Paper
from leaflets.model.pharmacy import Pharmacy
from leaflets.model.review import NO_REVIEW, ReviewState, ReviewStatus, Role, SheetReview, SignOff
from leaflets.parse import parse
from leaflets.typography import NBSP
from leaflets.view import view
from tests.view_words import view_words, words

_FOLDER = Path(__file__).parent.parent / "leaflets" / "templates"
TEMPLATES = {path.name: path.read_text("utf-8") for path in _FOLDER.glob("*.html")}
FRONT = """---
title: Testol
sources:
  - {id: U1, title: The hat book}
  - {id: U2, title: Another, date: 2025, where: page 3}
---
"""
BOTH = pytest.mark.parametrize("audience", list(Audience))


def page(
    text: str,
    audience: Audience = Audience.CLINICIAN,
    pharmacy: Pharmacy | None = None,
    templates: Mapping[str, str] = TEMPLATES,
    review: SheetReview = NO_REVIEW,
) -> Html:
    source = text if text.startswith("---") else FRONT + text
    seen = view(parse(source, name="case", file="case.md"), audience)
    imprint = Imprint(Edition(audience, "en", Paper.A4), pharmacy or Pharmacy(), "0123abcd", review=review)
    return compose(imprint, templates, seen)


def body(text: str, audience: Audience = Audience.CLINICIAN) -> str:
    return re.sub(r"[ \n]+", " ", page(text, audience).markup.split("<main>")[1])


class _Reader(HTMLParser):
    """Collects the words a reader sees, and looks that every tag is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self.text += " " if tag not in ("strong", "em", "span") else ""

    def handle_data(self, data: str) -> None:
        self.text += data


def read(html: Html) -> _Reader:
    reader = _Reader()
    reader.feed(html.markup)
    reader.close()
    assert reader.open == []
    return reader


RICH = """# Testol
### Usage
Eases a **sore** *elbow* [^U1,U2], `fast`.

* **Hats:** Wear one.
    1. red
    2. green
* plain

3. three
4. four

- [ ] tick

> quoted

| Use | Dose |
|---|---|
| Elbow | 1 to 2 mg |

```
as it < stands
```

#### Below
/// note | By the way
Boxed.
///
### Dosage
**Elbow:** 1 mg.

**Knee:** 2 mg.
### FAQs
* **Why?** No reason.
### Travel
Take it along.

**Disclaimer:** Made up.
"""


@BOTH
def test_every_word_of_the_view_arrives_in_well_formed_html(audience: Audience) -> None:
    seen = view(parse(FRONT + RICH, name="case", file="case.md"), audience)
    text = words(read(page(RICH, audience)).text)
    start = 0
    for word in view_words(seen):
        assert word in text
        start += text.count(word)
    assert start >= len(view_words(seen))


@pytest.mark.parametrize(
    "markup",
    [
        '<th scope="col">Use</th><th scope="col">Dose</th>',
        '<th scope="row">Elbow</th>',
        "<strong>Hats:</strong> Wear one.",
        "<strong>sore</strong> <em>elbow</em>",
        f'<span class="ref">{NBSP}[1,2]</span>',
        'start="3"',
        "<blockquote><p>quoted</p></blockquote>",
        "<pre>as it &lt; stands</pre>",
        '<div class="box note"><p class="box-title">By the way</p><p>Boxed.</p></div>',
        '<p class="asked">Why?</p><p>No reason.</p>',
        f"1{NBSP}to{NBSP}2{NBSP}mg",
        "<h2>Travel</h2>",
        "<h3>Below</h3>",
        f"The hat book</li><li>Another. page{NBSP}3. 2025</li>",
    ],
)
def test_clinician_markup(markup: str) -> None:
    assert markup in body(RICH)


def test_tick_lists_are_marked() -> None:
    assert re.search(r'<ul class="tick[^"]*"[^>]*><li>tick</li></ul>', body(RICH))


def test_patient_sees_no_reference_numbers() -> None:
    assert 'class="ref"' not in body(RICH, Audience.PATIENT)


@pytest.mark.parametrize(
    "where", ["{}", "**{}:** x", "* {}", "| {} |\n|---|\n| {} |", "#### {}", "/// note | {}\n{}\n///", "> {}"]
)
@BOTH
def test_html_in_a_text_stays_text(where: str, audience: Audience) -> None:
    evil = "<script>a</script> <img src='file:///etc/passwd'> {{ 7 * 7 }} {% raw %}"
    html = page("### Usage\nOne.\n\n" + where.replace("{}", evil), audience)
    assert not {"script", "img"} & read(html).tags
    assert "{{ 7 * 7 }} {% raw %}" in html.markup


@BOTH
def test_html_in_front_matter_and_settings_stays_text(audience: Audience) -> None:
    front = "title: <b>Testol</b>\nbrand_names: ['<i>x</i>']\nclass: <u>y</u>\nsay_it_as: <s>z</s>\nversion: <q>"
    text = f"---\n{front}\n---\n### <em>Usage</em>\nOne.\n### Dosage\nTwo.\n"
    html = page(text, audience, Pharmacy("<a>", "<b>", "<i>", "<u>"))
    assert not {"b", "i", "u", "s", "a", "q"} & read(html).tags


@settings(max_examples=100)
@given(st.text(alphabet="<>&\"'{}%#a1 ", max_size=30))
def test_plain_words_come_back_whole(text: str) -> None:
    reader = _Reader()
    reader.feed(f"<p>{set_plain(text)}</p>")
    reader.close()
    assert reader.text.replace(NBSP, " ").rstrip() == text.rstrip()


# ---------------------------------------------------------------- imprint


def test_unreviewed_text_says_so_and_reviewed_text_says_when() -> None:
    text = "---\ntitle: Testol\nversion: 1.2\nreview_by: 2027-01-02\n---\n### Usage\nOne.\n"
    sign_off = SignOff("A. Hatter", Role.FIRST, dt.date(2026, 1, 2), dt.date(2027, 3, 2))
    state = ReviewState(ReviewStatus.REVIEWED, sign_off.date, (sign_off,))
    draft, reviewed = page(text).markup, page(text, review=SheetReview(state)).markup
    assert "Draft: not clinically reviewed" in draft.replace(NBSP, " ")
    line = reviewed.replace(NBSP, " ")
    assert "Version 1.2 · Reviewed 2 January 2026 by A. Hatter · Next review 2 January 2027" in line
    assert "Draft" not in line
    assert "ID 0123abcd" in line


@pytest.mark.parametrize(("notice", "words"), [(Notice.EXPIRED, "EXPIRED"), (Notice.STALE, "OLDER THAN ITS SOURCE")])
def test_the_footer_of_every_page_begins_with_the_notice(notice: Notice, words: str) -> None:
    imprint = Imprint(Edition(Audience.PATIENT), Pharmacy(), "0123abcd", (notice,), dt.date(2021, 1, 31))
    shown = view(parse(FRONT + "### Usage\nOne.\n", name="case", file="case.md"), Audience.PATIENT)
    (left,) = re.findall(r'data-left="([^"]*)"', compose(imprint, TEMPLATES, shown).markup)
    assert left.replace(NBSP, " ").startswith(f"{words} · Testol · ")


def test_date_in_words() -> None:
    assert ENGLISH.date(dt.date(2026, 4, 3)) == "3 April 2026"


@pytest.mark.parametrize(
    ("jurisdiction", "emergency", "words"),
    [
        ("US", "", "Call 911."),
        ("GB", "", "Call 999."),
        ("", "", "Call your local emergency number."),
        ("US", "112", "Call 112."),
    ],
)
def test_emergency_number(jurisdiction: str, emergency: str, words: str) -> None:
    text = f"---\ntitle: Testol\njurisdiction: '{jurisdiction}'\n---\n### Usage\nOne.\n"
    markup = page(text, Audience.PATIENT, Pharmacy(emergency=emergency)).markup
    assert words in markup.replace(NBSP, " ")


def test_pdf_says_of_itself() -> None:
    html = page("### Usage\nOne.\n", Audience.PATIENT, Pharmacy("The Hat Pharmacy"))
    assert (html.title, html.lang, html.author) == ("Testol: patient leaflet", "en", "The Hat Pharmacy")
    assert (html.content_id, html.stylesheets[-1]) == ("0123abcd", "theme.css")


# ---------------------------------------------------------------- templates of a project's own


@pytest.mark.parametrize(
    ("template", "where"),
    [
        ("a\n{% if %}", "templates/patient.html:2: "),
        ("a\n\n{{ nothing.here }}", "templates/patient.html:3: "),
        ("{{ view.front.title.__class__.__mro__ }}", "templates/patient.html"),
        ("{% include 'none.html' %}", "templates/"),
        ("{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", "templates/patient.html"),
        ("{{ 1 / 0 }}", "templates/patient.html:1: "),
        ("{{ places.pop('first') }}{{ places.clear() }}", "templates/patient.html"),
    ],
    ids=["syntax", "undefined", "sandbox", "missing", "endless", "arithmetic", "mutation"],
)
def test_template_at_fault_is_named(template: str, where: str) -> None:
    with pytest.raises(RenderError) as refused:
        page("### Usage\nOne.\n", Audience.PATIENT, templates={**TEMPLATES, "patient.html": template})
    assert refused.value.message.startswith(where)
    assert refused.value.hint


def test_two_boxes_at_the_top_keep_both_titles() -> None:
    boxes = "/// boxed-warning | Fire\nOne.\n///\n/// boxed-warning | Smoke\nTwo.\n///\n"
    text = f"### Boxed warning\n{boxes}### Usage\nThree.\n"
    assert set(words("Fire One Smoke Two")) <= set(words(read(page(text)).text))


def test_the_space_before_what_stays_whole_stands_apart() -> None:
    """Words that fit a line without it, and not with it, are parted by the renderer after the first word otherwise."""
    assert set_plain("Call Poison Help at 1-800-222-1222.") == (
        'Call Poison Help at<span> </span><span class="whole">1-800-222-1222</span>.'
    )
