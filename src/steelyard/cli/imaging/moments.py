"""`steelyard imaging moments`: mean and standard deviation of images, with what is often got wrong."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from steelyard.cli.imaging.progress import images_shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from steelyard.imaging.mistakes import Mistake
    from steelyard.imaging.result import ImageMoments

_LIBRARIES = ("torch", "keras", "albumentations")


def moments_command(
    source: Annotated[
        Path,
        typer.Argument(
            help="Folder, zip or tar archive, table of paths (CSV, TSV, JSON Lines, Parquet, Arrow), image, .npy file, or CIFAR's binary version."
        ),
    ],
    resize: Annotated[
        str | None,
        typer.Option(
            metavar="SIZE", help="Resize first: the short side, or HEIGHTxWIDTH.", show_default=False
        ),
    ] = None,
    crop: Annotated[
        str | None,
        typer.Option(
            metavar="SIZE", help="Then cut this from the middle: a side, or HEIGHTxWIDTH.", show_default=False
        ),
    ] = None,
    mode: Annotated[str, typer.Option(help="auto (grey only if all are), RGB, L (grey) or RGBA.")] = "auto",
    interpolation: Annotated[
        str, typer.Option(help="Of resizing: bilinear, bicubic, nearest, box, hamming or lanczos.")
    ] = "bilinear",
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = 1,
    tolerance: Annotated[
        float | None,
        typer.Option(
            help="Stop when every number is known to within this (0-1 scale), from a random sample.",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the sample.")] = 0,
    test: Annotated[
        Path | None,
        typer.Option(
            "--test",
            "--test-folder",
            metavar="SOURCE",
            help="Test images: shows what taking their statistics would change.",
            show_default=False,
        ),
    ] = None,
    column: Annotated[
        str | None, typer.Option(help="Of a table: the column of paths.", show_default=False)
    ] = None,
    root: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Of a table: where relative paths start; default: its folder.",
            show_default=False,
        ),
    ] = None,
    split: Annotated[str, typer.Option(help="Of CIFAR's archives: train or test.")] = "train",
    paste: Annotated[
        str, typer.Option(metavar="LIBRARY", help=f"Print the transform for {', '.join(_LIBRARIES)}.")
    ] = "torch",
    resume: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Keep unfinished sums there; the same command goes on from them.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the result there, as JSON.", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Compute the mean and standard deviation of images, per channel: exactly in one pass, or to a tolerance.

    Says what the numbers are of, how sure they are as those of the images that these were drawn from, what was left out and why, and how
    large the common mistakes would be on these images; prints the transform to paste.
    """
    from steelyard.errors import InputError
    from steelyard.imaging.mistakes import common_mistakes
    from steelyard.imaging.moments import image_moments

    if paste not in _LIBRARIES:
        raise InputError(f"--paste must be one of {', '.join(_LIBRARIES)}, but got {paste!r}")
    view: dict[str, Any] = {
        "resize": size(resize, "--resize"),
        "crop": size(crop, "--crop"),
        "mode": mode,
        "interpolation": interpolation,
        "workers": workers,
        "tolerance": tolerance,
        "seed": seed,
        "column": column,
        "root": root,
        "split": split,
    }
    try:
        with images_shown("images") as on_progress:
            found = image_moments(source, resume=resume, on_progress=on_progress, **view)
        of_test = None
        if test is not None:
            table = {"column": None, "root": None} if not _like(source, test) else {}
            with images_shown("test images") as on_progress:
                of_test = image_moments(test, on_progress=on_progress, **(view | table))
    except KeyboardInterrupt:
        said = (
            f" The same command goes on from {resume}."
            if resume is not None
            else " --resume keeps what is done."
        )
        typer.echo(f"stopped.{said}", err=True)
        raise typer.Exit(130) from None
    mistakes = common_mistakes(found, test=of_test)
    if out is not None:
        found.save(out)
    if as_json:
        described = {
            "moments": found.to_json(),
            "test": None if of_test is None else of_test.to_json(),
            "mistakes": [{**asdict(each), "measured": each.measured} for each in mistakes],
            "paste": {library: _transform(found, library) for library in _LIBRARIES},
        }
        typer.echo(json.dumps(described, indent=2, allow_nan=False))
    else:
        _print(found, mistakes, paste)


