"""A booklet: every page once, in order when it is folded, with its words, tags, links, bookmarks and files."""

import dataclasses
import io
import re
from collections.abc import Iterator

import pikepdf
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaflets.booklet import booklet
from leaflets.errors import PdfError
from leaflets.impose import booklet_sides
from leaflets.model.edition import Audience, Edition
from leaflets.model.page import Pdf
from leaflets.model.paper import Paper
from leaflets.seal.digest import is_intact
from leaflets.typeset import typeset
from tests.pages import RICH_BODY, RICH_CSS, assets, page
from tests.running import MONOGRAPH, Leaflet
from tests.sheets import page_texts
from tests.verapdf import failures

A5 = "@page { size: A5; margin: 12mm }"
SHEETS = ("output/a-patient-a5-booklet.pdf", "output/a-clinician-a5-booklet.pdf")
MM = 72 / 25.4


# ---------------------------------------------------------------- the order of pages


def _folded(sides: tuple[tuple[int, int], ...], *, from_right: bool) -> list[int]:
    """The pages as a reader turns them: sheets printed on both sides, laid on one another, folded in the middle."""
    first, second = [], []
    for front, back in zip(sides[::2], sides[1::2], strict=True):
        if from_right:
            front, back = front[::-1], back[::-1]
        first += [front[1], back[0]]
        second += [front[0], back[1]]
    return first + second[::-1]


@given(st.integers(1, 400), st.booleans())
def test_a_folded_booklet_has_every_page_once_in_order_and_its_blanks_last(pages: int, from_right: bool) -> None:
    sides = booklet_sides(pages, from_right)
    read = _folded(sides, from_right=from_right)
    assert read == list(range(len(read)))
    assert len(read) % 4 == 0
    assert pages <= len(read) < pages + 4


@given(st.integers(1, 400))
def test_what_is_read_from_the_right_is_bound_on_the_right(pages: int) -> None:
    assert booklet_sides(pages, True) == tuple(side[::-1] for side in booklet_sides(pages))
    assert booklet_sides(pages)[0][1] == 0 == booklet_sides(pages, True)[0][0]


def test_eight_pages_on_two_sheets() -> None:
    assert booklet_sides(7) == ((7, 0), (1, 6), (5, 2), (3, 4))


# ---------------------------------------------------------------- the file


@pytest.fixture(scope="module")
def rich() -> Pdf:
    """A sheet of A5 pages with everything that a page can have: links, a picture, tables, running heads."""
    more = "".join(f"<h2 style='break-before: page'>Part {part}</h2><p>More words.</p>" for part in range(1, 3))
    return typeset(page(RICH_BODY + more, title="Rich"), assets(RICH_CSS + A5))


@pytest.fixture(scope="module")
def blank() -> Pdf:
    """A page that says it is blank, in its margin."""
    style = '@page { size: A5; @top-center { content: "Nothing here" } }'
    return typeset(page("<div></div>", title="Blank"), assets(style))


_SAYS_ID = re.compile(r"ID \w+")


def _halves(data: bytes) -> Iterator[str]:
    """The words of each half of each side."""
    with pypdfium2.PdfDocument(data) as document:
        for side in document:
            width, height = side.get_size()
            for left in (0, width / 2):
                inside = side.get_textpage().get_text_bounded(left, 0, left + width / 2, height)
                yield " ".join(inside.split())


