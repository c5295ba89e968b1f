"""Draws the first two pages of every PDF in one folder as a grey PNG in another, pages side by side."""

import sys
from pathlib import Path

import pypdfium2
from PIL import Image

SCALE = 2.0  # pixels a point: text is readable, and the picture stays under 250 KB
GAP = 12
GREYS = 16


def picture(pdf: Path) -> Image.Image:
    """The first two pages side by side on grey."""
    document = pypdfium2.PdfDocument(pdf)
    pages = [page.render(scale=SCALE, grayscale=True).to_pil().convert("L") for page in list(document)[:2]]
    document.close()
    width = sum(page.width for page in pages) + GAP * (len(pages) + 1)
    sheet = Image.new("L", (width, pages[0].height + 2 * GAP), 200)
    left = GAP
    for page in pages:
        sheet.paste(page, (left, GAP))
        left += page.width + GAP
    return sheet.quantize(GREYS)


def main(source: Path, target: Path) -> None:
    """One picture for each PDF."""
    for pdf in sorted(source.glob("*.pdf")):
        picture(pdf).save(target / f"{pdf.stem}.png", optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
