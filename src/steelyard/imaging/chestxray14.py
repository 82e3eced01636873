"""NIH ChestX-ray14 as it is distributed: a table of entries, folders of PNGs, and the official lists of who is tested on."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError
from steelyard.imaging.findings import FINDINGS
from steelyard.imaging.images import ImageFiles

Part = Literal["train_val", "test"]
_LISTS: dict[Part, str] = {"train_val": "train_val_list.txt", "test": "test_list.txt"}
_NAME, _LABELS, _PATIENT = "Image Index", "Finding Labels", "Patient ID"
_NOTHING = "No Finding"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ChestXRay14:
    """Radiographs with findings and patients.

    Args:
        names: of the image files, in the table's order.
        images: read when they are asked for.
        targets: which findings each has, bool, shape (images, 14), in the order of `FINDINGS`.
        patients: number of each image's patient, shape (images,).
        parts: the official part of each, `train_val` or `test`, shape (images,); empty text where no lists were found.
        missing: names in the table whose files weren't found, and which were left out.
    """

    names: tuple[str, ...]
    images: ImageFiles
    targets: NDArray[np.bool_]
    patients: NDArray[np.int64]
    parts: NDArray[np.str_]
    missing: tuple[str, ...]

    def __len__(self) -> int:
        """Return how many images there are."""
        return len(self.names)

    def part(self, name: Part) -> Self:
        """Return the images of an official part.

        Raises:
            InputError: another name, or a folder without the official lists.
        """
        if name not in _LISTS:
            raise InputError(f"`name` must be train_val or test, but got {name!r}")
        rows = np.flatnonzero(self.parts == name)
        if len(rows) == 0:
            raise InputError(
                f"the official part {name} must be listed in {_LISTS[name]}, but no image is; put the list beside the table"
            )
        return self.chosen(rows)

    def chosen(self, rows: NDArray[np.int64]) -> Self:
        """Return some of the images."""
        return type(self)(
            names=tuple(self.names[row] for row in rows),
            images=ImageFiles(tuple(self.images.paths[row] for row in rows)),
            targets=self.targets[rows],
            patients=self.patients[rows],
            parts=self.parts[rows],
            missing=self.missing,
        )


def read_chestxray14(folder: str | Path, *, allow_missing: bool = False) -> ChestXRay14:
    """Return the data set in a folder: `Data_Entry_2017*.csv`, PNGs anywhere below, and the two lists where they are.

    Findings are separated by "|"; "No Finding" stands alone. The lists must not share an image or a patient, and between them
    name every image of the table.

    Args:
        folder: of the data set.
        allow_missing: leave images out that the table names and that aren't there (a part of the data set was downloaded).

    Raises:
        InputError: no table or several, a column or finding that isn't known, an image named twice, files that are missing, a list with an
            image that the table doesn't have, an image in both lists or none, a patient on both sides.
    """
    folder = Path(folder)
    rows = _table(folder)
    where = _files(folder)
    missing = tuple(row[0] for row in rows if row[0] not in where)
    if missing and (not allow_missing or len(missing) == len(rows)):
        raise InputError(
            f"every image of the table must be below {folder}, but {len(missing):,} of {len(rows):,} aren't, {missing[0]} first; download the others, "
            "or leave them out with allow_missing=True"
        )
    parts = _parts(folder, rows)
    kept = [nth for nth, row in enumerate(rows) if row[0] in where]
    targets = np.zeros((len(rows), len(FINDINGS)), bool)
    for nth, (_, labels, _) in enumerate(rows):
        targets[nth, [FINDINGS.index(label) for label in labels]] = True
    patients = np.array([row[2] for row in rows], np.int64)
    return ChestXRay14(
        names=tuple(rows[nth][0] for nth in kept),
        images=ImageFiles(tuple(where[rows[nth][0]] for nth in kept)),
        targets=targets[kept],
        patients=patients[kept],
        parts=parts[kept],
        missing=missing,
    )


def check_no_patient_on_both_sides(
    first: Iterable[Any], second: Iterable[Any], *, names: tuple[str, str]
) -> None:
    """Refuse two groups of images that share a patient.

    Args:
        first: patients of the one's images.
        second: patients of the other's.
        names: what the groups are called.

    Raises:
        InputError: a patient in both.

    Example:
        >>> check_no_patient_on_both_sides([1, 1, 2], [3], names=("train", "test"))
        >>> check_no_patient_on_both_sides([1, 1, 2], [2, 4], names=("train", "test"))
        Traceback (most recent call last):
        steelyard.errors.InputError: no patient may be in both train and test, but 1 is, e.g. 2; a network that knows a patient's other images scores
        too well: move all of a patient's images to one side
    """
    both = sorted(set(first) & set(second), key=str)
    if both:
        raise InputError(
            f"no patient may be in both {names[0]} and {names[1]}, but {len(both)} {'is' if len(both) == 1 else 'are'}, e.g. {both[0]}; a network that "
            "knows a patient's other images scores too well: move all of a patient's images to one side"
        )


_Row = tuple[str, tuple[str, ...], int]


def _table(folder: Path) -> list[_Row]:
    tables = sorted(folder.glob("Data_Entry*.csv"))
    if len(tables) != 1:
        raise InputError(
            f"{folder} must hold one table Data_Entry_2017*.csv, but holds {len(tables)}; it comes with the images of ChestX-ray14"
        )
    try:
        with tables[0].open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            columns = reader.fieldnames or []
            absent = [name for name in (_NAME, _LABELS, _PATIENT) if name not in columns]
            if absent:
                raise InputError(
                    f"{tables[0]} must have a column {absent[0]!r}, but has {', '.join(columns) or 'none'}"
                )
            rows = [_row(row, line, tables[0]) for line, row in enumerate(reader, start=2)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{tables[0]} must be a readable CSV, but reading it failed: {error}") from error
    names = [row[0] for row in rows]
    if not names:
        raise InputError(f"{tables[0]} must name at least one image, but names none")
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise InputError(
            f"{tables[0]} must name every image once, but {len(twice)} are named more often, e.g. {twice[0]}"
        )
    return rows


def _row(row: dict[str, str | None], line: int, table: Path) -> _Row:
    name, said, patient = (row[column] or "" for column in (_NAME, _LABELS, _PATIENT))
    labels = tuple(label.strip() for label in said.split("|"))
    unknown = [label for label in labels if label not in FINDINGS]
    if not name or not (patient.strip().isdecimal()) or (unknown and labels != (_NOTHING,)):
        raise InputError(
            f"line {line} of {table} must have an image's name, findings separated by | (or {_NOTHING!r} alone) and a patient's number, but has "
            f"{name!r}, {said!r} and {patient!r}"
        )
    return name, () if labels == (_NOTHING,) else labels, int(patient)


def _files(folder: Path) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for path in sorted(folder.rglob("*.png")):  # doesn't follow links to folders
        if path.name in found:
            raise InputError(
                f"an image's name must be unique below {folder}, but {path.name} is in {found[path.name].parent} and {path.parent}"
            )
        found[path.name] = path
    return found


def _parts(folder: Path, rows: list[_Row]) -> NDArray[np.str_]:
    listed: dict[Part, set[str]] = {}
    for part, name in _LISTS.items():
        path = folder / name
        if path.is_file():
            listed[part] = {
                line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()
            }
    if not listed:
        return np.full(len(rows), "", dtype="<U9")
    names = {row[0] for row in rows}
    if len(listed) < len(_LISTS):
        absent = next(name for part, name in _LISTS.items() if part not in listed)
        raise InputError(f"{folder} must hold both official lists or none, but {absent} is missing")
    train, test = listed["train_val"], listed["test"]
    for what, bad in (
        ("must not be in both lists", train & test),
        ("of a list must be in the table", (train | test) - names),
        ("of the table must be in a list", names - train - test),
    ):
        if bad:
            raise InputError(
                f"an image {what}, but {len(bad):,} {'is' if len(bad) == 1 else 'are'} not so, e.g. {min(bad)}"
            )
    check_no_patient_on_both_sides(
        (row[2] for row in rows if row[0] in train),
        (row[2] for row in rows if row[0] in test),
        names=("train_val", "test"),
    )
    return np.array(["train_val" if row[0] in train else "test" for row in rows], dtype="<U9")
