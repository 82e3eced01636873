"""The package is light until a store is opened."""

from __future__ import annotations

import subprocess
import sys


def test_importing_the_package_loads_no_database_library() -> None:
    code = "import steelyard.study.store, sys; print({'sqlalchemy', 'alembic', 'psycopg', 'numpy'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