def size(text: str | None, option: str) -> int | tuple[int, int] | None:
    """Return a side, or (height, width), from what stands on the command line.

    >>> size("256", "--resize"), size("224x320", "--crop"), size(None, "--crop")
    (256, (224, 320), None)
    """
    from steelyard.errors import InputError

    if text is None:
        return None
    parts = text.lower().split("x")
    if len(parts) > 2 or not all(part.isascii() and part.isdigit() for part in parts):
        raise InputError(
            f"{option} must be a side such as 256, or HEIGHTxWIDTH such as 224x320, but got {text!r}"
        )
    numbers = [int(part) for part in parts]
    return numbers[0] if len(numbers) == 1 else (numbers[0], numbers[1])


def _like(first: Path, second: Path) -> bool:
    return first.suffix == second.suffix and not second.is_dir()


def _transform(found: ImageMoments, library: str) -> str | None:
    """Return what to paste; None where a channel is constant."""
    if not (found.std > 0).all():
        return None
    return cast(str, getattr(found, f"to_{library}")())


def _print(found: ImageMoments, mistakes: Sequence[Mistake], library: str) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    certain = f"({found.level:.0%})"
    for name in ("channel", "mean", certain, "std", certain, "mean x 255", "std x 255"):
        table.add_column(name, justify="left" if name == "channel" else "right", no_wrap=True)
    for place, channel in enumerate(found.channels):
        table.add_row(
            channel,
            f"{found.mean[place]:.4f}",
            _half(found.mean[place], found.mean_interval[place]),
            f"{found.std[place]:.4f}",
            _half(found.std[place], found.std_interval[place]),
            f"{found.mean_255[place]:.2f}",
            f"{found.std_255[place]:.2f}",
        )
    console.print(Text(_what(found)))
    console.print()
    console.print(table)
    console.print()
    console.print(Text(_certainty(found)))
    for line in (*_left_out(found), *_done(found)):
        console.print(Text(line))
    console.print(Text("\nCommon mistakes, and their size on these images:", style="bold"))
    for each in mistakes:
        console.print(Text.assemble((f"  {each.name}: ", "bold"), each.sentence))
    transform = _transform(found, library)
    if transform is None:
        console.print("\nA channel is constant, so there is no transform: nothing can be divided by 0.")
        return
    console.print(Text(f"\nTo paste ({library}):", style="bold"))
    console.print(Text(transform), soft_wrap=True)


def _half(centre: float, interval: Any) -> str:
    half = float(max(interval[1] - centre, centre - interval[0]))
    return "unknown" if half == float("inf") else f"± {half:.4f}"


def _what(found: ImageMoments) -> str:
    low_height, high_height, low_width, high_width = found.sides
    sides = f"{low_width} x {low_height}"
    if (low_height, low_width) != (high_height, high_width):
        sides += f" to {high_width} x {high_height}"
    view = ""
    if found.view.resize is not None:
        view += f", resized to {_side(found.view.resize)}"
    if found.view.crop is not None:
        view += f", cropped to {_side(found.view.crop)}"
    return f"{found.source}: {found.images:,} images, {found.pixels:,} pixels ({sides}, {found.depth}{view})"


def _side(wanted: int | tuple[int, int]) -> str:
    return str(wanted) if isinstance(wanted, int) else f"{wanted[0]} x {wanted[1]} (height x width)"


def _certainty(found: ImageMoments) -> str:
    if found.interval_of == "data set":
        return (
            f"From a random sample of {found.looked_at:,} of {found.available:,} images; the intervals are about the whole data set and "
            "hold at whatever size the sample stops."
        )
    numbers = "Sums are of double precision" if found.depth == "float" else "Exact (sums of whole numbers)"
    return f"{numbers}; the intervals are about the images that these are a random sample of."


def _left_out(found: ImageMoments) -> list[str]:
    lines = []
    if found.skipped_count:
        lines.append(f"Left out: {found.skipped_count:,} images")
        lines += [f"  {count:,} because {reason}" for reason, count in found.skipped_reasons.items()]
        lines += [f"  e.g. {each.name}: {each.reason}" for each in found.skipped[:5]]
    if found.others:
        lines.append(f"Passed over: {found.others:,} files that aren't images")
    return lines


def _done(found: ImageMoments) -> list[str]:
    lines = []
    decoders = ", ".join(f"{name} ({count:,})" for name, count in found.decoders.items() if name != "none")
    if decoders:
        lines.append(f"Decoded by {decoders}")
    if found.notes:
        lines.append(f"On the way: {', '.join(f'{name} ({count:,})' for name, count in found.notes.items())}")
    if found.depth == "16-bit" and float(found.largest.max()) <= 4095 / 65535:
        lines.append(
            f"The largest value is {65535 * float(found.largest.max()):.0f} of 65535: 12-bit values in 16-bit files? Then multiply the numbers by "
            "65535 / 4095."
        )
    return lines
