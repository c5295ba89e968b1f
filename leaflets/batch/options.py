"""How a run is to be made; kept in the ledger, so that a run is resumed and reprinted as it was begun."""

import json
from dataclasses import dataclass, field

from leaflets.model.edition import Audience, Edition, Paper, TypeSize
from leaflets.model.objection import Objection
from leaflets.runlist.requests import RowDefaults


@dataclass(frozen=True, slots=True)
class RunOptions:
    """All that a command line and the settings say about a run besides its list; each of it can change a byte."""

    defaults: RowDefaults = field(default_factory=RowDefaults)
    columns: tuple[tuple[str, str], ...] = ()
    encoding: str = ""
    sort: tuple[str, ...] = ()
    banner: bool = False
    split: bool = False
    tagged: bool = False
    duplex: bool = True
    keep_going: bool = False
    allowed: frozenset[Objection] = frozenset()


def spell(options: RunOptions) -> str:
    """Wishes as one line of JSON, always the same for the same wishes."""
    edition = options.defaults.edition
    # Left out where it is the usual one, so that runs made before there were others keep their names.
    type_size = () if edition.type_size is TypeSize.STANDARD else (edition.type_size.value,)
    said = {
        "edition": [edition.audience.value, edition.lang, edition.paper.value, *type_size],
        "destination": options.defaults.destination,
        "columns": sorted(options.columns),
        "encoding": options.encoding,
        "sort": options.sort,
        "flags": [name for name in FLAGS if getattr(options, name)],
        "allowed": sorted(objection.value for objection in options.allowed),
    }
    return json.dumps(said, ensure_ascii=True, separators=(",", ":"))


def parse(text: str) -> RunOptions:
    """The inverse of `spell`."""
    said = json.loads(text)
    audience, lang, paper, type_size = (*said["edition"], TypeSize.STANDARD)[:4]
    return RunOptions(
        defaults=RowDefaults(Edition(Audience(audience), lang, Paper(paper), TypeSize(type_size)), said["destination"]),
        columns=tuple((theirs, ours) for theirs, ours in said["columns"]),
        encoding=said["encoding"],
        sort=tuple(said["sort"]),
        allowed=frozenset(map(Objection, said["allowed"])),
        **{name: name in said["flags"] for name in FLAGS},
    )


FLAGS = ("banner", "split", "tagged", "duplex", "keep_going")
