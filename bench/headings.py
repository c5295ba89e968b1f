"""Reads every monograph of some folders, and says how many are refused, and which headings are no known section.

Usage: headings.py FOLDER … ; the headings that are not known come last, the most frequent first.
"""

import sys
from collections import Counter
from pathlib import Path

from leaflets.errors import LeafletError
from leaflets.parse import parse
from leaflets.project.content import source_at

MOST = 40


def main() -> int:
    """Print the figures; 2 without a folder."""
    if len(sys.argv) < 2:
        print(__doc__)
        return 2
    refused: list[str] = []
    sections, others = 0, Counter[str]()
    files = sorted(path for folder in sys.argv[1:] for path in Path(folder).rglob("*.md"))
    for path in files:
        try:
            text = path.read_text("utf-8-sig")
            monograph = parse(text, name=path.stem, file=path.name, lang=source_at(path).lang)
        except (LeafletError, UnicodeDecodeError) as error:
            refused.append(f"{path.name}: {error}")
            continue
        sections += len(monograph.sections)
        others.update(s.heading for s in monograph.sections if s.id == "other" and s.heading != s.subject)
    unknown = others.total()
    print(f"{len(files)} files, {len(refused)} refused; {sections} sections, {unknown} of no known kind")
    print(*refused, *(f"{times:5} {words}" for words, times in others.most_common(MOST)), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
