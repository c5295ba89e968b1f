"""The ways other people make a run of labelled leaflets, each as a command of its own for bench/batch.py.

Usage: batch_peers.py weasyprint|typst-one|typst-each|reportlab|pikepdf COPIES FOLDER
FOLDER holds drug00.html and drug00.pdf … drug19.pdf, as `leaflet build --html` made them, and list.csv.
"""

import csv
import io
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
STYLES = HERE.parent / "styles"
FONTS = STYLES / "fonts"
LABEL_X, LABEL_TOP = 357.0, 808.0

Patient = dict[str, str]


def patients(count: int, folder: Path) -> Iterator[Patient]:
    """The first rows of the list."""
    with (folder / "list.csv").open(encoding="utf-8", newline="") as table:
        for number, row in enumerate(csv.DictReader(table), 1):
            if number > count:
                return
            yield {**row, "serial": f"{number} of {count}"}


def label(patient: Patient) -> list[str]:
    """The lines of a label."""
    return [
        patient["patient_name"],
        f"Born {patient['dob']} Ref {patient['patient_ref']}",
        patient["directions"],
        f"{patient['quantity']} {patient['prescriber']}",
        patient["serial"],
    ]


def weasyprint(count: int, folder: Path) -> None:
    """A loop over the renderer: one file a copy, fonts and styles read once, the label in the page."""
    import weasyprint as wp
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    class Assets(URLFetcher):
        """Finds the styles and fonts that the kept HTML names."""

        def fetch(self, url: str, headers: object = None) -> object:
            return super().fetch(
                (STYLES / url.removeprefix("leaflet:")).as_uri() if url.startswith("leaflet:") else url
            )

    fetcher, fonts = Assets(), FontConfiguration()
    names = ("fonts.css", "page.css", "a4.css", "patient.css")
    sheets = [wp.CSS(filename=str(STYLES / name), font_config=fonts, url_fetcher=fetcher) for name in names]
    for number, patient in enumerate(patients(count, folder)):
        html = (folder / f"{patient['drug']}.html").read_text(encoding="utf-8")
        words = "<br>".join(label(patient))
        html = html.replace("</body>", f'<p style="position:absolute;top:0;right:0">{words}</p></body>')
        page = wp.HTML(string=html, url_fetcher=fetcher)
        page.write_pdf(folder / f"w{number}.pdf", stylesheets=sheets, font_config=fonts, pdf_variant="pdf/ua-1")


def typst_source(drugs: list[str]) -> str:
    """bench/leaflet.typ with its body as one function for each drug, which takes the lines of a label."""
    text = (HERE / "leaflet.typ").read_text(encoding="utf-8")
    head, body = text.split("#place(top + right", 1)
    body = "#place(top + right" + body.replace("Pharmacy label", "#who.join(linebreak())")
    functions = "".join(f"#let {drug} = who => [\n{body.replace('Baricitinib', drug.title())}\n]\n" for drug in drugs)
    return head + functions


def typst_call(patient: Patient) -> str:
    """A copy in Typst."""
    words = ", ".join(f'"{line}"' for line in label(patient))
    return f"#{patient['drug']}(({words}))\n"


def typst_one(count: int, folder: Path) -> None:
    """One document that loops over the copies."""
    import typst

    rows = list(patients(count, folder))
    source = typst_source(sorted({row["drug"] for row in rows}))
    whole = source + '#pagebreak(to: "odd")\n'.join(map(typst_call, rows))
    path = folder / "one.typ"
    path.write_text(whole, encoding="utf-8")
    typst.compile(str(path), output=str(folder / "one.pdf"), font_paths=[str(FONTS)], ignore_system_fonts=True,
                  pdf_standards=["ua-1"])  # fmt: skip


def typst_each(count: int, folder: Path) -> None:
    """One document a copy, by one compiler that keeps what it read."""
    import typst

    rows = list(patients(count, folder))
    source = typst_source(sorted({row["drug"] for row in rows}))
    path = folder / "each.typ"
    path.write_text(source + "#eval(sys.inputs.call, scope: (" + _scope(rows) + "))", encoding="utf-8")
    compiler = typst.Compiler(str(path), font_paths=[str(FONTS)], ignore_system_fonts=True)
    for number, row in enumerate(rows):
        call = {"call": typst_call(row).removeprefix("#").strip()}
        compiler.compile(output=str(folder / f"t{number}.pdf"), pdf_standards=["ua-1"], sys_inputs=call)


