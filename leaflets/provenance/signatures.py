"""Signatures that were appended to a sheet after it was sealed, as PAdES (ETSI EN 319 142-1) has it.

A signature is one more revision of the file, behind the sealed one. It is taken for one where it is valid, covers the
whole file, and changes no object of the sealed revision but to enter itself: a revision can draw over every page.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import pikepdf

from leaflets.errors import PdfError, UsageError
from leaflets.seal.digest import is_intact, sealed_part

_EXTRA = "pip install 'leaflets[signatures]' makes leaflet able to read signatures."
_ENTERED_IN_CATALOG = frozenset({"/AcroForm", "/Perms", "/DSS", "/Extensions", "/Version"})
"""Keys of the catalog under which signatures, and what later proves them valid, are entered."""
_LAST_WRITTEN = frozenset({"Producer", "ModifyDate", "MetadataDate", "xmptk"})
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_MOST_METADATA = 100_000
_FORM_KEYS = frozenset({"/Fields", "/SigFlags", "/DA", "/DR"})
_LIVELY = frozenset({"/A", "/AA", "/Kids"})
"""Keys of a field that run something, or hide more fields in it."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature: whose it is, when it says it was made (ISO), whether a trusted certificate vouches for it."""

    signer: str
    signed: str
    trusted: bool


