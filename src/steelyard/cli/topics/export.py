"""`steelyard topics export`: saved topics for other programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def export_command(
    model: Annotated[
        Path, typer.Argument(metavar="MODEL", help="Folder that `topics fit` wrote.", show_default=False)
    ],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="JSON file to write.", show_default=False)],
) -> None:
    """Write saved topics as JSON whose fields are the arguments of pyLDAvis.prepare.

    In Python: pyLDAvis.prepare(**json.load(open(FILE)), sort_topics=False)
    """
    from steelyard.report.writing import check_writable, write_whole
    from steelyard.topics.estimator import LatentDirichletAllocation
    from steelyard.topics.export import pyldavis_data

    check_writable(file)
    data = pyldavis_data(LatentDirichletAllocation.load(model))
    plain = {name: value.tolist() if hasattr(value, "tolist") else value for name, value in data.items()}
    write_whole(file, json.dumps(plain).encode())
    typer.echo(
        f"{file}: {len(plain['topic_term_dists'])} topics, {len(plain['doc_lengths'])} documents, {len(plain['vocab'])} words"
    )
