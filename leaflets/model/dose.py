"""What a text says of a dose: the amount, how often, by which route, for whom, and whether it is the most allowed."""

from dataclasses import dataclass
from enum import StrEnum


class Measure(StrEnum):
    """What an amount is counted in; amounts of different measures are never compared."""

    MASS = "mass"
    VOLUME = "volume"
    UNITS = "units of activity"
    MOLES = "moles"
    RADIATION = "radioactivity"
    FORMS = "tablets and other forms"
    PERCENT = "per cent"


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount or a range; where it is no range, both ends are the same.

    `low` and `high` are numbers of `unit`, one spelling for each unit (mcg, tablet). `scale` times a number is the
    amount in micrograms, millilitres or units. `per` says by what it is given, in order: ("kg", "day") for mg/kg/day.
    `written_downwards` is set where the text names the larger end first.
    """

    low: float
    high: float
    unit: str
    measure: Measure
    scale: float = 1
    per: tuple[str, ...] = ()
    written_downwards: bool = False

    @property
    def is_strength(self) -> bool:
        """Whether it is an amount in some volume, weight or form (5 mg per mL, 2 per cent), and not a dose."""
        return self.measure is Measure.PERCENT or bool(_CARRIERS.intersection(self.per))

    @property
    def is_rate(self) -> bool:
        """Whether time is part of it (mg per day, mL per hour), so that it says how often as well."""
        return bool(TIMES.intersection(self.per))


TIMES = frozenset({"day", "hour", "min", "week", "month", "year"})
_CARRIERS = frozenset({
    "mL", "L", "dL", "g", "mg", "cm2", "tablet", "capsule", "drop", "puff", "spray", "patch", "sachet", "vial",
})  # fmt: skip


class Timing(StrEnum):
    """In which way a text says when a dose is due."""

    COUNTED = "so many times in a period"
    TIME_OF_DAY = "at a time of the day"
    NEEDED = "when it is needed"
    ONCE = "a single time"
    SCHEDULED = "on given days, or over a given time"


@dataclass(frozen=True, slots=True)
class Frequency:
    """How often, in the characters from `start` up to `end`.

    `low` and `high` count the times a day (once a week is 1/7), 0 where they are not counted. `abbreviated` is set for
    Latin and other short forms: bd, t.d.s., qam, nocte, x3, 2x/day.
    """

    start: int
    end: int
    timing: Timing
    low: float = 0
    high: float = 0
    abbreviated: bool = False


class BandKind(StrEnum):
    """By what patients are told apart."""

    KIDNEY = "kidney function"
    LIVER = "liver function"
    AGE = "age"
    WEIGHT = "weight"


@dataclass(frozen=True, slots=True)
class Band:
    """For whom a dose is meant, in the characters from `start` up to `end`: a range of age (in years), weight (in kg)
    or kidney function (in mL per minute), or a word that stands for one ("children"), which has `name` for it."""

    start: int
    end: int
    kind: BandKind
    low: float = 0
    high: float = float("inf")
    name: str = ""


@dataclass(frozen=True, slots=True)
class Dose:
    """One amount in a text, with what the words around it say of it.

    `start` and `end` are the offsets of the amount alone. `frequency` is None where the sentence names none, `route`
    empty likewise. `is_maximum` is set for the most that may be given, `daily` where it is the total of a day.
    """

    start: int
    end: int
    amount: Amount
    frequency: Frequency | None = None
    route: str = ""
    bands: tuple[Band, ...] = ()
    is_maximum: bool = False
    daily: bool = False
    sentence: int = 0


@dataclass(frozen=True, slots=True)
class DoseText:
    """All that one text says of doses, in its order."""

    doses: tuple[Dose, ...] = ()
    frequencies: tuple[Frequency, ...] = ()
    bands: tuple[Band, ...] = ()
    routes: tuple[str, ...] = ()


NO_DOSES = DoseText()
