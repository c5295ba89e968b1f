"""The parser: cases in files, limits, what it reports, and what must hold for any text at all."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from leaflets.errors import ContentError, LeafletError
from leaflets.model.edition import Audience
from leaflets.model.finding import Finding, Severity
from leaflets.model.monograph import Block, Box, Items, Monograph, Paragraph, Questions, Quote, Table, plain
from leaflets.parse import parse
from leaflets.parse.source_lines import MAX_BYTES, MAX_COLUMNS, MAX_LINE, MAX_NESTING
from leaflets.view import view
from tests.outline import outline
from tests.parse_cases import FRONT, Case, cases
from tests.view_words import block_words, words

HEAD = FRONT + "### Usage\n"


def parsed(text: str) -> Monograph:
    return parse(text, name="case", file="case.md")


def blocks(body: str) -> tuple[Block, ...]:
    return parsed(HEAD + body).sections[-1].blocks


def findings_of(text: str, code: str) -> list[Finding]:
    return [finding for finding in parsed(text).findings if finding.code == code]


@pytest.mark.parametrize("case", [pytest.param(case, id=f"{case.file}:{case.line}") for case in cases()])
def test_case_has_its_outline(case: Case) -> None:
    assert outline(parsed(case.source)) == case.outline, case.title


def test_every_case_file_has_cases() -> None:
    assert len({case.file for case in cases()}) == 6
    assert len(list(cases())) >= 45


# ---------------------------------------------------------------- raw text

BODY = "# Testol\n### Usage\nEases a “sore” elbow.\n\n* one\n    * two\n\n### Dosage\nOne."


@pytest.mark.parametrize(
    "text",
    [
        BODY.replace("\n", "\r\n"),
        BODY.replace("\n", "\r"),
        "\ufeff" + BODY,
        "\ufeff\n\n" + FRONT + BODY,
        BODY.replace("elbow", "el\u00adbow\u200b"),
        BODY.replace("    *", "\t*"),
        BODY.replace("\n\n", "\n  \n \t\n"),
        BODY.replace("\n\n", "\u2029"),
    ],
    ids=["CRLF", "CR", "BOM", "BOM and front matter", "invisible", "tabs", "white lines", "U+2029"],
)
def test_same_text_in_another_coat_gives_the_same_outline(text: str) -> None:
    assert outline(parsed(text)) == outline(parsed(BODY))


def test_control_characters_become_spaces_and_are_reported() -> None:
    monograph = parsed(HEAD + "One\x0ctwo\x1bthree\u202efour.\n")
    assert "p One two three four." in outline(monograph)
    (finding,) = [f for f in monograph.findings if f.code == "MD04"]
    assert (finding.line, finding.severity) == (5, Severity.WARNING)
    assert "U+000C, U+001B, U+202E" in finding.message


def test_control_characters_cannot_come_in_by_entities_or_yaml() -> None:
    monograph = parsed('---\ntitle: "Tes\\u202Etol\\uD800"\n---\n### Usage\nOne&#8238;two&#7;.\n')
    assert monograph.front.title == "Tes tol"
    assert "p One two" in outline(monograph)


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        (HEAD + "a" * MAX_BYTES, "case.md:", "larger than"),
        (HEAD + "a" * (MAX_LINE + 1), "case.md:5:", "line is longer"),
        (HEAD + "- " * (MAX_NESTING + 1) + "a", "case.md:5:", "nest deeper"),
        (HEAD + "> " * (MAX_NESTING + 1) + "a", "case.md:5:", "nest deeper"),
        (HEAD + "".join("  " * n + "- a\n" for n in range(MAX_NESTING + 2)), "case.md", "nest deeper"),
        (HEAD + "/// note\n" * (MAX_NESTING + 1), "case.md:17:", "nest deeper"),
        (HEAD + "a|" * MAX_COLUMNS + "a\n-|-\n", "case.md", "wider than"),
    ],
    ids=["bytes", "line", "list in one line", "quotation", "list", "fences", "columns"],
)
def test_text_over_a_limit_is_refused_by_name_and_place(text: str, where: str, what: str) -> None:
    with pytest.raises(ContentError) as refused:
        parsed(text)
    assert refused.value.message.startswith(where)
    assert what in refused.value.message
    assert refused.value.hint


def test_text_at_the_limits_is_read() -> None:
    line = "word " * (MAX_LINE // 5)
    monograph = parsed(HEAD + f"{line}\n\n" + "- " * MAX_NESTING + "a\n")
    assert len(words(outline(monograph))) > MAX_LINE // 5


@pytest.mark.parametrize(
    "text",
    ["", "\n\n", "---\ntitle: Testol\n---\n", "# Testol\nI cannot write about that.\n", "### Disclaimer\nMade up.\n"],
    ids=["empty", "blank", "front matter only", "refusal", "disclaimer only"],
)
def test_text_without_a_monograph_is_refused(text: str) -> None:
    with pytest.raises(ContentError, match=r"case\.md: there is no monograph in it"):
        parsed(text)


def test_monograph_without_a_title_is_refused() -> None:
    with pytest.raises(ContentError, match=r"case\.md:1: the monograph has no title"):
        parsed("### Usage\nEases a sore elbow.\n")


# ---------------------------------------------------------------- what is reported


def test_raw_html_is_reported_with_line_and_column_and_printed() -> None:
    monograph = parsed(HEAD + "Take\na <b onclick='x'>hat</b>.\n")
    (finding,) = [f for f in monograph.findings if f.code == "MD03"]
    assert (finding.line, finding.column, finding.excerpt) == (6, 3, "<b onclick='x'>")
    assert "<b onclick='x'>hat</b>" in outline(monograph)


@pytest.mark.parametrize("text", ["a < b", "<5 kg", "5 <6> 7", "<https://example.org>", "a <- b"])
def test_a_sign_of_less_is_no_html(text: str) -> None:
    assert not findings_of(HEAD + text, "MD03")


def test_pictures_and_links_into_a_site_are_reported() -> None:
    text = HEAD + "See ![a hat](hat.png), [there](/hats) and [here](https://example.org).\n"
    assert [f.line for f in findings_of(text, "MD06")] == [5]
    assert [f.line for f in findings_of(text, "MD05")] == [5]


def test_unknown_heading_is_reported_and_a_component_is_not() -> None:
    text = "# A + B\n### A\n#### Usage\nOne.\n### Travel\nTwo.\n"
    assert [f.message.count("Travel") for f in findings_of(text, "MD02")] == [1]


def test_reference_mark_without_a_source_is_an_error() -> None:
    front = "---\ntitle: Testol\nsources:\n  - {id: U1, title: One}\n---\n### Usage\n"
    (finding,) = findings_of(front + "One [^U1] two [^U1,U7].\n", "MD09")
    assert (finding.excerpt, finding.line, finding.severity) == ("U7", 7, Severity.ERROR)


def test_line_of_slashes_that_closes_nothing_is_reported() -> None:
    (finding,) = findings_of(HEAD + "One.\n///\n", "MD08")
    assert (finding.severity, finding.line) == (Severity.WARNING, 6)


@pytest.mark.parametrize(
    "lines",
    [
        ("Adults: 500 mg  ", "Children: 250 mg"),
        ("Adults: 500 mg\\", "Children: 250 mg"),
        ("a) 5 mg once", "b) 10 mg once"),
        ("(1) 5 mg once", "(2) 10 mg once"),
        ("i. 5 mg once", "ii. 10 mg once"),
        ("**Adults:** 5 mg", "**Children:** 10 mg"),
        ("Heart failure", ": 62.5 micrograms", ": 125 micrograms"),
        ("|Adults|5 mg|", "|Children|2 mg|"),
        ("+--------+------+", "| Adults | 5 mg |", "+--------+------+"),
        ("Adults      5 mg", "Children    2 mg"),
        ("One dose.", "[^1]: The note."),
    ],
    ids=lambda lines: lines[0],
)
def test_lines_that_stand_apart_never_run_into_one(lines: tuple[str, ...]) -> None:
    section = parsed(HEAD + "\n".join(lines) + "\n").sections[0]
    assert len(section.blocks) == len(lines)


def test_a_callout_is_a_box_with_its_kind_and_title() -> None:
    box, plain_box = (
        parsed(HEAD + "> [!warning]- Allergy\n> Not with *penicillin*.\n> - rash\n\n> [!NOTE]\n").sections[0].blocks
    )
    assert isinstance(box, Box)
    assert isinstance(plain_box, Box)
    assert [run.text for run in (*box.title, *plain_box.title)] == ["Warning: Allergy", "Note"]
    assert [type(block) for block in box.blocks] == [Paragraph, Items]


def test_a_wrapped_sentence_stays_one_paragraph() -> None:
    section = parsed(HEAD + "Take one  tablet (see\nthe label) with water\nin the morning.\n").sections[0]
    assert len(section.blocks) == 1


def test_a_bold_line_before_all_sections_is_the_title() -> None:
    assert parsed("**Lisinopril**\n\n**Usage**\n\nOne.\n\n**Dosage**\n\nTwo.\n").front.title == "Lisinopril"


def test_a_heading_that_asks_is_no_title() -> None:
    with pytest.raises(ContentError, match="has no title"):
        parsed("# What is it for?\n\nPain.\n\n# Dosage\n\nFive.\n")


def test_what_a_converter_hangs_on_a_heading_is_no_part_of_it() -> None:
    assert [s.id for s in parsed(HEAD + "One.\n\n### Dosage {#dosage .unnumbered}\n\nTwo.\n").sections][-1] == "dosage"


# ---------------------------------------------------------------- any text at all

_WORD = st.from_regex(r"[a-zA-Zäöß]{1,9}", fullmatch=True)
_PHRASE = st.lists(_WORD, min_size=1, max_size=6).map(" ".join)
_FORMS = (
    "{}", "**{}:** {}", "**{}**", "* {}\n* {}", "- {}\n  - {}", "1. {}\n2. {}", "> {}", "#### {}", "```\n{}\n```",
    "| {} | {} |\n|---|---|\n| {} | |", "* **{}?** {}", "**Q: {}?**\n\nA: {}", "[{}](https://example.org)",
    "*{}* `{}` __{}__", "- [ ] {}\n- [ ] {}", "/// note | {}\n{}\n///", "{} <b>{}</b>", "5 mg {}", "{}\n===",
    "**Note:** {}", "{} * {} _ {} ` {}",
)  # fmt: skip


@st.composite
def _bodies(draw: st.DrawFn) -> str:
    parts = []
    for form in draw(st.lists(st.sampled_from(_FORMS), min_size=1, max_size=8)):
        parts.append(form.format(*(draw(_PHRASE) for _ in range(form.count("{}")))))
    return draw(st.sampled_from(["\n\n", "\n\n\n"])).join(parts)


def _source_words(body: str) -> list[str]:
    return words(re.sub(r"^(?:> |\d\. |/// note|=+$)", "", body, flags=re.MULTILINE))


@settings(max_examples=300)
@given(_bodies())
def test_no_word_is_lost_or_moved(body: str) -> None:
    monograph = parsed(HEAD + "First.\n\n" + body + "\n")
    read = [
        word for section in monograph.sections for word in [*words(section.heading), *_section_words(section.blocks)]
    ]
    assert read == ["usage", "first", *_source_words(body)]


def _section_words(parts: tuple[Block, ...]) -> list[str]:
    return [word for block in parts for word in block_words(block)]


@settings(max_examples=300)
@given(_bodies())
def test_every_line_number_leads_to_the_first_word_of_its_block(body: str) -> None:
    lines = (HEAD + body + "\n").split("\n")
    for line, block in _placed(parsed(HEAD + "\n".join(lines[4:])).sections[-1].blocks):
        own = block_words(block)
        if own:
            # A fence or a note of code begins one line above its first word.
            assert own[0] in words("\n".join(lines[line - 1 : line + 1])), (line, own)


def _placed(parts: tuple[Block, ...]) -> Iterator[tuple[int, Block]]:
    for block in parts:
        yield block.line, block
        match block:
            case Items():
                for item in block.items:
                    yield from _placed(item.blocks)
            case Box() | Quote():
                yield from _placed(block.blocks)
            case Questions():
                for asked in block.questions:
                    yield asked.line, Paragraph(asked.line, asked.question)
                    yield from _placed(asked.answer)
            case Table():
                yield from ((row.line, Table(row.line, (), (row,))) for row in block.rows)


def _refusals(source: str) -> Iterator[str]:
    """What the parser says where it refuses a text; both sheets are made of one that it reads."""
    try:
        monograph = parsed(source)
    except LeafletError as refused:
        yield refused.message
    else:
        for audience in Audience:
            view(monograph, audience)


_MARKUP = st.text(alphabet="*_`[]()<>!#|-+=>/\\&;:.?~{}^ \n\t\r1aQ" + "\u00a0\u202e\ufeff\x0c\x02\x03é", max_size=120)


@settings(max_examples=500)
@given(
    st.one_of(
        _MARKUP, st.text(max_size=80), st.lists(st.one_of(_MARKUP, st.sampled_from(_FORMS)), max_size=6).map("\n".join)
    )
)
def test_any_text_is_read_or_refused(text: str) -> None:
    for source in (text, "---\n" + text, HEAD + text):
        for message in _refusals(source):
            assert message.startswith("case.md")


_SIGNS = ("*", "_", "`", "[", "]", "(", ")", "<", ">", "&", "\\", "!", " ", "a", "b1", "\n")


@settings(max_examples=300)
@given(st.lists(st.sampled_from(_SIGNS), max_size=40).map("".join))
@example("_**__*_<")
@example("`**`_*<")
def test_signs_in_a_paragraph_lose_no_word(signs: str) -> None:
    text = "start " + re.sub(r"\n[\s>*`]*", "\n", signs) + " end"
    assert "".join(_section_words(blocks(text))) == "".join(words(text))


_ATOMS = (
    "[",
    "[a](",
    "*",
    "**",
    "**a ",
    "_",
    "`",
    "``a ",
    "<a ",
    "<",
    "- ",
    "> ",
    "|",
    "///",
    "&",
    "![",
    "1 ",
    "1-",
    "*_",
)
_PROGRAM = """
import sys
from leaflets.errors import LeafletError
from leaflets.parse import parse

