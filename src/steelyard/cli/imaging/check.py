"""`steelyard imaging check`: does a batch look as pretrained weights expect it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from steelyard.imaging.input_check import Expected


def check_command(
    batch: Annotated[
        Path,
        typer.Argument(
            metavar="BATCH",
            help="A batch as the network gets it: .npy, shape (images, channels, height, width).",
            show_default=False,
        ),
    ],
    model: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Classifier that `fit` wrote; default: ImageNet's weights.",
            show_default=False,
        ),
    ] = None,
    mean: Annotated[
        str | None, typer.Option(help="Instead: what was subtracted, e.g. 0.5,0.5,0.5.", show_default=False)
    ] = None,
    std: Annotated[
        str | None, typer.Option(help="With --mean: what was divided by.", show_default=False)
    ] = None,
    size: Annotated[
        int | None,
        typer.Option(
            help="Pixels a side that are expected; default: any, or the model's.", show_default=False
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of lines.")] = False,
) -> None:
    """Check a batch of images against what a network's weights were trained on (finding D08).

    Exit code 0 when nothing is wrong, 1 when there is a warning or an error. For example, after
    numpy.save("batch.npy", next(iter(loader))[0]): steelyard imaging check batch.npy
    """
    from steelyard.imaging.input_check import check_input

    expected = _expected(model=model, mean=mean, std=std, size=size)
    values = _read(batch)
    found = check_input(values, expected)
    if as_json:
        said = {
            "batch": str(batch),
            "shape": list(values.shape),
            "expected": {"mean": expected.mean, "std": expected.std, "size": expected.size},
            "findings": [each.to_dict() for each in found],
        }
        typer.echo(json.dumps(said, indent=2))
    else:
        for each in found:
            typer.echo(f"{each.severity}: {each}")
        if not found:
            shape = "x".join(map(str, values.shape))
            typer.echo(f"nothing found in {shape} values: the batch looks as the weights expect it")
    if any(each.severity != "info" for each in found):
        raise typer.Exit(1)


def _expected(*, model: Path | None, mean: str | None, std: str | None, size: int | None) -> Expected:
    from steelyard.errors import InputError
    from steelyard.imaging.input_check import Expected

    if (mean is None) != (std is None) or (model is not None and mean is not None):
        raise InputError(
            "--mean and --std must go together and not with --model, but got "
            f"{'a model and ' if model is not None else ''}{'a mean' if mean is not None else 'no mean'} and {'a' if std is not None else 'no'} std"
        )
    if model is not None:
        from steelyard.imaging.saving import read_fitted

        _, parameters = read_fitted(model)
        side = size or int(parameters["size"])
        return Expected(mean=tuple(parameters["mean"]), std=tuple(parameters["std"]), size=(side, side))
    if mean is not None and std is not None:
        sides = None if size is None else (size, size)
        return Expected(mean=_numbers(mean, name="--mean"), std=_numbers(std, name="--std"), size=sides)
    return Expected.imagenet(size=size)


def _numbers(text: str, *, name: str) -> tuple[float, ...]:
    from steelyard.errors import InputError

    try:
        return tuple(float(each) for each in text.split(","))
    except ValueError as error:
        raise InputError(f"{name} must be numbers with commas between, but got {text!r}") from error


def _read(path: Path) -> Any:
    import numpy as np

    from steelyard.errors import InputError

    try:
        return np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise InputError(
            f"{path} must be an array that numpy.save wrote, but reading it failed: {error}"
        ) from error
