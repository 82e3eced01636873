"""`steelyard imaging predict`: which findings images show, with a kept classifier, and maps of where."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from steelyard.imaging.classifier import ChestXRayClassifier

_SHOWN_IMAGES = 40
_SHOWN_FINDINGS = 4
_SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp"}


def predict_command(
    model: Annotated[
        Path, typer.Argument(metavar="MODEL", help="Folder that `fit` wrote.", show_default=False)
    ],
    images: Annotated[
        list[Path],
        typer.Argument(metavar="IMAGE...", help="Image files, or folders of them.", show_default=False),
    ],
    finding: Annotated[
        str | None,
        typer.Option(
            help="Finding that --maps shows; default: each image's most probable.", show_default=False
        ),
    ] = None,
    maps: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Also write each image with its class activation map as a PNG.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Also write all probabilities as .csv.", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Say which findings images show: probabilities at the base rates of the training images.

    For example: steelyard imaging predict steelyard-results/imaging-model scans/ --maps maps
    """
    from steelyard.cli.imaging.bars import bars
    from steelyard.errors import InputError
    from steelyard.imaging.classifier import ChestXRayClassifier
    from steelyard.report.writing import check_writable

    if out is not None:
        if out.suffix != ".csv":
            raise InputError(f"--out must end in .csv, but got {out.name}; rename it")
        check_writable(out)
    if finding is not None and maps is None:
        raise InputError(
            "--finding must go with --maps, but there is no --maps; name a folder for the pictures"
        )
    paths = _paths(images)
    classifier = ChestXRayClassifier.load(model)
    if finding is not None and finding not in classifier.findings:
        raise InputError(f"--finding must be one of {', '.join(classifier.findings)}, but got {finding!r}")
    with bars() as shown:
        task = shown.add_task("images", total=len(paths))
        found = classifier.predict(paths, on_batch=lambda done: shown.update(task, completed=done))
    rows: list[dict[str, Any]] = [
        {"image": str(path), **dict(zip(classifier.findings, map(float, row), strict=True))}
        for path, row in zip(paths, found, strict=True)
    ]
    if out is not None:
        _write_csv(rows, out)
    if maps is not None:
        _write_maps(classifier, paths, rows, folder=maps, finding=finding)
    if as_json:
        written = {name: str(path) for name, path in (("maps", maps), ("out", out)) if path is not None}
        typer.echo(json.dumps({"model": str(model), "images": rows, **written}, indent=2))
        return
    _print(rows, classifier.findings)
    for what, path in (("Maps", maps), ("Probabilities", out)):
        if path is not None:
            typer.echo(f"{what}: {path}")


def _paths(images: list[Path]) -> list[Path]:
    from steelyard.errors import InputError

    found: list[Path] = []
    for each in images:
        if each.is_dir():
            found += sorted(path for path in each.rglob("*") if path.suffix.lower() in _SUFFIXES)
        elif each.is_file():
            found.append(each)
        else:
            raise InputError(f"every image must be a file or a folder, but there is nothing at {each}")
    if not found:
        raise InputError(f"there must be at least one image, but {', '.join(map(str, images))} holds none")
    return found


def _write_csv(rows: list[dict[str, Any]], out: Path) -> None:
    import csv
    import io

    from steelyard.report.writing import write_whole

    content = io.StringIO(newline="")
    writer = csv.DictWriter(content, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    write_whole(out, content.getvalue().encode())


def _write_maps(
    classifier: ChestXRayClassifier,
    paths: list[Path],
    rows: list[dict[str, Any]],
    *,
    folder: Path,
    finding: str | None,
) -> None:
    from steelyard.imaging.activation_maps import overlaid
    from steelyard.imaging.images import ImageFiles
    from steelyard.imaging.preparation import Preparation
    from steelyard.report.writing import write_whole

    size = Preparation(size=classifier.size)
    for nth, (path, row) in enumerate(zip(paths, rows, strict=True)):
        shown = finding or max(classifier.findings, key=lambda name: row[name])
        [evidence] = classifier.activation_maps([path], finding=shown)
        picture = overlaid(size.resized(ImageFiles((path,))[0]), evidence)
        write_whole(folder / f"{nth:05d}-{path.stem}-{shown}.png", picture)


def _print(rows: list[dict[str, Any]], findings: tuple[str, ...]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    from steelyard.report.table import printable

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("image")
    table.add_column("most probable findings")
    for row in rows[:_SHOWN_IMAGES]:
        most = sorted(findings, key=lambda name: -row[name])[:_SHOWN_FINDINGS]
        table.add_row(printable(row["image"]), ", ".join(f"{name} {row[name]:.3f}" for name in most))
    console = Console()
    console.print(table)
    if len(rows) > _SHOWN_IMAGES:
        console.print(
            f"{len(rows) - _SHOWN_IMAGES:,} more; --json or --out FILE.csv gives all.", highlight=False
        )
