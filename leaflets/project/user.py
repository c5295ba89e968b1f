"""Who is at work on which machine, for the history of print runs; never taken from the environment."""

import os
import platform
from contextlib import suppress


def user_name() -> str:
    """The name of the account this process runs under, or its number where it has no name."""
    try:
        import pwd  # here, as Windows has none
    except ImportError:
        with suppress(OSError):
            return os.getlogin()
        return ""
    with suppress(KeyError):
        return pwd.getpwuid(os.getuid()).pw_name
    return str(os.getuid())


def host_name() -> str:
    """The name of this machine."""
    return platform.node()
