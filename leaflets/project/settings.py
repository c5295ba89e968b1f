"""The settings of a project, with their defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from leaflets.model.edition import TypeSize
from leaflets.model.evidence import DEFAULT_POLICY, EvidencePolicy
from leaflets.model.paper import Paper
from leaflets.model.pharmacy import Pharmacy
from leaflets.model.review import Role

SETTINGS_FILE = "leaflet.toml"
LEAST_MEMORY = 256
"""MiB below which the libraries that set type end the process themselves."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What `leaflet.toml` may set, with the defaults.

    `code_url` is the address in the square code of a sheet, with “{id}” where its content id goes. `certificates` names
    the file with the certificates of signers whom the project trusts. A row of a list that
    a run of the last `no_repeat_days` made is not made again unasked; 0 makes every row of a new list. `label_code`:
    every label of a print run has a code of its run and serial. `batch_columns` maps headers of lists to our columns,
    `batch_ignore` are the headers of columns that are not needed. `own_content` shuts packaged texts out. A sheet
    may take `max_seconds` and `max_memory` MiB, in `build` and in a worker of a run; 0 sets no limit in `build`.
    `evidence_policy` is what is asked of the sources of a monograph.
    `review_roles` are those in which every statement of a reviewed sheet is vouched for; `review_signatures`: a review
    counts only where it is signed; `allow_draft`: runs print
    drafts unasked.
    """

    paper: Paper = Paper.A4
    type_size: TypeSize = TypeSize.STANDARD
    language: str = "en"
    own_content: bool = False
    pharmacy: Pharmacy = field(default_factory=Pharmacy)
    code_url: str = ""
    certificates: str = ""
    history_key: str = ""
    batch_encoding: str = ""
    no_repeat_days: int = 3
    batch_columns: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    batch_ignore: tuple[str, ...] = ()
    label_code: bool = True
    max_seconds: int = 60
    max_memory: int = 2048
    evidence_policy: EvidencePolicy = DEFAULT_POLICY
    review_roles: tuple[Role, ...] = (Role.FIRST,)
    review_signatures: bool = False
    allow_draft: bool = False
