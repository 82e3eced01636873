from __future__ import annotations

import gc
import os
import pickle

import pytest

from steelyard.data.images.descriptor import Descriptor


def test_reads_at_places_and_travels_as_a_path(tmp_path):
    (tmp_path / "x").write_bytes(b"0123456789")
    file = Descriptor(str(tmp_path / "x"))
    assert file.read(3, at=4) == b"456"
    assert file.read(9, at=8) == b"89"
    assert pickle.loads(pickle.dumps(file)).read(1, at=0) == b"0"


def test_closes_what_it_opened(tmp_path):
    (tmp_path / "x").write_bytes(b"0123456789")
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else pytest.skip("no /proc")
    for _ in range(20):
        Descriptor(str(tmp_path / "x")).read(1, at=0)
    gc.collect()
    assert len(os.listdir("/proc/self/fd")) <= before + 1


def test_a_forked_process_opens_its_own(tmp_path, monkeypatch):
    (tmp_path / "x").write_bytes(b"0123456789")
    file = Descriptor(str(tmp_path / "x"))
    file.read(1, at=0)
    first = file._descriptor
    monkeypatch.setattr(os, "getpid", lambda: 1)
    assert file.read(2, at=0) == b"01"
    assert file._descriptor != first
