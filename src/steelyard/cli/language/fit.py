"""`steelyard language fit`: train on a text, save the model, write the page, print what the loss means."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from steelyard.cli.language.progress import counting_shown, training_shown
from steelyard.cli.language.source import AsJson, Encoding, Files, TextColumn, Threads, read

if TYPE_CHECKING:
    from steelyard.language.meaning.curve import CurvePoint
    from steelyard.language.meaning.known_source import KnownSource
    from steelyard.language.meaning.story import Story
    from steelyard.language.model import LanguageModel
    from steelyard.language.parts import Parts
    from steelyard.language.reading import Documents

RESULTS = Path("steelyard-results")
SNAPSHOTS = 8
"""States of the training that the page compares."""
STORY = "story.json"
_OWN = frozenset({"language.json", "weights.safetensors", "report.html", STORY, "checkpoint"})


def fit_command(
    text: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[TEXT]...",
            help="Text files; folders of them; CSV, TSV, JSON Lines, Parquet or Arrow. Left out: Python's documentation.",
            show_default=False,
        ),
    ] = None,
    unit: Annotated[
        Literal["character", "word"] | None,
        typer.Option(help="What is guessed; default: character.", show_default=False),
    ] = None,
    recipe: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Parameters by name: character, word, char-rnn, zaremba-small or zaremba-medium; options change them.",
            show_default=False,
        ),
    ] = None,
    words: Annotated[
        Literal["written", "spaced"] | None,
        typer.Option(help="How words are cut: as written, or at white space.", show_default=False),
    ] = None,
    vocabulary: Annotated[
        int | None,
        typer.Option(min=1, help="Know this many tokens, the most frequent.", show_default=False),
    ] = None,
    layers: Annotated[int | None, typer.Option(min=1, help="LSTM layers.", show_default=False)] = None,
    embedding: Annotated[
        int | None, typer.Option(min=1, help="Features of a token.", show_default=False)
    ] = None,
    hidden: Annotated[int | None, typer.Option(min=1, help="Units of a layer.", show_default=False)] = None,
    dropout: Annotated[float | None, typer.Option(help="Share dropped, 0 to 1.", show_default=False)] = None,
    tied: Annotated[
        bool | None,
        typer.Option(
            "--tied/--not-tied", help="Use the embedding as the output's weights.", show_default=False
        ),
    ] = None,
    batch: Annotated[
        int | None, typer.Option(min=1, help="Stretches read side by side.", show_default=False)
    ] = None,
    window: Annotated[
        int | None, typer.Option(min=1, help="Tokens between two steps.", show_default=False)
    ] = None,
    learning_rate: Annotated[
        float | None, typer.Option("--learning-rate", help="The highest.", show_default=False)
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(min=1, help="Passes over the text.", show_default=False)
    ] = None,
    minutes: Annotated[
        float | None,
        typer.Option(help="Stop after the epoch in which they are over.", show_default=False),
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, help="Of weights, dropout and which documents are held out.")
    ] = 0,
    threads: Threads = None,
    text_column: TextColumn = None,
    files: Files = "*",
    encoding: Encoding = "utf-8",
    sentence: Annotated[
        list[str] | None,
        typer.Option(help="A sentence to show on the page; may be given again.", show_default=False),
    ] = None,
    known_source: Annotated[
        bool,
        typer.Option(
            "--known-source/--no-known-source",
            help="Also train a small model on a source of known entropy, for the page.",
        ),
    ] = True,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Where the model goes; one that is there is replaced. Default: steelyard-results/language-NAME.",
            show_default=False,
        ),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Where the HTML page goes; default: report.html beside the model.",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Train an LSTM to guess the next character or word of a text, save it, and write a page that shows what its loss means.

    A tenth of the text is held out to measure on, another decides which weights are kept. A run that is stopped goes on where it was when
    the same command is given again.

    For example: steelyard language fit novel.txt --unit word --sentence "It was a dark and stormy night"
    """
    from steelyard.errors import InputError
    from steelyard.language.meaning.curve import CurveRecorder
    from steelyard.language.parts import split_documents
    from steelyard.report.writing import check_writable

    if minutes is not None and not minutes > 0:
        raise InputError(f"--minutes must be above 0, but got {minutes}; leave it out to train to the end")
    given = {
        "unit": unit,
        "words": words,
        "vocabulary": vocabulary,
        "layers": layers,
        "embedding": embedding,
        "hidden": hidden,
        "dropout": dropout,
        "tied": tied,
        "batch": batch,
        "window": window,
        "learning_rate": learning_rate,
        "epochs": epochs,
    }
    model = _model(recipe, {name: value for name, value in given.items() if value is not None}, seed, threads)
    folder = prepared(out or RESULTS / f"language-{_name(text)}")
    page = report or folder / "report.html"
    check_writable(page)
    documents = read(text, text_column=text_column, files=files, encoding=encoding)
    parts = split_documents(documents, seed=seed)
    record = CurveRecorder()
    _fit(model, parts, record, minutes=minutes, folder=folder)
    model.save(folder)
    known = _known(parts, seed=seed, threads=threads) if known_source else None
    story = _told(
        model,
        parts,
        documents,
        curve=record.points(model.history_),
        known=known,
        sentences=sentence or (),
        seed=seed,
    )
    _write(story, folder, page, notes=(parts.rule,))
    if as_json:
        from steelyard.report.language.page import story_to_dict

        said = {name: value for name, value in story_to_dict(story).items() if name != "passages"}
        typer.echo(
            json.dumps({**said, "folder": str(folder), "report": str(page)}, indent=2, allow_nan=False)
        )
    else:
        _print(story, folder, page)


