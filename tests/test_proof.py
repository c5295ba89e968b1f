"""What the proof finds on pages that are faulty on purpose, and that it finds nothing on a sound one."""

from dataclasses import replace
from urllib.parse import quote

import pytest
from weasyprint import HTML

from leaflets.errors import PdfError
from leaflets.model.edition import Audience, Edition, TypeSize
from leaflets.model.finding import Severity
from leaflets.model.page import Pdf, Rect, SectionLines
from leaflets.proof import RULES, contrast, proof
from leaflets.proof.page import read_document
from leaflets.typeset import typeset
from tests.conftest import ROOT
from tests.pages import assets, page
from tests.sheets import ProjectMonographs

FONTS = (ROOT / "styles/fonts").as_uri()  # a machine may have no font of its own, and WeasyPrint then crashes
PATIENT = Edition(Audience.PATIENT)

SOUND = """
<h1>Baricitinib</h1>
<h2>How to take it</h2><p>Take one tablet once a day, with or without food.</p>
<p>Swallow it whole with a glass of water.</p>
<h2>Storage</h2><p>Keep it dry and out of the reach of children.</p>
"""


def _pdf(body: str, css: str = "", *, tags: bool = True, rects: tuple[Rect, ...] = ()) -> Pdf:
    page = f"""<html lang="en"><head><title>t</title><style>
      @font-face {{ font-family: "Sheet"; src: url({FONTS}/SourceSans3_400Regular.ttf) }}
      @font-face {{ font-family: "Sheet"; font-weight: 700; src: url({FONTS}/SourceSans3_700Bold.ttf) }}
      @page {{ size: 105mm 148mm; margin: 12mm }}
      body {{ font: 12pt "Sheet"; margin: 0 }} h1, h2 {{ font-size: 14pt; margin: 0 }} p {{ margin: 0 }}
      {css}</style></head><body>{body}</body></html>"""
    document = HTML(string=page).render(pdf_tags=tags)
    return Pdf(document.write_pdf(pdf_tags=tags), len(document.pages), rects)


def _codes(pdf: Pdf, edition: Edition = PATIENT) -> list[str]:
    return sorted({finding.code for finding in proof(pdf, edition)})


def test_sound_page_gives_nothing() -> None:
    assert _codes(_pdf(SOUND)) == []


@pytest.mark.parametrize(("code", "body", "css"), [
    ("PG-01", SOUND + "<p style='font-size:9pt'>Small print</p>", ""),
    ("PG-02", "<h1>T</h1>" + "<p>word</p>" * 3 + "<p>" + "word " * 30 + "</p>", "@page { size: 297mm 148mm }"),
    ("PG-03", SOUND + "<p style='color:#999'>Faint</p>", ""),
    ("PG-03", SOUND + "<p style='background:#444'>Dark on dark</p>", ""),
    ("PG-04", SOUND + "<p>Take 500<br>mg now</p>", ""),
    ("PG-04", SOUND + "<p>Take 540 mg/<br>5 mL now</p>", ""),
    ("PG-05", SOUND + "<h2>Alone</h2><p style='break-before:page'>a</p><p>b</p><p>c</p>", ""),
    ("PG-06", SOUND + "<p style='position:absolute;left:85mm;top:0;white-space:nowrap'>Off the page</p>", ""),
    ("PG-06", SOUND + "<p style='margin-top:-4mm'>Printed over the line above</p>", ""),
    ("PG-06", SOUND + "<p style='margin-left:-10mm'>Near the edge</p>", ""),
    ("PG-09", SOUND + "<p style='break-before:page'>Alone</p>", ""),
    ("PG-09", SOUND + "<p style='break-before:page'>&nbsp;</p>", ""),
])  # fmt: skip
def test_fault_is_found(code: str, body: str, css: str) -> None:
    assert _codes(_pdf(body, css)) == [code]


_SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 999 999"><path d="M0 0H999V999H0z"/></svg>'
_DRAWN = quote(_SVG)
_STYLE = f'width: 20mm; height: 20mm; background: url("data:image/svg+xml,{_DRAWN}") no-repeat'
_PICTURE = f"<div style='{_STYLE}'></div>"


def test_the_ink_of_a_drawing_lies_where_the_drawing_does() -> None:
    assert _codes(_pdf(_PICTURE + SOUND)) == []
    assert _codes(_pdf(_PICTURE + "<p style='position: relative; margin-top: -12mm'>On it</p>" + SOUND)) == ["PG-03"]


