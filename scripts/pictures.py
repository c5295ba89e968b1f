"""Draws sheets as small pictures: baricitinib for the README and in the example theme, and all in a gallery."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
from PIL import Image

SCALE = 2.0  # pixels a point: text is readable, and the picture of two pages stays under 250 KB
SMALL = 1.0  # enough to see how a page is laid out; all of the gallery stays under 3 MB
GAP = 12
GREYS = 16
SMALL_GREYS = 8
HEAD = """# Gallery

Every monograph that comes with the program, as it is printed on A4: both pages of the leaflet, and the first of the
clinician sheet. None of the texts has been reviewed by a clinician, and every page says so. `./scripts/pictures` draws
all of this anew.
"""


def pages(pdf: Path, scale: float, mode: str = "L") -> list[Image.Image]:
    """The first two pages, in grey, or in a mode of Pillow's."""
    document = pypdfium2.PdfDocument(pdf)
    drawn = [page.render(scale=scale, grayscale=mode == "L").to_pil().convert(mode) for page in list(document)[:2]]
    document.close()
    return drawn


def side_by_side(drawn: list[Image.Image]) -> Image.Image:
    """Pages beside each other on grey."""
    width = sum(page.width for page in drawn) + GAP * (len(drawn) + 1)
    sheet = Image.new(drawn[0].mode, (width, drawn[0].height + 2 * GAP), "#c8c8c8")
    left = GAP
    for page in drawn:
        sheet.paste(page, (left, GAP))
        left += page.width + GAP
    return sheet


def keep(picture: Image.Image, path: Path, greys: int) -> None:
    """Writes a picture in a few greys."""
    picture.quantize(greys).save(path, optimize=True)


def shown(pdf: Path, docs: Path, what: str) -> Iterator[str]:
    """Keeps each page of a PDF, and yields the Markdown that shows it."""
    for number, page in enumerate(pages(pdf, SMALL), start=1):
        picture = docs / "gallery" / f"{pdf.stem}-{number}.png"
        keep(page, picture, SMALL_GREYS)
        yield f"![{what}, page {number}](gallery/{picture.name})"


def gallery(folder: Path, docs: Path) -> str:
    """The page of the gallery: a table of all monographs, and one of the translations."""
    lines = [HEAD, "| | leaflet, page 1 | leaflet, page 2 | clinician sheet |", "|---|---|---|---|"]
    for leaflet in sorted((folder / "en").glob("*-patient.pdf")):
        name = leaflet.name.removesuffix("-patient.pdf")
        sheet = shown(leaflet.with_name(f"{name}-clinician.pdf"), docs, f"The clinician sheet of {name}")
        cells = [*shown(leaflet, docs, f"The leaflet of {name}"), next(sheet)]
        lines.append(f"| [{name}](../content/{name}.md) | {' | '.join(cells)} |")
    if translated := sorted((folder / "translated").glob("*.pdf")):
        lines += ["", "## In other languages", "", "| | page 1 | page 2 |", "|---|---|---|"]
        for pdf in translated:
            name = pdf.stem.replace("-patient", "")
            lines.append(f"| {name} | {' | '.join(shown(pdf, docs, f'The leaflet {name}'))} |")
    return "\n".join(lines) + "\n"


def main(folder: Path, docs: Path) -> None:
    """Pictures for the README and the gallery, from the PDFs in `en` and `translated` of a folder."""
    for pdf in (folder / "en").glob("baricitinib-*.pdf"):
        keep(side_by_side(pages(pdf, SCALE)), docs / f"{pdf.stem}.png", GREYS)
    for pdf in (folder / "theme").glob("*.pdf"):
        keep(side_by_side(pages(pdf, SCALE, "RGB")), docs / "theme" / f"{pdf.stem}.png", GREYS)
    (docs / "gallery").mkdir(exist_ok=True)
    for old in (docs / "gallery").glob("*.png"):
        old.unlink()
    (docs / "gallery.md").write_text(gallery(folder, docs), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
