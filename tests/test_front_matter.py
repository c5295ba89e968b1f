"""Front matter: what is read, and how each fault is named with its line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from leaflets.errors import ContentError, LeafletError
from leaflets.model.finding import Severity
from leaflets.model.monograph import Monograph, Reference, Suppression
from leaflets.parse import parse
from leaflets.parse.front_matter import _CLoader, _load, _Loader

BODY = "# Testol\n\n### Usage\nEases a sore elbow.\n"


def read(front: str, body: str = BODY) -> Monograph:
    return parse(f"---\n{front}\n---\n{body}", name="case", file="case.md")


FULL = """title: Testol
generic_name: testolum
brand_names: [Elbow Ease, "Knee: Ease"]
class: Elbow relaxer
forms: tablet
strengths:
  - 1 mg
  - 2 mg
route: by mouth
jurisdiction: GB
legal_status: POM
say_it_as: TEST-oll
version: 1.10
reviewed: 2026-01-02
review_by: 2027-01-02
reviewers: [A. Hatter]
withdrawn: replaced
sources:
  - id: U1
    title: The hat book
    date: 2025
    where: page 3
  - {id: U2, title: Another}
codes: {atc: X00, ndc: ["1", "2"]}
allow:
  - {code: PL01, reason: On purpose, line: 30}