_LONG = "<p>Take one tablet once a day, with or without food, at home.</p>"
_THREE = "<p>More.</p><p>More.</p><p>More.</p>"
_LINES = "h1, p { line-height: 6mm; font-size: 12pt } p { orphans: 1; widows: 1 }"


def test_last_line_of_a_paragraph_alone_on_the_next_page() -> None:
    over = _pdf("<h1>T</h1>" + "<p>More.</p>" * 18 + _LONG + _THREE, _LINES)
    [finding] = proof(over, PATIENT)
    assert (finding.code, finding.severity) == ("PG-12", Severity.WARNING)
    assert finding.message == "page 2: the end of a paragraph stands alone"
    assert finding.excerpt[0].islower()
    together = _pdf("<h1>T</h1>" + "<p>More.</p>" * 17 + _LONG + _THREE + "<p>more.</p>", _LINES)
    assert _codes(together) == []


@pytest.mark.parametrize(
    "top",
    [
        "<ol><li>Once a week it is, says<br>somebody.example</li><li>Another.</li></ol>",
        "<table><tr><th></th><th>With it</th></tr><tr><td>upset stomach</td><td>47</td></tr></table>",
    ],
    ids=["an item whose number hangs out", "a row of a table"],
)
def test_what_only_looks_like_the_end_of_a_paragraph(top: str) -> None:
    style = "ol, table { break-before: page; border-spacing: 4mm; margin: 0 }"
    style += "ol { padding-left: 1.8em; list-style: decimal-leading-zero }"
    assert _codes(_pdf(f"<h1>T</h1><p>More.</p><p>More</p>{top}{_THREE}", _LINES + style)) == []


def test_last_line_of_a_paragraph_alone_in_the_next_column() -> None:
    columns = "div { columns: 2; column-fill: auto; height: 24mm; }"
    words = "<p>Take it once a day, with or without food, and then rest for some time off.</p>"
    body = f"<h1>T</h1><div><p>More.</p>{words}<p>More and more and more.</p></div>"
    assert _codes(_pdf(body, _LINES + columns)) == ["PG-12"]
    assert _codes(_pdf(body, "h1, p { line-height: 6mm; font-size: 12pt }" + columns)) == []


def test_clinician_sheet_may_be_smaller_and_fainter() -> None:
    body = SOUND + "<p style='font-size:9pt'>Small</p><p style='color:#707070'>Grey</p>"
    assert _codes(_pdf(body), Edition(Audience.CLINICIAN)) == []
    assert _codes(_pdf(body)) == ["PG-01", "PG-03"]


def test_large_print_is_18_pt_throughout() -> None:
    large, body = Edition(Audience.PATIENT, type_size=TypeSize.LARGE_PRINT), "h1, h2, p { font-size: 18pt }"
    assert _codes(_pdf(SOUND, body), large) == []
    assert _codes(_pdf(SOUND), large) == ["PG-01"]
    foot = "@page { margin-bottom: 20mm; @bottom-left { content: 'Page 1'; font: %spt Sheet } }"
    assert _codes(_pdf(SOUND, body + foot % 18), large) == []
    assert _codes(_pdf(SOUND, body + foot % 14), large) == ["PG-01"]


def test_too_many_pages_name_the_section_and_the_lines() -> None:
    body = "<h1>T</h1><h2>Storage</h2>" + "<p>More.</p>" * 44
    twenty_a_page = _pdf(body, "h1, h2, p { line-height: 6mm }")
    stretches = (
        SectionLines("Uses", 0, 20),
        SectionLines("Storage", 1, 20),
        SectionLines("Storage", 2, 2),
        SectionLines("Sources", 2, 4),
    )
    [finding] = proof(replace(twenty_a_page, stretches=stretches), PATIENT)
    assert finding.code == "PG-08"
    assert finding.message == "3 pages where 2 are planned: 6 lines over, 2 of “Storage”, 4 of “Sources”"
    assert finding.excerpt == "Storage"


def test_text_in_the_space_of_the_label() -> None:
    everywhere = Rect("label", 0, 0, 0, 300, 420)
    findings = proof(_pdf(SOUND, rects=(everywhere,)), PATIENT)
    assert {finding.code for finding in findings} == {"PG-10"}
    assert _codes(_pdf(SOUND, rects=(Rect("label", 0, 200, 0, 60, 20),))) == []


