"""The headers of a list: which column of ours each holds, and the error for those of which nobody says it."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from leaflets.errors import UsageError
from leaflets.labels import LABEL_FIELDS
from leaflets.runlist.columns import CODE_COLUMNS, COLUMNS, SHEET_COLUMNS, ListColumn
from leaflets.runlist.header_words import is_surely_header, plain_words, usual_headers


@dataclass(frozen=True, slots=True)
class HeaderRules:
    """What headers mean: as the settings map them, by our own names, and by the names that are usual elsewhere.

    Without `usual` they are read as a run recorded them: what is neither mapped nor ours is left out.
    """

    mapped: Mapping[str, str]
    ignored: frozenset[str] = frozenset()
    usual: bool = True

    def columns(self, headers: Iterable[str], places: Iterable[str]) -> tuple[ListColumn, ...]:
        """The columns under these headers. Raises UsageError where two hold the same one of ours."""
        columns = tuple(self._column(header, place) for header, place in zip(headers, places, strict=False))
        first: dict[str, str] = {}
        for one in columns:
            if one.column in first:
                places = f"{first[one.column]} and {one.place}"
                raise UsageError(
                    f"the list has the column `{one.column}` twice: {places}",
                    "Map one of them under [batch.columns] in leaflet.toml, or name it in `ignore` under [batch].",
                )
            if one.column:
                first[one.column] = one.place
        return columns

    def _column(self, header: str, place: str) -> ListColumn:
        key = header_key(header)
        if key in self.ignored:
            return ListColumn(header, "", place, ignored=True)
        exact = self.mapped.get(key) or (key if key in COLUMNS else "")
        if exact or not self.usual:
            return ListColumn(header, exact, place, ignored=not exact)
        column = usual_headers().get(plain_words(header), "")
        return ListColumn(header, column, place, usual=bool(column))


def header_rules(columns: Mapping[str, str], ignored: Collection[str] = (), *, usual: bool = True) -> HeaderRules:
    """The rules that settings make: `columns` maps headers to ours, `ignored` names those that are not needed.

    Raises UsageError where a header is mapped to a column that does not exist, or is both mapped and ignored.
    """
    for column in columns.values():
        if column not in COLUMNS:
            raise UsageError(f'[batch.columns] maps to "{column}", which is no column', f"Columns: {_listed()}.")
    mapped = {header_key(header): column for header, column in columns.items()}
    left_out = frozenset(map(header_key, ignored))
    both = next((header for header in columns if header_key(header) in left_out), None)
    if both is not None:
        raise UsageError(f"leaflet.toml both maps and ignores the column “{both}”", "Take one of the two away.")
    return HeaderRules(mapped, left_out, usual)


def refuse_unknown(columns: Iterable[ListColumn]) -> None:
    """Raises UsageError with the lines for leaflet.toml where nobody says what one of these columns holds.

    A header is printed where it is surely one; any other may be a patient's name, and is known by its place.
    """
    unknown = [one for one in columns if one.unknown]
    if not unknown:
        return
    shown = [_shown(one) for one in unknown]
    places = [f"{one.place} (“{one.header}”)" if is_surely_header(one.header) else one.place for one in unknown]
    lines = (
        "Say in leaflet.toml, below the line [batch] where it is there already, which of our columns each is:",
        "    [batch.columns]",
        *(f'    {text} = "…"' for text in shown),
        "or that it is not needed:",
        "    [batch]",
        f"    ignore = [{', '.join(shown)}]",
        f"Our columns: {_listed()}.",
    )
    count = "a column that is not known" if len(unknown) == 1 else f"{len(unknown)} columns that are not known"
    raise UsageError(f"the list has {count}: {', '.join(places)}", "\n    ".join(lines))


def missing_drug_column(line: int) -> UsageError:
    """The error for a list whose header names no drug; it does not repeat the header, which may be a patient's row."""
    return UsageError(
        f"line {line} of the list names no column `drug`, `rxcui`, `ndc` or `atc`",
        f"The first line must name the columns: {_listed()}. Map other headers under [batch.columns] in leaflet.toml.",
    )


def has_drug_column(columns: Iterable[ListColumn]) -> bool:
    """Whether one of the columns says which drug."""
    return not {"drug", *CODE_COLUMNS}.isdisjoint(one.column for one in columns)


def usual_columns(columns: Sequence[ListColumn]) -> dict[str, str]:
    """Our column for each header that is ours by the table of usual headers alone, as settings would map it."""
    return {header_key(one.header): one.column for one in columns if one.usual}


def header_key(header: str) -> str:
    """A header without what makes no difference to it: case, spaces and hyphens."""
    return "_".join(header.strip().casefold().replace("-", " ").replace("_", " ").split())


def _shown(column: ListColumn) -> str:
    """A header as TOML has it, or where it stands in its place."""
    text = column.header.strip() if is_surely_header(column.header) else f"HEADER OF {column.place.upper()}"
    return json.dumps(text, ensure_ascii=False)


def _listed() -> str:
    return ", ".join(("drug", *CODE_COLUMNS, *SHEET_COLUMNS, *LABEL_FIELDS))
