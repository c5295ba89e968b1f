"""Limits on the time and memory of a process, set by itself; and whether an error is for want of memory."""

import errno
import signal
import sys

MIB = 1024 * 1024


def limit_memory(mib: int) -> None:
    """Limits this process to so much memory, or to the less that the system allows it already; 0 changes nothing."""
    if mib and sys.platform != "win32":
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        limits = [mib * MIB, *(limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY)]
        resource.setrlimit(resource.RLIMIT_AS, (min(limits), hard))


def set_alarm(seconds: float) -> None:
    """Ends this process when it has computed for so long, even in C code, where no Python code can; 0 never does.

    The signal's own action ends it. It counts the time of the processor, which a paused process has none of.
    """
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_PROF, seconds)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory ran out: for Python, for a new process, or for a library that was to be loaded."""
    no_room_for_library = "failed to map segment" in str(error) or "cannot allocate memory" in str(error).lower()
    return isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM or no_room_for_library
