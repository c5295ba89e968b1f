"""SSH signatures (SSHSIG) of reviews: made with a key of OpenSSH, checked against the allowed signers of a project.

The format is that of PROTOCOL.sshsig of OpenSSH. `ssh-keygen -Y verify -n leaflet-review` accepts what is made here,
and what `ssh-keygen -Y sign` makes is accepted here.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import shutil
import struct
import subprocess
import tempfile
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leaflets.errors import UsageError
from leaflets.model.review import person_named
from leaflets.review.signers import NAMESPACE, Signers

_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
_MAGIC = b"SSHSIG"
_HASHES = {"sha256": hashlib.sha256, "sha512": hashlib.sha512}
_EXTRA = "pip install 'leaflets[signatures]'"


@dataclass(frozen=True, slots=True)
class _Signature:
    """The parts of an SSH signature."""

    key: bytes
    namespace: bytes
    reserved: bytes
    hash_name: bytes
    signature: bytes


def fault_of(message: bytes, signature: str, by: str, day: dt.date, signers: Signers) -> str:
    """What is wrong with the signature of a review by somebody on a day; empty where nothing is.

    Raises UsageError where the extra that checks signatures is not installed.
    """
    try:
        parts = _parts(signature)
    except (ValueError, struct.error):
        return "it cannot be read"
    if parts.namespace != NAMESPACE.encode():
        return f"it was made for “{parts.namespace.decode('utf-8', 'replace')[:40]}”, not for a review"
    key_type = _strings(parts.key)[0].decode("ascii", "replace")
    key = (key_type, base64.b64encode(parts.key).decode())
    if key in signers.revoked:
        return "its key was revoked"
    allowed = [signer for signer in signers.allowed if signer.key == key and person_named(by) in signer.persons]
    if not allowed:
        return f"its key is not among the allowed signers, or is not one of {by.partition(',')[0]}"
    if not any(signer.may_sign(day) for signer in allowed):
        return f"its key was not good on {day}"
    return "" if _is_of(parts, message, key) else "it is of other words: the record was changed after it was signed"


def sign(message: bytes, key: Path) -> str:
    """The signature of some bytes with the private key in a file, as text.

    Raises UsageError where the key cannot be used: it is not there, or needs a passphrase and there is no ssh-keygen.
    """
    program = shutil.which("ssh-keygen")
    return _by_ssh_keygen(program, message, key) if program else _by_library(message, key)


# ---------------------------------------------------------------- the format


def _parts(text: str) -> _Signature:
    """The parts of an armoured signature. Raises ValueError or struct.error where it is none."""
    lines = text.strip().splitlines()
    if not lines or lines[0] != _BEGIN or lines[-1] != _END:
        raise ValueError("no signature")
    try:
        data = base64.b64decode("".join(lines[1:-1]), validate=True)
    except binascii.Error as error:
        raise ValueError("no base64") from error
    if not data.startswith(_MAGIC) or struct.unpack(">I", data[6:10]) != (1,):
        raise ValueError("another format")
    strings = _strings(data[10:])
    if len(strings) != 5 or not _strings(strings[0]):
        raise ValueError("not whole")
    return _Signature(*strings)


def _strings(data: bytes) -> list[bytes]:
    """The strings of SSH's wire format (RFC 4251, section 5) one after the other. Raises ValueError."""
    strings: list[bytes] = []
    while data:
        (length,) = struct.unpack(">I", data[:4])
        if len(data) < 4 + length:
            raise ValueError("cut short")
        strings.append(data[4 : 4 + length])
        data = data[4 + length :]
    return strings