layout: minimal"""


def test_every_known_key_is_read() -> None:
    front = read(FULL).front
    assert (front.title, front.generic_name, front.drug_class) == ("Testol", "testolum", "Elbow relaxer")
    assert front.brand_names == ("Elbow Ease", "Knee: Ease")
    assert (front.forms, front.strengths, front.reviewers) == (("tablet",), ("1 mg", "2 mg"), ("A. Hatter",))
    assert (front.route, front.jurisdiction, front.legal_status) == ("by mouth", "GB", "POM")
    assert (front.say_it_as, front.version, front.withdrawn) == ("TEST-oll", "1.10", "replaced")
    assert (front.reviewed, front.review_by) == (dt.date(2026, 1, 2), dt.date(2027, 1, 2))
    assert front.sources == (Reference("U1", "The hat book", "2025", "page 3"), Reference("U2", "Another"))
    assert front.codes == (("atc", "X00"), ("ndc", "1"), ("ndc", "2"))
    assert front.allow == (Suppression("PL01", "On purpose", 30),)
    assert front.lines["sources"] == 20
    assert front.unknown == ("layout",)


def test_title_of_the_text_stands_in() -> None:
    assert read("layout: x").front.title == "Testol"
    assert parse(BODY, name="case", file="case.md").front.title == "Testol"


def test_title_of_the_front_matter_wins_and_the_heading_is_kept() -> None:
    monograph = read("title: Hatol")
    assert monograph.front.title == "Hatol"
    assert [(s.id, s.heading, s.line) for s in monograph.sections if s.id == "subtitle"] == [("subtitle", "Testol", 4)]


def test_unknown_key_is_kept_and_reported_quietly() -> None:
    findings = [f for f in read("title: Testol\nlayout: x\nsubtitle: y").findings if f.code == "MD01"]
    assert [(f.severity, f.line) for f in findings] == [(Severity.INFO, 3), (Severity.INFO, 4)]


@pytest.mark.parametrize(
    ("key", "meant"), [("strenghts", "strengths"), ("Brand-name", "brand_names"), ("tilte", "title")]
)
def test_a_misspelt_key_is_an_error_as_its_value_would_not_be_printed(key: str, meant: str) -> None:
    with pytest.raises(ContentError, match=rf":3: the front matter key “{key}”.*“{meant}”"):
        read(f"version: '1'\n{key}: x")


def test_a_jurisdiction_is_a_country_or_the_union() -> None:
    assert [read(f"jurisdiction: {code}").front.jurisdiction for code in ("US", "EU", "gb", "")] == [
        "US",
        "EU",
        "gb",
        "",
    ]
    with pytest.raises(ContentError, match=r":2: “jurisdiction” must be the code of a country"):
        read("jurisdiction: XX")


@pytest.mark.parametrize(
    ("front", "line", "what"),
    [
        ("title: Testol\nclass: [a", 3, "not valid YAML"),
        ("title: a: b", 2, "not valid YAML"),
        ("title: Testol\n\troute: x", 3, "not valid YAML"),
        ("title: Testol\nroute: 'x", 3, "not valid YAML"),
        ("title: Testol\nbrand_names: &a [x]\nforms: *a", 4, "aliases are not allowed"),
        ("title: Testol\nroute: x\ntitle: Hatol", 4, "“title” stands twice"),
        ("- title\n- route", 2, "not a list of “key: value” lines"),
        ("just words", 2, "not a list of “key: value” lines"),
        ("title: Testol\n? [a, b]\n: c", 3, "a key of the front matter is not a word"),
        ("title: [Testol]", 2, "“title” must be one piece of text"),
        ("title: Testol\nforms: {a: b}", 3, "“forms” must be a list"),
        ("title: Testol\nforms:\n  - [a]", 4, "“forms” must be one piece of text"),
        ("title: Testol\nreviewed: soon", 3, "“reviewed” must be a date"),
        ("title: Testol\nreviewed: 2026-02-30", 3, "“reviewed” must be a date"),
        ("title: Testol\nreview_by: 02/03/2026", 3, "“review_by” must be a date"),
        ("title: Testol\nsources: U1", 3, "“sources” must be a list"),
        ("title: Testol\nsources:\n  - U1", 4, "“sources” must be a list of sources, each"),
        ("title: Testol\nsources:\n  - {id: U1}", 4, "“sources” must be a list of sources"),
        ("title: Testol\nsources:\n  - {id: U1, title: a}\n  - {id: U1, title: b}", 4, "“U1” stands twice"),
        ("title: Testol\ncodes: X00", 3, "“codes” must be a set"),
        ("title: Testol\nallow: yes", 3, "“allow” must be a list"),
        ("title: Testol\nallow:\n  - {code: PL01, line: ²}", 4, "“allow” must be a list"),
        ("title: Testol\nclass: " + "[" * 2000, 3, "nests too deep"),
        ("title: Testol\nclass: " + "{a: " * 9 + "b" + "}" * 9, 3, "nests too deep"),
    ],
)
def test_fault_is_named_with_its_line(front: str, line: int, what: str) -> None:
    with pytest.raises(ContentError) as refused:
        read(front)
    assert refused.value.message.startswith(f"case.md:{line}: ")
    assert what in refused.value.message


def test_front_matter_that_never_ends_is_named() -> None:
    with pytest.raises(ContentError, match=r"case\.md:3: the front matter is never closed"):
        parse("\n\n---\ntitle: Testol\n### Usage\nx\n", name="case", file="case.md")


def test_front_matter_may_be_empty_or_end_in_dots() -> None:
    assert parse(f"---\n---\n{BODY}", name="case", file="case.md").front.title == "Testol"
    assert parse(f"---\ntitle: Hatol\n...\n{BODY}", name="case", file="case.md").front.title == "Hatol"


def test_no_yaml_builds_an_object() -> None:
    with pytest.raises(ContentError, match="“class” must be one piece of text"):
        read("title: Testol\nclass: !!python/object/apply:os.system ['x']")
    assert read("title: !!python/name:os.system Testol").front.title == "Testol"


@settings(max_examples=300)
@given(st.text(alphabet="titleroud:[]{}&*!|>'\"%@`#-,? \n\t0.~", max_size=60))
def test_any_front_matter_is_read_or_refused(front: str) -> None:
    for message in _refusal(front):
        assert message.startswith("case.md")


def _refusal(front: str) -> list[str]:
    try:
        read(front)
    except LeafletError as refused:
        return [refused.message]
    return []


def test_front_matter_in_toml_is_named_as_such() -> None:
    with pytest.raises(ContentError, match=r"case\.md:1: the front matter is TOML"):
        parse('+++\ntitle = "Testol"\n+++\n### Usage\nOne.\n', name="case", file="case.md")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("withdrawn:", "“withdrawn” must be the reason"),
        ("Withdrawn: recalled", "“Withdrawn” must be written “withdrawn”"),
        ("review-by: 2026-01-01", "“review-by” must be written “review_by”"),
    ],
)
def test_a_key_that_keeps_a_text_from_print_is_not_passed_over(line: str, message: str) -> None:
    with pytest.raises(ContentError) as fault:
        read(f"title: Testol\n{line}")
    assert message in fault.value.message


def test_front_matter_read_in_c_says_what_python_s_reader_says() -> None:
    def facts(node: yaml.nodes.Node) -> object:
        reader = (node.tag, node.start_mark.line, node.start_mark.column)
        if isinstance(node, yaml.nodes.MappingNode):
            return (*reader, [(facts(key), facts(value)) for key, value in node.value])
        return (*reader, [facts(each) for each in node.value] if isinstance(node.value, list) else node.value)

    for path in (Path(__file__).parent.parent / "content").glob("*.md"):
        text = path.read_text(encoding="utf-8").split("\n---\n")[0].removeprefix("---\n")
        quick, slow = (_load(loader(text)) for loader in (_CLoader, _Loader))
        assert quick
        assert slow
        assert facts(quick) == facts(slow)
