"""Prints how many judged findings of each rule were right, by half of the corpus.

Usage: PYTHONPATH=. python bench/precision.py [--now]
With `--now` only those count that the rules still find, as the mended ones stand today; that needs the corpus.
"""

import sys
from collections import Counter, defaultdict

from tests.sheets import CORPUS
from tests.test_checks_judged import JUDGED, occurs


def main() -> None:
    """Prints a line for each half and rule."""
    counted: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in JUDGED:
        if "--now" not in sys.argv or occurs(CORPUS, row):
            counted[row["half"], row["code"]][row["verdict"]] += 1
    for (half, code), verdicts in sorted(counted.items()):
        print(f"{half:18} {code}  {verdicts['right']} of {verdicts.total()}")


if __name__ == "__main__":
    main()
