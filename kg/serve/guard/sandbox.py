"""What a worker process may not do: outlive its parent, take all memory, open a socket, start a program.

Limits of memory, processor and files work everywhere on Unix. Death with the parent and the ban of system calls are
Linux's own; elsewhere `forbid_network` says that it did nothing, and the guard alone stands before SERVICE.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import resource
import signal
import struct
import sys
import time

_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 22, 38
_SECCOMP_MODE_FILTER = 2
_ALLOW, _ERRNO, _EACCES = 0x7FFF0000, 0x00050000, 13
#: machine -> audit architecture, numbers of socket, connect, execve, execveat, ptrace, (x86 only) first x32 call
_CALLS = {
    "x86_64": (0xC000003E, (41, 42, 59, 322, 101), 0x40000000),
    "aarch64": (0xC00000B7, (198, 203, 221, 281, 117), None),
}
_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06


def die_with_parent() -> None:
    """Be killed when the parent ends, however it ends."""
    if sys.platform == "linux":
        parent = os.getppid()
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it ended before the call
            os._exit(1)


def limit_memory(megabytes: int) -> None:
    """Allow so much address space beyond what the process has now, and no core file."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, ValueError):  # not Linux: no such count, or no such limit
        with open("/proc/self/statm", encoding="ascii") as file:
            used = int(file.read().split()[0]) * resource.getpagesize()
        limit = used + (megabytes << 20)
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def limit_processor(seconds: float) -> None:
    """Be killed after so many more seconds of processor time: for the case that nobody is left to do it."""
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time() + seconds) + 1, resource.RLIM_INFINITY))


def forbid_network() -> bool:
    """Have the kernel refuse sockets and programs to this process for good; whether that worked."""
    if sys.platform != "linux" or platform.machine() not in _CALLS:
        return False
    architecture, calls, foreign = _CALLS[platform.machine()]
    checks = [(_JUMP_AT_LEAST, foreign)] if foreign is not None else []
    checks += [(_JUMP_EQUAL, call) for call in calls]
    program = [(_LOAD, 0, 0, 4), (_JUMP_EQUAL, 0, len(checks) + 2, architecture), (_LOAD, 0, 0, 0)]
    program += [(code, len(checks) - index, 0, number) for index, (code, number) in enumerate(checks)]
    program += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _ERRNO | _EACCES)]
    filters = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in program))
    header = ctypes.create_string_buffer(struct.pack("HP", len(program), ctypes.addressof(filters)))
    try:
        _prctl(_PR_SET_NO_NEW_PRIVS, 1)
        _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(header))
    except OSError:
        return False
    return True


def _prctl(option: int, first: int, second: int = 0) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, ctypes.c_ulong(first), ctypes.c_ulong(second), ctypes.c_ulong(0), ctypes.c_ulong(0)):
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
