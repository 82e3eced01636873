"""Studies and the notes beside them, as rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, func, select

from steelyard.errors import StoreError
from steelyard.study.store.codec import from_ascii, from_json, to_ascii
from steelyard.study.store.engines import add_if_new, put
from steelyard.study.store.schema import notes, studies, trials


def add(connection: Connection, study_key: str, description: str) -> str:
    """Keep a study's description (JSON) unless it is there; return the one that is kept."""
    row = {"key": study_key, "description": description, "created_at": datetime.now(UTC).isoformat()}
    add_if_new(connection, studies, row)
    kept: str = connection.scalars(select(studies.c.description).where(studies.c.key == study_key)).one()
    return kept


def note(connection: Connection, study_key: str, name: str, value: str) -> None:
    """Keep a value (JSON) beside a study.

    Raises:
        StoreError: the study is not registered.
    """
    if connection.scalar(select(studies.c.number).where(studies.c.key == study_key)) is None:
        raise StoreError(
            f"a study must be registered before it is noted, but got {study_key!r}; call add_study first"
        )
    put(connection, notes, {"study_key": study_key, "name": to_ascii(name), "value": value})


def read_one(connection: Connection, study_key: str) -> Mapping[str, Any] | None:
    """Return a study's description, notes and time of creation, or None."""
    row = connection.execute(select(studies).where(studies.c.key == study_key)).one_or_none()
    if row is None:
        return None
    noted = connection.execute(select(notes).where(notes.c.study_key == study_key).order_by(notes.c.name))
    return {
        "description": from_json(row.description),
        "notes": {from_ascii(item.name): from_json(item.value) for item in noted},
        "created_at": row.created_at,
    }


def read_all(connection: Connection) -> list[Mapping[str, Any]]:
    """Return every study, newest first, with its notes and its number of ended trials."""
    noted: dict[str, dict[str, Any]] = defaultdict(dict)
    for item in connection.execute(select(notes).order_by(notes.c.name)):
        noted[item.study_key][from_ascii(item.name)] = from_json(item.value)
    counted = select(trials.c.study_key, func.count().label("ended")).group_by(trials.c.study_key)
    counts: dict[str, int] = {row.study_key: row.ended for row in connection.execute(counted)}
    return [
        {
            "study_key": row.key,
            "description": from_json(row.description),
            "notes": noted.get(row.key, {}),
            "created_at": row.created_at,
            "trials": counts.get(row.key, 0),
        }
        for row in connection.execute(select(studies).order_by(studies.c.number.desc()))
    ]
