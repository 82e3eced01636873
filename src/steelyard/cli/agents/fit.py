"""`steelyard agents fit`: train an agent, save it, and say what it gets and what its latents did meanwhile."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from steelyard.cli.agents.progress import training_shown
from steelyard.cli.agents.report import PAGE, write_page
from steelyard.cli.agents.source import LOOKS, AsJson

if TYPE_CHECKING:
    from steelyard.agents.agent import Agent
    from steelyard.agents.learning.progress import Progress

RESULTS = Path("steelyard-results")
STEPS = {"small": 600_000, "full": 800_000}
"""Steps of the default trainings."""
LOOKS_TAKEN = 50
_OWN = frozenset({"agent.json", "weights.safetensors", LOOKS, "checkpoint", PAGE})


def fit_command(
    variant: Annotated[
        Literal["small", "full"],
        typer.Argument(metavar="[small|full]", help="Which Satchel is played.", show_default=True),
    ] = "small",
    steps: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Of all environments together; default: 600,000 (small), 800,000 (full).",
            show_default=False,
        ),
    ] = None,
    algorithm: Annotated[Literal["ppo", "a2c"], typer.Option(help="What it learns by.")] = "ppo",
    width: Annotated[
        int | None, typer.Option(min=1, help="Of a word's latent vector.", show_default=False)
    ] = None,
    layers: Annotated[
        int | None, typer.Option(min=1, help="Encoder layers of the body.", show_default=False)
    ] = None,
    norm: Annotated[
        Literal["pre", "post"] | None, typer.Option(help="Layer norms before or after.", show_default=False)
    ] = None,
    latents: Annotated[
        Literal["none", "l2", "layernorm", "centre"] | None,
        typer.Option(help="How the body's latents are normalised.", show_default=False),
    ] = None,
    head: Annotated[
        Literal["encoder", "linear"] | None,
        typer.Option(help="Heads with an encoder layer, or linear.", show_default=False),
    ] = None,
    bodies: Annotated[
        Literal["shared", "separate"] | None,
        typer.Option(help="One body for actor and critic, or two.", show_default=False),
    ] = None,
    learning_rate: Annotated[
        float | None, typer.Option("--learning-rate", help="At the start.", show_default=False)
    ] = None,
    environments: Annotated[
        int | None, typer.Option(min=1, help="Played side by side.", show_default=False)
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of everything random.")] = 0,
    threads: Annotated[int, typer.Option(min=1, help="Threads of PyTorch.")] = 1,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Where the agent goes; one that is there is replaced. Default: steelyard-results/agents-VARIANT.",
            show_default=False,
        ),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Where the HTML page goes; default: report.html beside the agent.",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Train an actor-critic transformer on Satchel, save it, print its exact return and the geometry of its latents, and write a page of both.

    A run that is stopped goes on where it was when the same command is given again.

    For example: steelyard agents fit small --latents centre --out centred
    """
    from steelyard.agents.agent import Agent
    from steelyard.environments.satchel.rules import rules_called
    from steelyard.report.writing import check_writable

    given = {
        "algorithm": algorithm,
        "width": width,
        "layers": layers,
        "norm": norm,
        "latents": latents,
        "head": head,
        "bodies": bodies,
        "learning_rate": learning_rate,
        "environments": environments,
    }
    chosen = {name: value for name, value in given.items() if value is not None}
    agent = Agent(rules_called(variant), seed=seed, threads=threads, **chosen)  # type: ignore[arg-type]  # each value is checked by the agent
    folder = _prepared(out or RESULTS / f"agents-{variant}")
    page = report or folder / PAGE
    check_writable(page)
    looks = _fit(agent, STEPS[variant] if steps is None else steps, folder)
    agent.save(folder)
    told = {**_told(agent, looks, folder), "report": str(write_page(agent, looks, page))}
    if as_json:
        typer.echo(json.dumps(told, indent=2, allow_nan=False))
    else:
        _print(told)


def _prepared(folder: Path) -> Path:
    from steelyard.errors import InputError

    try:
        inside = sorted(each.name for each in folder.iterdir()) if folder.exists() else []
        if inside and not _OWN & set(inside):
            raise InputError(
                f"--out must be a new folder or one with an agent, but {folder} holds {inside[0]!r}; name another"
            )
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"--out must be a folder that can be written, but got {folder}: {error}") from error
    return folder


