"""References between resources → the one resource each means, as FHIR resolves them within a Bundle, or none.

The rules are those of hl7.org/fhir/R4/bundle.html#references and hl7.org/fhir/R5/bundle.html#references.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from leaflets.runlist.fhir.entries import FhirEntry
from leaflets.runlist.fhir.values import Object, UnreadableResource, member, members, text

_RESTFUL = re.compile(r"(https?://.+/)[A-Z][A-Za-z]+/[A-Za-z0-9.-]{1,64}")
_RELATIVE = re.compile(r"[A-Z][A-Za-z]+/[A-Za-z0-9.-]{1,64}")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_VERSION = "/_history/"


@dataclass(frozen=True, slots=True)
class Located:
    """A resource, the address of its entry, and the resource that it is contained in, or itself.

    Address and container say what the references in it mean.
    """

    resource: Object
    full_url: str
    container: Object

    @property
    def base(self) -> str:
        """The address of the server it is from, empty where its own is no address on a server."""
        match = _RESTFUL.fullmatch(self.full_url)
        return match[1] if match else ""


@dataclass(frozen=True, slots=True)
class References:
    """The resources of a list by the address of their entry, by type and id, and by type and identifier."""

    by_url: Mapping[str, Sequence[Located]] = field(repr=False)
    by_name: Mapping[str, Sequence[Located]] = field(repr=False)
    by_identifier: Mapping[tuple[str, str, str], Sequence[Located]] = field(repr=False)

    def follow(self, reference: Object, origin: Located, element: str, kinds: Collection[str]) -> Located | None:
        """The one resource that a reference in `origin` means; None where it has no more than words and an identifier
        that no resource of the list bears.

        `element` names it in messages, `kinds` are the types it may have. Raises UnreadableResource where no resource
        fits, or several that differ.
        """
        address = text(reference, "reference")
        candidates = self._addressed(address, origin, element) if address else self._identified(reference, kinds)
        if not address and not candidates:
            return None
        located = _only(candidates, element)
        if located.resource.get("resourceType") not in kinds:
            raise UnreadableResource(f"`{element}` refers to a resource of another type than {' or '.join(kinds)}")
        return located

    def _addressed(self, address: str, origin: Located, element: str) -> Sequence[Located]:
        if address.startswith("#"):
            return _contained(address[1:], origin)
        plain, _, version = address.partition(_VERSION)
        candidates = self._of_any_version(plain, origin)
        if _VERSION not in address:
            return candidates
        of_version = [one for one in candidates if text(member(one.resource, "meta"), "versionId") == version != ""]
        if candidates and not of_version:
            raise UnreadableResource(f"`{element}` refers to a version that is not in the list")
        return of_version

    def _of_any_version(self, address: str, origin: Located) -> Sequence[Located]:
        if _ABSOLUTE.match(address):
            return self.by_url.get(address, ())
        if not _RELATIVE.fullmatch(address):
            return ()
        return self.by_url.get(origin.base + address, ()) if origin.base else self.by_name.get(address, ())

    def _identified(self, reference: Object, kinds: Collection[str]) -> Sequence[Located]:
        """The resources with the identifier of a logical reference; without its system it may be anybody's."""
        identifier = member(reference, "identifier")
        system, value = text(identifier, "system"), text(identifier, "value")
        if not system or not value:
            return ()
        return [one for kind in kinds for one in self.by_identifier.get((kind, system, value), ())]


def located(entry: FhirEntry) -> Located:
    """The resource of an entry, where its references start from."""
    return Located(entry.resource, entry.full_url, entry.resource)


def index_references(entries: Iterable[FhirEntry]) -> References:
    """The resources of a list, ready to be referred to."""
    by_url: dict[str, list[Located]] = {}
    by_name: dict[str, list[Located]] = {}
    by_identifier: dict[tuple[str, str, str], list[Located]] = {}
    for entry in entries:
        one = located(entry)
        if entry.full_url:
            by_url.setdefault(entry.full_url, []).append(one)
        if isinstance(identity := entry.resource.get("id"), str):
            by_name.setdefault(f"{entry.kind}/{identity}", []).append(one)
        for system, value in _identifiers(entry.resource):
            by_identifier.setdefault((entry.kind, system, value), []).append(one)
    return References(by_url, by_name, by_identifier)


def _identifiers(resource: Object) -> set[tuple[str, str]]:
    """System and value of each identifier of a resource; of one that cannot be read there are none."""
    try:
        pairs = {(text(one, "system"), text(one, "value")) for one in members(resource, "identifier")}
    except UnreadableResource:  # FHIR has types with a single identifier, none of which is looked up
        return set()
    return {(system, value) for system, value in pairs if system and value}


def _contained(identity: str, origin: Located) -> list[Located]:
    """The resource with this id in the same container; the container itself where the id is empty."""
    if not identity:
        return [Located(origin.container, origin.full_url, origin.container)]
    return [
        Located(part, origin.full_url, origin.container)
        for part in members(origin.container, "contained")
        if text(part, "id") == identity
    ]


def _only(candidates: Sequence[Located], element: str) -> Located:
    """The one resource that fits, which may be in the list twice. Raises UnreadableResource."""
    if not candidates:
        raise UnreadableResource(f"`{element}` refers to a resource that is not in the list")
    first = candidates[0]
    if any(one.resource != first.resource or one.base != first.base for one in candidates):
        raise UnreadableResource(f"`{element}` refers to resources that differ: more than one fits")
    return first
