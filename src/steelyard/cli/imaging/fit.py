"""`steelyard imaging fit`: train a classifier on radiographs, test it, and keep it in a folder."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from steelyard.cli.imaging.radiographs import SIMULATED, read

if TYPE_CHECKING:
    from steelyard.imaging.classifier import ChestXRayClassifier
    from steelyard.imaging.roc import Auroc, MeanAuroc

FOLDER = Path("steelyard-results/imaging-model")


def fit_command(
    data: Annotated[
        str,
        typer.Argument(
            metavar="[DATA]",
            help="Folder of NIH ChestX-ray14 with its lists, or `simulated` (the default).",
            show_default=False,
        ),
    ] = SIMULATED,
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the classifier is kept.")] = FOLDER,
    backbone: Annotated[
        str, typer.Option(help="densenet121, densenet169, densenet201, small, small:WIDTH or timm:NAME.")
    ] = "densenet121",
    weights: Annotated[
        str | None,
        typer.Option(
            help="Weights to start from: .pth, .safetensors, or `pretrained` (timm).", show_default=False
        ),
    ] = None,
    size: Annotated[int, typer.Option(help="Pixels a side.")] = 224,
    epochs: Annotated[int, typer.Option(help="Most passes over the images.")] = 30,
    batch_size: Annotated[int, typer.Option(help="Images a step.")] = 16,
    learning_rate: Annotated[float, typer.Option(help="Adam's, at the start.")] = 1e-3,
    images: Annotated[int, typer.Option(help="How many to simulate.")] = 2000,
    allow_missing: Annotated[
        bool, typer.Option("--allow-missing", help="Leave out images of the table whose files aren't there.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Of weights, order, mirroring and simulation.")] = 0,
    device: Annotated[str, typer.Option(help="Where to compute: cpu or cuda.")] = "cpu",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Train a classifier of fourteen findings as CheXNet was, test it on other patients, and keep it in a folder.

    A training that was stopped goes on where it was when the same command is given again. For example:
    steelyard imaging fit simulated --backbone small --size 64 --epochs 10
    """
    from steelyard.imaging.classifier import ChestXRayClassifier
    from steelyard.imaging.roc import evaluate, mean_auroc
    from steelyard.report.writing import check_writable

    check_writable(out / "classifier.json")
    model = ChestXRayClassifier(
        backbone=backbone,
        weights=weights,
        size=size,
        epochs=epochs,
        batch_size=batch_size,
        learning_rate=learning_rate,
        seed=seed,
        device=device,
    )
    radiographs = read(data, images=images, size=size, seed=seed, allow_missing=allow_missing)
    pixels, targets, patients = radiographs.train
    began = time.perf_counter()
    _train(model, pixels, targets, patients, out=out)
    model.save(out)
    pixels, targets, patients = radiographs.test
    scores = model.predict(pixels)
    areas = evaluate(targets, scores, findings=model.findings, patients=patients)
    mean = mean_auroc(targets, scores, patients=patients)
    facts = {
        "source": radiographs.source,
        "train_images": len(radiographs.train[1]),
        "test_images": len(targets),
        "epochs": len(model.history_),
        "validation_loss": min(epoch.validation_loss for epoch in model.history_),
        "duration_s": time.perf_counter() - began,
        "model": str(out),
    }
    if as_json:
        mean_area = {"auroc": mean.area, "low": mean.low, "high": mean.high, "level": mean.level}
        said = {**facts, "mean": mean_area, "findings": [each.to_dict() for each in areas]}
        typer.echo(json.dumps(said, indent=2))
        return
    _print(facts, areas, mean)


def _train(model: ChestXRayClassifier, images: Any, targets: Any, patients: Any, *, out: Path) -> None:
    from steelyard.cli.imaging.bars import bars

    with bars() as shown:
        task = shown.add_task("training", total=model.epochs)
        steps = shown.add_task("first epoch", total=None)

        def ended(epoch: Any) -> None:
            shown.update(
                task,
                completed=epoch.epoch,
                description=f"epoch {epoch.epoch}: validation loss {epoch.validation_loss:.4f}",
            )

        def stepped(done: int, of: int) -> None:
            shown.update(steps, completed=done, total=of, description="steps")

        try:
            model.fit(
                images,
                targets,
                patients=patients,
                on_epoch=ended,
                on_step=stepped,
                checkpoint=out / "training",
            )
        except KeyboardInterrupt:
            typer.echo("stopped. The last checkpoint is kept; the same command goes on.", err=True)
            raise typer.Exit(130) from None


def _print(facts: dict[str, Any], areas: tuple[Auroc, ...], mean: MeanAuroc) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("finding")
    for name in ("AUROC", "95% interval", "with", "without"):
        table.add_column(name, justify="right")
    table.add_column("")
    for each in areas:
        defined = each.area == each.area
        table.add_row(
            each.finding,
            f"{each.area:.3f}" if defined else "-",
            f"{each.low:.3f} to {each.high:.3f}" if defined else "-",
            str(each.positives),
            str(each.negatives),
            each.doubt,
        )
    table.add_row("mean", f"{mean.area:.3f}", f"{mean.low:.3f} to {mean.high:.3f}", "", "", "")
    console = Console()
    console.print(
        f"{facts['train_images']:,} images to learn from and {facts['test_images']:,} of other patients to test on ({facts['source']}): "
        f"{facts['epochs']} epochs in {facts['duration_s']:.1f} s.",
        highlight=False,
    )
    console.print(table)
    console.print(f"Model: {facts['model']}", highlight=False, markup=False, soft_wrap=True)
