"""A made-up print list of 500 rows, the same on every day: every column, many scripts, and some rows that are bad."""

import csv
import io

COLUMNS = (
    *("drug", "audience", "lang", "paper", "edition", "copies", "destination"),
    *("patient_name", "patient_ref", "dob", "rx_number", "directions", "quantity", "prescriber", "dispensed_on"),
    "dose_times",
)
ROWS = 500
_SHEETS = (
    # drug, audience, lang, paper, edition; what is empty is as the flags say
    *((name, "", "", "", "") for name in ("albuterol", "Amoxil", "Eliquis", "atorvastatin", "Insulin glargine")),
    *((name, "patient", "en", "a4", "standard") for name in ("Synthroid", "Trexall", "prednisone", "Zoloft")),
    *(("baricitinib", "patient", "en", paper, "standard") for paper in ("a4", "letter", "a5")),
    *(("Olumiant", "patient", "en", paper, "large-print") for paper in ("a4", "letter", "a5")),
    *(("baricitinib", "clinician", "en", paper, edition) for paper in ("a4", "a5") for edition in ("", "large-print")),
    *(
        ("metformin", "clinician", "", "letter", ""),
        ("warfarin", "clinician", "", "", ""),
        ("warfarin", "", "", "", ""),
    ),
    *(("metformin", "patient", lang, "a4", "") for lang in ("en", "es", "ar", "en+es", "es+en", "en+ar", "ar+en")),
    *(("baricitinib", "", lang, "letter", "large-print") for lang in ("es", "ar")),
    *(("methotrexate", "", "es", "a5", ""), ("amoxicillin", "", "es", "letter", ""), ("Coumadin", "", "", "a5", "")),
)
_BAD = (
    {"drug": "metformine"},
    {"drug": ""},
    {"copies": "501"},
    {"copies": "two"},
    {"audience": "nurse"},
    {"paper": "a3"},
    {"edition": "huge"},
    {"lang": "klingon!"},
    {"drug": "sertraline", "lang": "es"},
    {"drug": "metformin", "lang": "es", "audience": "clinician"},
    {"directions": "Take one tablet. " * 60},
    {"patient_name": "Ann \U0001f600 Smith", "audience": "patient", "lang": ""},
    {"destination": "W" * 61},
)
_NAMES = (
    *("Ann Smith", "José García Márquez", "Åse Øst", "Nguyễn Thị Minh Khai", "Seán O’Brien-Łukaszewicz"),
    *("Γιώργος Παπαδόπουλος", "Ελένη Νικολάου", "Ольга Иванова", "Сергій Ткаченко", "محمد الأحمد", "فاطمة الزهراء"),
    *("王小明", "欧阳娜娜", "Zoe\u0308 Mu\u0308ller", "Smith, Ann (née 王)"),
)
_DIRECTIONS = (
    "Take ONE tablet once a day, with or without food.",
    "Take TWO tablets twice a day after meals.\nDo not crush or chew.",
    "Tome una tableta cada 12 horas con comida.",
    "خذ قرصا واحدا مرتين يوميا مع الطعام",
    "One puff when needed, no more than 8 a day. Rinse your mouth afterwards, and keep a note of every day you use it.",
    "Принимать по 1 таблетке 2 раза в день",
)
_TIMES = (
    *("", "morning 1, evening 1", "morning: 1 tablet; bedtime: 2 tablets", "08:00 and 20:00", "noon 1/2, evening 1"),
    *("morning 1, midday 1, evening 1, bedtime 2", "every 4 hours\nwhile awake"),
)
_DESTINATIONS = ("Ward 3", "Counter", "", "Ward 3", "Παθολογική Κλινική", "Night hatch / 2")


def made_up_list() -> bytes:
    """The list as a CSV file in UTF-8. Every 37th row is a bad one, every 53rd says what the row before it says."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    row: dict[str, str] = {}
    for number in range(1, ROWS + 1):
        if number % 53:
            row = _row(number)
        writer.writerow(row)
    return out.getvalue().encode()


def _row(number: int) -> dict[str, str]:
    """One row; each column goes through its values at a pace of its own."""
    mixed = number * 7919
    sheet = dict(zip(COLUMNS, _SHEETS[number % len(_SHEETS)], strict=False))
    label = {
        "patient_name": _NAMES[mixed % len(_NAMES)],
        "patient_ref": f"P-{mixed % 1_000_000:06d}" if number % 29 else "",
        "dob": f"{mixed % 28 + 1:02d}/0{mixed % 9 + 1}/19{mixed % 90 + 10}",
        "rx_number": str(7_000_000 + number),
        "directions": _DIRECTIONS[mixed % len(_DIRECTIONS)],
        "quantity": f"{(mixed % 3 + 1) * 28} tablets",
        "prescriber": f"Dr {_NAMES[mixed // 3 % len(_NAMES)]}" if number % 5 else "",
        "dispensed_on": f"2026-11-{mixed % 28 + 1:02d}",
        "dose_times": _TIMES[mixed // 7 % len(_TIMES)],
    }
    where = {"copies": ("", "1", "2", "3")[mixed % 4], "destination": _DESTINATIONS[mixed % len(_DESTINATIONS)]}
    bad = _BAD[number // 37 % len(_BAD)] if number % 37 == 0 else {}
    return {**sheet, **where, **label, **bad}