def _string(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def _signed_data(parts: _Signature, message: bytes) -> bytes:
    digest = _HASHES[parts.hash_name.decode("ascii")](message).digest()
    return _MAGIC + b"".join(map(_string, (parts.namespace, parts.reserved, parts.hash_name, digest)))


# ---------------------------------------------------------------- checking


def _is_of(parts: _Signature, message: bytes, key: tuple[str, str]) -> bool:
    """Whether a signature is of these bytes; one of a kind that is not known here is of none."""
    try:
        from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
        from cryptography.hazmat.primitives.serialization import load_ssh_public_key
    except ModuleNotFoundError as error:
        raise UsageError("signatures of reviews cannot be checked here", f"{_EXTRA} makes leaflet able to.") from error
    try:
        kind, raw, *rest = _strings(parts.signature)
        public = load_ssh_public_key(" ".join(key).encode())
        _verify(public, key[0], kind.decode("ascii"), raw, _signed_data(parts, message))
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, KeyError, struct.error):
        return False
    return not rest


def _verify(public: Any, key_type: str, kind: str, raw: bytes, data: bytes) -> None:
    """Raises InvalidSignature, or ValueError for a kind of key that is not known here."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    of_key = "ssh-rsa" if kind in ("rsa-sha2-256", "rsa-sha2-512") else kind
    if of_key != key_type:
        raise ValueError("a signature of another kind than its key")
    if kind == "ssh-ed25519":
        public.verify(raw, data)
    elif kind in ("rsa-sha2-256", "rsa-sha2-512"):
        public.verify(raw, data, padding.PKCS1v15(), hashes.SHA512() if kind.endswith("512") else hashes.SHA256())
    elif kind.startswith("ecdsa-sha2-nistp"):
        r, s = (int.from_bytes(number, "big") for number in _strings(raw))
        sizes = {"256": hashes.SHA256(), "384": hashes.SHA384(), "521": hashes.SHA512()}
        public.verify(encode_dss_signature(r, s), data, ec.ECDSA(sizes[kind[-3:]]))
    else:
        raise ValueError("a kind of key that is not known here")


# ---------------------------------------------------------------- making


def _by_ssh_keygen(program: str, message: bytes, key: Path) -> str:
    """Signed by OpenSSH, which asks for a passphrase itself, and knows agents and keys in hardware."""
    with tempfile.TemporaryDirectory(prefix="leaflet-sign-") as folder:
        file = Path(folder) / "review"
        file.write_bytes(message)
        command = [program, "-Y", "sign", "-q", "-n", NAMESPACE, "-f", str(key), str(file)]
        ran = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
        if ran.returncode or not file.with_suffix(".sig").is_file():
            reason = ran.stderr.strip().splitlines()[-1:] or [f"it ended with code {ran.returncode}"]
            raise UsageError(f"the review was not signed: ssh-keygen says: {reason[0][:200]}", "Check the key's file.")
        return file.with_suffix(".sig").read_text("ascii")


def _by_library(message: bytes, key: Path) -> str:
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_ssh_private_key
    except ModuleNotFoundError as error:
        raise UsageError(
            "the review was not signed: there is neither ssh-keygen nor the library for it",
            f"Install openssh-client, or {_EXTRA}.",
        ) from error
    try:
        private = load_ssh_private_key(key.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(
            "the review was not signed: the key cannot be read", "Give a key without passphrase."
        ) from error
    if not isinstance(private, Ed25519PrivateKey):
        raise UsageError("the review was not signed: the key is not of the kind ssh-ed25519", "Install openssh-client.")
    public = private.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    blob = base64.b64decode(public.split()[1])
    unsigned = _Signature(blob, NAMESPACE.encode(), b"", b"sha512", b"")
    raw = private.sign(_signed_data(unsigned, message))
    signature = _string(b"ssh-ed25519") + _string(raw)
    fields = (unsigned.key, unsigned.namespace, unsigned.reserved, unsigned.hash_name, signature)
    data = _MAGIC + struct.pack(">I", 1) + b"".join(map(_string, fields))
    return "\n".join([_BEGIN, *textwrap.wrap(base64.b64encode(data).decode(), 70), _END, ""])
