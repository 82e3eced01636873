"""`steelyard language generate`: let a model write."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from steelyard.cli.language.source import Model, Threads, loaded, typed


def generate_command(
    model: Model,
    prompt: Annotated[
        str, typer.Option(help="What it goes on from; -: standard input. Default: a document's beginning.")
    ] = "",
    length: Annotated[int, typer.Option(min=1, help="Characters or words to write.")] = 400,
    temperature: Annotated[
        float, typer.Option(help="Below 1: likelier choices become likelier; 0: always the likeliest.")
    ] = 1.0,
    top_k: Annotated[
        int | None,
        typer.Option("--top-k", min=1, help="Choose among this many likeliest only.", show_default=False),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same text.")] = 0,
    threads: Threads = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
) -> None:
    """Let a model write: each character or word is drawn from the probabilities that it gives, given all before.

    For example: steelyard language generate steelyard-results/language-novel --prompt "It was" --temperature 0.7
    """
    writer = loaded(model, threads=threads)
    begun = typed(prompt, what="the prompt")
    text = writer.generate(begun, length=length, temperature=temperature, top_k=top_k, seed=seed)
    if as_json:
        typer.echo(
            json.dumps(
                {
                    "prompt": begun,
                    "text": text,
                    "length": length,
                    "temperature": temperature,
                    "top_k": top_k,
                    "seed": seed,
                },
                indent=2,
            )
        )
    else:
        typer.echo(begun + text)
