"""PDF objects written out as bytes, with every reference marked as shared by all copies or as a copy's own."""

from collections.abc import Mapping
from decimal import Decimal

from pikepdf import Array, Dictionary, Name, Object, Operator, Stream, String

from leaflets.errors import PdfError
from leaflets.model.compiled import LOCAL, SHARED, Shared

ObjGen = tuple[int, int]
Destinations = Mapping[bytes, Object]

_MAX_DEPTH = 60
_NEVER_SHARED = (Name.Page, Name.Pages, Name.StructElem, Name.StructTreeRoot)


class Writer:
    """Writes objects as bytes and gathers the shared ones; `local` knows the place of each object that a copy owns."""

    def __init__(self, local: Mapping[ObjGen, int], destinations: Destinations) -> None:
        self._local = local
        self._destinations = destinations
        self._places: dict[ObjGen, int] = {}
        self._shared: list[Shared | None] = []

    @property
    def shared(self) -> tuple[Shared, ...]:
        """The shared objects met so far."""
        return tuple(shared for shared in self._shared if shared is not None)

    def value(self, item: object, depth: int = 0) -> bytes:
        """One value; what is an object of its own becomes a reference to it."""
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
        """A dictionary in its brackets, without the keys to leave out; named destinations are given as pages."""
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
        """The place of an object among the shared ones, where it is put if it is not there yet."""
        known = self._places.get(item.objgen)
        if known is not None:
            return known
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

    def add(self, shared: Shared) -> int:
        """Put an object that the leaflet's PDF does not have among the shared ones; its place."""
        self._shared.append(shared)
        return len(self._shared) - 1

    def _whole(self, item: Object) -> Shared:
        if isinstance(item, Stream):
            body = self.entries(item, leave_out=frozenset({"/Length"}), depth=1)
            return Shared(body, item.read_raw_bytes())
        if isinstance(item, Dictionary):
            return Shared(self.entries(item, depth=1))
        if isinstance(item, Array):
            return Shared(b"[" + b" ".join(self.value(part, 1) for part in item.as_list()) + b"]")
        return Shared(scalar(item))

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
    found: dict[bytes, Object] = {}
    names = root.get("/Names")
    todo = [names["/Dests"]] if isinstance(names, Dictionary) and "/Dests" in names else []
    while todo:
        node = todo.pop()
        pairs = list[Object](node["/Names"].as_list()) if "/Names" in node else []
        found.update((bytes(pairs[at]), pairs[at + 1]) for at in range(0, len(pairs), 2))
        todo.extend(node["/Kids"].as_list() if "/Kids" in node else [])
    return found
