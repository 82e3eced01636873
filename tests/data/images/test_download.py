from __future__ import annotations

import hashlib
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from steelyard.data.images import download as module
from steelyard.data.images.download import CIFAR_MD5, download_cifar, fetch
from steelyard.errors import InputError

CONTENT = b"an archive, for all that this test knows"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        self.server.asked.append(self.path)


@pytest.fixture
def server(tmp_path):
    (tmp_path / "served").mkdir()
    (tmp_path / "served" / "cifar-10-binary.tar.gz").write_bytes(CONTENT)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path / "served")) as running:
        running.asked = []
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        running.url = f"http://127.0.0.1:{running.server_port}/"
        yield running
        running.shutdown()
        thread.join()


def test_downloads_once_and_checks(tmp_path, server, monkeypatch):
    known = "md5:" + hashlib.md5(CONTENT).hexdigest()
    monkeypatch.setitem(module.CIFAR_MD5, "cifar-10", ("cifar-10-binary.tar.gz", known))
    for _ in range(2):
        path = download_cifar("cifar-10", folder=tmp_path / "kept", url=server.url)
    assert path.read_bytes() == CONTENT
    assert path.name == "cifar-10-binary.tar.gz"
    assert len(server.asked) == 1


def test_another_checksum_is_refused_and_nothing_kept(tmp_path, server):
    with pytest.raises(InputError, match="must have the checksum"):
        download_cifar("cifar-10", folder=tmp_path / "kept", url=server.url)
    assert list((tmp_path / "kept").iterdir()) == []


def test_a_damaged_file_that_is_there_is_downloaded_again(tmp_path, server):
    known = "sha256:" + hashlib.sha256(CONTENT).hexdigest()
    (tmp_path / "cifar-10-binary.tar.gz").write_bytes(b"half of it")
    path = fetch(server.url + "cifar-10-binary.tar.gz", known_hash=known, folder=tmp_path)
    assert path.read_bytes() == CONTENT


def test_shows_a_bar(tmp_path, server, capsys):
    known = "sha256:" + hashlib.sha256(CONTENT).hexdigest()
    fetch(server.url + "cifar-10-binary.tar.gz", known_hash=known, folder=tmp_path, progress=True)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert f"{len(CONTENT)}/{len(CONTENT)} bytes" in shown.err


def test_no_such_file_and_no_server_are_told(tmp_path, server):
    with pytest.raises(InputError, match="404"):
        fetch(server.url + "gone.tar.gz", known_hash="md5:0", folder=tmp_path)
    with pytest.raises(InputError, match="by other means"):
        fetch("http://127.0.0.1:9/x.tar.gz", known_hash="md5:0", folder=tmp_path)


def test_only_what_is_known():
    with pytest.raises(InputError, match="cifar-10, cifar-100"):
        download_cifar("cifar-11")
    assert all(known.startswith("md5:") and len(known) == 36 for _, known in CIFAR_MD5.values())
