"""The tables of a store, as the newest migration leaves them (a test holds the two together).

Numbers that are many (curves, scores) are little-endian float64 bytes, everything that nests is JSON text, names and
messages are ASCII-escaped text (see `codec`). Seeds are decimal digits: they may exceed 64 bits.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

APPLICATION = "steelyard"
"""What the marker row of `steelyard_store` says."""

SQLITE_APPLICATION_ID = int.from_bytes(b"STLY", "big")
"""Bytes 68 to 71 of a SQLite store: tell it from other programs' files without opening it."""

VERSION_TABLE = "steelyard_schema"
"""Where Alembic keeps the schema's version; not its default name, which another program may use."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

marker = Table(
    "steelyard_store",
    metadata,
    Column("application", Text, primary_key=True),
    Column("created_at", Text, nullable=False),
    Column("written_by", Text, nullable=False),
)

studies = Table(
    "studies",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("key", Text, nullable=False, unique=True),
    Column("description", Text, nullable=False),
    Column("created_at", Text, nullable=False),
)

notes = Table(
    "notes",
    metadata,
    Column("study_key", Text, ForeignKey("studies.key", ondelete="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

trials = Table(
    "trials",
    metadata,
    Column("key", Text, primary_key=True),
    Column("study_key", Text, ForeignKey("studies.key", ondelete="CASCADE"), nullable=False, index=True),
    Column("seed", Text, nullable=False),
    Column("configuration", Text, nullable=False),
    Column(
        "status", Text, CheckConstraint("status IN ('finished', 'failed')", name="status"), nullable=False
    ),
    Column("metrics", Text, nullable=False),
    Column("findings", Text, nullable=False),
    Column("environment", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("started_at", Text, nullable=False),
    Column("duration_s", Double, nullable=False),
)

curves = Table(
    "curves",
    metadata,
    Column("trial_key", Text, ForeignKey("trials.key", ondelete="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("steps_f64", LargeBinary, nullable=False),
    Column("values_f64", LargeBinary, nullable=False),
)

scores = Table(
    "scores",
    metadata,
    Column("trial_key", Text, ForeignKey("trials.key", ondelete="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("values_f64", LargeBinary, nullable=False),
)

report_tables = Table(
    "report_tables",
    metadata,
    Column("trial_key", Text, ForeignKey("trials.key", ondelete="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("content", Text, nullable=False),
)

claims = Table(
    "claims",
    metadata,
    Column("trial_key", Text, primary_key=True),
    Column("study_key", Text, ForeignKey("studies.key", ondelete="CASCADE"), nullable=False),
    Column("owner", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("pid_started", Text),
    Column("lease_until", Double, nullable=False),
)
