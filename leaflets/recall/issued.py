"""Finds the copies of a drug's leaflet, or of one version of it, in all runs."""

from collections.abc import Mapping
from dataclasses import dataclass

from leaflets.errors import UsageError
from leaflets.ledger.entries import IssuedCopies
from leaflets.ledger.states import CopyState
from leaflets.ledger.store import LedgerStore
from leaflets.runlist.drug_names import DrugNames


@dataclass(frozen=True, slots=True)
class Recall:
    """The copies of one drug's leaflets, grouped by run, version, destination and state."""

    drug: str
    version: str
    before: str
    issued: tuple[IssuedCopies, ...]

    @property
    def counts(self) -> Mapping[CopyState, int]:
        """How many copies are in each state."""
        return {state: sum(len(one.serials) for one in self.issued if one.state is state) for state in CopyState}


def recall(store: LedgerStore, drug_names: DrugNames, wanted: str, before: str = "") -> Recall:
    """The copies of "DRUG" or "DRUG@VERSION" in runs begun before an ISO date.

    A drug is looked for among the monographs and, as its own may have been deleted, among the names in the ledger.
    Raises UsageError where nothing is called so.
    """
    name, _, version = wanted.partition("@")
    match = drug_names.find(name)
    if len(match.drugs) > 1:
        raise UsageError(f'"{name}" may be {" or ".join(match.drugs)}', "Name one of them.")
    drug = match.drugs[0] if match.drugs else name
    issued = store.issued(drug, version, before)
    if not issued and not match.drugs and not store.issued(drug):
        near = (
            f"Near names: {', '.join(match.near)}."
            if match.near
            else "`leaflet runs show RUN` names the drugs of a run."
        )
        raise UsageError(f'neither a monograph nor a run knows "{name}"', near)
    return Recall(drug, version, before, issued)
