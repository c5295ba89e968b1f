"""What a monograph says against what its sources say: rules that read the evidence file."""

from leaflets.checks.evidence import (
    dangers,
    dosing,
    exchanged,
    forbidden,
    missing,
    names,
    negation,
    numbers,
    pairs,
    references,
    sources,
)
from leaflets.checks.rule import ERROR, INFO, WARNING, Family, Rule

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
    Rule(
        "EV-07", Family.EVIDENCE, "A dose above the maximum of the evidence",
        "More than the most that was ever found safe.",
        _HOUSE, "a dose within the maximum; or the use for which the evidence allows more",
        _CLINICIAN.format("Adults: 20 mg a day.[^L1:2.1]"), _CLINICIAN.format("Adults: 10 mg a day.[^L1:2.1]"),
        dosing.above_maximum, patient=ERROR, clinician=ERROR, evidence=_DOSES,
    ),
    Rule(
        "EV-08", Family.EVIDENCE, "Taken more or less often than the clinician is told",
        "Twice a day for once is twice the dose; once a week taken daily has killed.",
        "ISMP, list of high-alert medicines: methotrexate", "how often it is taken as the text for clinicians says it",
        _BOTH.format("Take it 2 times a day."), _BOTH.format("Take it once a day."),
        dosing.other_frequency, patient=ERROR, evidence=_DOSES,
    ),
    Rule(
        "EV-09", Family.EVIDENCE, "A boxed warning that is not on the sheet",
        "It is the gravest thing there is to say of the medicine.",
        "21 CFR 201.57(c)(1)", "the warning, in the words that the evidence names",
        _CLINICIAN.format("Adults: 5 mg once daily.[^L1:2.1]"),
        "---\ntitle: Examplol\n---\n\n### Boxed warning\n\nSerious bleeding.[^L1:Box]\n",
        missing.boxed_warning, patient=ERROR, clinician=ERROR,
        evidence=_REGISTER + "## L1:Box Boxed warning\n\n- **serious bleeding / bleed:** Major or fatal bleeding.\n",
    ),
    Rule(
        "EV-10", Family.EVIDENCE, "A contraindication that is not on the sheet",
        "Somebody who must not have it gets it.",
        "21 CFR 201.57(c)(5)", "the contraindication, in the words that the evidence names",
        "---\ntitle: Examplol\n---\n\n### Contraindications\n\nAllergy to it.\n",
        "---\ntitle: Examplol\n---\n\n### Contraindications\n\nDo not use when pregnant.\n",
        missing.contraindications, patient=WARNING, clinician=WARNING,
        evidence=_REGISTER + "## L1:4 Contraindications\n\n- **pregnan / pregnancy:** Pregnancy.\n",
    ),
    Rule(
        "EV-11", Family.EVIDENCE, "A maximum, or a limit to stop at, that is not on the sheet",
        "Who does not know the limit goes past it.",
        _HOUSE, "the limit of the passage",
        _CLINICIAN.format("Adults: 5 mg once daily.[^L1:2.1]"),
        _CLINICIAN.format("Adults: 5 mg once daily, at most 10 mg a day.[^L1:2.1]"),
        missing.limits, clinician=WARNING, evidence=_DOSES,
    ),
    Rule(
        "EV-12", Family.EVIDENCE, "A source that is weak, old, undated or of another country",
        "A dose that was right once, elsewhere, or in somebody's opinion.",
        "House rule: [evidence] in leaflet.toml", "a newer or stronger source; nothing_newer, once it was looked for",
        _CLINICIAN.format("Adults: 5 mg once daily.[^B1]"), _CLINICIAN.format("Adults: 5 mg once daily.[^L1]"),
        sources.weak_sources, patient=WARNING, clinician=WARNING,
        evidence=_REGISTER.replace("sources:\n", "sources:\n  - {id: B1, kind: other, title: A blog, date: 1999}\n")
        + "## L1 Dosage\n\n5 mg once daily.\n\n## B1 Dosage\n\n5 mg once daily.\n",
    ),
    Rule(
        "EV-13", Family.EVIDENCE, "An instruction that does harm",
        "The patient will do what the sheet says.",
        "ISMP; FDA Medication Guides: never two doses at once, never shared, never stopped without advice",
        "what is to be done instead; with “do not” or “never” where it is a warning",
        _BOTH.format("If you miss a dose, take two doses at once."),
        _BOTH.format("If you miss a dose, skip it. Never take two doses at once."),
        dangers.dangerous, patient=ERROR, evidence=_DOSES,
    ),
    Rule(
        "EV-14", Family.EVIDENCE, "A help number of another country",
        "In an emergency nobody answers.",
        "leaflets/tables/countries.csv, with the authority for each", "the number of the sheet's country",
        "---\ntitle: Examplol\njurisdiction: US\n---\n\n### Overdose\n\nCall Poison Help at 1-800-222-1223.\n",
        "---\ntitle: Examplol\njurisdiction: US\n---\n\n### Overdose\n\nCall Poison Help at 1-800-222-1222.\n",
        dangers.wrong_number, patient=ERROR, clinician=ERROR,
    ),
    Rule(
        "EV-15", Family.EVIDENCE, "A number that its source has beside something else",
        "A dose at another frequency, or the figures of two effects exchanged, are all in the source, and wrong.",
        _HOUSE, "the frequency, or the number, that stands with it in the passage",
        _CLINICIAN.format("Adults: 5 mg 2 times a day. Children: 2 mg once daily.[^L1:2.1]"),
        _CLINICIAN.format("Adults: 5 mg once daily. Children: 2 mg 2 times a day.[^L1:2.1]"),
        pairs.other_pair, patient=ERROR, clinician=ERROR,
        evidence=_REGISTER + "## L1:2.1 Dosage\n\nAdults: 5 mg once daily. Children: 2 mg twice daily.\n",
    ),
    Rule(
        "EV-16", Family.EVIDENCE, "A “not” that its source has and the sheet has not",
        "One word lost, and a warning becomes advice.",
        _HOUSE, "what the passage says, with its “not”",
        _CLINICIAN.format("Recommended in liver failure.[^L1:8]"),
        _CLINICIAN.format("Not recommended in liver failure.[^L1:8]"),
        negation.lost_negation, patient=ERROR, clinician=ERROR,
        evidence=_REGISTER + "## L1:8 Dose adjustments\n\nUse is not recommended in liver failure.\n",
    ),
    Rule(
        "EV-17", Family.EVIDENCE, "A medicine that its source does not name",
        "Names that look alike are exchanged more often than any others; where its passage names one, it is an error.",
        "ISMP and FDA, lists of look-alike names", "the name of the passage; or cite the passage that names it",
        _CLINICIAN.format("Avoid prednisolone.[^L1:7]"), _CLINICIAN.format("Avoid prednisone.[^L1:7]"),
        names.other_name, patient=WARNING, clinician=WARNING,
        evidence=_REGISTER + "## L1:7 Interactions\n\nAvoid prednisone.\n",
    ),
    Rule(
        "EV-18", Family.EVIDENCE, "A medicine that only the patient is told of",
        "Nobody who could judge it has it on the sheet.",
        _HOUSE, "the name in the text for clinicians too, with its mark; or none",
        _BOTH.format("Do not take it with naproxen."), _BOTH.format("Do not take it with other medicines."),
        names.for_the_patient_alone, patient=WARNING, evidence=_DOSES,
    ),
    Rule(
        "EV-19", Family.EVIDENCE, "Two cells of a row exchanged",
        "All the numbers are the source's; the start is the maximum, or the age is the dose.",
        _HOUSE, "each cell under its own head",
        _CLINICIAN.format("| For | Start | Maximum |\n|---|---|---|\n| Adults | 10 mg[^L1:2.1] | 5 mg[^L1:2.1] |"),
        _CLINICIAN.format("| For | Start | Maximum |\n|---|---|---|\n| Adults | 5 mg[^L1:2.1] | 10 mg[^L1:2.1] |"),
        exchanged.exchanged_cells, patient=WARNING, clinician=WARNING,
        evidence=_REGISTER + "## L1:2.1 Dosage\n\nAdults: 5 mg once daily at first, at most 10 mg a day.\n",
    ),
    Rule(
        "EV-20", Family.EVIDENCE, "An example that is not of its class",
        "One look-alike name for another, where the source names the class alone.",
        "leaflets/tables/medicine_classes.csv, with the source of each", "a medicine of the class; or none",
        _BOTH.format("Tell us if you take a blood thinner (such as Wellbutrin)."),
        _BOTH.format("Tell us if you take a blood thinner (such as warfarin)."),
        names.of_another_class, patient=WARNING, clinician=WARNING, evidence=_DOSES,
    ),
    Rule(
        "EV-21", Family.EVIDENCE, "An instruction that is right with “do not” alone",
        "One word lost, and the patient does what the sheet was to warn of.",
        "leaflets/tables/forbidden_instructions.csv, with the source of each", "“Do not” or “never” before it",
        _BOTH.format("Use it after the date on the pack."), _BOTH.format("Do not use it after the date on the pack."),
        forbidden.forbidden_instruction, patient=ERROR, clinician=ERROR, evidence=_DOSES,
    ),
)  # fmt: skip