def _plain(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("from_right", [False, True])
def test_every_word_stands_on_its_page_and_every_other_page_says_it_is_blank(
    rich: Pdf, blank: Pdf, from_right: bool
) -> None:
    assert rich.pages % 4, "the sheet of this test should leave pages blank"
    bound = booklet(rich, blank, right_to_left=from_right)
    wanted = [*map(_plain, page_texts(rich.data)), *["Nothing here"] * (-rich.pages % 4)]
    order = [number for side in booklet_sides(rich.pages, from_right) for number in side]
    assert list(_halves(bound.data)) == [wanted[number] for number in order]
    assert bound.pages == len(order) / 2


def test_a_monograph_is_folded_page_for_page(leaflet: Leaflet) -> None:
    """Metformin has a grid of doses to fill in, whose cells are blank too."""
    for flags in ([], ["--booklet"]):
        assert leaflet("build", "metformin", "--audience", "patient", "--paper", "a5", *flags).code == 0
    flat, bound = (leaflet.folder / "output" / f"metformin-patient-a5{end}.pdf" for end in ("", "-booklet"))
    pages = [_SAYS_ID.sub("", _plain(text)) for text in page_texts(flat.read_bytes())]
    order = [number for side in booklet_sides(len(pages)) for number in side]
    folded = [_SAYS_ID.sub("", half) for half in _halves(bound.read_bytes())]
    assert folded == [pages[number] if number < len(pages) else "This page is left blank" for number in order]


def test_the_paper_is_a4_on_its_long_side_and_nothing_is_scaled(rich: Pdf) -> None:
    bound = booklet(rich, None)
    with pypdfium2.PdfDocument(bound.data) as shown:
        assert {tuple(round(length / MM, 1) for length in side.get_size()) for side in shown} == {(297, 210)}
    with pikepdf.open(io.BytesIO(bound.data)) as document:
        options = document.Root.ViewerPreferences
        assert [str(options.Duplex), str(options.PrintScaling)] == ["/DuplexFlipShortEdge", "/None"]
        pages = [one for one in document.objects if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/Page"]
        assert len(pages) == bound.pages, "an old page is still in the file"
    (space,) = bound.rects
    (before,) = rich.rects
    assert (space.page, space.width, space.height, space.y) == (0, before.width, before.height, before.y)
    assert space.x - before.x == pytest.approx(297 / 2 * MM, abs=0.01)


def _tagged(data: bytes) -> list[tuple[str, str]]:
    """Each tag in the order of reading, with the words of its own marks as they are drawn."""
    with pikepdf.open(io.BytesIO(data)) as document:
        drawn = {one.obj.objgen: _drawn(one) for one in document.pages}
        return list(_elements(document.Root.StructTreeRoot, drawn))


def _drawn(one: pikepdf.Page) -> dict[int, str]:
    """What each mark of a page shows."""
    marks: dict[int, str] = {}
    inside: list[int | None] = []
    for instruction in pikepdf.parse_content_stream(one):
        operator = str(instruction.operator)
        if operator in ("BDC", "BMC"):
            named = instruction.operands[1] if operator == "BDC" else pikepdf.Dictionary()
            inside.append(int(named["/MCID"]) if isinstance(named, pikepdf.Dictionary) and "/MCID" in named else None)
        elif operator == "EMC":
            inside.pop()
        elif operator in ("TJ", "Tj", "Do", "re", "m") and inside and inside[-1] is not None:
            marks[inside[-1]] = marks.get(inside[-1], "") + str(instruction.operands)
    return marks


def _elements(element: pikepdf.Object, drawn: dict[tuple[int, int], dict[int, str]]) -> Iterator[tuple[str, str]]:
    kids = element.get("/K", pikepdf.Array())
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, int):
            yield str(element.S), drawn[element.Pg.objgen][kid]
        elif "/S" in kid:
            yield from _elements(kid, drawn)
        else:
            yield str(element.S), str(kid.Obj.get("/Contents", kid.Obj.Subtype))


def test_the_tags_lead_to_the_same_words_in_the_same_order(rich: Pdf, blank: Pdf) -> None:
    assert _tagged(booklet(rich, blank).data) == _tagged(rich.data)


def test_each_mark_of_a_side_names_its_tag(rich: Pdf, blank: Pdf) -> None:
    with pikepdf.open(io.BytesIO(booklet(rich, blank).data)) as document:
        numbers = document.Root.StructTreeRoot.ParentTree.Nums
        owners = dict(zip(map(int, numbers[::2]), numbers[1::2], strict=True))
        for one in document.pages:
            tags = owners[int(one.obj.StructParents)]
            for mark in _drawn(one):
                assert tags[mark].Pg.objgen == one.obj.objgen
                assert mark in [kid for kid in tags[mark].K if isinstance(kid, int)]


def test_links_and_bookmarks_lead_to_where_their_words_are_now(rich: Pdf, blank: Pdf) -> None:
    with pypdfium2.PdfDocument(rich.data) as before, pypdfium2.PdfDocument(booklet(rich, blank).data) as after:
        old, new = list(before.get_toc()), list(after.get_toc())
        assert [one.get_title() for one in new] == [one.get_title() for one in old] != []
        sides = booklet_sides(rich.pages)
        for was, now in zip(old, new, strict=True):
            side = sides[now.get_dest().get_index()]
            assert was.get_dest().get_index() in side
            half = side.index(was.get_dest().get_index())
            (left, top, *_), (left_now, top_now, *_) = was.get_dest().get_view()[1], now.get_dest().get_view()[1]
            assert (left_now - left, top_now) == pytest.approx(((297 / 2 - (0 if half else 148)) * MM, top), abs=0.01)
    with pikepdf.open(io.BytesIO(booklet(rich, blank).data)) as document:
        links = [(link, one.obj) for one in document.pages for link in one.obj.get("/Annots", ())]
        numbers = document.Root.StructTreeRoot.ParentTree.Nums
        owners = dict(zip(map(int, numbers[::2]), numbers[1::2], strict=True))
        assert links
        assert all(owners[int(link.StructParent)].S == "/Link" for link, _ in links)
        assert all(link.P.objgen == one.objgen for link, one in links)


@pytest.mark.parametrize("profile", ["3a", "ua1"])
@pytest.mark.parametrize("from_right", [False, True])
def test_a_booklet_is_archival_and_accessible(rich: Pdf, blank: Pdf, profile: str, from_right: bool) -> None:
    assert failures(booklet(rich, blank, right_to_left=from_right).data, profile) == []


def test_a_booklet_is_sealed_and_the_same_bytes_each_time(rich: Pdf, blank: Pdf) -> None:
    data = booklet(rich, blank).data
    assert booklet(rich, blank).data == data
    assert is_intact(data) is True
    assert is_intact(data[:500] + bytes([data[500] ^ 1]) + data[501:]) is False


def test_what_is_no_sheet_of_ours_is_refused(rich: Pdf) -> None:
    with pytest.raises(PdfError, match="booklet"):
        booklet(dataclasses.replace(rich, data=b"%PDF-1.7 nothing"), None)


# ---------------------------------------------------------------- the command


@pytest.mark.slow
def test_a_booklet_from_the_command_line_verifies_and_is_rebuilt(leaflet: Leaflet) -> None:
    leaflet.write("content/a.md", MONOGRAPH)
    ran = leaflet("build", "a", "--paper", "a5", "--booklet")
    assert (ran.code, leaflet.files()) == (0, {"content/a.md", *SHEETS})
    for name in SHEETS:
        data = (leaflet.folder / name).read_bytes()
        assert " ".join(page_texts(data)).count("This page is left blank") == 3
        for profile in ("3a", "ua1"):
            assert failures(data, profile) == []
        verified = leaflet("verify", name)
        assert verified.code == 0
        assert "en a5 booklet" in verified.out
        assert leaflet("rebuild", name, "-o", "again.pdf").code == 0
        assert (leaflet.folder / "again.pdf").read_bytes() == data


def test_a_booklet_has_an_id_of_its_own_and_its_pages_are_those_of_a5() -> None:
    folded = Edition(Audience.PATIENT, paper=Paper.A5, booklet=True)
    assert folded.planned_pages == dataclasses.replace(folded, booklet=False).planned_pages
    assert dataclasses.replace(folded, sheets=2).planned_pages == 8  # a sheet of paper has four of its pages
    assert folded.stylesheets[-2:] == ("booklet.css", "theme.css")


@pytest.mark.parametrize("paper", [(), ("--paper", "letter"), ("--paper", "a4")])
def test_a_booklet_of_other_paper_is_a_fault_of_use(leaflet: Leaflet, paper: tuple[str, ...]) -> None:
    leaflet.write("a.md", MONOGRAPH)
    ran = leaflet("build", "a.md", "--booklet", *paper)
    assert (ran.code, leaflet.files()) == (2, {"a.md"})
    assert "Say --paper a5." in ran.err
