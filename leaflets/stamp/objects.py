"""Writes PDF objects as bytes in which each reference is marked: to an object all copies share, or to a copy's own."""

from collections.abc import Mapping
from decimal import Decimal

from pikepdf import Array, Dictionary, Name, Object, Operator, Stream, String

from leaflets.errors import PdfError
from leaflets.model.compiled import LOCAL, SHARED, SharedObject

ObjGen = tuple[int, int]
NamedDestinations = Mapping[bytes, Object]

_MAX_DEPTH = 60
_NEVER_SHARED = (Name.Page, Name.Pages, Name.StructElem, Name.StructTreeRoot)


class ObjectWriter:
    """Writes objects as bytes and collects the shared ones; `local` gives the place of each object that a copy owns."""

    def __init__(self, local: Mapping[ObjGen, int], destinations: NamedDestinations) -> None:
        self._local = local
        self._destinations = destinations
        self._places: dict[ObjGen, int] = {}
        self._shared: list[SharedObject | None] = []

    @property
    def shared(self) -> tuple[SharedObject, ...]:
        """The shared objects collected so far."""
        return tuple(shared for shared in self._shared if shared is not None)

    def value(self, item: object, depth: int = 0) -> bytes:
        """One value as bytes; an indirect object becomes a reference to it."""
        if depth > _MAX_DEPTH:
            raise PdfError("The leaflet's PDF is nested too deeply to be copied.")
        if isinstance(item, Object) and item.is_indirect:
            return self.reference(item)
        if isinstance(item, Dictionary):
            return self.entries(item, depth=depth)
        if isinstance(item, Array):
            return b"[" + b" ".join(self.value(part, depth + 1) for part in item.as_list()) + b"]"
        return scalar(item)

    def entries(self, item: Object, *, leave_out: frozenset[str] = frozenset(), depth: int = 0) -> bytes:
        """A dictionary in its brackets, without the keys in `leave_out`; named destinations are resolved to pages."""
        parts = [
            Name(key).unparse() + b" " + self._entry(key, value, depth)
            for key, value in item.items()
            if key not in leave_out
        ]
        return b"<<" + b"".join(parts) + b">>"

    def reference(self, item: Object) -> bytes:
        """A marked reference to an object of a copy's own, or to one that all copies share."""
        place = self._local.get(item.objgen)
        if place is not None:
            return b"%c%04x 0 R" % (LOCAL, place)
        return b"%c%04x 0 R" % (SHARED, self.share(item))

    def share(self, item: Object) -> int:
        """The place of an object among the shared ones; adds it where it is not among them yet.

        Raises PdfError for a page or tag, which every copy has of its own.
        """
        place_already = self._places.get(item.objgen)
        if place_already is not None:
            return place_already
        if isinstance(item, Dictionary) and item.get("/Type") in (
            Name.Page,
            Name.Pages,
            Name.StructElem,
            Name.StructTreeRoot,
        ):
            raise PdfError("The leaflet's PDF points at a page or a tag from a place where copies cannot.")
        place = len(self._shared)
        self._places[item.objgen] = place
        self._shared.append(None)
        self._shared[place] = self._whole(item)
        return place

    def add(self, shared: SharedObject) -> int:
        """Add an object of ours to the shared ones; returns its place."""
        self._shared.append(shared)
        return len(self._shared) - 1

    def _whole(self, item: Object) -> SharedObject:
        if isinstance(item, Stream):
            body = self.entries(item, leave_out=frozenset({"/Length"}), depth=1)
            return SharedObject(body, item.read_raw_bytes())
        if isinstance(item, Dictionary):
            return SharedObject(self.entries(item, depth=1))
        if isinstance(item, Array):
            return SharedObject(b"[" + b" ".join(self.value(part, 1) for part in item.as_list()) + b"]")
        return SharedObject(scalar(item))

    def _entry(self, key: str, value: object, depth: int) -> bytes:
        if key in ("/Dest", "/D") and isinstance(value, String):
            target = self._destinations.get(bytes(value))
            if target is None:
                raise PdfError("A link inside the leaflet's PDF leads nowhere.")
            return self.value(target["/D"] if isinstance(target, Dictionary) else target, depth + 1)
        return self.value(value, depth + 1)


def scalar(item: object) -> bytes:
    """A name, string, number, truth value or null as PDF bytes, in ASCII without line ends."""
    if item is None:
        return b"null"
    if isinstance(item, bool):
        return b"true" if item else b"false"
    if isinstance(item, int):
        return b"%d" % item
    if isinstance(item, Decimal | float):
        return number(float(item))
    if isinstance(item, String):
        return string(bytes(item))
    if isinstance(item, Name | Operator):
        return item.unparse()
    raise PdfError(f"The leaflet's PDF holds a value that cannot be copied ({type(item).__name__}).")


def number(value: float) -> bytes:
    """A number with at most six decimals and no useless zeros."""
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return b"0" if text in ("-0", "") else text.encode()


def string(value: bytes) -> bytes:
    """A PDF string: readable where it is plain ASCII, hexadecimal otherwise."""
    if value.isascii() and value.decode("ascii").isprintable():
        return b"(" + value.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)") + b")"
    return b"<" + value.hex().encode() + b">"


def destinations(root: Object) -> dict[bytes, Object]:
    """The named destinations of a document."""
    targets: dict[bytes, Object] = {}
    names = root.get("/Names")
    todo = [names["/Dests"]] if isinstance(names, Dictionary) and "/Dests" in names else []
    while todo:
        node = todo.pop()
        pairs = list[Object](node["/Names"].as_list()) if "/Names" in node else []
        targets.update((bytes(pairs[at]), pairs[at + 1]) for at in range(0, len(pairs), 2))
        todo.extend(node["/Kids"].as_list() if "/Kids" in node else [])
    return targets
