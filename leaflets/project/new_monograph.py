"""The text of a new monograph: every section, each with a comment on what belongs there."""

from __future__ import annotations

_FRONT = """\
---
title: {title}
generic_name: {name}
brand_names: []
class: ""
forms: []
strengths: []
route: ""
jurisdiction: ""        # US, EU, GB: whose rules this text follows
version: "0"            # raise it with every change that is printed
# review_by: 2027-01-31 # the day until which this text may be used; “leaflet review” writes who has read it
# dose_times: {{morning: 1 tablet, bedtime: 1 tablet}}  # a grid on the patient leaflet; “blank” to fill it in by hand
sources: []             # - {{id: L1, title: "Label, section 2", date: "June 2025", where: "address"}}
---

# {title}
"""

_SECTIONS = (
    ("Key message", "patient", "Three to five bullets: what it is, the one thing to do, the one danger to know."),
    ("Get help now", "patient", "Three to six signs of danger, and whom to call."),
    ("Boxed warning", "clinician", "The regulator's boxed warning, where there is one, at most 20 lines."),
    ("Uses", "both", "What it is for, and for whom. For patients: how it helps and when they may feel it."),
    ("Do not use", "both", "Contraindications."),
    ("Precautions", "both", "What must be known before starting: illnesses, tests, vaccines."),
    ("Pregnancy and breastfeeding", "both", "Pregnancy, breastfeeding, contraception."),
    ("Interactions", "both", "Each medicine with its effect and what to do."),
    ("Dosage", "both", "For clinicians a table: Indication | Start | Usual | Maximum. For patients: how to take it."),
    ("Dose adjustments", "clinician", "Kidney (bands in words), liver, age, other medicines; a figure for each."),
    ("Missed dose", "both", "What to do, in one or two sentences."),
    ("Overdose", "both", "Whom to call at once."),
    ("Monitoring", "both", "A table: Test | Before | When | Hold if | Restart when."),
    ("Side effects", "both", "For clinicians by frequency with numbers. For patients by what to do."),
    ("Storage", "both", "Where, how long, out of the reach of children, how to throw it away."),
    ("How it works", "both", "Two sentences."),
    ("Counselling points", "clinician", "Five to seven points, each matched to the leaflet."),
    ("Questions", "patient", "* **A question a patient asks?** Its answer."),
)  # fmt: skip

_EVIDENCE = """\
---
sources: []
# What each source is, such as:
# sources:
#   - id: L1            # what reference marks call it: [^L1:2.1]
#     kind: label       # or agency, guideline, formulary, textbook, other
#     title: {title} tablets, US label
#     jurisdiction: US
#     set_id: 00000000-0000-0000-0000-000000000000
#     version: "1"
#     date: 2026-05-01
#     where: DailyMed
#
# And below, what it says, by its own sections:
# ## L1:2.1 Dosage
#
# Adults: 5 mg once daily.
---

# {title}
"""


def new_evidence(name: str) -> str:
    """The text of an evidence file without sources: a comment shows how one is entered."""
    return _EVIDENCE.format(title=_title(name))


def _title(name: str) -> str:
    return name.replace("-", " ").capitalize()


def new_monograph(name: str) -> str:
    """The text of a monograph to fill in: it parses, and a comment in each section says what to write there."""
    parts = [_FRONT.format(title=_title(name), name=name.replace("-", " "))]
    return "\n".join([*parts, *(_section(*section) for section in _SECTIONS)])


def _section(heading: str, audience: str, advice: str) -> str:
    audiences = ("clinician", "patient") if audience == "both" else (audience,)
    fences = "\n\n".join(f"/// {each}\n\n///" for each in audiences)
    return f"### {heading}\n\n/// comment\n{advice}\n///\n\n{fences}\n"
