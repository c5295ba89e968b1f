"""Brackets that belong together, for the order of left-to-right and right-to-left text."""

import unicodedata

# The Bidi_Paired_Bracket property: opening and closing bracket. Copied from BidiBrackets-15.0.0.txt of the Unicode
# Character Database (https://www.unicode.org/Public/15.0.0/ucd/BidiBrackets.txt, © Unicode, Inc., Unicode License).
_TABLE = """
    0028-0029 005B-005D 007B-007D 0F3A-0F3B 0F3C-0F3D 169B-169C 2045-2046 207D-207E 208D-208E 2308-2309
    230A-230B 2329-232A 2768-2769 276A-276B 276C-276D 276E-276F 2770-2771 2772-2773 2774-2775 27C5-27C6
    27E6-27E7 27E8-27E9 27EA-27EB 27EC-27ED 27EE-27EF 2983-2984 2985-2986 2987-2988 2989-298A 298B-298C
    298D-2990 298F-298E 2991-2992 2993-2994 2995-2996 2997-2998 29D8-29D9 29DA-29DB 29FC-29FD 2E22-2E23
    2E24-2E25 2E26-2E27 2E28-2E29 2E55-2E56 2E57-2E58 2E59-2E5A 2E5B-2E5C 3008-3009 300A-300B 300C-300D
    300E-300F 3010-3011 3014-3015 3016-3017 3018-3019 301A-301B FE59-FE5A FE5B-FE5C FE5D-FE5E FF08-FF09
    FF3B-FF3D FF5B-FF5D FF5F-FF60 FF62-FF63
"""

CLOSING = {chr(int(pair[:4], 16)): chr(int(pair[5:], 16)) for pair in _TABLE.split()}
"""The closing bracket of each opening bracket."""

MIRRORED = {**CLOSING, **{closing: opening for opening, closing in CLOSING.items()}}
"""For each bracket, the one that looks like it in text that runs the other way."""


def canonical(bracket: str) -> str:
    """The bracket itself, or the one it is canonically equivalent to: U+2329 and U+232A are U+3008 and U+3009."""
    return bracket if bracket.isascii() else unicodedata.normalize("NFC", bracket)
