"""The key of a cache: who does not have it can put nothing into the cache that is taken for ours.

It lies in the cache itself, so that both are deleted together; whatever was stored under a lost key is made again.
"""

import contextlib
import os
from pathlib import Path

from leaflets.errors import OutputError
from leaflets.project.files import make_folder

FILE = "cache.key"
SECRET_BYTES = 32
_ROOT = 0


def read_secret(cache: Path) -> bytes:
    """The key of the cache in a folder; empty where there is none, or another account of the system made it."""
    try:
        with (cache / FILE).open("rb") as file:
            secret, owner = file.read(SECRET_BYTES + 1), os.fstat(file.fileno()).st_uid
    except OSError:
        return b""
    own = not hasattr(os, "geteuid") or owner in (os.geteuid(), _ROOT)
    return secret if own and len(secret) == SECRET_BYTES else b""


def make_secret(cache: Path) -> bytes:
    """The key of the cache in a folder, made there where there is none that can be used. Raises OutputError.

    Of several processes that make it at once all get the same one.
    """
    secret = read_secret(cache)
    if secret:
        return secret
    path = make_folder(cache) / FILE
    beside = cache / f".{os.getpid()}-{os.urandom(4).hex()}.part"
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(os.urandom(SECRET_BYTES))
        _put_in_place(beside, path)
    except OSError as error:
        raise OutputError(f"{path}: the key of the cache cannot be written: {error.strerror}") from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()
    return read_secret(cache)


def _put_in_place(beside: Path, path: Path) -> None:
    """Gives a new key its name, unless another process has just made one."""
    if path.exists() and not read_secret(path.parent):
        path.unlink()
    try:
        os.link(beside, path)
    except FileExistsError:
        pass
    except OSError:  # a file system without links
        beside.replace(path)