def _scope(rows: list[Patient]) -> str:
    return ", ".join(f"{drug}: {drug}" for drug in sorted({row["drug"] for row in rows}))


def reportlab(count: int, folder: Path) -> None:
    """Each leaflet laid out once as a form, each copy a form and a label; a plain layout by hand, untagged."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas
    from reportlab.platypus import Frame, Paragraph

    for face, file in (("Sans", "SourceSans3_400Regular.ttf"), ("Bold", "SourceSans3_700Bold.ttf")):
        pdfmetrics.registerFont(TTFont(face, str(FONTS / file)))
    style = ParagraphStyle("text", fontName="Sans", fontSize=12, leading=14.4)
    canvas = Canvas(str(folder / "reportlab.pdf"), pagesize=A4)
    lines = (folder / "leaflet.txt").read_text(encoding="utf-8").splitlines()

    def lay_out(drug: str) -> int:
        story = [Paragraph(line.replace("Baricitinib", drug.title()), style) for line in lines]
        pages = 0
        while story:
            pages += 1
            canvas.beginForm(f"{drug}-{pages}", 0, 0, *A4)
            Frame(42, 42, 510, 640 if pages == 1 else 750).addFromList(story, canvas)
            canvas.endForm()
        return pages

    made: dict[str, int] = {}
    for patient in patients(count, folder):
        drug = patient["drug"]
        pages = made[drug] = made.get(drug) or lay_out(drug)
        canvas.doForm(f"{drug}-1")
        for at, line in enumerate(label(patient)):
            canvas.setFont("Bold" if at == 0 else "Sans", 10)
            canvas.drawString(LABEL_X, LABEL_TOP - 12 * at, line)
        canvas.showPage()
        for page in range(2, pages + pages % 2 + 1):
            if page <= pages:
                canvas.doForm(f"{drug}-{page}")
            canvas.showPage()
    canvas.save()


def pikepdf(count: int, folder: Path) -> None:
    """The finished leaflets' pages appended for each copy, a label added to the first; untagged, names in Latin-1."""
    import pikepdf as pp

    with pp.new() as out:
        pages_by_drug: dict[str, list[pp.Page]] = {}
        for patient in patients(count, folder):
            drug = patient["drug"]
            if drug not in pages_by_drug:
                source = pp.open(folder / f"{drug}.pdf")
                start = len(out.pages)
                out.pages.extend(source.pages)
                pages_by_drug[drug] = [out.pages[at] for at in range(start, len(out.pages))]
            for page in pages_by_drug[drug]:
                out.pages.append(page)
            _label_page(out, out.pages[-len(pages_by_drug[drug])], label(patient))
            if len(pages_by_drug[drug]) % 2:
                out.add_blank_page(page_size=(595, 842))
        del out.pages[: sum(map(len, pages_by_drug.values()))]
        out.remove_unreferenced_resources()
        out.save(folder / "pikepdf.pdf", object_stream_mode=pp.ObjectStreamMode.generate)


def _label_page(out: "object", page: "object", lines: list[str]) -> None:
    import pikepdf as pp

    text = io.BytesIO()
    text.write(b"Q BT /LabelFont 10 Tf 12 TL %d %d Td " % (LABEL_X, LABEL_TOP))
    for line in lines:
        words = line.encode("latin-1", "replace").replace(b"\\", b"").replace(b"(", b"").replace(b")", b"")
        text.write(b"(" + words + b") Tj T* ")
    text.write(b"ET")
    page.Resources = pp.Dictionary(page.Resources)
    page.Resources.Font = pp.Dictionary(page.Resources.get("/Font", {}))
    page.Resources.Font["/LabelFont"] = pp.Dictionary(
        Type=pp.Name.Font, Subtype=pp.Name.Type1, BaseFont=pp.Name.Helvetica, Encoding=pp.Name.WinAnsiEncoding
    )
    page.contents_add(b"q", prepend=True)
    page.contents_add(text.getvalue())


WAYS = {
    "weasyprint": weasyprint,
    "typst-one": typst_one,
    "typst-each": typst_each,
    "reportlab": reportlab,
    "pikepdf": pikepdf,
}

if __name__ == "__main__":
    WAYS[sys.argv[1]](int(sys.argv[2]), Path(sys.argv[3]))
