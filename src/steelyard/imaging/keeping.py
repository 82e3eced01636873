"""An unfinished pass on disk, so that one that was cut off goes on where it was, with the same bits."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from steelyard.data.images.picture import Skipped
from steelyard.errors import InputError
from steelyard.imaging.measure import Kind, Measured
from steelyard.imaging.totals import Totals

EVERY_S = 10.0
"""Seconds between two writings."""
_FORMAT = 1


class Kept:
    """The file of one pass.

    Args:
        path: JSON; another pass' file is refused.
        about: everything the sums depend on, JSON values.
    """

    def __init__(self, path: str | Path, about: dict[str, Any]) -> None:
        self._path = Path(path)
        self._key = hashlib.sha256(json.dumps([_FORMAT, about], sort_keys=True).encode()).hexdigest()
        self._written = time.monotonic()

    def due(self) -> bool:
        """Return whether it is time to write."""
        return time.monotonic() - self._written >= EVERY_S

    def write(self, measured: Measured, *, blocks: int) -> None:
        """Keep the sums of the first blocks; the file is replaced in one step.

        Raises:
            InputError: it can't be written.
        """
        described = {
            "steelyard": "unfinished image moments",
            "key": self._key,
            "blocks": blocks,
            "totals": [[list(kind), totals.to_json()] for kind, totals in measured.totals.items()],
            "skipped": [asdict(each) for each in measured.skipped],
            "reasons": dict(measured.reasons),
            "notes": dict(measured.notes),
            "decoders": dict(measured.decoders),
            "sides": measured.sides,
        }
        beside = self._path.with_name(f"{self._path.name}.{os.getpid()}.part")
        try:
            beside.write_text(json.dumps(described, allow_nan=False) + "\n", encoding="utf-8")
            beside.replace(self._path)
        except OSError as error:
            raise InputError(f"{self._path} must be a file that can be written, but: {error}") from error
        finally:
            beside.unlink(missing_ok=True)
        self._written = time.monotonic()

    def read(self) -> tuple[Measured, int]:
        """Return the sums and the number of blocks they are of; nothing and 0 where there is no file.

        Raises:
            InputError: a file of another pass, or something else.
        """
        try:
            content = self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return Measured(), 0
        except (OSError, ValueError) as error:
            raise InputError(f"{self._path} must be a file that can be read, but: {error}") from error
        try:
            kept = json.loads(content)
            if kept["key"] != self._key:
                raise InputError(
                    f"{self._path} must be of the same images, read the same way, but is of others (or they have changed); name another "
                    "file, or delete it to start again"
                )
            sides = kept["sides"]
            measured = Measured(
                totals={
                    Kind(bool(kind[0]), str(kind[1]), int(kind[2])): Totals.from_json(each)
                    for kind, each in kept["totals"]
                },
                skipped=[Skipped(**each) for each in kept["skipped"]],
                reasons=Counter(kept["reasons"]),
                notes=Counter(kept["notes"]),
                decoders=Counter(kept["decoders"]),
                sides=None if sides is None else (sides[0], sides[1], sides[2], sides[3]),
            )
            return measured, int(kept["blocks"])
        except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
            if isinstance(error, InputError):
                raise
            raise InputError(
                f"{self._path} must be what an unfinished pass wrote, but isn't ({error!r}); name another file, or delete it"
            ) from error
