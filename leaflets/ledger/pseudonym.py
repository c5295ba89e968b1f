"""Pseudonyms of patients in the ledger: hashes under a key in a file of its own."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from leaflets.ledger import key_file


@dataclass(frozen=True, slots=True)
class PseudonymKey:
    """Turns a patient reference into a hash that says nothing without the key."""

    secret: bytes

    def __repr__(self) -> str:
        return f"PseudonymKey({self.key_id})"

    @property
    def key_id(self) -> str:
        """Tells keys apart without revealing them."""
        return key_file.key_id(self.secret)

    def pseudonym(self, reference: str) -> bytes | None:
        """16 bytes for a patient reference; None where it is empty."""
        if not reference:
            return None
        return hashlib.blake2b(reference.encode("utf-8"), key=self.secret, digest_size=16, person=b"patient").digest()

    def row_hash(self, patient: str, prescription: str, date: str) -> bytes:
        """16 bytes by which a row of a list is recognised in another list."""
        facts = "\0".join((patient, prescription, date)).encode("utf-8")
        return hashlib.blake2b(facts, key=self.secret, digest_size=16, person=b"row").digest()

    def path_hash(self, path: Path) -> str:
        """A keyed hash of the path of a list, as its name may be a patient's."""
        name = os.fsencode(path.resolve())
        return hashlib.blake2b(name, key=self.secret, digest_size=16, person=b"list-place").hexdigest()
