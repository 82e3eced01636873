"""Trial records as rows: one of `trials`, and one of `curves`, `scores` or `report_tables` for each name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, Row, Table, select

from steelyard.errors import InputError, StoreError
from steelyard.study.store.codec import from_ascii, from_bytes, from_json, to_ascii, to_bytes, to_json
from steelyard.study.store.schema import curves, report_tables, scores, trials
from steelyard.study.trial import Curve, TrialRecord, TrialSpec, TrialStatus

_Rows = Mapping[str, list[Row[Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodedTrial:
    """A record as rows, encoded before a transaction begins so that a bad value holds no lock.

    Args:
        trial: the row of `trials`.
        parts: the rows of the other tables.
    """

    trial: Mapping[str, Any]
    parts: tuple[tuple[Table, list[dict[str, Any]]], ...]


def encode(record: TrialRecord) -> EncodedTrial:
    """Return a record as rows.

    Raises:
        InputError: a value that can't be kept: no JSON, or a curve whose steps and values differ in number.
    """
    spec = record.spec
    for name, curve in record.curves.items():
        if len(curve.steps) != len(curve.values):
            raise InputError(
                f"`steps` and `values` of a curve must have equal lengths, but got {len(curve.steps)} and "
                f"{len(curve.values)} in {name!r}"
            )
    row = {
        "key": spec.key,
        "study_key": spec.study_key,
        "seed": str(int(spec.seed)),
        "configuration": to_json(spec.configuration, name="configuration"),
        "status": record.status,
        "metrics": to_json(record.metrics, name="metrics"),
        "findings": to_json(record.findings, name="findings"),
        "environment": to_json(record.environment, name="environment"),
        "error": to_ascii(record.error),
        "started_at": record.started_at,
        "duration_s": float(record.duration_s),
    }
    kept_curves = {
        name: {"steps_f64": to_bytes(curve.steps), "values_f64": to_bytes(curve.values)}
        for name, curve in record.curves.items()
    }
    kept_scores = {name: {"values_f64": to_bytes(values)} for name, values in record.scores.items()}
    kept_tables = {name: {"content": to_json(table, name=name)} for name, table in record.tables.items()}
    parts = ((curves, kept_curves), (scores, kept_scores), (report_tables, kept_tables))
    return EncodedTrial(
        trial=row, parts=tuple((table, _numbered(spec.key, named)) for table, named in parts if named)
    )


def read(connection: Connection, which: ColumnElement[bool], *, heavy: bool) -> list[TrialRecord]:
    """Return the records of some trials by seed, then configuration.

    Args:
        connection: in a transaction that sees one state throughout.
        which: a condition on `trials`.
        heavy: with curves, scores and tables.

    Raises:
        StoreError: a stored value can't be read: the store is damaged.
    """
    rows = connection.execute(select(trials).where(which)).all()
    curve_rows, score_rows, table_rows = (
        _parts(connection, table, which) if heavy else {} for table in (curves, scores, report_tables)
    )
    ordered = sorted(rows, key=lambda row: (int(row.seed), row.configuration))
    return [
        TrialRecord(
            spec=TrialSpec(
                key=row.key,
                study_key=row.study_key,
                configuration=from_json(row.configuration),
                seed=int(row.seed),
            ),
            status=cast("TrialStatus", row.status),
            metrics=from_json(row.metrics),
            curves={from_ascii(part.name): _curve(part) for part in curve_rows.get(row.key, ())},
            scores={
                from_ascii(part.name): from_bytes(part.values_f64) for part in score_rows.get(row.key, ())
            },
            tables={from_ascii(part.name): _table(part) for part in table_rows.get(row.key, ())},
            findings=tuple(from_json(row.findings)),
            error=from_ascii(row.error),
            environment=from_json(row.environment),
            started_at=row.started_at,
            duration_s=row.duration_s,
        )
        for row in ordered
    ]


def _numbered(key: str, named: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"trial_key": key, "name": to_ascii(name), "position": position, **values}
        for position, (name, values) in enumerate(named.items())
    ]


def _parts(connection: Connection, table: Table, which: ColumnElement[bool]) -> _Rows:
    wanted = select(table).join(trials, trials.c.key == table.c.trial_key).where(which)
    found: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(wanted.order_by(table.c.trial_key, table.c.position)):
        found[row.trial_key].append(row)
    return found


def _curve(row: Row[Any]) -> Curve:
    curve = Curve(steps=from_bytes(row.steps_f64), values=from_bytes(row.values_f64))
    if len(curve.steps) != len(curve.values):
        raise StoreError(
            f"a curve must have a value a step, but {from_ascii(row.name)!r} of trial {row.trial_key} has "
            f"{len(curve.steps)} steps and {len(curve.values)} values: the store is damaged"
        )
    return curve


def _table(row: Row[Any]) -> dict[str, tuple[float | str, ...]]:
    return {column: tuple(values) for column, values in from_json(row.content).items()}
