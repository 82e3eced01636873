"""Every version of the schema as an Alembic script, oldest first: `versions/0001_*.py`, `0002_*.py`, ...

Rules: a released script is never edited; ids are the next four digits; history is one line; a script changes data
and tables through `alembic.op` only and imports nothing from Steelyard, so that it means the same in every version.
"""
