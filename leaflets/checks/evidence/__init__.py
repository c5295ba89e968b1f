"""What a monograph says against what its sources say: rules that read the evidence file."""

from leaflets.checks.evidence import numbers, references
from leaflets.checks.rule import ERROR, INFO, Family, Rule

_HOUSE = "House rule: every number has a source"
_REGISTER = (
    "---\nsources:\n  - {id: L1, kind: label, title: Examplol, US label, jurisdiction: US, date: 2026-05-01}\n---\n\n"
).replace("Examplol, US label", '"Examplol, US label"')
_DOSES = (
    _REGISTER + "## L1:2.1 Dosage\n\nAdults: 5 mg once daily. Do not give more than 10 mg a day.\n\n"
    "## L1:8 Dose adjustments\n\nCrCl less than 30 mL/min: 2.5 mg once daily.\n"
)
_CLINICIAN = "---\ntitle: Examplol\n---\n\n### Dosage\n\n/// clinician\n\n{}\n\n///\n"
_BOTH = _CLINICIAN.format("Adults: 5 mg once daily.[^L1:2.1]") + "\n/// patient\n\n{}\n\n///\n"

RULES: tuple[Rule, ...] = (
    Rule(
        "EV-01", Family.EVIDENCE, "No evidence file",
        "Nobody can lay a number of the sheet beside the words it comes from.",
        _HOUSE, "content/evidence/NAME.md with what each source says (docs/evidence.md)",
        "---\ntitle: Examplol\nsources:\n  - id: L1\n    title: A label\n---\n\n### Dosage\n\n5 mg.[^L1]\n",
        "---\ntitle: Examplol\n---\n\n### Dosage\n\nAs prescribed.\n",
        references.no_evidence, patient=INFO, clinician=INFO,
    ),
    Rule(
        "EV-02", Family.EVIDENCE, "A mark that names nothing",
        "The statement looks as if it had a source, and nobody can find the place.",
        _HOUSE, "the mark of a source and section that the evidence file has",
        _CLINICIAN.format("Adults: 5 mg once daily.[^L1:2.9]"), _CLINICIAN.format("Adults: 5 mg once daily.[^L1:2.1]"),
        references.unknown_mark, patient=ERROR, clinician=ERROR, evidence=_DOSES,
    ),
    Rule(
        "EV-03", Family.EVIDENCE, "A number that its source does not have",
        "One wrong figure in a dose can kill, and on the page it looks like a right one.",
        _HOUSE, "the number of the passage; or cite the passage that has it",
        _CLINICIAN.format("Adults: 50 mg once daily.[^L1:2.1]"),
        _CLINICIAN.format("Adults: 5 mg every 24 hours, at most 0.01 g a day.[^L1:2.1]"),
        numbers.not_in_passages, patient=ERROR, clinician=ERROR, evidence=_DOSES,
    ),
    Rule(
        "EV-04", Family.EVIDENCE, "A number without a reference",
        "Nobody can tell where it comes from, nor whether it was ever right.",
        _HOUSE, "the mark of the passage that has it, [^L1:2.1]",
        _CLINICIAN.format("Adults: 5 mg once daily."), _CLINICIAN.format("Adults: 5 mg once daily.[^L1:2.1]"),
        references.number_without_mark, clinician=ERROR, evidence=_DOSES,
    ),
    Rule(
        "EV-05", Family.EVIDENCE, "A number that only the patient is told",
        "The patient acts on it, and neither the clinician nor the source knows of it.",
        _HOUSE, "the number that the text for clinicians and the evidence have",
        _BOTH.format("Take 5 mg 2 times a day."), _BOTH.format("Take 5 mg once a day."),
        numbers.not_in_either_voice, patient=ERROR, evidence=_DOSES,
    ),
    Rule(
        "EV-06", Family.EVIDENCE, "A strength that no source has",
        "A strength that is not made leads to a wrong number of tablets.",
        _HOUSE, "the strengths that the evidence lists",
        '---\ntitle: Examplol\nstrengths: ["50 mg"]\n---\n\n### Uses\n\nPain.\n',
        '---\ntitle: Examplol\nstrengths: ["5 mg"]\n---\n\n### Uses\n\nPain.\n',
        numbers.strengths, patient=ERROR, clinician=ERROR,
        evidence=_REGISTER + "## L1:16 How supplied\n\nTablets of 5 mg.\n",
    ),
)  # fmt: skip
