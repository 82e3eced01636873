"""What a person may type, and what a person gets to see."""

from __future__ import annotations

from pathlib import Path

import pytest

from steelyard.errors import StoreError
from steelyard.study.store.location import locate


def test_a_path_becomes_absolute_and_its_url_names_the_same_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for typed in ("runs.db", Path("runs.db"), "sqlite:///runs.db", f"sqlite:///{tmp_path}/runs.db"):
        location = locate(typed)
        assert location.path == tmp_path / "runs.db"
        assert locate(location.url) == location


@pytest.mark.parametrize("name", ["a b", "50%", "what?.db", "a#b", "ü.db", "x%20y"])
def test_any_file_name_survives_its_url(tmp_path: Path, name: str) -> None:
    location = locate(tmp_path / name)
    assert location.path == tmp_path / name
    assert locate(location.url) == location


def test_the_home_folder_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert locate("~/runs.db").path == tmp_path / "runs.db"


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_postgresql_means_psycopg_3(scheme: str) -> None:
    location = locate(f"{scheme}://ann@db/runs")
    assert location.url == "postgresql+psycopg://ann@db/runs"
    assert location.path is None
    assert locate(location.url).url == location.url


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ann:s3cret@db:5432/runs",
        "postgresql://ann:s3cret@x@db/runs",
        "postgresql:///runs?host=/run&password=s3cret&user=ann",
        "mysql://ann:s3cret@db/runs",
    ],
)
def test_passwords_are_never_shown(url: str) -> None:
    try:
        shown = locate(url).shown
    except StoreError as error:
        shown = str(error)
    assert "s3cret" not in shown
    assert "ann" in shown


@pytest.mark.parametrize(
    "place", [":memory:", "sqlite://", "sqlite:///:memory:", "file::memory:?cache=shared"]
)
def test_memory_is_refused(place: str) -> None:
    with pytest.raises(StoreError, match="shared by several processes"):
        locate(place)


@pytest.mark.parametrize(
    "place", ["", "  ", "sqlite:///", "mysql://db/runs", "postgresql+asyncpg://db/runs", "a\0b"]
)
def test_what_is_no_place_is_refused(place: str) -> None:
    with pytest.raises(StoreError, match="a store must"):
        locate(place)


def test_a_url_in_a_path_is_refused() -> None:
    with pytest.raises(StoreError, match="pass it as str"):
        locate(Path("postgresql://db/runs"))
