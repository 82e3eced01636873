"""Our Kneser-Ney against KenLM's lmplz, probability by probability.

    python benchmarks/language_kneser_ney.py tinyshakespeare.txt --lmplz /path/to/lmplz --orders 2 3 5
    python benchmarks/language_kneser_ney.py tinyshakespeare.txt --lmplz /path/to/lmplz --unit character --orders 5 7

Each line of the text is a sentence for lmplz and a document for us, so that `<s>` and `</s>` are the marks; the first 90% of the
characters are learnt from, the rest is scored. lmplz (Heafield et al. 2013) is built from KenLM's sources and isn't on any package
index; it writes single precision with 6 or 7 digits, which is what the largest difference shows. Seconds are wall-clock: lmplz
writes its model to disk in text, ours stays in memory. Ends with one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

from steelyard.language.baselines import KneserNey
from steelyard.language.reading import read_documents
from steelyard.language.stream import make_stream
from steelyard.language.vocabulary import Vocabulary

Arpa = dict[tuple[str, ...], tuple[float, float]]
"""Base-10 logarithms of an n-gram's probability and of what its history leaves to shorter ones."""


def main() -> None:
    """Compare the two models on one text."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("text", type=Path, nargs="?", help="without it, the documentation inside Python")
    parser.add_argument("--lmplz", type=Path, help="KenLM's program; without it, the one on the PATH")
    parser.add_argument("--quick", action="store_true", help="order 3 only")
    parser.add_argument("--unit", choices=("character", "word"), default="word")
    parser.add_argument("--orders", type=int, nargs="+", default=[2, 3, 5])
    asked = parser.parse_args()
    program = asked.lmplz or (Path(found) if (found := shutil.which("lmplz")) else None)
    if program is None:
        print(
            "nothing to compare with: lmplz isn't on the PATH and --lmplz isn't given; it is built from KenLM's sources"
        )
        print(json.dumps({"benchmark": "language_kneser_ney", "largest_difference_nats": None}))
        return
    text = "\n".join(read_documents(asked.text).texts)
    cut = int(len(text) * 0.9)
    training, held_out = (sentences(part, unit=asked.unit) for part in (text[:cut], text[cut:]))
    vocabulary = Vocabulary.build(training, unit="word", words="spaced")
    # An empty document at the end has the last one's end guessed too, as lmplz does.
    learnt, scored = (make_stream([*lines, ""], vocabulary) for lines in (training, held_out))
    print(
        f"{'order':>5}{'tokens':>10}{'our nats':>12}{'lmplz nats':>12}{'largest difference':>20}{'our s':>8}{'lmplz s':>9}"
    )
    rows = []
    for order in [3] if asked.quick else asked.orders:
        start = time.perf_counter()
        ours = KneserNey(order=order).fit(learnt, size=vocabulary.size)
        middle = time.perf_counter()
        arpa = lmplz(training, order=order, program=program)
        end = time.perf_counter()
        nats = ours.score(scored)
        theirs = np.array(arpa_nats(held_out, arpa, order=order))
        row = {
            "order": order,
            "tokens": len(nats),
            "our_nats": float(nats.mean()),
            "lmplz_nats": float(theirs.mean()),
            "largest_difference_nats": float(np.abs(nats - theirs).max()),
            "our_s": middle - start,
            "lmplz_s": end - middle,
        }
        rows.append(row)
        print(
            f"{order:5}{len(nats):10,}{row['our_nats']:12.6f}{row['lmplz_nats']:12.6f}"
            f"{row['largest_difference_nats']:20.2e}{row['our_s']:8.2f}{row['lmplz_s']:9.2f}"
        )
    print(
        json.dumps(
            {"text": asked.text.name if asked.text else "documentation", "unit": asked.unit, "rows": rows}
        )
    )


def sentences(text: str, *, unit: str) -> list[str]:
    """Return a text's lines as tokens with spaces between them; the space itself is written `_`."""
    lines = text.split("\n")
    if unit == "word":
        return [" ".join(line.split()) for line in lines]
    return [" ".join("_" if each.isspace() else each for each in line) for line in lines]


def lmplz(lines: list[str], *, order: int, program: Path) -> Arpa:
    """Return what lmplz learns from lines."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [
                str(program.resolve()),
                "-o",
                str(order),
                "--discount_fallback",
                "-S",
                "500M",
                "-T",
                f"{folder}/",
            ],
            input="\n".join(lines) + "\n",
            capture_output=True,
            text=True,
            check=True,
        )
    found: Arpa = {}
    for line in done.stdout.split("\n"):
        fields = line.split("\t")
        if len(fields) >= 2:
            found[tuple(fields[1].split(" "))] = float(fields[0]), float(fields[2]) if fields[2:] else 0.0
    return found


def arpa_nats(lines: list[str], arpa: Arpa, *, order: int) -> list[float]:
    """Return the nats of every token and every end of the lines, as a reader of the ARPA format gets them."""

    def log10(token: str, history: tuple[str, ...]) -> float:
        known = arpa.get((*history, token))
        if known is not None:
            return known[0]
        if not history:
            return arpa[("<unk>",)][0]
        return arpa.get(history, (0.0, 0.0))[1] + log10(token, history[1:])

    nats = []
    for line in lines:
        tokens = ["<s>", *line.split(), "</s>"]
        nats += [
            -log10(tokens[at], tuple(tokens[max(0, at - order + 1) : at])) * math.log(10)
            for at in range(1, len(tokens))
        ]
    return nats


if __name__ == "__main__":
    main()
