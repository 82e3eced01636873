"""A process is called dead only when it surely is."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from steelyard.study.store import owner as owner_module
from steelyard.study.store.owner import Owner, is_dead, this_process

linux = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")


def _dead(owner: Owner) -> bool:
    return is_dead(place=owner.place, pid=owner.pid, pid_started=owner.pid_started)


def test_this_process_lives() -> None:
    assert this_process().pid == os.getpid()
    assert not _dead(this_process())


@linux
def test_a_process_that_ended_is_dead_even_before_it_is_reaped() -> None:
    child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    theirs = replace(this_process(), pid=child.pid, pid_started=None)
    assert not _dead(theirs)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert _dead(theirs), "a zombie"
    child.communicate()
    assert _dead(theirs), "gone"


@linux
def test_a_reused_id_is_dead() -> None:
    assert _dead(replace(this_process(), pid_started="1"))
    assert not _dead(replace(this_process(), pid_started=None)), "unknown start: it may be the same"


def test_elsewhere_is_never_called_dead() -> None:
    assert not _dead(replace(this_process(), place="another boot or another container", pid=2**22 + 1))


def test_without_proc_the_host_is_the_place(monkeypatch: pytest.MonkeyPatch) -> None:
    class NoProc(type(Path())):  # type: ignore[misc]
        def read_text(self, *_: object, **__: object) -> str:
            raise FileNotFoundError(str(self))

    monkeypatch.setattr(owner_module, "Path", NoProc)
    monkeypatch.setattr(owner_module, "_processes", {})
    owner = this_process()
    assert owner.place.startswith(owner.host)
    assert owner.pid_started is None
    assert not _dead(owner)


def test_a_command_with_spaces_and_parentheses_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    fields = " ".join(["S", *map(str, range(1, 19)), "4711", "0"])

    class Odd(type(Path())):  # type: ignore[misc]
        def read_text(self, *_: object, **__: object) -> str:
            return f"12 (a) b) {fields}"

    monkeypatch.setattr(owner_module, "Path", Odd)
    assert owner_module._look(12) == ("S", "4711")


@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
def test_a_forked_child_is_another_owner() -> None:
    mine = this_process()
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(writing, f"{this_process().token} {this_process().pid}".encode())
        os._exit(0)
    os.waitpid(pid, 0)
    token, child = os.read(reading, 100).decode().split()
    os.close(reading)
    os.close(writing)
    assert token != mine.token
    assert int(child) == pid
