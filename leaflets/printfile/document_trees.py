"""The trees of a print file, built while copies are written: pages, bookmarks, and the parents of tagged content."""

from dataclasses import dataclass, field
from html import escape

from leaflets.printfile.objects import ObjectFile, text_string

_NODES_PER_BRANCH = 64


@dataclass(slots=True)
class _Branch:
    number: int
    nodes: list[int] = field(default_factory=list)
    pages: int = 0


class PageTree:
    """Pages in nodes, nodes in branches, branches under the root, so that viewers find a page without a long scan."""

    def __init__(self, file: ObjectFile, root: int) -> None:
        self._file, self._root = file, root
        self._branches: list[_Branch] = []
        self._node = 0
        self._kids: list[bytes] = []

    def node(self) -> int:
        """The object number of the current node, the parent of the next copy's pages."""
        if not self._node:
            self._node = self._file.reserve()
        return self._node

    def add(self, first: int, pages: int, first_blank: int, blanks: int) -> None:
        """Add a copy's pages, which have consecutive numbers, and the blank ones after them."""
        self._kids += [b"%d 0 R" % number for number in range(first, first + pages)]
        if blanks:
            self._kids += [b"%d 0 R" % number for number in range(first_blank, first_blank + blanks)]

    def close_node(self) -> None:
        """Write the current node."""
        if not self._kids:
            return
        if not self._branches or len(self._branches[-1].nodes) == _NODES_PER_BRANCH:
            self._branches.append(_Branch(self._file.reserve()))
        branch = self._branches[-1]
        body = b"<</Type/Pages/Parent %d 0 R/Count %d/Kids[%b]>>" % (
            branch.number,
            len(self._kids),
            b" ".join(self._kids),
        )
        self._file.pack(self._node, [body])
        branch.nodes.append(self._node)
        branch.pages += len(self._kids)
        self._node, self._kids = 0, []

    def finish(self) -> None:
        """Write the branches and the root."""
        for branch in self._branches:
            kids = b" ".join(b"%d 0 R" % node for node in branch.nodes)
            body = b"<</Type/Pages/Parent %d 0 R/Count %d/Kids[%b]>>" % (self._root, branch.pages, kids)
            self._file.pack(branch.number, [body])
        kids = b" ".join(b"%d 0 R" % branch.number for branch in self._branches)
        count = sum(branch.pages for branch in self._branches)
        self._file.put(self._root, b"<</Type/Pages/Count %d/Kids[%b]>>" % (count, kids))


class Bookmarks:
    """One bookmark a copy, in groups that open one at a time; a short file has no groups."""

    def __init__(self, file: ObjectFile, root: int) -> None:
        self._file, self._root = file, root
        self._open: list[tuple[str, int]] = []
        self._groups = 0
        self._first = self._previous = self._next = 0
        self._waiting = b""

    def add(self, title: str, page: int) -> None:
        """Add a bookmark to a page."""
        self._open.append((title, page))

    def close_group(self) -> None:
        """Write the bookmarks added since the last group as a group with a bookmark of its own."""
        if not self._open:
            return
        number = self._next or self._file.reserve()
        first = self._items(number)
        title = text_string(f"{self._open[0][0]} – {self._open[-1][0]}")
        self._write_waiting(number)
        previous = b"/Prev %d 0 R" % self._previous if self._previous else b""
        self._waiting = b"<</Title%b/Parent %d 0 R/Count -%d/First %d 0 R/Last %d 0 R/Dest[%d 0 R/Fit]%b" % (
            title, self._root, len(self._open), first, first + len(self._open) - 1, self._open[0][1], previous,
        )  # fmt: skip
        self._first = self._first or number
        self._previous, self._next = number, 0
        self._groups += 1
        self._open = []

    def finish(self) -> bool:
        """Write the outline; returns whether it has any bookmark."""
        self.close_group()
        if not self._groups:
            return False
        self._write_waiting(0)
        body = b"<</Type/Outlines/First %d 0 R/Last %d 0 R/Count %d>>" % (self._first, self._previous, self._groups)
        self._file.put(self._root, body)
        return True

    def _items(self, parent: int) -> int:
        """Write the bookmarks of the group; returns the number of the first."""
        count = len(self._open)
        first = self._file.reserve(count)
        bodies = []
        for index, (title, page) in enumerate(self._open):
            previous = b"/Prev %d 0 R" % (first + index - 1) if index else b""
            following = b"/Next %d 0 R" % (first + index + 1) if index + 1 < count else b""
            where = b"/Dest[%d 0 R/Fit]" % page
            bodies.append(
                b"<</Title%b/Parent %d 0 R%b%b%b>>" % (text_string(title), parent, where, previous, following)
            )
        self._file.pack(first, bodies)
        return first

    def _write_waiting(self, following: int) -> None:
        """Write the previous group, now that the number of the one after it is known."""
        if self._waiting:
            after = b"/Next %d 0 R" % following if following else b""
            self._file.pack(self._previous, [self._waiting + after + b">>"])


class ParentTree:
    """The parent tree: from each page and link to the structure elements that own its content."""

    def __init__(self, file: ObjectFile, root: int) -> None:
        self._file, self._root = file, root
        self._rows: list[bytes] = []
        self._leaves: list[int] = []

    def add(self, rows: bytes) -> None:
        """Add the rows of a copy, in ascending order of their keys."""
        self._rows.append(rows)

    def close_leaf(self) -> None:
        """Write the rows added since the last leaf as a leaf."""
        if not self._rows:
            return
        number = self._file.reserve()
        limits = (first_key(self._rows[0]), last_key(self._rows[-1]))
        self._file.pack(number, [b"<</Limits[%d %d]/Nums[%b]>>" % (*limits, b" ".join(self._rows))])
        self._leaves.append(number)
        self._rows = []

    def finish(self) -> None:
        """Write the root."""
        self.close_leaf()
        self._file.put(self._root, b"<</Kids[%b]>>" % b" ".join(b"%d 0 R" % leaf for leaf in self._leaves))


def first_key(rows: bytes) -> int:
    """The first key of a copy's rows."""
    return int(rows[: min(index for index in (rows.find(b"["), rows.find(b" ")) if index > 0)])


def last_key(rows: bytes) -> int:
    """The last key of a copy's rows."""
    return int(rows.rsplit(b"\t", 1)[-1].split(b"[")[0].split(b" ")[0])


_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title><pdfuaid:part>1</pdfuaid:part>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


def xmp(title: str) -> bytes:
    """Metadata that gives the title and says that the file follows PDF/UA-1; it holds no date."""
    return _XMP.format(title=escape(title)).encode()
