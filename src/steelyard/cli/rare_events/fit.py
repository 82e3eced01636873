"""`steelyard rare-events fit`: train a forecaster and keep it."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from steelyard.cli.rare_events.data import (
    EMBEDDED,
    CountOption,
    DataArgument,
    DateOption,
    IdOption,
    JsonOption,
    KnownOption,
    MissingOption,
    PastOption,
    StaticOption,
    read,
)
from steelyard.cli.rare_events.progress import bars

if TYPE_CHECKING:
    from steelyard.rare_events.forecaster import RareEventForecaster

MODEL = Path("steelyard-results/rare-events-model")


def fit_command(
    data: DataArgument = EMBEDDED,
    horizon: Annotated[int, typer.Option(help="How many steps ahead it forecasts.")] = 1,
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the model is kept.")] = MODEL,
    missing: MissingOption = None,
    id_column: IdOption = "unique_id",
    date_column: DateOption = "ds",
    count_column: CountOption = "y",
    known: KnownOption = None,
    past: PastOption = None,
    static: StaticOption = None,
    heads: Annotated[str, typer.Option(help="Heads: two, one or product.")] = "two",
    loss: Annotated[
        str | None, typer.Option(help="What the heads are trained with; default: the heads' own.")
    ] = None,
    window: Annotated[
        int | None,
        typer.Option(help="Steps read before the first forecast; default: by the data.", show_default=False),
    ] = None,
    hidden: Annotated[int, typer.Option(help="Size of the LSTM's state.")] = 32,
    epochs: Annotated[int, typer.Option(help="Most passes over the data.")] = 20,
    seed: Annotated[int, typer.Option(help="Of initial weights, order and dropout.")] = 0,
    device: Annotated[str, typer.Option(help="Where to compute: cpu or cuda.")] = "cpu",
    as_json: JsonOption = False,
) -> None:
    """Train a forecaster on everything in DATA and keep it in a folder.

    A training that was stopped goes on from its last epoch when the same command is given again; a finished one is not done twice.
    For example: steelyard rare-events fit sales.csv --horizon 7
    """
    from steelyard.rare_events.forecaster import RareEventForecaster
    from steelyard.study.threads import limited_threads

    series, source = read(
        data,
        missing=missing,
        unique_id=id_column,
        ds=date_column,
        y=count_column,
        known=known,
        past=past,
        static=static,
    )
    settings: dict[str, Any] = {"heads": heads, "loss": loss}
    model = RareEventForecaster(
        **settings,
        horizon=horizon,
        window=window,
        hidden=hidden,
        epochs=epochs,
        seed=seed,
        device=device,
    )
    began = time.perf_counter()
    seen: list[int] = []
    with bars() as shown, limited_threads(1):
        task = shown.add_task("training", total=epochs)

        def told(epoch: Any) -> None:
            seen.append(epoch.epoch)
            shown.update(
                task,
                completed=epoch.epoch,
                description=f"epoch {epoch.epoch}: validation loss {epoch.validation_loss:.4f}",
            )

        try:
            model.fit(series, on_epoch=told, checkpoint=out / "training")
        except KeyboardInterrupt:
            typer.echo("stopped. Finished epochs are kept; the same command goes on.", err=True)
            raise typer.Exit(130) from None
        model.save(out)
    facts = _facts(model, trained_now=len(seen), seconds=time.perf_counter() - began)
    facts = {
        "source": source,
        "series": len(series),
        "steps": sum(map(len, series)),
        **facts,
        "model": str(out),
    }
    if as_json:
        typer.echo(json.dumps(facts, indent=2))
        return
    epochs_done = facts["epochs"]
    typer.echo(
        f"{facts['steps']:,} steps of {_count(facts['series'])} ({source}): {epochs_done} epoch{'s' * (epochs_done != 1)}, "
        f"{facts['epochs_now']} of them now, in {facts['duration_s']:.1f} s; best validation loss {facts['validation_loss']:.4f} in "
        f"epoch {facts['best_epoch']}."
    )
    where = "" if data == EMBEDDED else f" {data}"
    typer.echo(f"Model: {out}. Forecast with: steelyard rare-events predict {out}{where}")


def _facts(model: RareEventForecaster, *, trained_now: int, seconds: float) -> dict[str, Any]:
    best = min(model.history_, key=lambda epoch: epoch.validation_loss)
    return {
        "horizon": model.horizon,
        "epochs": len(model.history_),
        "epochs_now": trained_now,
        "best_epoch": best.epoch,
        "validation_loss": best.validation_loss,
        "duration_s": seconds,
    }


def _count(series: int) -> str:
    return "1 series" if series == 1 else f"{series:,} series"