def without_signatures(data: bytes, certificates: bytes = b"") -> tuple[bytes, tuple[Signature, ...]]:
    """A sheet as it was sealed, and the signatures appended since; a file without any is returned as it is.

    `certificates` are those the project trusts, as PEM. Raises PdfError where anything else was appended or a signature
    is not valid, UsageError where the certificates cannot be read.
    """
    sealed = sealed_part(data) if is_intact(data) is False else None
    if sealed is None:
        return data, ()
    signatures = _signatures(data, certificates)
    if not signatures:
        raise PdfError("something was appended to it after it was sealed, and it is no signature")
    try:
        changed = _changed_object(sealed, data)
    except (pikepdf.PdfError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise PdfError("what was appended to it with its signature cannot be read") from error
    if changed:
        raise PdfError(f"what was appended with its signature changes the sheet: {changed}")
    return sealed, signatures


def _signatures(data: bytes, certificates: bytes) -> tuple[Signature, ...]:
    """The signatures of a file. Raises PdfError where one is not valid, or the last does not cover all of the file."""
    try:
        from pyhanko.pdf_utils.reader import PdfFileReader
        from pyhanko.sign.validation import SignatureCoverageLevel
    except ModuleNotFoundError as error:
        raise PdfError("something was appended to it after it was sealed, perhaps a signature", _EXTRA) from error
    trusted = _trusted(certificates)
    try:
        embedded = PdfFileReader(io.BytesIO(data)).embedded_signatures
        statuses = [_status(each, trusted) for each in embedded]
    except Exception as error:  # a file may come from anywhere, and the library's errors have no common parent
        raise PdfError("what was appended to it cannot be read as a signature") from error
    if not statuses:
        return ()
    if not all(status.intact and status.valid for status in statuses):
        raise PdfError("a signature on it is not valid: it was made over other bytes, or damaged")
    if statuses[-1].coverage is not SignatureCoverageLevel.ENTIRE_FILE:
        raise PdfError("something was appended to it after its last signature")
    return tuple(_signature(each, status) for each, status in zip(embedded, statuses, strict=True))


def _trusted(certificates: bytes) -> list[Any]:
    from pyhanko.keys import load_certs_from_pemder_data

    try:
        return list(load_certs_from_pemder_data(certificates)) if certificates else []
    except (ValueError, TypeError) as error:
        raise UsageError(
            "the file in “provenance.certificates” holds no certificates", "It must hold certificates as PEM."
        ) from error


def _status(embedded: Any, trusted: list[Any]) -> Any:
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    embedded.compute_integrity_info()
    return validate_pdf_signature(embedded, ValidationContext(trust_roots=trusted, allow_fetching=False))


def _signature(embedded: Any, status: Any) -> Signature:
    names: Mapping[str, Any] = embedded.signer_cert.subject.native
    name = str(names.get("common_name") or embedded.signer_cert.subject.human_friendly)
    time = embedded.self_reported_timestamp
    return Signature(name, time.isoformat() if time else "", bool(status.trusted))


# ---------------------------------------------------------------- what a signature may change


def _changed_object(sealed: bytes, data: bytes) -> str:
    """The first object that was changed in another way than a signature does it; empty where there is none."""
    with pikepdf.open(io.BytesIO(sealed)) as before, pikepdf.open(io.BytesIO(data)) as after:
        if after.Root.objgen != before.Root.objgen:
            return "its catalog"
        allowed = _AllowedChanges(before)
        objects = (one for one in before.objects if isinstance(one, pikepdf.Object) and one.is_indirect)
        pairs = ((one, after.get_object(one.objgen)) for one in objects)
        changed = (one for one, other in pairs if not _is_same(one, other) and not allowed.has(one, other))
        return next((f"object {one.objgen[0]}" for one in changed), "")


class _AllowedChanges:
    """What a signature changes in a sheet: catalog and first page to be entered there, and what the file says of the
    program that wrote it last."""

    def __init__(self, sheet: pikepdf.Pdf) -> None:
        self.catalog = sheet.Root.objgen
        self.metadata = sheet.Root.Metadata.objgen
        self.info = sheet.trailer.get("/Info", pikepdf.Dictionary()).objgen
        self.pages = {page.objgen for page in sheet.pages}

    def has(self, one: pikepdf.Object, other: pikepdf.Object) -> bool:
        """Whether the second of two objects is the first with no other change."""
        if one.objgen == self.catalog:
            return _grew(one, other, _ENTERED_IN_CATALOG) and _holds_signatures(other)
        if one.objgen in self.pages:
            return _grew(one, other, {"/Annots"}) and _draws_nothing(one, other)
        if one.objgen == self.info:
            return _grew(one, other, {"/Producer", "/ModDate"})
        return one.objgen == self.metadata and _metadata(one) == _metadata(other)


def _metadata(stream: pikepdf.Object) -> frozenset[tuple[str, str]]:
    """What an XMP packet says, each property with its value, but for the program that wrote it last, and when.

    Elements and attributes say the same (ISO 16684-1, 7.9.2.2). Empty where it cannot be read.
    """
    data = stream.read_bytes() if isinstance(stream, pikepdf.Stream) else b""
    if len(data) > _MOST_METADATA:
        return frozenset()
    try:
        elements = list(ElementTree.fromstring(data).iter())
    except ElementTree.ParseError:
        return frozenset()
    values = [(one.tag, one.text or "") for one in elements]
    for one in elements:
        values += [(one.tag if name == f"{_RDF}resource" else name, value) for name, value in one.attrib.items()]
    return frozenset(
        (name, value.strip())
        for name, value in values
        if value.strip() and name.rpartition("}")[2] not in _LAST_WRITTEN and name != f"{_RDF}parseType"
    )


def _is_same(one: pikepdf.Object, other: pikepdf.Object) -> bool:
    if one.unparse(resolved=True) != other.unparse(resolved=True):
        return False
    return not isinstance(one, pikepdf.Stream) or one.read_raw_bytes() == other.read_raw_bytes()


def _grew(one: pikepdf.Object, other: pikepdf.Object, entered: Iterable[str]) -> bool:
    """Whether two dictionaries are the same but for these keys."""
    if not isinstance(one, pikepdf.Dictionary) or not isinstance(other, pikepdf.Dictionary):
        return False
    names = {str(name) for name in (*one.keys(), *other.keys())} - set(entered)
    return all(name in one and name in other and _bytes_of(one[name]) == _bytes_of(other[name]) for name in names)


def _bytes_of(value: Any) -> bytes:
    """A value as a PDF has it; numbers come as Python's own."""
    return bytes(value.unparse()) if isinstance(value, pikepdf.Object) else repr(value).encode()


def _draws_nothing(page: pikepdf.Object, signed: pikepdf.Object) -> bool:
    """Whether a page has the annotations it had, and besides them only fields of signatures that have no area."""
    before = [_bytes_of(each) for each in page.get("/Annots", [])]
    now: Any = list(signed.get("/Annots", []))
    if [_bytes_of(each) for each in now[: len(before)]] != before:
        return False
    return all(_is_bare_signature(each) for each in now[len(before) :])


def _holds_signatures(catalog: pikepdf.Object) -> bool:
    """Whether the form in a catalog has fields of signatures alone, which draw and run nothing."""
    form: Any = catalog.get("/AcroForm", pikepdf.Dictionary())
    return {str(key) for key in form} <= _FORM_KEYS and all(map(_is_bare_signature, form.get("/Fields", [])))


def _is_bare_signature(field: Any) -> bool:
    if not isinstance(field, pikepdf.Dictionary):
        return False
    keys = {str(key) for key in field}
    if field.get("/Subtype", pikepdf.Name.Widget) != pikepdf.Name.Widget:  # others are drawn without an area, as notes
        return False
    return field.get("/FT") == pikepdf.Name.Sig and not keys & _LIVELY and _area(field.get("/Rect", [0, 0, 0, 0])) == 0


def _area(rect: Any) -> float:
    left, bottom, right, top = (float(each) for each in rect)
    return abs((right - left) * (top - bottom))
