"""The corpus in two halves by the file's name: rules are tuned on the one, and judged on the other, held-out one."""

from hashlib import sha256
from pathlib import Path

from tests.sheets import CORPUS

_SEED = "halves of the corpus, drawn once"


def is_held_out(path: Path) -> bool:
    """Whether a file belongs to the half that no rule may be tuned on.

    Decided by a hash of its name alone, so that it stays where it is when files come or go.
    """
    return sha256(f"{_SEED}/{path.name}".encode()).digest()[0] % 2 == 1


def tuning_half() -> tuple[Path, ...]:
    """The monographs that rules may be tuned on; none where there is no corpus."""
    return tuple(path for path in _found() if not is_held_out(path))


def held_out_half() -> tuple[Path, ...]:
    """The monographs that rules are judged on; none where there is no corpus."""
    return tuple(path for path in _found() if is_held_out(path))


def _found() -> tuple[Path, ...]:
    return tuple(sorted(path for folder in ("monographs", "odd") for path in (CORPUS / folder).glob("*.md")))