def prepared(folder: Path) -> Path:
    """Return the folder for a model: new, empty, or one with a model; anything else in it stays as it is.

    Raises:
        InputError: a folder that holds something else, or that can't be made.
    """
    from steelyard.errors import InputError

    try:
        inside = sorted(each.name for each in folder.iterdir()) if folder.exists() else []
        if inside and not _OWN & set(inside):
            raise InputError(
                f"--out must be a new folder or one with a model, but {folder} holds {inside[0]!r}; name another"
            )
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"--out must be a folder that can be written, but got {folder}: {error}") from error
    return folder


def _model(recipe: str | None, given: Mapping[str, Any], seed: int, threads: int | None) -> LanguageModel:
    from steelyard.language.model import LanguageModel

    chosen = {**given, "seed": seed, "threads": threads}
    return LanguageModel(**chosen) if recipe is None else LanguageModel.recipe(recipe, **chosen)


def _fit(model: LanguageModel, parts: Parts, record: Any, *, minutes: float | None, folder: Path) -> None:
    checkpoint = folder / "checkpoint"
    try:
        with training_shown(unit=model.unit, unigram_nats=_unigram_nats(model, parts)) as show:

            def on_progress(progress: Any) -> None:
                record(progress)
                show(progress)

            model.fit(
                parts.train,
                parts.validation,
                checkpoint=checkpoint,
                snapshots=SNAPSHOTS,
                minutes=minutes,
                on_progress=on_progress,
            )
    except KeyboardInterrupt:
        typer.echo(
            f"stopped. The training is kept in {checkpoint}, at most two minutes old; the same command goes on from there.",
            err=True,
        )
        raise typer.Exit(130) from None
    if checkpoint.is_dir() and not any(checkpoint.iterdir()):
        checkpoint.rmdir()


def _unigram_nats(model: LanguageModel, parts: Parts) -> float:
    """Return what the tokens' frequencies alone cost on the training text: the first baseline worth passing."""
    import numpy as np

    from steelyard.language.vocabulary import Vocabulary

    least = model.min_count if model.min_count is not None else (2 if model.unit == "word" else 1)
    counts = Vocabulary.build(
        parts.train, unit=model.unit, words=model.words, limit=model.vocabulary, min_count=least
    ).counts
    shares = counts[counts > 0] / counts.sum()
    return float(-(shares * np.log(shares)).sum())


def _known(parts: Parts, *, seed: int, threads: int | None) -> KnownSource:
    from steelyard.language.meaning.known_source import DRAWN, HELD_OUT, known_source
    from steelyard.language.meaning.small_model import train_small

    characters = sum(map(len, parts.train))
    drawn = min(DRAWN, 20 * characters)
    with counting_shown("training a small model on a source of known entropy") as on_step:
        return known_source(
            parts.train,
            lambda text: train_small(text, seed=seed, threads=threads, on_step=on_step),
            seed=seed,
            drawn=drawn,
            held_out=max(min(HELD_OUT, drawn // 10), 100),
        )


def _told(
    model: LanguageModel,
    parts: Parts,
    documents: Documents,
    *,
    curve: tuple[CurvePoint, ...],
    known: KnownSource | None,
    sentences: tuple[str, ...] | list[str],
    seed: int,
) -> Story:
    from steelyard.language.meaning.state import states_of
    from steelyard.language.meaning.story import tell

    called = dict(zip(documents.texts, documents.names, strict=True))
    with counting_shown("measuring on the held-out text") as on_state:
        return tell(
            states_of(model),
            parts.train,
            parts.test,
            names=[called.get(text, documents.names[0]) for text in parts.test],
            seed=seed,
            sentences=tuple(sentences),
            curve=curve,
            known=known,
            source=documents.source_line,
            parameters=model.parameters(),
            fingerprint=documents.fingerprint,
            on_state=on_state,
        )


def _write(story: Story, folder: Path, page: Path, *, notes: tuple[str, ...]) -> None:
    from steelyard.report.language.page import story_to_dict, write_language
    from steelyard.report.writing import write_whole

    write_whole(folder / STORY, json.dumps(story_to_dict(story), allow_nan=False).encode())
    write_language(story, page, command=shlex.join(["steelyard", *sys.argv[1:]]), notes=notes)


def _name(paths: list[Path] | None) -> str:
    return "python-documentation" if not paths else paths[0].name.split(".")[0] or "text"


def _print(story: Story, folder: Path, page: Path) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    from steelyard.report.digits import number, percent
    from steelyard.report.language.showing import chance

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column(f"{story.unit}s trained on", justify="right")
    table.add_column(f"nats a {story.unit}", justify="right")
    table.add_column("probability of the right one", justify="right")
    table.add_column("first guess right", justify="right")
    table.add_column("bits a byte", justify="right")
    for state in story.states:
        table.add_row(
            f"{state.tokens:,}",
            number(state.guesses.nats, zeros=True),
            chance(state.guesses.right_probability),
            percent(state.guesses.first),
            number(state.bits_per_byte, digits=3, zeros=True),
        )
    console = Console()
    console.print(table)
    others = "; ".join(
        f"{each.name} {number(each.bits_per_byte, digits=3, zeros=True)}" for each in story.yardsticks
    )
    console.print(
        f"On {story.measured_tokens:,} {story.unit}s held out. Without a network, bits a byte: {others}.",
        highlight=False,
        markup=False,
    )
    if story.known is not None:
        last = story.known.states[-1]
        console.print(
            f"On a source of known entropy: loss {number(last.cross_entropy_nats)} = H {number(last.entropy_nats)} + "
            f"KL {number(last.divergence_nats)} nats a character.",
            highlight=False,
            markup=False,
        )
    console.print(f"Model: {folder.resolve()}", highlight=False, markup=False, soft_wrap=True)
    console.print(f"Report: {page.resolve()}", highlight=False, markup=False, soft_wrap=True)
