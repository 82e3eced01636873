"""The model of language: fitted, asked, saved like a scikit-learn estimator."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from inspect import signature
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError
from steelyard.language import scoring
from steelyard.language.fitting import architecture_of, learned_and_held_out, prepare_training, run_kept
from steelyard.language.generating import generated
from steelyard.language.network import LanguageNetwork, OutputStart
from steelyard.language.plan import ClipBy, Optimiser, Schedule
from steelyard.language.precision import Precision, arithmetic
from steelyard.language.recipes import recipe
from steelyard.language.saving import Fitted, read_fitted, write_fitted
from steelyard.language.splitting import Words
from steelyard.language.stream import Stream
from steelyard.language.text_score import Guesses, TextScore, likeliest
from steelyard.language.training import Progress, Snapshot
from steelyard.language.vocabulary import DOCUMENT, UNKNOWN, Unit
from steelyard.study.threads import limited_threads


class LanguageModel:
    """Guess the next word or character of a text with an LSTM, trained with cross-entropy.

    What is minimised is the mean of -log p(right token): what Keras calls categorical_crossentropy. `score` gives it for every token of
    any text.

    An unknown token (`vocabulary.Vocabulary`) costs -log p(<unk>), and in bits per byte its spelling too. Documents begin with a mark, from
    which their first token is guessed; in training the state is carried over marks, in scoring it is zero at each.

    Args:
        unit: `character` or `word`.
        words: how words are cut: `written` (with the space before them: nothing is lost) or `spaced` (the Penn Treebank's form).
        vocabulary: most tokens to know, the most frequent; None: all that occur `min_count` times.
        min_count: fewest occurrences of a known token; None: 2 for words, 1 for characters.
        layers: LSTM layers on each other.
        embedding: features of a token; None: one-hot vectors.
        hidden: features of a layer's output.
        dropout: share of the features dropped between layers and before the softmax.
        embedding_dropout: share of the embedding's features dropped.
        weight_dropout: share of the weights from step to step dropped.
        tied: the softmax's weights are the embedding's; needs `embedding` equal to `hidden`.
        spread: initial weights are uniform in [-spread, spread]; None: PyTorch's way.
        output_start: what the untrained network guesses: `uniform`, `unigram`, or `large` (confident nonsense).
        batch: stretches of the text read side by side; this and all up to `carry` are those of `plan.TrainingPlan`.
        window: tokens between two steps of the optimiser.
        epochs: passes over the text.
        patience: epochs without a better validation loss before stopping; None: never.
        optimiser: `adam`, `sgd` or `rmsprop`.
        learning_rate: the highest.
        schedule: `cosine`, `constant` or `decay`.
        decay_after: epochs at the full rate, for `decay`.
        decay_factor: what the rate is multiplied with after each later epoch.
        clip: largest norm or value of the gradient; None: not clipped.
        clip_by: `norm` or `value`.
        sum_over_time: the gradient is of the sum over a window's steps, not of their mean.
        weight_decay: of matrices, with `adam`.
        average: memory of the averaged weights; None: no average.
        carry: whether the state is carried from window to window.
        validation_share: last part of a single text, or share of the documents, that decides which weights are kept, where `fit` isn't
            given a validation text; 0: none, the last weights are kept.
        precision: `auto`, `float32`, `bfloat16` (autocast) or `float64`.
        device: `auto`, `cpu`, `cuda`, ...
        threads: of PyTorch while it computes; None: as set.
        seed: of initial weights, dropout and the draw of validation documents; same seed, same bits (on one machine and number of threads).

    Attributes:
        vocabulary_: its tokens.
        history_: a `Progress` for each epoch.
        snapshots_: weights on the way, where they were asked for.
        diverged_: whether the loss became infinite or not a number, and training stopped there.

    Example:
        >>> text = "the cat sat on the mat. " * 40
        >>> model = LanguageModel(hidden=32, embedding=16, batch=4, window=16, epochs=20, learning_rate=0.02).fit(text)
        >>> score = model.score("the cat sat")
        >>> score.tokens, bool(score.nats[4:].mean() < 0.5)
        (11, True)
        >>> model.generate("the cat", length=4, temperature=0.1, seed=0)
        ' sat'
    """

    def __init__(
        self,
        unit: Unit = "character",
        *,
        words: Words = "written",
        vocabulary: int | None = None,
        min_count: int | None = None,
        layers: int = 1,
        embedding: int | None = 128,
        hidden: int = 256,
        dropout: float = 0.0,
        embedding_dropout: float = 0.0,
        weight_dropout: float = 0.0,
        tied: bool = False,
        spread: float | None = None,
        output_start: OutputStart = "uniform",
        batch: int = 32,
        window: int = 64,
        epochs: int = 10,
        patience: int | None = None,
        optimiser: Optimiser = "adam",
        learning_rate: float = 0.004,
        schedule: Schedule = "cosine",
        decay_after: int = 10,
        decay_factor: float = 0.97,
        clip: float | None = 1.0,
        clip_by: ClipBy = "norm",
        sum_over_time: bool = False,
        weight_decay: float = 0.0,
        average: float | None = None,
        carry: bool = True,
        validation_share: float = 0.1,
        precision: Precision = "auto",
        device: str = "auto",
        threads: int | None = None,
        seed: int = 0,
    ) -> None:
        self.unit: Unit = unit
        self.words: Words = words
        self.vocabulary = vocabulary
        self.min_count = min_count
        self.layers = layers
        self.embedding = embedding
        self.hidden = hidden
        self.dropout = dropout
        self.embedding_dropout = embedding_dropout
        self.weight_dropout = weight_dropout
        self.tied = tied
        self.spread = spread
        self.output_start: OutputStart = output_start
        self.batch = batch
        self.window = window
        self.epochs = epochs
        self.patience = patience
        self.optimiser: Optimiser = optimiser
        self.learning_rate = learning_rate
        self.schedule: Schedule = schedule
        self.decay_after = decay_after
        self.decay_factor = decay_factor
        self.clip = clip
        self.clip_by: ClipBy = clip_by
        self.sum_over_time = sum_over_time
        self.weight_decay = weight_decay
        self.average = average
        self.carry = carry
        self.validation_share = validation_share
        self.precision: Precision = precision
        self.device = device
        self.threads = threads
        self.seed = seed

    @classmethod
    def recipe(cls, name: str, **changes: Any) -> Self:
        """Return a model with a recipe's parameters (`recipes.RECIPES`), some of them changed.

        Raises:
            InputError: no recipe of that name, or a parameter that there isn't.

        Example:
            >>> LanguageModel.recipe("zaremba-small", seed=3).layers
            2
        """
        parameters = {**recipe(name), **changes}
        unknown = sorted(set(parameters) - set(signature(cls).parameters))
        if unknown:
            raise InputError(
                f"a model has no parameter {unknown[0]!r}; it has {', '.join(signature(cls).parameters)}"
            )
        return cls(**parameters)

    def parameters(self) -> dict[str, Any]:
        """Return what the model was made with, by name."""
        return {name: getattr(self, name) for name in signature(type(self)).parameters}

    def fit(
        self,
        text: str | Sequence[str],
        validation: str | Sequence[str] | None = None,
        *,
        checkpoint: Path | str | None = None,
        snapshots: int = 0,
        minutes: float | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Self:
        """Learn a text, and return the model.

        Args:
            text: the training text, or the documents' texts.
            validation: text, or texts, that decide which weights are kept and when to stop; None: `validation_share` of `text`.
            checkpoint: a folder that the training is kept in every two minutes and after every epoch, and gone on with where it was cut
                off: the weights will be the same bits as if it never was. The file is removed at the end.
            snapshots: how many copies of the weights to keep on the way, the untrained ones first.
            minutes: stop after the epoch in which they are over (then the weights depend on how fast the machine is).
            on_progress: told after every window.

        Raises:
            InputError: parameters out of range, an empty text or one shorter than a window, a checkpoint of another training.
        """
        if snapshots < 0 or (minutes is not None and not minutes > 0):
            raise InputError(
                f"`snapshots` must be at least 0 and `minutes` above 0, but got {snapshots} and {minutes}"
            )
        learned, held_out = learned_and_held_out(
            text, validation, share=self.validation_share, seed=self.seed
        )
        training, vocabulary, key = prepare_training(
            learned, held_out, parameters=self.parameters(), snapshots=snapshots
        )
        with limited_threads(self.threads):
            if checkpoint is None:
                training.run(on_progress=on_progress, minutes=minutes)
            else:
                run_kept(training, Path(checkpoint), key=key, minutes=minutes, on_progress=on_progress)
        self.vocabulary_ = vocabulary
        self.history_ = tuple(training.history)
        self.snapshots_: tuple[Snapshot, ...] = tuple(training.kept)
        self.diverged_ = training.diverged
        self.network_ = training.network
        return self

    def at(self, snapshot: Snapshot) -> LanguageModel:
        """Return the model as it was at a snapshot.

        Raises:
            InputError: not fitted, or a snapshot of another network.
        """
        self._check_fitted()
        model = copy.copy(self)
        network = LanguageNetwork(replace(self.network_.architecture, output_start="uniform"), seed=0)
        try:
            network.load_state_dict(dict(snapshot.weights))
        except RuntimeError as error:
            raise InputError("the snapshot must be one of this model's, but has other weights") from error
        weight = self.network_.output.weight
        model.network_ = network.to(device=weight.device, dtype=weight.dtype)
        return model

    def score(self, text: str) -> TextScore:
        """Return -log p of every token of a text given all before it, in nats.

        Raises:
            InputError: not fitted, or an empty text.

        Example:
            >>> model = LanguageModel(hidden=8, embedding=8, batch=2, window=8, epochs=1).fit("abab" * 30)
            >>> score = model.score("abc")
            >>> score.nats.shape, score.unknown, bool(score.spelling_nats[2] > 0)
            ((3,), 1, True)
        """
        self._check_fitted()
        encoded = self.vocabulary_.encode(text)
        if len(encoded.ids) == 0:
            raise InputError(f"the text must hold {self.unit}s, but holds none; give a text that isn't empty")
        return TextScore(
            text=text,
            ids=encoded.ids,
            starts=encoded.starts,
            bytes=encoded.bytes,
            nats=self.score_stream(Stream.of(encoded.ids)),
            spelling_nats=encoded.spelling_nats,
            unknown=int((encoded.ids == UNKNOWN).sum()),
        )

    def score_stream(self, stream: Stream) -> NDArray[np.float64]:
        """Return -log p of every token of a stream after the first, nats, shape (tokens,); the state is zero at every document's mark.

        Raises:
            InputError: not fitted, or token numbers that the vocabulary doesn't have.
        """
        self._check_fitted()
        if int(stream.ids.max()) >= self.vocabulary_.size:
            raise InputError(
                f"the stream must be of this model's vocabulary of {self.vocabulary_.size} tokens, but has token {int(stream.ids.max())}"
            )
        with limited_threads(self.threads):
            return scoring.stream_nats(self.network_, stream, arithmetic=self._arithmetic())

    def perplexity(self, text: str) -> float:
        """Return exp of the mean nats a token of a text; lower is better, 1 is certain and right.

        Raises:
            InputError: not fitted, or an empty text.
        """
        return self.score(text).perplexity

    def guesses(self, text: str, *, count: int = 5) -> Guesses:
        """Return the likeliest tokens at every place of a text, and where the right one stood among all.

        Args:
            text: what is read.
            count: how many guesses; at most the vocabulary's size.

        Raises:
            InputError: not fitted, an empty text, `count` below 1.
        """
        if count < 1:
            raise InputError(f"`count` must be at least 1, but got {count}")
        self._check_fitted()
        ids = self.vocabulary_.encode(text).ids
        if len(ids) == 0:
            raise InputError(f"the text must hold {self.unit}s, but holds none; give a text that isn't empty")
        logs = self.log_probabilities(Stream.of(ids))
        return likeliest(logs, ids, count=min(count, self.vocabulary_.size))

    def log_probabilities(self, stream: Stream) -> Iterator[NDArray[np.float32]]:
        """Give log p of every token of the vocabulary at each place after the first, in blocks of shape (places, size).

        Raises:
            InputError: not fitted.
        """
        self._check_fitted()
        yield from scoring.log_probabilities(self.network_, stream.ids, arithmetic=self._arithmetic())

    def generate(
        self,
        prompt: str = "",
        *,
        length: int = 200,
        temperature: float = 1.0,
        top_k: int | None = None,
        seed: int,
    ) -> str:
        """Return text drawn from the model, after a prompt (which is not repeated); it has no unknown tokens and no marks.

        Args:
            prompt: what it goes on from; "" is a document's beginning.
            length: tokens to draw.
            temperature: logits are divided by it: below 1 likelier tokens become likelier still; 0 takes the likeliest.
            top_k: draw from this many likeliest tokens only; None: from all.
            seed: of the draws; same seed, same text.

        Raises:
            InputError: not fitted; `length` below 1, `temperature` below 0, `top_k` below 1.
        """
        self._check_fitted()
        with limited_threads(self.threads):
            ids = generated(
                self.network_,
                [DOCUMENT, *self.vocabulary_.encode(prompt).ids.tolist()],
                length=length,
                temperature=temperature,
                top_k=top_k,
                seed=seed,
                arithmetic=self._arithmetic(),
            )
        text = self.vocabulary_.decode(ids)
        glued = self.unit == "word" and self.words == "spaced" and prompt and not prompt[-1].isspace()
        return " " + text if glued else text

    def save(self, folder: Path | str) -> None:
        """Write the model to a folder: weights as safetensors, the rest as JSON.

        Raises:
            InputError: not fitted, or a folder that can't be written.
        """
        self._check_fitted()
        fitted = Fitted(network=self.network_, vocabulary=self.vocabulary_, history=self.history_)
        write_fitted(fitted, Path(folder), parameters=self.parameters())

    @classmethod
    def load(cls, folder: Path | str, *, device: str = "auto") -> Self:
        """Return the model that `save` wrote to a folder, on a device.

        Raises:
            InputError: no such folder, or files that `save` didn't write.
        """
        fitted, parameters = read_fitted(Path(folder))
        try:
            model = cls(**{**parameters, "device": device})
            architecture = architecture_of(model.parameters(), fitted.vocabulary.size)
        except (TypeError, ValueError) as error:
            raise InputError(
                f"{folder} must hold a model with parameters of this version, but: {error}"
            ) from error
        if architecture != fitted.network.architecture:
            raise InputError(
                f"{folder} must describe one network, but its parameters are of another than its weights"
            )
        kind = arithmetic(model.precision, device)
        model.vocabulary_ = fitted.vocabulary
        model.history_ = fitted.history
        model.snapshots_ = ()
        model.diverged_ = False
        model.network_ = fitted.network.to(device=kind.device, dtype=kind.dtype)
        return model

    def _check_fitted(self) -> None:
        if not hasattr(self, "network_"):
            raise InputError("the model must be fitted first; call `fit`, or `LanguageModel.load`")

    def _arithmetic(self) -> Any:
        return arithmetic(self.precision, self.network_.output.weight.device.type)
