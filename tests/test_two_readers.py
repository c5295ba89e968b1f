"""What is marked for one reader is never printed for the other, whatever it is written in and wherever it stands."""

from pathlib import Path

import pytest

from leaflets.compose import compose
from leaflets.errors import ContentError
from leaflets.model.edition import Audience, Edition
from leaflets.model.page import Imprint
from leaflets.model.pharmacy import Pharmacy
from leaflets.parse import parse
from leaflets.parse.headings import SYNONYMS
from leaflets.project import load_project
from leaflets.view import view

BLOCKS = {
    "paragraph": "{w} one",
    "lead-in": "**{w} adults:** 5 mg",
    "note": "**Note:** {w}",
    "list": "- {w} one\n- {w} two",
    "nested": "- {w} one\n    - {w} two\n        1. {w} three",
    "numbers": "1. {w} one\n2. {w} two",
    "table": "| {w} | b |\n|---|---|\n| {w} | c |",
    "question": "**May I {w}?** {w} answer",
    "asked": "Q: May I {w}?\n\nA: {w} answer",
    "list of questions": "- **Why {w}?** {w}\n- **How {w}?** {w}",
    "bold question": "**Why {w}?**\n\n{w} answer",
    "subheading": "##### {w} words\n\n{w} text",
    "quotation": "> {w} said",
    "code": "```\n{w}\n```",
    "endless code": "{w}\n\n```\n{w}",
    "box": "/// note | {w}\n{w}\n///",
    "box of questions": "/// note | {w}\n**Why {w}?** {w}\n///",
    "rule": "{w}\n\n---\n\n{w}",
}
SECTIONS = [*sorted({words[0] for words in SYNONYMS.values()} - {"name"}), "Travel"]


def _both(heading: str, block: str) -> str:
    """A section in which the readers' voices take turns, and one for both at its end."""
    voiced = [
        f"/// {reader}\n{block.format(w=f'{reader}word{turn}')}\n///\n"
        for turn in range(3)
        for reader in ("patient", "clinician")
    ]
    return f"---\ntitle: Testol\n---\n### Usage\nPain.\n\n### {heading}\n" + "\n".join(voiced)


def _markup(text: str, audience: Audience) -> str:
    seen = view(parse(text, name="testol", file="testol.md"), audience)
    return compose(Imprint(Edition(audience), Pharmacy(), "0" * 10), TEMPLATES, seen).markup


TEMPLATES = load_project(Path(__file__).parent).templates()


@pytest.mark.parametrize("heading", SECTIONS)
def test_each_reader_sees_their_own_words_and_none_of_the_others(heading: str) -> None:
    for name, block in BLOCKS.items():
        text = _both(heading, block)
        for mine, other in (Audience.PATIENT, Audience.CLINICIAN), (Audience.CLINICIAN, Audience.PATIENT):
            markup = _markup(text, mine)
            assert f"{other}word" not in markup, f"{name}: {other} text for the {mine}"
            assert all(f"{mine}word{turn}" in markup for turn in range(3)), f"{name}: text of the {mine} lost"


def test_fence_in_a_list_item_is_one_for_its_reader_alone() -> None:
    text = "---\ntitle: T\n---\n### Dosage\n- One.\n\n    /// clinician\n    Hidden 5 mg.\n    ///\n- Two.\n"
    assert "Hidden" not in _markup(text, Audience.PATIENT)
    assert "Hidden" in _markup(text, Audience.CLINICIAN)
    assert "Two." in _markup(text, Audience.PATIENT)


@pytest.mark.parametrize("fence", ["/// Clinician", "/// clinicians", "///clincian", "  /// clinician: dosing"])
def test_misspelt_fence_is_refused_with_the_right_word(fence: str) -> None:
    with pytest.raises(ContentError, match=r"t\.md:5: “/// ?[Cc]lin") as refused:
        parse(f"---\ntitle: T\n---\n### Dosage\n{fence}\nFive.\n///\n", name="t", file="t.md")
    assert "/// clinician" in refused.value.hint


def test_fence_that_is_never_closed_is_refused() -> None:
    with pytest.raises(ContentError, match=r"t\.md:5: the fence “/// patient” is never closed"):
        parse("---\ntitle: T\n---\n### Dosage\n/// patient\nFive.\n### Side effects\nNausea.\n", name="t", file="t.md")
