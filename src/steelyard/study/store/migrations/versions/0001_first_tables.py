"""Create the first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the first tables."""
    op.create_table(
        "steelyard_store",
        sa.Column("application", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("written_by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("application", name="pk_steelyard_store"),
    )
    op.create_table(
        "studies",
        sa.Column("number", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_studies"),
        sa.UniqueConstraint("key", name="uq_studies_key"),
    )
    op.create_table(
        "notes",
        sa.Column("study_key", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("study_key", "name", name="pk_notes"),
        _belongs_to("study_key", "studies.key", name="fk_notes_study_key"),
    )
    op.create_table(
        "trials",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("study_key", sa.Text, nullable=False),
        sa.Column("seed", sa.Text, nullable=False),
        sa.Column("configuration", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("metrics", sa.Text, nullable=False),
        sa.Column("findings", sa.Text, nullable=False),
        sa.Column("environment", sa.Text, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("started_at", sa.Text, nullable=False),
        sa.Column("duration_s", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_trials"),
        sa.CheckConstraint("status IN ('finished', 'failed')", name="ck_trials_status"),
        _belongs_to("study_key", "studies.key", name="fk_trials_study_key"),
    )
    op.create_index("ix_trials_study_key", "trials", ["study_key"])
    op.create_table(
        "curves",
        sa.Column("trial_key", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("steps_f64", sa.LargeBinary, nullable=False),
        sa.Column("values_f64", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("trial_key", "name", name="pk_curves"),
        _belongs_to("trial_key", "trials.key", name="fk_curves_trial_key"),
    )
    op.create_table(
        "scores",
        sa.Column("trial_key", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("values_f64", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("trial_key", "name", name="pk_scores"),
        _belongs_to("trial_key", "trials.key", name="fk_scores_trial_key"),
    )
    op.create_table(
        "report_tables",
        sa.Column("trial_key", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("trial_key", "name", name="pk_report_tables"),
        _belongs_to("trial_key", "trials.key", name="fk_report_tables_trial_key"),
    )
    op.create_table(
        "claims",
        sa.Column("trial_key", sa.Text, nullable=False),
        sa.Column("study_key", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("pid", sa.Integer, nullable=False),
        sa.Column("pid_started", sa.Text),
        sa.Column("lease_until", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("trial_key", name="pk_claims"),
        _belongs_to("study_key", "studies.key", name="fk_claims_study_key"),
    )


def _belongs_to(column: str, target: str, *, name: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=name, ondelete="CASCADE")
