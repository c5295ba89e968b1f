"""The findings of the parser about the form of a text, and where a rule is graver or less grave than usual."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from leaflets.checks.plain_language import GRADE_LIMIT, WORDS_LIMIT
from leaflets.model.finding import Severity

_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


@dataclass(frozen=True, slots=True)
class FormRule:
    """A finding about the form of a text or of its page, which no rule of content gives."""

    code: str
    title: str
    why: str
    remedy: str
    severity: Severity


FORM_RULES = (
    FormRule("MD01", "A key of the front matter that is not known", "What it says is not printed.",
             "Nothing, if it is your own; one close to a known key is refused", _INFO),
    FormRule("MD02", "A heading that is no known section", "Its text stands under its own heading.",
             "A known heading, if it is meant as one (leaflet help monograph)", _INFO),
    FormRule("MD03", "Raw HTML", "It is printed as text, tag and all.", "Markdown instead", _WARNING),
    FormRule("MD04", "Control characters", "They reorder or hide text on a screen, and are left out of print.",
             "The line without them", _WARNING),
    FormRule("MD05", "A link that leads nowhere on paper", "Its words are printed, its address is not.",
             "The whole address, or nothing", _INFO),
    FormRule("MD06", "A picture that is not printed", "Its file is not there, or it shares its line.",
             "The file into content/pictures, the picture on a line of its own", _WARNING),
    FormRule("MD08", "A line of slashes that closes no fence", "What it was meant to close may be another reader's.",
             "A fence above it, or delete it", _WARNING),
    FormRule("MD09", "A reference mark without a source", "The reader cannot look up what the sentence rests on.",
             "The source in the front matter, or another mark", _ERROR),
    FormRule("MD10", "A pictogram that there is not", "Its mark is printed as text.",
             "A known one (leaflet help monograph)", _WARNING),
    FormRule("MD11", "A pictogram without words", "Few people read one right without its words.",
             "What it means, after a space on the same line", _ERROR),
    FormRule("MD12", "A picture without words", "Who cannot see it learns nothing from it.",
             "In its brackets what it shows", _ERROR),
    FormRule("MD13", "No heading that is a known section", "Its sections keep their order, and no check knows them.",
             "Known headings (leaflet help monograph)", _WARNING),
    FormRule("MD14", "Headings in another language than the sheet",
             "Its sections have its own headings; our other words are in the language of the file.",
             "The language in the name of the file, where there is one", _WARNING),
    FormRule("MD15", "A reference mark that is not understood", "It is printed as text, in brackets and all.",
             "[^L1], [^L1:2.3], or several parted by commas", _WARNING),
    FormRule("PG-00", "A page that was tightened to fit its paper", "Smaller type and spacing are harder to read.",
             "Less text, or leave it", _INFO),
)  # fmt: skip

SOMETIMES = MappingProxyType(
    {
        "PL-01": f"error above grade {GRADE_LIMIT}",
        "PL-02": f"error above grade {GRADE_LIMIT}",
        "PL-04": f"error for patients above {WORDS_LIMIT} words",
        "PL-07": "info where the word is explained",
        "PL-09": "warning where the reader is told what to do",
        "TR-02": "error where it is about safety",
        "PG-06": "warning for text near the edge of the paper",
        "PG-09": "error where nothing at all stands on it",
        "PG-11": "warning where only the bookmarks are missing",
    }
)
"""By code, when a finding has another severity than its rule."""
