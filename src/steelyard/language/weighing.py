"""What nats a token, and bits a byte, mean on given text: what predictors that need no network get there."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError
from steelyard.language.baselines import Baseline, KneserNey, Uniform, Unigram
from steelyard.language.baselines.compressor import Compressed
from steelyard.language.stream import Stream
from steelyard.weigh.scale import ReferencePoint, Scale

_MEANINGS = {
    "uniform": "every token of the vocabulary as likely as any other, as an untrained network guesses",
    "unigram": "how often each token is in the training text, whatever stands before it",
    "bigram": "the last token (Kneser-Ney)",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Yardsticks:
    """The nats of predictors that need no network on held-out text; scales are made from them.

    Args:
        held_out: what was scored.
        nats: of every token after the first, shape (tokens,), by the predictor's name: uniform, unigram, and n-grams.

    Example:
        >>> from steelyard.language.stream import make_stream
        >>> from steelyard.language.vocabulary import Vocabulary
        >>> text = "the cat sat on the mat and the rat sat on the cat. " * 20
        >>> vocabulary = Vocabulary.build([text], unit="character")
        >>> training, held_out = (make_stream([part], vocabulary) for part in (text[:800], text[800:]))
        >>> yardsticks = Yardsticks.measure(training, held_out, size=vocabulary.size)
        >>> print(yardsticks.nats_scale())
        cross-entropy in nats per token (lower is better): uniform 2.71, unigram 2.20, bigram 0.781,
        Kneser-Ney 5-gram 0.151, floor 0
        >>> print(yardsticks.nats_scale().place(0.5).sentence)
        0.500 nats per token is 0.23 times the baseline, unigram (2.20): better than bigram (0.781), not as good as
        Kneser-Ney 5-gram (0.151), 77% of the way from unigram to the floor (0)
    """

    held_out: Stream
    nats: Mapping[str, NDArray[np.float64]]

    @classmethod
    def measure(
        cls, training: Stream, held_out: Stream, *, size: int, orders: Sequence[int] = (2, 5)
    ) -> Self:
        """Return what the predictors get on held-out text when they are fitted on training text.

        Args:
            training: what they are fitted on.
            held_out: what they are scored on, in the same vocabulary.
            size: number of tokens of the vocabulary.
            orders: of the Kneser-Ney n-grams; for characters 6 to 8 are stronger than 5.

        Raises:
            InputError: token numbers outside the vocabulary, an order out of range.
        """
        predictors: list[Baseline] = [Uniform(), Unigram(), *(KneserNey(order=order) for order in orders)]
        return cls(
            held_out=held_out,
            nats={
                predictor.name: predictor.fit(training, size=size).score(held_out) for predictor in predictors
            },
        )

    def nats_scale(self, *, entropy_nats: float | None = None) -> Scale:
        """Return the scale of the mean nats a token, lower is better; the baseline is the unigram.

        Args:
            entropy_nats: the entropy of the source that the text was drawn from, where it is known: the floor. None: the floor is 0,
                which no model of real text attains.

        Raises:
            InputError: an entropy below 0 or above what the unigram gets.

        When it is wrong: `<unk>` is one token, easy to guess, and what it stands for isn't weighed; a smaller vocabulary makes these
        numbers smaller. Compare models of one vocabulary, or use `bits_per_byte_scale`.
        """
        if entropy_nats is not None and not entropy_nats >= 0:
            raise InputError(f"`entropy_nats` must be at least 0, but got {entropy_nats}")
        points = [self._point(name, float(nats.mean())) for name, nats in self.nats.items()]
        notes = ["exp(nats per token) is the perplexity."]
        if entropy_nats is None:
            notes.append(
                "The floor, 0, knows every token in advance; the entropy of real text isn't known, and lies above it."
            )
            floor = ReferencePoint(name="floor", value=0.0, meaning="certain and right every time")
        else:
            notes.append(
                "The floor is the source's entropy: a mean over many tokens; over few tokens a model may fall below it by luck."
            )
            floor = ReferencePoint(
                name="the source's entropy",
                value=entropy_nats,
                meaning="the source's own probabilities: what is left is chance",
            )
        if self.held_out.unknown:
            notes.append(
                f"{self.held_out.unknown:,} of {self.held_out.tokens:,} tokens are unknown: they count as one token, and what spelling "
                "them costs is left out here (it is in the bits per byte)."
            )
        return _scale("nats per token", points, floor, notes)

    def bits_per_byte_scale(self, *, compressed: Sequence[Compressed] = ()) -> Scale:
        """Return the scale of bits a byte of the held-out text, the spelling of unknown tokens included, lower is better.

        Models of words and of characters, whatever their vocabularies, stand on it side by side.

        Args:
            compressed: what compressors need for the same text; the figure after the training text is shown where there is one.

        Raises:
            InputError: a held-out stream whose bytes aren't known.

        When it is wrong: with `words="spaced"` runs of white space are not told apart, so that a text with other white space than
        single spaces and newlines costs a little more than this says.
        """
        points = [
            self._point(name, self.held_out.bits_per_byte(nats), suffix=", unknown ones spelt byte by byte")
            for name, nats in self.nats.items()
        ]
        for each in compressed:
            given = each.given_bits_per_byte
            points.append(
                ReferencePoint(
                    name=each.name,
                    value=each.alone_bits_per_byte if given is None else given,
                    meaning=f"what the compressor {each.name} makes of it: {each.meaning}",
                )
            )
        nats_a_byte = self.held_out.tokens / self.held_out.bytes
        notes = [
            f"One nat per token is {nats_a_byte / math.log(2):.3f} bits per byte here, before the spelling of unknown tokens.",
            "The floor, 0, knows the text in advance; the entropy of real text isn't known, and lies above it.",
        ]
        floor = ReferencePoint(name="floor", value=0.0, meaning="certain and right every time")
        return _scale("bits per byte", points, floor, notes)

    def _point(self, name: str, value: float, *, suffix: str = "") -> ReferencePoint:
        order = name.removeprefix("Kneser-Ney ").removesuffix("-gram")
        meaning = (
            _MEANINGS.get(name)
            or f"the last {int(order) - 1} tokens, counted and smoothed (Chen & Goodman 1998)"
        )
        return ReferencePoint(name=name, value=value, meaning=meaning + suffix)


def _scale(unit: str, points: list[ReferencePoint], floor: ReferencePoint, notes: list[str]) -> Scale:
    return Scale(
        loss="cross-entropy",
        unit=unit,
        baseline=next(point for point in points if point.name == "unigram"),
        floor=floor,
        references=(*points, floor),
        notes=tuple(notes),
    )
