"""Signatures of reviews: made with SSH keys, good for the words, the person and the day they were made for alone."""

import base64
import datetime as dt
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaflets.errors import UsageError
from leaflets.review.signers import Signers, read_signers
from leaflets.review.ssh_signature import fault_of, sign
from tests.running import MONOGRAPH, Leaflet

DAY = dt.date(2026, 12, 1)
WORDS = b'{"by":"Ann Lee, PharmD","statements":{}}'
BY = "Ann Lee, PharmD"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA" + "IA" + "A" * 42


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Private keys of several kinds, with their public halves."""
    folder = tmp_path_factory.mktemp("keys")
    kinds = {"ed25519": (), "rsa": ("-b", "2048"), "ecdsa": ("-b", "256"), "other": ()}
    for name, more in kinds.items():
        kind = "ed25519" if name == "other" else name
        command = ["ssh-keygen", "-q", "-t", kind, *more, "-N", "", "-C", "a comment", "-f", str(folder / name)]
        subprocess.run(command, check=True)
    return folder


def signers(
    keys: Path, name: str = "ed25519", options: str = 'namespaces="leaflet-review" ', who: str = "Ann Lee"
) -> Signers:
    public = (keys / f"{name}.pub").read_text()
    return read_signers(f'# who may sign\n\n"{who}" {options}{public}', "allowed_signers")


@pytest.mark.parametrize("kind", ["ed25519", "rsa", "ecdsa"])
def test_a_signature_is_good_for_its_words_alone(keys: Path, kind: str) -> None:
    signature = sign(WORDS, keys / kind)
    assert fault_of(WORDS, signature, BY, DAY, signers(keys, kind)) == ""
    assert "other words" in fault_of(WORDS.replace(b"{}", b'{"a":""}'), signature, BY, DAY, signers(keys, kind))


def test_the_library_signs_as_openssh_does(keys: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = shutil.which("ssh-keygen")
    monkeypatch.setattr("leaflets.review.ssh_signature.shutil.which", lambda name: None)
    signature = sign(WORDS, keys / "ed25519")
    assert fault_of(WORDS, signature, BY, DAY, signers(keys)) == ""
    (tmp_path / "signature").write_text(signature)
    (tmp_path / "allowed").write_text(f"ann {(keys / 'ed25519.pub').read_text()}")
    command = [str(program), "-Y", "verify", "-n", "leaflet-review", "-I", "ann", "-f", "allowed", "-s", "signature"]
    assert subprocess.run(command, input=WORDS, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    with pytest.raises(UsageError, match="not of the kind ssh-ed25519"):
        sign(WORDS, keys / "rsa")


def test_a_key_signs_for_its_person_alone(keys: Path) -> None:
    signature = sign(WORDS, keys / "ed25519")
    assert fault_of(WORDS, signature, "ann  LEE, RPh", DAY, signers(keys)) == ""
    assert "not among the allowed" in fault_of(WORDS, signature, "Bob Ray", DAY, signers(keys))
    assert "not among the allowed" in fault_of(WORDS, signature, BY, DAY, signers(keys, "other"))


@pytest.mark.parametrize(
    ("options", "good"),
    [
        ("", True), ('valid-after="20261201",valid-before="20261202" ', True), ('valid-before="20261201" ', False),
        ('valid-after="20261202" ', False), ('namespaces="git,leaflet-review" ', True), ('namespaces="git" ', False),
    ],
)  # fmt: skip
def test_a_key_signs_on_its_days_and_for_reviews(keys: Path, options: str, good: bool) -> None:
    fault = fault_of(WORDS, sign(WORDS, keys / "ed25519"), BY, DAY, signers(keys, options=options))
    assert (fault == "") is good


def test_a_revoked_key_is_refused(keys: Path) -> None:
    public = (keys / "ed25519.pub").read_text()
    revoking = read_signers(f'"Ann Lee" {public}', "allowed_signers", public, "revoked_signers")
    assert fault_of(WORDS, sign(WORDS, keys / "ed25519"), BY, DAY, revoking) == "its key was revoked"


def test_a_signature_made_for_something_else_is_refused(keys: Path, tmp_path: Path) -> None:
    (tmp_path / "words").write_bytes(WORDS)
    command = ["ssh-keygen", "-Y", "sign", "-q", "-n", "git", "-f", str(keys / "ed25519"), str(tmp_path / "words")]
    subprocess.run(command, check=True, capture_output=True)
    signature = (tmp_path / "words.sig").read_text()
    assert "made for “git”" in fault_of(WORDS, signature, BY, DAY, signers(keys))


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_no_changed_signature_is_good(place: int, other: int) -> None:
    (signature, allowed) = GOOD[0]
    lines = signature.splitlines()
    at = place % len(lines[2])
    lines[2] = f"{lines[2][:at]}{chr(33 + (ord(lines[2][at]) - 33 + other) % 94)}{lines[2][at + 1 :]}"
    changed = "\n".join(lines)
    assert changed == signature.strip() or fault_of(WORDS, changed, BY, DAY, allowed) != ""


GOOD: list[tuple[str, Signers]] = []


@pytest.fixture(autouse=True, scope="module")
def good(keys: Path) -> None:
    GOOD[:] = [(sign(WORDS, keys / "ed25519"), signers(keys))]


@pytest.mark.parametrize("text", ["", "nonsense", "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----"])
def test_what_is_no_signature_is_said_to_be_none(keys: Path, text: str) -> None:
    assert fault_of(WORDS, text, BY, DAY, signers(keys)) == "it cannot be read"


@pytest.mark.parametrize(
    "line",
    [
        "Ann Lee",
        '"Ann Lee" cert-authority ssh-ed25519 AAAA',
        '"Ann" valid-before="soon" ssh-ed25519 AAAA',
        "ssh-ed25519",
        f'"Ann" valid-before {KEY}',
        f'"Ann" valid-before="" {KEY}',
        f'"Ann" valid-before="20200101",valid-before="20300101" {KEY}',
        f'"Ann" {KEY[:-9]}',
        f'"Ann" {KEY.replace("ssh-ed25519", "ssh-rsa")}',
    ],
)
def test_a_line_that_is_not_understood_is_refused_with_its_number(line: str) -> None:
    with pytest.raises(UsageError, match=r"allowed_signers:2: "):
        read_signers(f"# a comment\n{line}\n", "allowed_signers")
    for revoked in ("nothing", KEY.replace("ssh-ed25519", "ssh-rsa"), KEY[:-9], KEY[:-8]):
        with pytest.raises(UsageError, match=r"revoked:1: "):
            read_signers("", "allowed_signers", revoked, "revoked")


def test_a_signature_of_another_kind_than_its_key_is_refused(keys: Path) -> None:
    lines = sign(WORDS, keys / "rsa").strip().splitlines()
    data = base64.b64decode("".join(lines[1:-1]))
    for kind in (b"ssh-ed25519", b"ecdsa-sha2-nistp256"):
        old, new = (len(each).to_bytes(4, "big") + each for each in (b"rsa-sha2-512", kind))
        at = data.rindex(old)
        size = int.from_bytes(data[at - 4 : at], "big") - len(old) + len(new)
        other = data[: at - 4] + size.to_bytes(4, "big") + data[at:].replace(old, new)
        text = "\n".join([lines[0], base64.b64encode(other).decode(), lines[-1]])
        assert "other words" in fault_of(WORDS, text, BY, DAY, signers(keys, "rsa"))


def test_a_key_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the review was not signed"):
        sign(WORDS, tmp_path / "gone")


# ---------------------------------------------------------------- in a project

REVIEW = ("review", "a", "--by", BY, "--role", "first", "--until", "2027-11-30")


@pytest.fixture
def project(leaflet: Leaflet, keys: Path) -> Leaflet:
    """A project that asks for signed reviews, and lets Ann Lee sign them."""
    leaflet.write("content/a.md", MONOGRAPH)
    leaflet.write("leaflet.toml", '[review]\nsignatures = "required"\n')
    leaflet.write("allowed_signers", f'"Ann Lee" {(keys / "ed25519.pub").read_text()}')
    return leaflet


def state(project: Leaflet) -> str:
    (text,) = json.loads(project("review", "--status", "a", "--json").out)["texts"]
    return str(text["state"])


def test_a_signed_review_counts(project: Leaflet, keys: Path) -> None:
    assert project(*REVIEW, "--sign", keys / "ed25519").code == 0
    assert state(project).startswith("reviewed")
    assert project("build", "a", "--audience", "patient").code == 0


def test_where_signatures_are_required_an_unsigned_review_counts_for_nothing(project: Leaflet) -> None:
    assert "--sign KEY" in project(*REVIEW).err
    assert not (project.folder / "content/reviews/a.json").exists()
    project.write("leaflet.toml", "")
    assert project(*REVIEW).code == 0
    assert state(project).startswith("reviewed")
    project.write("leaflet.toml", '[review]\nsignatures = "required"\n')
    assert state(project).startswith("draft")


def test_a_key_that_may_not_sign_writes_nothing(project: Leaflet, keys: Path) -> None:
    ran = project(*REVIEW, "--sign", keys / "other")
    assert ran.code == 2
    assert "not among the allowed signers" in ran.err
    assert not (project.folder / "content/reviews/a.json").exists()


@pytest.mark.parametrize("spoil", ["record", "revoked", "unknown"])
def test_what_was_changed_after_signing_is_refused(project: Leaflet, keys: Path, spoil: str) -> None:
    assert project(*REVIEW, "--sign", keys / "ed25519").code == 0
    assert project("build", "a", "--audience", "patient").code == 0
    path = project.folder / "content/reviews/a.json"
    if spoil == "record":
        path.write_text(path.read_text().replace("2027-11-30", "2028-11-30"))
    elif spoil == "revoked":
        project.write("revoked_signers", (keys / "ed25519.pub").read_text())
    else:
        project.write("allowed_signers", f'"Ann Lee" {(keys / "other.pub").read_text()}')
    ran = project("build", "a", "--audience", "patient")
    assert ran.code == 3
    assert "content/reviews/a.json: review 1, by Ann Lee, PharmD: the signature does not hold" in ran.err


def test_a_sheet_is_still_ours_when_other_signers_are_allowed_or_other_reviews_asked_for(
    project: Leaflet, keys: Path
) -> None:
    assert project(*REVIEW, "--sign", keys / "ed25519").code == 0
    assert project("build", "a", "--audience", "patient").code == 0
    allowed = (project.folder / "allowed_signers").read_text()
    sheet = "output/a-patient.pdf"
    project.write("allowed_signers", f'{allowed}"Bo Ek" {(keys / "other.pub").read_text()}')
    assert "whole and current" in project("verify", sheet).out
    project.write("leaflet.toml", '[review]\nroles = ["first", "second"]\nsignatures = "required"\n')
    ran = project("verify", sheet)
    assert (ran.code, "by them it is: not clinically reviewed" in ran.out) == (4, True)
    project.write("revoked_signers", (keys / "ed25519.pub").read_text())
    ran = project("verify", sheet)
    assert (ran.code, "its key was revoked" in ran.out) == (4, True)


def test_a_worksheet_of_what_changed_has_the_changed_statements_alone(project: Leaflet, keys: Path) -> None:
    assert project(*REVIEW, "--sign", keys / "ed25519").code == 0
    ran = project("worksheet", "a", "--changed")
    assert "every statement is reviewed" in ran.err + ran.out
    project.write("content/a.md", MONOGRAPH.replace("2 mg once", "3 mg once"))
    facts = json.loads(project("worksheet", "a", "--changed", "--json").out)
    assert facts["statements"] == 1
