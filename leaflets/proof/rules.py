"""The rules of a finished page: what each checks, why, from which source, and what to do."""

from __future__ import annotations

from dataclasses import dataclass

from leaflets.model.finding import Severity


@dataclass(frozen=True, slots=True)
class PageRule:
    """A rule of a finished page."""

    code: str
    title: str
    why: str
    source: str
    remedy: str
    severity: Severity
    bad: str
    good: str


_ERROR, _WARNING = Severity.ERROR, Severity.WARNING

RULES: tuple[PageRule, ...] = (
    PageRule("PG-01", "Type that is too small", "Readers over 60 cannot read it.",
             "UKAAF clear print: 12 pt; US Highlights: 8 pt", "Set it larger, or say less", _ERROR,
             "side effects in 9 pt on a patient leaflet.", "side effects in 12 pt."),
    PageRule("PG-02", "A line that is too long", "The eye loses the way back to the next line.",
             "RNIB: 60 to 70 characters; PMCPA: at most 100", "Narrow the column", _WARNING,
             "one column of 120 characters from edge to edge.", "lines of 70 characters."),
    PageRule("PG-03", "Too little contrast", "It is lost on a copier and to weak eyes.",
             "WCAG 2.2, 1.4.6 (7 to 1) for patients, 1.4.3 (4.5 to 1) for clinicians", "Use a darker ink", _ERROR,
             "grey letters (#999) on white.", "black letters on white."),
    PageRule("PG-04", "A number parted from its unit", "The reader may take the number for a count of tablets.",
             "ISMP; NHS and Microsoft medication line guide", "Put a no-break space between them", _ERROR,
             "a line that ends in “500” and the next that begins with “mg”.", "“500 mg” on one line."),
    PageRule("PG-05", "A heading without its text", "The reader turns the page and no longer knows what is spoken of.",
             "UKAAF; house rule", "Keep it with what follows (break-after: avoid)", _WARNING,
             "“Storage” as the last line of a page.", "“Storage” at the top of the next page, with its text."),
    PageRule("PG-06", "Text outside the page or over other text", "It cannot be read, or is not printed at all.",
             "House rule: nothing is lost", "Give it room", _ERROR,
             "a long web address that runs off the sheet.", "the address on two lines."),
    PageRule("PG-07", "A missing glyph", "A sign that is not printed may be the one that counts.",
             "PDF/UA-1 7.21: no .notdef", "Use a font that has the character", _ERROR,
             "an empty box in place of the sign for micro.", "“mcg”."),
    PageRule("PG-08", "More pages than planned", "The last page stays in the printer, or is not read.",
             "House rule: one sheet for patients, one page for clinicians",
             "Shorten that section, or plan more paper (--sheets)", _WARNING,
             "a patient leaflet of three pages.", "both sides of one sheet."),
    PageRule("PG-09", "An empty page", "Paper and trust are wasted.", "House rule", "Shorten by those lines", _WARNING,
             "a third page with one line on it.", "two full pages."),
    PageRule("PG-10", "Text in the space of the label", "The pharmacy label will cover it.",
             "House rule: nothing is lost", "Keep the space free", _ERROR,
             "dose instructions under the pharmacy label.", "the label's space white."),
    PageRule("PG-11", "No tags or bookmarks", "Who cannot see the page cannot read it.",
             "PDF/UA-1; WCAG 2.2", "Set it with tags", _ERROR,
             "a PDF that a screen reader reads across the columns.", "tags in reading order, and bookmarks."),
    PageRule("PG-12", "A last line parted from its paragraph", "Alone at the top of a page it has lost its meaning.",
             "Hart's rules: no widows; house rule", "Keep two lines together (widows: 2)", _WARNING,
             "a page that begins with “of reach of children.” alone.", "two lines of that paragraph there."),
)  # fmt: skip
"""Every rule of the page."""


def rule(code: str) -> PageRule:
    """The rule with this code. Raises KeyError where there is none."""
    return {each.code: each for each in RULES}[code]
