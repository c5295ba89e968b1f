"""The options of a run; stored in the ledger, so that a run is resumed and reprinted as it was begun."""

import json
from dataclasses import dataclass, field

from leaflets.model.edition import Audience, Edition, TypeSize
from leaflets.model.objection import Objection
from leaflets.model.paper import Paper
from leaflets.runlist.requests import RowDefaults

FLAGS = ("banner", "split", "split_papers", "tagged", "duplex", "keep_going")
"""The options that are on or off."""

NO_CODE = "no_label_code"
"""How a run without codes on its labels is recorded."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """All that flags and settings say about a run besides its list; each of them can change a byte of its files."""

    defaults: RowDefaults = field(default_factory=RowDefaults)
    columns: tuple[tuple[str, str], ...] = ()
    encoding: str = ""
    sort: tuple[str, ...] = ()
    banner: bool = False
    split: bool = False
    split_papers: bool = False
    tagged: bool = False
    duplex: bool = True
    keep_going: bool = False
    label_code: bool = True
    allowed: frozenset[Objection] = frozenset()


def options_to_json(options: RunOptions) -> str:
    """Options as one line of JSON, always the same for the same options."""
    edition = options.defaults.edition
    # Standard type size is left out, so that runs made before there was another keep their names.
    type_size = () if edition.type_size is TypeSize.STANDARD else (edition.type_size.value,)
    facts = {
        "edition": [edition.audience.value, edition.lang, edition.paper.value, *type_size],
        "destination": options.defaults.destination,
        "columns": sorted(options.columns),
        "encoding": options.encoding,
        "sort": options.sort,
        # Runs made before labels had a code keep their names, so only its absence is written down.
        "flags": [name for name in FLAGS if getattr(options, name)] + [NO_CODE] * (not options.label_code),
        "allowed": sorted(objection.value for objection in options.allowed),
        # Left out where it is not so, as in runs made before there was a language of the patient.
        **({"lang_given": True} if options.defaults.lang_given else {}),
    }
    return json.dumps(facts, ensure_ascii=True, separators=(",", ":"))


def options_from_json(text: str) -> RunOptions:
    """The inverse of `options_to_json`."""
    facts = json.loads(text)
    audience, lang, paper, type_size = (*facts["edition"], TypeSize.STANDARD)[:4]
    return RunOptions(
        defaults=RowDefaults(
            Edition(Audience(audience), lang, Paper(paper), TypeSize(type_size)),
            facts["destination"],
            facts.get("lang_given", False),
        ),
        columns=tuple((header, column) for header, column in facts["columns"]),
        encoding=facts["encoding"],
        sort=tuple(facts["sort"]),
        allowed=frozenset(map(Objection, facts["allowed"])),
        label_code=NO_CODE not in facts["flags"],
        **{name: name in facts["flags"] for name in FLAGS},
    )
