"""`steelyard topics fit`: find topics, save them, write the page, print the words."""

from __future__ import annotations

import hashlib
import json
import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from steelyard.cli.topics.priors import Alpha, Beta, prior
from steelyard.cli.topics.progress import sweeps_shown
from steelyard.cli.topics.source import (
    Column,
    CorpusPath,
    Encoding,
    Files,
    Keep,
    MaxDf,
    MinDf,
    MostWords,
    NameColumn,
    StopWords,
    Vocabulary,
    read,
)

if TYPE_CHECKING:
    from steelyard.data.corpus import Corpus
    from steelyard.topics.estimator import LatentDirichletAllocation
    from steelyard.topics.portrait import Portrait

RESULTS = Path("steelyard-results")


def fit_command(
    corpus: CorpusPath = None,
    k: Annotated[int, typer.Option("--k", min=1, help="Number of topics.")] = 20,
    alpha: Alpha = "learn",
    beta: Beta = "learn",
    chains: Annotated[int, typer.Option(min=1, help="Chains, each from a random start of its own.")] = 2,
    sweeps: Annotated[int, typer.Option(min=1, help="Sweeps of each chain.")] = 500,
    burn_in: Annotated[
        int | None,
        typer.Option(
            min=0, help="First sweeps, which aren't kept; default: half of them.", show_default=False
        ),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same topics, whatever the threads.")] = 0,
    threads: Annotated[int, typer.Option(min=-1, help="Threads; -1 for all processor cores.")] = -1,
    column: Column = None,
    name_column: NameColumn = None,
    files: Files = "*",
    encoding: Encoding = "utf-8",
    vocabulary: Vocabulary = None,
    stop_words: StopWords = None,
    min_df: MinDf = "1",
    max_df: MaxDf = "1.0",
    most_words: MostWords = None,
    keep: Keep = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Where the topics go; topics that are there are replaced. Default: steelyard-results/topics-NAME-kK.",
            show_default=False,
        ),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Where the HTML page goes; default: report.html beside the topics.",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Find the topics of documents by exact collapsed Gibbs sampling, save them, and write a page that shows them.

    A run that is stopped goes on where it was when the same command is given again.

    For example: steelyard topics fit reviews.csv --column text --k 50 --chains 4
    """
    from steelyard.report.writing import check_writable

    priors = prior(alpha, "--alpha"), prior(beta, "--beta")
    folder = prepared(out or RESULTS / f"topics-{_name(corpus)}-k{k}")
    page = report or folder / "report.html"
    check_writable(page)
    reading = read(
        corpus,
        column=column,
        name_column=name_column,
        files=files,
        encoding=encoding,
        vocabulary=vocabulary,
        stop_words=stop_words,
        min_df=min_df,
        max_df=max_df,
        most_words=most_words,
        keep=keep,
    )
    model = fitted(
        reading.corpus,
        {
            "n_components": k,
            "doc_topic_prior": priors[0],
            "topic_word_prior": priors[1],
            "max_iter": sweeps,
            "burn_in": burn_in,
            "n_chains": chains,
            "random_state": seed,
        },
        threads=threads,
        folder=folder,
    )

    from steelyard.report.topics.page import portrait_to_dict, write_topics
    from steelyard.topics.portrait import portrait

    shown = portrait(model, source=reading.source)
    write_topics(
        shown,
        page,
        command=shlex.join(["steelyard", *sys.argv[1:]]),
        notes=() if reading.left_out is None else (reading.sentence,),
    )
    if as_json:
        typer.echo(
            json.dumps(
                {**portrait_to_dict(shown), "folder": str(folder), "report": str(page)},
                indent=2,
                allow_nan=False,
            )
        )
    else:
        _print(shown, folder, page)


def prepared(folder: Path) -> Path:
    """Return the folder for the topics: new, empty, or one with topics; anything else in it stays as it is.

    Raises:
        InputError: a folder that holds something else, or that can't be made.
    """
    from steelyard.errors import InputError

    try:
        inside = [each.name for each in folder.iterdir()] if folder.exists() else []
        own = {"topics.json", "topics.safetensors", "report.html"}
        if inside and not own & set(inside) and not any(name.startswith("checkpoint-") for name in inside):
            raise InputError(
                f"--out must be a new folder or one with topics, but {folder} holds {inside[0]!r}; name another"
            )
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"--out must be a folder that can be written, but got {folder}: {error}") from error
    return folder


def fitted(
    corpus: Corpus, parameters: dict[str, Any], *, threads: int, folder: Path
) -> LatentDirichletAllocation:
    """Return topics fitted with a bar and a checkpoint in `folder`, saved there."""
    from steelyard.topics.chain import planned_bytes
    from steelyard.topics.estimator import LatentDirichletAllocation

    needed = planned_bytes(corpus, topics=parameters["n_components"])
    typer.echo(
        f"memory: about {_bytes(needed)} for a chain, {_bytes(4 * corpus.tokens)} for the tokens", err=True
    )
    model = LatentDirichletAllocation(**parameters, n_jobs=threads if threads != 0 else None)
    key = hashlib.sha256(repr((corpus.fingerprint, sorted(parameters.items()))).encode()).hexdigest()[:12]
    checkpoint = folder / f"checkpoint-{key}"
    try:
        with sweeps_shown(
            chains=parameters["n_chains"], sweeps=parameters["max_iter"], tokens=corpus.tokens
        ) as on_progress:
            model.fit(corpus, on_progress=on_progress, checkpoint=checkpoint)
    except KeyboardInterrupt:
        typer.echo(
            f"stopped. The state of some seconds ago is kept in {checkpoint}; the same command goes on from there.",
            err=True,
        )
        raise typer.Exit(130) from None
    model.save(folder)
    shutil.rmtree(checkpoint, ignore_errors=True)
    return model


def _name(corpus: Path | None) -> str:
    return (
        "python-documentation"
        if corpus is None
        else corpus.name.split(".")[0].replace("docword", corpus.name.partition(".")[2].split(".")[0])
        or "corpus"
    )


def _bytes(count: int) -> str:
    size = float(count)
    for unit in ("bytes", "KB", "MB", "GB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.3g} TB"


def _print(shown: Portrait, folder: Path, page: Path) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from steelyard.report.digits import number, percent

    several = len(shown.trace) > 1
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("topic", justify="right")
    table.add_column("tokens", justify="right")
    table.add_column("coherence", justify="right")
    if several:
        table.add_column("agreement", justify="right")
    table.add_column("words", overflow="fold")
    for topic in shown.topics:
        table.add_row(
            str(topic.number),
            percent(topic.share),
            number(topic.npmi, digits=2),
            *((number(topic.agreement, digits=2),) if several else ()),
            Text(" ".join(word for word, _ in topic.words[:10])),
        )
    console = Console()
    console.print(table)
    learned = "".join(f", {name} learned" for name in shown.learned)
    found = shown.convergence
    console.print(
        f"alpha {number(float(shown.alpha.sum()))} in sum, beta {number(shown.beta)}{learned}; split R-hat {number(found.rhat, digits=3)}, "
        f"{number(found.ess_bulk, digits=3)} effective draws",
        highlight=False,
    )
    for each in shown.findings:
        console.print(Text.assemble((f"{each.severity}: ", "bold"), str(each)), highlight=False)
    console.print(f"Topics: {folder.resolve()}", highlight=False, markup=False, soft_wrap=True)
    console.print(f"Report: {page.resolve()}", highlight=False, markup=False, soft_wrap=True)