def test_no_tags_and_no_bookmarks() -> None:
    findings = proof(_pdf("<p>a</p><p>b</p><p>c</p>", tags=False), PATIENT)
    assert [(finding.code, finding.severity) for finding in findings] == [
        ("PG-11", Severity.ERROR), ("PG-11", Severity.WARNING),
    ]  # fmt: skip


def test_bytes_that_are_no_pdf() -> None:
    with pytest.raises(PdfError):
        proof(Pdf(b"not a pdf", 1), PATIENT)


def test_contrast_of_black_and_white_is_the_largest() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((118, 118, 118), (255, 255, 255)) == pytest.approx(4.54, abs=0.01)
    assert contrast((9, 9, 9), (9, 9, 9)) == 1


def test_every_rule_of_the_page_is_in_the_manual(root: object) -> None:
    from pathlib import Path

    page = (Path(str(root)) / "docs" / "checks.md").read_text("utf-8")
    for rule in RULES:
        assert f"| {rule.code} | {rule.title} | {rule.severity.value} | {rule.remedy} | {rule.source} |" in page


# Sizes as they are in the standards (section 8, items 1 and 17), not as the code has them.
@pytest.mark.parametrize(("audience", "type_size", "floor"), [
    (Audience.PATIENT, TypeSize.STANDARD, 12), (Audience.CLINICIAN, TypeSize.STANDARD, 8),
    (Audience.PATIENT, TypeSize.LARGE_PRINT, 18), (Audience.CLINICIAN, TypeSize.LARGE_PRINT, 18),
])  # fmt: skip
def test_text_below_the_floor_of_its_edition_is_an_error(audience: Audience, type_size: TypeSize, floor: float) -> None:
    edition = Edition(audience, type_size=type_size)

    def findings(size: float) -> list[tuple[str, Severity]]:
        page = _pdf(SOUND, f"h1, h2, p {{ font-size: {size}pt }} @page {{ size: 210mm 297mm }}")
        return sorted({(finding.code, finding.severity) for finding in proof(page, edition)})

    assert findings(floor) == []
    assert findings(floor - 0.5) == [("PG-01", Severity.ERROR)]


def test_a_patient_leaflet_in_11_pt_is_refused() -> None:
    small = [finding for finding in proof(_pdf(SOUND, "p { font-size: 11pt }"), PATIENT) if finding.code == "PG-01"]
    assert [(finding.severity, finding.message) for finding in small] == [(Severity.ERROR, "page 1: type of 11 pt")]


@pytest.mark.parametrize(("size", "codes"), [(7, []), (6.5, ["PG-01"])])
def test_the_lower_margin_may_be_7_pt_and_no_smaller(size: float, codes: list[str]) -> None:
    foot = f"body {{ font-size: 12pt }} @page {{ @bottom-left {{ content: 'Page 1'; font-size: {size}pt }} }}"
    assert _codes(typeset(page(SOUND), assets(foot))) == codes


@pytest.mark.parametrize(("audience", "text_pt", "foot_pt"), [(Audience.PATIENT, 12, 10), (Audience.CLINICIAN, 8, 8)])
def test_a_dense_sheet_keeps_to_the_sizes_of_the_standards(
    monographs: ProjectMonographs, audience: Audience, text_pt: float, foot_pt: float
) -> None:
    data = monographs.sheet(ROOT / "content" / "baricitinib.md", audience).pdf.data
    runs = [run for each in read_document(data).pages for run in each.runs]
    text, foot = ([run.size_pt for run in runs if run.artifact is artifact] for artifact in (False, True))
    assert min(text) >= text_pt
    assert min(foot) >= foot_pt


@pytest.mark.parametrize(("audience", "faint", "dark"), [
    (Audience.PATIENT, "#5b5b5b", "#555555"), (Audience.CLINICIAN, "#7b7b7b", "#727272"),
])  # fmt: skip
def test_letters_have_a_contrast_of_7_to_1_for_patients_and_4_5_to_1_for_clinicians(
    audience: Audience, faint: str, dark: str
) -> None:
    assert _codes(_pdf(SOUND, f"p {{ color: {dark} }}"), Edition(audience)) == []
    assert _codes(_pdf(SOUND, f"p {{ color: {faint} }}"), Edition(audience)) == ["PG-03"]
