"""`steelyard topics explain`: the posterior of one token's topic, factor by factor."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from steelyard.cli.topics.priors import Alpha, Beta, prior
from steelyard.cli.topics.source import Column, Encoding, Files, NameColumn, StopWords, Vocabulary, read

if TYPE_CHECKING:
    from steelyard.data.corpus import Corpus
    from steelyard.topics.estimator import LatentDirichletAllocation


def explain_command(
    target: Annotated[
        Path | None,
        typer.Argument(
            metavar="[MODEL|CORPUS]",
            help="Folder that `topics fit` wrote, or a corpus, which gets a few sweeps first. Left out: Python's documentation.",
            show_default=False,
        ),
    ] = None,
    document: Annotated[str, typer.Option(help="Document: its name, or its number from 0.")] = "0",
    token: Annotated[str, typer.Option(help="Token: a word of the document, or its place from 0.")] = "0",  # noqa: S107 - no secret
    seed: Annotated[int, typer.Option(min=0, help="Of the draw that is shown.")] = 0,
    k: Annotated[int, typer.Option("--k", min=1, help="Topics, where a corpus is given.")] = 10,
    alpha: Alpha = "0.1",
    beta: Beta = "0.1",
    sweeps: Annotated[int, typer.Option(min=1, help="Sweeps, where a corpus is given.")] = 50,
    column: Column = None,
    name_column: NameColumn = None,
    files: Files = "*",
    encoding: Encoding = "utf-8",
    vocabulary: Vocabulary = None,
    stop_words: StopWords = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Show where the posterior is in the update: one token's full conditional, factor by factor, and a draw from it.

    The token's own topic is taken out of the counts; what is left gives each topic a document part, (n_dk + alpha_k), and a topic
    part, (n_kw + beta) / (n_k + V beta). Their product, normalised, is the posterior of this token's topic given all others.

    For example: steelyard topics explain --document json.dumps --token obj
    """
    from steelyard.topics.estimator import LatentDirichletAllocation

    if target is not None and (target / "topics.json").is_file():
        model = LatentDirichletAllocation.load(target)
    else:
        reading = read(
            target,
            column=column,
            name_column=name_column,
            files=files,
            encoding=encoding,
            vocabulary=vocabulary,
            stop_words=stop_words,
        )
        model = LatentDirichletAllocation(
            k,
            doc_topic_prior=prior(alpha, "--alpha"),
            topic_word_prior=prior(beta, "--beta"),
            max_iter=sweeps,
            random_state=seed,
        ).fit(reading.corpus)
    number = document_number(model.corpus_, document)
    explanation = model.explain(number, token_place(model.corpus_, number, token), seed=seed)
    if as_json:
        name = model.corpus_.names[number] if model.corpus_.names else str(number)
        typer.echo(json.dumps({"name": name, **explanation.to_dict()}, indent=2))
        return
    typer.echo(str(explanation))
    _say_findings(model)


def document_number(corpus: Corpus, asked: str) -> int:
    """Return the number of a document that was asked for by name or number.

    Raises:
        InputError: no such document.
    """
    from steelyard.errors import InputError

    if asked in corpus.names:
        return corpus.names.index(asked)
    if asked.isdigit() and int(asked) < len(corpus):
        return int(asked)
    close = ""
    if corpus.names:
        from difflib import get_close_matches

        near = get_close_matches(asked, corpus.names, n=3)
        close = f" or a name such as {', '.join(near or corpus.names[:3])}"
    raise InputError(f"--document must be a number from 0 to {len(corpus) - 1}{close}, but got {asked!r}")


def token_place(corpus: Corpus, document: int, asked: str) -> int:
    """Return the place in a document of a token that was asked for by word or place.

    Raises:
        InputError: no such token.
    """
    from steelyard.errors import InputError

    own = corpus.words[corpus.starts[document] : corpus.starts[document + 1]].tolist()
    words = [corpus.vocabulary[each] for each in own]
    if asked in words:
        return words.index(asked)
    if asked.isdigit() and int(asked) < len(words):
        return int(asked)
    if not words:
        raise InputError(
            f"--document must have tokens, but document {document} has none left; choose another"
        )
    shown = ", ".join(dict.fromkeys(words[:40]))
    raise InputError(
        f"--token must be a place from 0 to {len(words) - 1} or a word of document {document}, but got {asked!r}; its words are {shown}"
    )


def _say_findings(model: LatentDirichletAllocation) -> None:
    for each in model.findings_:
        if each.code in {"T01", "T02", "T03"}:
            typer.echo(f"{each.severity}: {each}")