def _fit(agent: Agent, steps: int, folder: Path) -> list[dict[str, Any]]:
    """Train, and return the looks; they are written as they are taken, so that a training that goes on keeps the earlier ones."""
    from steelyard.agents.looking import Looks
    from steelyard.agents.playground import Playground
    from steelyard.agents.sampling import sampled_bags
    from steelyard.environments.satchel.rules import Rules
    from steelyard.environments.satchel.solving import return_scale
    from steelyard.report.writing import write_whole

    rules = agent.environment
    assert isinstance(rules, Rules)
    per_update = (agent.environments or 512) * (agent.rollout or rules.horizon)
    every = max(1, -(-steps // per_update) // LOOKS_TAKEN)
    watching = Looks(sampled_bags(Playground.of(rules, None)), seed=agent.seed, every=every)
    checkpoint, path = folder / "checkpoint", folder / LOOKS
    kept = _earlier(path) if checkpoint.is_dir() and any(checkpoint.iterdir()) else []
    try:
        with training_shown(optimal=return_scale(rules).floor.value) as show:

            def on_progress(progress: Progress) -> None:
                before = len(watching.taken)
                watching(progress)
                show(progress)
                for found in watching.taken[before:]:
                    kept[:] = [each for each in kept if each["step"] != found.step]
                    kept.append(found.to_dict())
                if len(watching.taken) > before:
                    kept.sort(key=lambda each: each["step"])
                    write_whole(path, json.dumps(kept, allow_nan=False).encode())

            agent.fit(steps=steps, exact_every=every, checkpoint=checkpoint, on_progress=on_progress)
    except KeyboardInterrupt:
        typer.echo(
            f"stopped. The training is kept in {checkpoint}, at most a minute old; the same command goes on from there.",
            err=True,
        )
        raise typer.Exit(130) from None
    if checkpoint.is_dir() and not any(checkpoint.iterdir()):
        checkpoint.rmdir()
    return [each for each in kept if each["step"] <= agent.history_[-1].step]


def _earlier(path: Path) -> list[dict[str, Any]]:
    """Return the looks of a training that was cut off; none where there is no such file."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return [dict(each) for each in found if isinstance(each["step"], int)]
    except (OSError, ValueError, TypeError, LookupError):
        return []


def _told(agent: Agent, looks: list[dict[str, Any]], folder: Path) -> dict[str, Any]:
    from steelyard.environments.satchel.rules import Rules
    from steelyard.environments.satchel.solving import return_scale

    assert isinstance(agent.environment, Rules)
    score, greedy = agent.evaluate(), agent.evaluate(greedy=True)
    assert score.placement is not None
    last = agent.history_[-1]
    return {
        "environment": f"Satchel, {agent.environment.states:,} bags",
        "algorithm": agent.algorithm,
        "steps": last.step,
        "seconds": sum(each.duration_s for each in agent.history_),
        "return": score.mean_return,
        "placement": score.placement.to_dict(),
        "greedy_return": greedy.mean_return,
        "scale": return_scale(agent.environment).to_dict(),
        "looks": looks,
        "folder": str(folder),
    }


def _print(told: dict[str, Any]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for heading in (
        "step",
        "return",
        "mean cosine",
        "centred",
        "within bags",
        "effective rank",
        "words read",
    ):
        table.add_column(heading, justify="right")
    for each in _thinned(told["looks"]):
        body = each["parts"]["body"]
        probe = body["probe"]
        table.add_row(
            f"{each['step']:,}",
            _number(each["expected_return"]),
            _number(body["mean_cosine"], digits=3),
            _number(body["centred_mean_cosine"], digits=3),
            _number(body["bag_cosine"], digits=3),
            _number(body["effective_rank"], digits=1),
            "" if probe is None else f"{probe['accuracy']:.0%}",
        )
    console = Console()
    console.print(table)
    lines = (
        f"Cosines and ranks are of the latents that leave the body, of {told['environment']}.",
        f"{told['placement']['sentence']}. Always the likeliest word: {told['greedy_return']:.2f}.",
        f"{told['steps']:,} steps in {told['seconds']:,.0f} s. Agent: {Path(told['folder']).resolve()}",
        f"Report: {Path(told['report']).resolve()}",
    )
    for line in lines:
        console.print(
            line, highlight=False, markup=False, soft_wrap=line.endswith((told["folder"], told["report"]))
        )


def _thinned(looks: list[dict[str, Any]], *, most: int = 8) -> list[dict[str, Any]]:
    """Return at most so many looks, evenly, the first and last among them."""
    if len(looks) <= most:
        return looks
    return [looks[round(index * (len(looks) - 1) / (most - 1))] for index in range(most)]


def _number(value: float | None, *, digits: int = 2) -> str:
    return "" if value is None else f"{value:.{digits}f}"
