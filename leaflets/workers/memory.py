"""A limit on the memory of a process: a worker's, or that of a command which makes sheets itself."""

import sys

MIB = 1024 * 1024


def limit_memory(mib: int) -> None:
    """Limits this process to so much memory, or to the less that the system allows it already; 0 changes nothing."""
    if mib and sys.platform != "win32":
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        limits = [mib * MIB, *(limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY)]
        resource.setrlimit(resource.RLIMIT_AS, (min(limits), hard))
