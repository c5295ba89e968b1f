"""A leaflet taken apart: nothing lost, nothing that copies could not share."""

import dataclasses
import io
import re

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaflets.errors import LeafletLost, PdfError
from leaflets.impose import Sides
from leaflets.model.compiled import CompiledLeaflet, pack, unpack
from leaflets.model.page import Pdf
from leaflets.stamp import compile_leaflet
from leaflets.typeset import typeset
from tests.pages import RICH_BODY, RICH_CSS, assets, page
from tests.print_samples import leaflet, sheet


@pytest.fixture(scope="module")
def rich() -> tuple[Pdf, CompiledLeaflet]:
    """A leaflet with everything a page can have, and its sheet."""
    pdf = typeset(page(RICH_BODY, title="Baricitinib"), assets(RICH_CSS))
    return pdf, compile_leaflet(pdf)


def changed(pdf: Pdf, change: str) -> Pdf:
    """The PDF after one thing is done to it."""
    with pikepdf.open(io.BytesIO(pdf.data)) as document:
        if change == "no tags":
            del document.Root.StructTreeRoot
        elif change == "two documents":
            root = document.Root.StructTreeRoot
            root.K = pikepdf.Array(
                [*root.K, document.make_indirect(pikepdf.Dictionary(S=pikepdf.Name.Part, K=pikepdf.Array()))]
            )
        elif change == "no scopes":
            headers = [item for item in document.objects if isinstance(item, pikepdf.Dictionary) and "/A" in item]
            for attributes in (part for item in headers for part in item.A.wrap_in_array()):
                if "/Scope" in attributes:
                    del attributes["/Scope"]
        elif change == "dead link":
            del document.Root.Names
        out = io.BytesIO()
        document.save(out)
    return Pdf(out.getvalue(), pdf.pages, pdf.rects)


def test_pages_names_and_label_space_are_known(rich: tuple[Pdf, CompiledLeaflet]) -> None:
    pdf, compiled = rich
    assert (compiled.pages, compiled.title, compiled.lang) == (pdf.pages, "Baricitinib", "en")
    assert compiled.rect("label") == pdf.rects[0]
    assert compiled.rect("control") is None
    assert [round(form.width_pt) for form in compiled.page_templates] == [595] * pdf.pages


def test_all_tagged_content_keeps_an_owner(rich: tuple[Pdf, CompiledLeaflet]) -> None:
    pdf, compiled = rich
    with pikepdf.open(io.BytesIO(pdf.data)) as document:
        for form, original in zip(compiled.page_templates, document.pages, strict=True):
            data = b"".join(part.read_bytes() for part in original.obj.Contents.wrap_in_array())
            numbers = {int(number) for number in re.findall(rb"/MCID (\d+)", data)}
            assert numbers == {number for number, owner in enumerate(form.owners) if owner >= 0}
    assert all(0 <= owner < len(compiled.elements) for form in compiled.page_templates for owner in form.owners)


def test_no_element_with_a_meaning_is_lost(rich: tuple[Pdf, CompiledLeaflet]) -> None:
    pdf, compiled = rich
    with pikepdf.open(io.BytesIO(pdf.data)) as document:
        elements = [
            o for o in document.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/StructElem"
        ]
    roles = [str(item.S) for item in elements]
    copied_roles = re.findall(rb"/S (/\w+)", b"".join(compiled.elements))
    for role in ("/H1", "/H2", "/Table", "/TH", "/TD", "/L", "/LI", "/Link", "/Figure", "/Caption", "/BlockQuote"):
        assert copied_roles.count(role.encode()) == roles.count(role), role
    assert b"/Alt (A tablet)" in b"".join(compiled.elements)


@pytest.mark.parametrize("role", ["/Span", "/NonStruct"])
def test_wrappers_without_meaning_are_folded_into_what_they_wrap(role: str) -> None:
    plain = compile_leaflet(leaflet(1))
    assert compile_leaflet(wrapped(leaflet(1), role)).elements == plain.elements
    compiled = compile_leaflet(wrapped(leaflet(1), role, "said otherwise"))
    assert len(compiled.elements) == len(plain.elements) + 1


def test_groups_go_where_they_hold_elements_and_stay_where_they_hold_text() -> None:
    plain = compile_leaflet(leaflet(1))
    assert compile_leaflet(wrapped(leaflet(1), "/Div", "said otherwise")).elements != plain.elements
    assert len(compile_leaflet(wrapped(leaflet(1), "/Div")).elements) == len(plain.elements) + 1
    assert compile_leaflet(grouped(leaflet(1))).elements == plain.elements
    assert compile_leaflet(grouped(leaflet(1), "said otherwise")).elements != plain.elements


def grouped(pdf: Pdf, alt: str = "") -> Pdf:
    """The PDF with everything below its document in one more group."""
    with pikepdf.open(io.BytesIO(pdf.data)) as document:
        root = document.Root.StructTreeRoot.K
        top = root[0] if isinstance(root, pikepdf.Array) else root
        group = document.make_indirect(
            pikepdf.Dictionary(Type=pikepdf.Name.StructElem, S=pikepdf.Name.Div, P=top, K=top.K)
        )
        if alt:
            group.Alt = pikepdf.String(alt)
        top.K = pikepdf.Array([group])
        out = io.BytesIO()
        document.save(out)
    return Pdf(out.getvalue(), pdf.pages, pdf.rects)