for atom in sys.argv[1:]:
    lines, short = [atom * (6000 // len(atom))] * 3, [atom * 3] * 5000
    paragraphs = ["x" + atom * (2000 // len(atom))] * 20
    for text in ("\\n".join(lines), "\\n".join(short), "\\n\\n".join(paragraphs)):
        try:
            parse("---\\ntitle: T\\n---\\n### Usage\\n" + text, name="x", file="x")
        except LeafletError:
            pass
"""


def test_hostile_repeats_finish(root: Path) -> None:
    subprocess.run([sys.executable, "-c", _PROGRAM, *_ATOMS], check=True, cwd=root)


# ---------------------------------------------------------------- other languages

CHINESE = """\
**示例药**

###用法用量

**成人：**每天一次
**儿童：**不用

**注意：**不要掰开。

### 常见问题

- 漏服怎么办？马上补服。
- 饭后吃吗？是的。
"""


def test_full_width_signs_and_headings_without_a_space_are_read_as_ours() -> None:
    read = parse(CHINESE, name="shili", file="shili.zh.md", lang="zh")
    assert read.front.title == "示例药"
    dosage, faqs = (section for section in read.sections if section.blocks)
    assert (dosage.id, faqs.id) == ("dosage", "faqs")
    adults, children, note = dosage.blocks
    assert isinstance(adults, Paragraph)
    assert isinstance(children, Paragraph)
    assert isinstance(note, Box)
    assert [(plain(each.lead), plain(each.text)) for each in (adults, children)] == [
        ("成人：", "每天一次"), ("儿童：", "不用"),
    ]  # fmt: skip
    (questions,) = faqs.blocks
    assert isinstance(questions, Questions)
    assert plain(questions.questions[0].question) == "漏服怎么办？"


@pytest.mark.parametrize(
    ("lang", "lead"), [("es", "Nota importante:"), ("ar", "ملاحظة:"), ("vi", "Lưu ý:"), ("zh", "注意：")]
)
def test_a_note_is_a_box_in_every_language(lang: str, lead: str) -> None:
    read = parse(f"# Testol\n\n### Dosage\n\n**{lead}** x 2 mg.\n", name="t", file="t.md", lang=lang)
    (block,) = next(section.blocks for section in read.sections if section.id == "dosage")
    assert isinstance(block, Box)
    assert plain(block.title) == lead
