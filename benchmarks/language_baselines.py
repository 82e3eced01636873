"""What text costs predictors that need no network: nats a token and bits a byte of Kneser-Ney n-grams, and of compressors.

    python benchmarks/language_baselines.py --quick                           # the documentation inside Python
    python benchmarks/language_baselines.py tinyshakespeare.txt               # characters, orders 1 to 8
    python benchmarks/language_baselines.py corpus.txt --unit word --orders 1 2 3 4 5 --min-count 2

The first 90% of the text's characters are learnt from, the last 10% scored (`--held-out` for another share); the vocabulary is that of
the first part. Prints a table and ends with one line of JSON. Seconds are wall-clock, of fitting and of scoring.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from pathlib import Path

from steelyard.language.baselines import KneserNey, Uniform, Unigram
from steelyard.language.baselines.compressor import compressors
from steelyard.language.parts import split_documents
from steelyard.language.reading import read_documents
from steelyard.language.stream import make_stream
from steelyard.language.vocabulary import Vocabulary


def main() -> None:
    """Score the baselines and print them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("text", type=Path, nargs="?", help="without it, the documentation inside Python")
    parser.add_argument("--quick", action="store_true", help="orders 1, 3 and 5")
    parser.add_argument("--unit", choices=("character", "word"), default="character")
    parser.add_argument("--words", choices=("written", "spaced"), default="written")
    parser.add_argument("--orders", type=int, nargs="+", default=list(range(1, 9)))
    parser.add_argument("--limit", type=int)
    parser.add_argument("--min-count", type=int, default=1)
    parser.add_argument("--held-out", type=float, default=0.1)
    asked = parser.parse_args()
    if asked.quick:
        asked.orders = [1, 3, 5]

    parts = split_documents(read_documents(asked.text), validation=asked.held_out, test=0.0)
    vocabulary = Vocabulary.build(
        parts.train, unit=asked.unit, words=asked.words, limit=asked.limit, min_count=asked.min_count
    )
    training, held_out = (make_stream(texts, vocabulary) for texts in (parts.train, parts.validation))
    print(
        f"{training.tokens:,} {asked.unit}s to learn from, {held_out.tokens:,} scored ({held_out.unknown:,} unknown), vocabulary {vocabulary.size:,}\n"
    )
    print(f"{'':22}{'nats/token':>11}{'perplexity':>11}{'bits/byte':>11}{'fit s':>8}{'score s':>8}")
    rows = []
    for baseline in (Uniform(), Unigram(), *(KneserNey(order=order) for order in asked.orders)):
        start = time.perf_counter()
        baseline.fit(training, size=vocabulary.size)
        fitted = time.perf_counter()
        nats = baseline.score(held_out)
        scored = time.perf_counter()
        row = {
            "name": baseline.name,
            "nats_per_token": float(nats.mean()),
            "bits_per_byte": held_out.bits_per_byte(nats),
            "fit_s": fitted - start,
            "score_s": scored - fitted,
        }
        rows.append(row)
        print(
            f"{baseline.name:22}{nats.mean():11.4f}{math.exp(nats.mean()):11.2f}"
            f"{row['bits_per_byte']:11.4f}{row['fit_s']:8.2f}{row['score_s']:8.2f}"
        )
    print(f"\n{'':22}{'alone':>11}{'given':>11}   bits/byte")
    squeezed = compressors("".join(parts.validation), training="".join(parts.train))
    for each in squeezed:
        given = "-" if each.given_bits_per_byte is None else f"{each.given_bits_per_byte:.4f}"
        print(f"{each.name:22}{each.alone_bits_per_byte:11.4f}{given:>11}   {each.meaning}")
    print(
        json.dumps(
            {
                "text": asked.text.name if asked.text else "documentation",
                "unit": asked.unit,
                "vocabulary": vocabulary.size,
                "scored": held_out.tokens,
                "unknown": held_out.unknown,
                "baselines": rows,
                "compressors": {
                    each.name: {"alone": each.alone_bits_per_byte, "given": each.given_bits_per_byte}
                    for each in squeezed
                },
            }
        )
    )


if __name__ == "__main__":
    main()