def wrapped(pdf: Pdf, role: str, alt: str = "") -> Pdf:
    """The PDF with the first heading's content inside one more element."""
    with pikepdf.open(io.BytesIO(pdf.data)) as document:
        heading = next(o for o in document.objects if isinstance(o, pikepdf.Dictionary) and o.get("/S") == "/H1")
        inner = pikepdf.Dictionary(Type=pikepdf.Name.StructElem, S=pikepdf.Name(role), P=heading, K=heading.K)
        if alt:
            inner.Alt = pikepdf.String(alt)
        inner.Pg = heading.Pg
        heading.K = pikepdf.Array([document.make_indirect(inner)])
        out = io.BytesIO()
        document.save(out)
    return Pdf(out.getvalue(), pdf.pages, pdf.rects)


def test_equal_font_names_are_equal_fonts() -> None:
    fonts: dict[bytes, set[bytes]] = {}
    for key in ("1", "2", "3"):
        shared = sheet(key).shared
        for item in shared:
            if name := re.search(rb"/FontName (/\S+?)/", item.body):
                file = re.search(rb"/FontFile2 \xf1(....)", item.body)
                assert file is not None
                fonts.setdefault(name[1], set()).add(shared[int(file[1], 16)].data or b"")
    assert len(fonts) > 2
    assert all(len(files) == 1 for files in fonts.values())


def test_table_headers_have_a_scope_and_no_copy_repeats_an_id(rich: tuple[Pdf, CompiledLeaflet]) -> None:
    elements = rich[1].elements
    headers = [body for body in elements if re.search(rb"/S /TH\b(?!ead)", body)]
    assert headers
    assert all(b"/Scope" in body for body in headers)
    assert not any(b"/ID " in body or b"/Headers" in body for body in elements)


def test_a_table_header_without_a_scope_is_given_that_of_its_column() -> None:
    compiled = compile_leaflet(changed(leaflet(1), "no scopes"))
    headers = [body for body in compiled.elements if re.search(rb"/S /TH\b(?!ead)", body)]
    assert len(headers) == 2
    assert all(b"/Scope/Column" in body for body in headers)


def test_links_lead_to_pages_of_the_copy(rich: tuple[Pdf, CompiledLeaflet]) -> None:
    inner = [body for body in rich[1].annotations if b"/Dest" in body]
    assert inner
    assert all(b"/Dest [\xf2" in body for body in inner)


def test_the_same_pdf_gives_the_same_sheet(rich: tuple[Pdf, CompiledLeaflet]) -> None:
    assert compile_leaflet(rich[0]) == rich[1]


def test_a_sheet_is_stored_and_read_back(rich: tuple[Pdf, CompiledLeaflet]) -> None:
    pdf, compiled = rich
    assert unpack(pack(compiled, "k"), "k") == compiled
    assert len(pack(compiled, "k")) < 3 * len(pdf.data)


@given(st.data())
def test_a_damaged_sheet_is_refused(data: st.DataObject) -> None:
    whole = pack(sheet("1"), "k")
    at = data.draw(st.integers(0, len(whole) - 1))
    cut = data.draw(st.booleans())
    damaged = whole[:at] if cut else whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
    with pytest.raises(LeafletLost):
        unpack(damaged, "k")


def test_a_sheet_under_the_key_of_another_is_refused() -> None:
    with pytest.raises(LeafletLost):
        unpack(pack(sheet("1"), "k"), "another")


@pytest.mark.parametrize("change", ["no tags", "two documents", "dead link"])
def test_what_copies_cannot_share_is_refused(change: str) -> None:
    with pytest.raises(PdfError):
        compile_leaflet(changed(leaflet(1), change))


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"not a PDF", leaflet(1).data[:900]])
def test_what_is_no_pdf_is_refused(data: bytes) -> None:
    with pytest.raises(PdfError):
        compile_leaflet(dataclasses.replace(leaflet(1), data=data))


@pytest.mark.parametrize(
    ("sides", "after", "papers", "later_fronts"),
    [
        (Sides(1), "b", 1, []),
        (Sides(2), "", 1, []),
        (Sides(3), "b", 2, [2]),
        (Sides(3, duplex=False), "", 3, [1, 2]),
        (Sides(1, label_sheet=True), "bLb", 2, []),
        (Sides(2, label_sheet=True), "Lb", 2, []),
        (Sides(3, label_sheet=True), "bLb", 3, [2]),
        (Sides(2, duplex=False, label_sheet=True), "L", 3, [1]),
        (Sides(1, last_back=False), "", 1, []),
        (Sides(3, label_sheet=True, last_back=False), "bL", 3, [2]),
    ],
)
def test_a_copy_fills_whole_sheets_of_paper(sides: Sides, after: str, papers: int, later_fronts: list[int]) -> None:
    assert "".join("L" if is_label else "b" for is_label in sides.after) == after
    assert sides.all_pages == sides.pages + len(after)
    assert sides.sheets == papers
    assert list(sides.later_fronts) == later_fronts
