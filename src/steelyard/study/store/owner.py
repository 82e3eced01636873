"""Who holds a claim: a process that another one can recognise and, on the same machine, see to be dead.

A process id alone lies: ids are reused, the more so after a restart, and two containers count theirs apart. A claim
therefore carries a *place* (the kernel's boot id and the pid namespace: equal places share one table of processes)
and the time the process started. Only a process of the same place can be called dead. A machine that was restarted is
another place; claims from before wait for their lease, as those of other machines do.

Where there is no `/proc` (macOS), the place is the host's name and hardware address and the start is unknown: a
process whose id was reused then seems alive until the lease runs out.
"""

from __future__ import annotations

import os
import secrets
import socket
import uuid
from dataclasses import dataclass
from pathlib import Path

_STATE, _START = 0, 19
"""Where `/proc/PID/stat` has the state and the start time, counted after the command's closing parenthesis."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """A process that holds claims.

    Args:
        token: random, one a process; equal tokens are the same process.
        host: the machine's name, for people.
        place: equal for processes that see one table of process ids.
        pid: process id in that table.
        pid_started: clock ticks from boot to the process's start, None where unknown.
    """

    token: str
    host: str
    place: str
    pid: int
    pid_started: str | None


def this_process() -> Owner:
    """Return the running process as an owner; a forked child is another one.

    Examples:
        >>> this_process() is this_process()
        True
    """
    pid = os.getpid()
    if pid not in _processes:
        _processes.setdefault(pid, _describe(pid))  # atomic: threads that race here agree on one token
    return _processes[pid]


def is_dead(*, place: str, pid: int, pid_started: str | None) -> bool:
    """Say whether a process is known to have ended; False where that can't be known from here.

    Examples:
        >>> owner = this_process()
        >>> is_dead(place=owner.place, pid=owner.pid, pid_started=owner.pid_started)
        False
        >>> is_dead(place="another machine", pid=1, pid_started=None)
        False
    """
    if place != this_process().place or os.name != "posix":
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass  # alive, and somebody else's
    state, started = _look(pid)
    return state in {"Z", "X"} or (None not in {started, pid_started} and started != pid_started)


_processes: dict[int, Owner] = {}
"""This process and, in a forked child, those it descends from."""


def _describe(pid: int) -> Owner:
    host = socket.gethostname()
    return Owner(
        token=secrets.token_hex(16), host=host, place=_place(host), pid=pid, pid_started=_look(pid)[1]
    )


def _place(host: str) -> str:
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return f"{host} {uuid.getnode():x}"


def _look(pid: int) -> tuple[str | None, str | None]:
    """Return a process's state letter and start time from `/proc` (see proc(5)), or Nones."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None, None
    fields = stat.rpartition(")")[2].split()
    return fields[_STATE], fields[_START]
