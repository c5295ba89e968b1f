"""A list is read in the encoding it is in, or refused; a name is never printed in letters that were guessed."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaflets.errors import UsageError
from leaflets.runlist.encoding import UncertainEncoding
from leaflets.runlist.legacy_encodings import LEGACY_CODECS, legacy_reading
from leaflets.runlist.read import read_list, read_recorded_list

HEADER = "drug,patient_name,directions\n"

NAMES = {
    "cp1252": ["Åse Øst", "Hélène", "José Muñoz", "María García", "Ça va"],
    "cp1250": ["Dvořák", "Łukasz", "Čapek", "Nováková", "Őz Ferenc"],
    "iso8859_2": ["Šimůnek", "Łoś"],
    "cp1251": ["Иванов Пётр", "Олена"],
    "koi8_r": ["Иванов Пётр"],
    "cp1253": ["Γιώργος"],
    "cp1254": ["Ayşe Yılmaz", "Şahin"],
    "cp1255": ["משה כהן"],
    "cp1256": ["محمد علي"],
    "cp1257": ["Ķirsis", "Žukauskas", "Jānis Bērziņš"],
    "cp850": ["José", "Müller", "Ñandú", "Jäger"],
    "cp874": ["สมชาย"],
    "cp932": ["田中太郎", "サトウ", "ｻﾄｳ"],
    "euc_jp": ["田中太郎"],
    "gb18030": ["王伟", "张三", "李娜"],
    "big5": ["王大明", "陳美"],
    "cp949": ["김철수"],
}


def legacy_list(name: str, codec: str, drug: str = "apixaban") -> bytes:
    return f"{HEADER}{drug},{name},Take one\n".encode(codec)


def message(caught: pytest.ExceptionInfo[UsageError]) -> str:
    return caught.value.message + caught.value.hint


@pytest.mark.parametrize(("codec", "name"), [(codec, name) for codec, names in NAMES.items() for name in names])
def test_a_name_that_may_be_read_in_two_ways_is_not_read(codec: str, name: str) -> None:
    data = legacy_list(name, codec)
    with pytest.raises(UncertainEncoding, match="line 2 holds") as caught:
        read_list(data)
    readings = [data.decode(one, "replace").encode() for one in caught.value.codecs]
    assert legacy_list(name, "utf-8") in readings or len(caught.value.codecs) == 6
    assert name not in message(caught)
    assert read_list(data, codec=codec).parsed.rows[0].cells["patient_name"] == name


@pytest.mark.parametrize("name", ["Müller", "MÜLLER", "Jörg Groß, geb. Käse", "René Döhl", "Grüße für Änne"])
def test_letters_that_are_the_same_everywhere_are_windows_1252(name: str) -> None:
    data = f'{HEADER}apixaban,Bo Müller,"{name}"\n'.encode("cp1252")
    run_list = read_list(data)
    assert run_list.parsed.rows[0].cells["directions"] == name
    assert [finding.code for finding in run_list.findings] == ["list-encoding"]


def test_a_late_letter_counts_among_many_words() -> None:
    many = "".join(f"apixaban,Müller,{''.join(letters)}é\n" for letters in product("abcdefghi", repeat=3))
    assert legacy_reading((HEADER + many).encode("cp1252")).is_windows_1252
    assert not legacy_reading((HEADER + many + "apixaban,Dvořák,Take one\n").encode("cp1250")).is_windows_1252


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_one_bad_byte_does_not_turn_a_list_into_another_encoding(mark: bytes) -> None:
    rows = HEADER + 'apixaban,José Muñoz,"Take\none"\n' * 3
    data = mark + rows.encode() + b"apixaban,Zo\xeb,x\r\nmetformin,Bo,Caf\xe9\n"
    with pytest.raises(UsageError, match="lines 8, 9 hold bytes that are not") as caught:
        read_list(data)
    assert "Zo" not in message(caught)


def test_a_list_cut_inside_a_letter_is_damaged() -> None:
    with pytest.raises(UsageError, match="line 3 holds bytes"):
        read_list((HEADER + "apixaban,Zoë Åse,x\napixaban,Bo,Zoë").encode()[:-1])


def test_a_wrong_encoding_that_was_given_names_the_line() -> None:
    for codec, line in (("ascii", 2), ("cp1252", 3), ("utf-8", 2)):
        with pytest.raises(UsageError, match=rf"read as {codec}: a byte on line {line} "):
            read_list(b"drug,patient_name\r\napixaban,Ren\xe9\r\napixaban,\x81\r\n", codec=codec)
    with pytest.raises(UsageError, match="line 3"):
        read_list("drug\nĊĊ\na".encode("utf-16-le") + b"\x00", codec="utf-16-le")


@pytest.mark.parametrize("codec", ["hex", "rot13", "idna", "undefined", "cp\x001252", "klingon"])
def test_what_is_no_encoding_of_texts_is_refused(codec: str) -> None:
    with pytest.raises(UsageError):
        read_list(b"drug,patient_name\napixaban,Ren\xe9\n", codec=codec)


@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_byte_order_mark_is_no_part_of_the_first_header(codec: str) -> None:
    run_list = read_list(
        ("\ufeff" + HEADER + "apixaban,Åse,x\n").encode(codec.replace("16", "16-le", codec == "utf-16")), codec=codec
    )
    assert run_list.parsed.rows[0].cells["drug"] == "apixaban"


@pytest.mark.parametrize("name", ["José Muñoz", "Łukasz", "Иванов", "محمد", "王伟", "O’Neill", "5 µg", "à la", "voilà"])
@pytest.mark.parametrize("format", ["csv", "json"])
def test_text_that_was_encoded_twice_is_refused(name: str, format: str) -> None:
    twice = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in name.encode())
    text = f'{{"drug": "a", "patient_name": "{twice}"}}\n' if format == "json" else f"{HEADER}a,{twice},x\n"
    row = read_list(text.encode()).parsed.rows[0]
    assert "`patient_name` was encoded twice" in row.fault
    assert read_list(f"{HEADER}a,{name},x\n".encode(), codec="latin-1").parsed.rows[0].fault


@pytest.mark.parametrize("name", ["Åse", "SÃO JOÃO", "CAFÉ®", "Âgé", "10 Å", "Às 8h", "«Ünal»", "Nestlé™", "Ærø"])
def test_letters_beside_signs_are_not_taken_for_bytes(name: str) -> None:
    assert read_list(f"{HEADER}a,{name},x\n".encode()).parsed.rows[0].fault == ""


def test_a_letter_that_was_lost_before_is_not_printed_as_a_sign() -> None:
    assert "letter that was lost" in read_list(f"{HEADER}a,Jos\ufffd,x\n".encode()).parsed.rows[0].fault


def test_the_error_shows_drugs_in_each_encoding_and_no_cell_of_a_patient() -> None:
    drugs = ["Kyselina acetylsalicylová", "Železo", "Hořčík", "Síran"]
    rows = "".join(f"{drug},Růžena Dvořáková,Užívejte ráno\n" for drug in ("aspirin", *drugs))
    with pytest.raises(UncertainEncoding) as caught:
        read_list((HEADER + rows).encode("cp1250"))
    shown = message(caught)
    assert "cp1250: Kyselina acetylsalicylová, Železo, Hořčík\n" in shown + "\n"
    assert "cp1252: Kyselina acetylsalicylová, Železo, Hoøèík\n" in shown + "\n"
    assert "Síran" not in shown
    for secret in ("žena", "Dvo", "jte", "Take"):
        assert secret not in shown


def test_rows_that_cannot_be_read_are_not_shown() -> None:
    with pytest.raises(UncertainEncoding) as caught:
        read_list((HEADER + "Dvořáková,Take one\nŽelezo,A,B\n").encode("cp1250"))
    assert "cp1250: Železo" in message(caught)
    assert "kov" not in message(caught)


def test_the_list_of_an_older_run_is_read_as_it_was_then() -> None:
    data = legacy_list("Hélène", "cp1252")
    assert read_recorded_list(data, {}, "").parsed.rows[0].cells["patient_name"] == "Hélène"
    with pytest.raises(UsageError):
        read_recorded_list(legacy_list("Hélène", "utf-8") + b"a,Zo\xeb,x\n", {}, "")


LETTERS = st.text(st.characters(categories=("Lu", "Ll", "Lo")), min_size=1, max_size=8)


@given(st.lists(LETTERS, min_size=1, max_size=5), st.sampled_from(sorted(LEGACY_CODECS)))
def test_no_name_comes_out_in_other_letters(names: list[str], codec: str) -> None:
    """Real words only: of a text that looks like none even in its own encoding nothing can be said."""
    text = HEADER + "".join(f"apixaban,{name},Take one\n" for name in names)
    try:
        data = text.encode(codec)
    except UnicodeEncodeError:
        return
    try:
        read = [row.cells["patient_name"] for row in read_list(data).parsed.rows]
    except UsageError:
        return
    if codec in legacy_reading(data).codecs:
        assert read == names
