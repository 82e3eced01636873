"""Training an LSTM of language against the clock: tokens a second, memory and loss, ours beside PyTorch and Keras.

Every contender trains the same sizes on the same windows of the same text: embedding 128, one LSTM layer of 256, softmax, Adam at .002, the
norm of the gradient held to 1, 32 stretches of text read side by side, 64 steps a window, the state carried on (not by Keras on PyTorch, where it can't be). Each is a process
of its own that stays; rounds go through all of them in turn, only one computes at a time, and the fastest round counts (others
share the machine). On one thread a process is bound to one core. Compiling is not counted. Loss is that of the last round's tokens, each
before the step it led to; contenders draw their own initial weights, so it differs a little. Memory is the process's peak, less what it
held before the first step.

    python benchmarks/language.py                       # characters and 10,000 words, 1 and 2 threads: about 15 minutes
    python benchmarks/language.py --quick               # fewer rounds, one thread: two minutes
    python benchmarks/language.py --text shakespeare.txt --result 40   # also train the recipe `character` for 40 epochs and score it

Contenders: steelyard; PyTorch's nn.LSTM (eager, float32), the same under torch.compile; Keras 3 on PyTorch and on JAX (extra `bench`).
`peak share` is what a contender's products, counted as 6 operations for each weight of the layers and softmax and token, make of the
fastest square matrix product measured here; ours needs fewer operations for characters, whose input part is looked up.

Prints tables and ends with one line of JSON. `ratio`: our tokens a second over the fastest peer's, by setting.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

EMBEDDING, HIDDEN, BATCH, WINDOW, RATE, CLIP = 128, 256, 32, 64, 0.002, 1.0
SETTINGS = {"characters": ("character", None), "10,000 words": ("word", 9_998)}
PEERS = ("PyTorch", "torch.compile", "Keras on PyTorch", "Keras on JAX")
NEEDS = {"Keras on PyTorch": "keras", "Keras on JAX": "jax"}

Steps = Callable[[np.ndarray, np.ndarray], float]
"""Trains on windows of shape (windows, steps, batch), inputs and targets, and returns the mean loss."""


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--text", type=Path, help="a text file; without it, the documentation inside Python")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--windows", type=int, default=0, help="windows a round")
    parser.add_argument("--threads", type=int, nargs="+")
    parser.add_argument("--peers", default=",".join(PEERS))
    parser.add_argument(
        "--result", type=int, metavar="EPOCHS", help="train the recipe `character` on --text and score it"
    )
    parser.add_argument("--worker", nargs=3, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.worker:
        work(asked.worker[0], asked.worker[1], int(asked.worker[2]), asked.text)
        return
    rounds = asked.rounds or (3 if asked.quick else 8)
    found: dict[str, Any] = {
        "benchmark": "language",
        "ratio": {},
        "tokens_per_s": {},
        "memory": softmax_memory(),
    }
    for setting in SETTINGS:
        for threads in asked.threads or ([1] if asked.quick else [1, 2]):
            windows = asked.windows or (6 if setting == "characters" else 2)
            rates = race(asked, setting, threads=threads, rounds=rounds, windows=windows)
            name = f"{setting}, {threads} thread{'s' * (threads > 1)}"
            found["tokens_per_s"][name] = {peer: round(rate) for peer, rate in rates.items()}
            theirs = [rate for peer, rate in rates.items() if peer != "steelyard"]
            found["ratio"][name] = round(rates["steelyard"] / max(theirs), 2) if theirs else None
    if asked.result:
        found["result"] = result(asked.text, asked.result)
    print(json.dumps(found))


def race(
    asked: argparse.Namespace, setting: str, *, threads: int, rounds: int, windows: int
) -> dict[str, float]:
    """Let all contenders train in turn, print what came out, and return their tokens a second."""
    workers = {}
    for name in ("steelyard", *asked.peers.split(",")):
        if name in NEEDS and find_spec(NEEDS[name]) is None:
            print(f"{name} is left out: {NEEDS[name]} isn't installed (extra `bench`)")
            continue
        worker = Worker(name, setting, threads, asked.text)
        ready = worker.ask("ready")
        if "error" in ready:
            print(f"{name} is left out: {ready['error']}")
            continue
        workers[name] = worker
    answers: dict[str, list[dict[str, float]]] = {name: [] for name in workers}
    for _ in range(rounds):
        for name, worker in workers.items():
            answers[name].append(worker.ask(str(windows)))
    peak = float(next(iter(workers.values())).ask("peak")["flops"])
    print(
        f"\n{setting}, {threads} thread(s); peak of this machine {peak / 1e9:.0f} billion operations a second"
    )
    print(f"{'contender':<20}{'tokens/s':>10}{'peak share':>12}{'loss':>8}{'MiB':>7}")
    rates = {}
    for name, each in answers.items():
        rates[name] = max(one["tokens"] / one["seconds"] for one in each)
        share = rates[name] * each[0]["operations"] / peak
        print(
            f"{name:<20}{rates[name]:>10,.0f}{share:>12.2f}{each[-1]['loss']:>8.3f}{each[-1]['mib']:>7.0f}",
            flush=True,
        )
    for worker in workers.values():
        worker.end()
    return rates


class Worker:
    """A contender in a process of its own, which computes only when it is asked to."""

    def __init__(self, name: str, setting: str, threads: int, text: Path | None) -> None:
        count = str(threads)
        environment = {
            **os.environ,
            "OMP_NUM_THREADS": count,
            "MKL_NUM_THREADS": count,
            "KERAS_BACKEND": "jax" if name == "Keras on JAX" else "torch",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "JAX_PLATFORMS": "cpu",
        }
        command = [sys.executable, __file__, "--worker", name, setting, count]
        self.process = subprocess.Popen(
            [*command, *(["--text", str(text)] if text else [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )

    def ask(self, what: str) -> dict[str, Any]:
        """Return the answer to a line."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(what + "\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line.startswith("{"):  # libraries print too
                answer: dict[str, Any] = json.loads(line)
                return answer
        return {"error": f"it ended with exit code {self.process.wait()}"}

    def end(self) -> None:
        """Let the process end."""
        self.process.communicate()


def work(name: str, setting: str, threads: int, text: Path | None) -> None:
    """Be a contender: answer each line with one."""
    if threads == 1 and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    inputs, targets, size, ids = windows_of(setting, text)
    train, before, at = None, 0.0, 0
    operations = 6 * (4 * HIDDEN * (EMBEDDING + HIDDEN) + HIDDEN * size)
    for line in sys.stdin:
        asked = line.strip()
        if asked == "ready":
            try:
                train = ours(size, threads, ids) if name == "steelyard" else MAKERS[name](size, threads)
                before = peak_mib()
                train(inputs[:1], targets[:1])
                train(inputs[1:2], targets[1:2])
                at = 2
            except (ImportError, RuntimeError, ValueError, TypeError) as error:
                print(json.dumps({"error": str(error).strip().splitlines()[0][:200]}), flush=True)
                return
            print(json.dumps({"ready": True}), flush=True)
        elif asked == "peak":
            print(json.dumps({"flops": matrix_peak()}), flush=True)
        else:
            assert train is not None
            some = np.arange(at, at + int(asked)) % len(inputs)
            at += int(asked)
            began = time.perf_counter()
            loss = train(inputs[some], targets[some])
            seconds = time.perf_counter() - began
            answer = {
                "tokens": int(asked) * WINDOW * BATCH,
                "seconds": seconds,
                "loss": loss,
                "mib": peak_mib() - before,
                "operations": operations,
            }
            print(json.dumps(answer), flush=True)


def windows_of(setting: str, text: Path | None) -> tuple[np.ndarray, np.ndarray, int, np.ndarray]:
    """Return inputs and targets, shape (windows, steps, batch), the vocabulary's size, and the tokens that they are made of."""
    from steelyard.language.reading import read_documents
    from steelyard.language.stream import make_stream
    from steelyard.language.vocabulary import Vocabulary

    unit, limit = SETTINGS[setting]
    texts = read_documents(text).texts
    vocabulary = Vocabulary.build(texts, unit=unit, limit=limit)
    ids = make_stream(texts, vocabulary).ids.astype(np.int64)
    length = (len(ids) - 1) // BATCH // WINDOW * WINDOW

    def laid_out(start: int) -> np.ndarray:
        columns = ids[start : start + BATCH * length].reshape(BATCH, length).T
        return np.ascontiguousarray(columns.reshape(-1, WINDOW, BATCH))

    size = vocabulary.size if limit is None else limit + 2
    return laid_out(0), laid_out(1), size, ids[: BATCH * length + 1]


def ours(size: int, threads: int, ids: np.ndarray) -> Steps:
    """Return our training, as `LanguageModel.fit` runs it: it goes through the text's windows by itself, in the same order."""
    import torch

    from steelyard.language.network import Architecture, LanguageNetwork
    from steelyard.language.plan import TrainingPlan
    from steelyard.language.precision import arithmetic
    from steelyard.language.stream import Stream
    from steelyard.language.training import Training
    from steelyard.language.vocabulary import DOCUMENT

    torch.set_num_threads(threads)
    training = Training(
        LanguageNetwork(Architecture(size=size, embedding=EMBEDDING, hidden=HIDDEN), seed=0),
        Stream(
            ids=ids.astype(np.int32),
            starts_of_documents=np.flatnonzero(ids == DOCUMENT),
            bytes=0,
            characters=0,
        ),
        validation=None,
        plan=TrainingPlan(
            batch=BATCH, window=WINDOW, epochs=10**4, learning_rate=RATE, clip=CLIP, schedule="constant"
        ),
        arithmetic=arithmetic("float32", "cpu"),
        seed=0,
    )

    def steps(inputs: np.ndarray, targets: np.ndarray) -> float:
        losses = []
        for one in inputs:
            at = training.step % training.windows * WINDOW
            assert (training.inputs[at : at + WINDOW].numpy() == one).all()
            before, counted = (0.0, 0) if at == 0 else (training.loss_sum, training.counted)
            training.advance()
            losses.append((training.loss_sum - before) / (training.counted - counted))
        return float(np.mean(losses))

    return steps


def plain(size: int, threads: int, *, compiled: bool = False) -> Steps:
    """Return the training that one would write in PyTorch."""
    import torch

    torch.set_num_threads(threads)
    torch.manual_seed(0)

    class Model(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding = torch.nn.Embedding(size, EMBEDDING)
            self.lstm = torch.nn.LSTM(EMBEDDING, HIDDEN)
            self.output = torch.nn.Linear(HIDDEN, size)

        def forward(self, ids: Any, state: Any) -> Any:
            features, state = self.lstm(self.embedding(ids), state)
            return self.output(features), state

    model = Model()
    called = torch.compile(model) if compiled else model
    optimiser = torch.optim.Adam(model.parameters(), lr=RATE)
    carried = [tuple(torch.zeros(1, BATCH, HIDDEN) for _ in range(2))]

    def steps(inputs: np.ndarray, targets: np.ndarray) -> float:
        losses = []
        for one, two in zip(torch.from_numpy(inputs), torch.from_numpy(targets), strict=True):
            logits, state = called(one, carried[0])
            loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), two.flatten())
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
            optimiser.step()
            carried[0] = tuple(each.detach() for each in state)
            losses.append(float(loss.detach()))
        return float(np.mean(losses))

    return steps


def keras(size: int, threads: int) -> Steps:
    """Return the training that one would write in Keras, whatever its backend."""
    import keras

    if keras.backend.backend() == "torch":
        import torch

        torch.set_num_threads(threads)
    keras.utils.set_random_seed(0)
    carries = keras.backend.backend() != "torch"  # there, Keras' stateful LSTM can't be differentiated
    model = keras.Sequential(
        [
            keras.Input(batch_shape=(BATCH, WINDOW), dtype="int32"),
            keras.layers.Embedding(size, EMBEDDING),
            keras.layers.LSTM(HIDDEN, return_sequences=True, stateful=carries),
            keras.layers.Dense(size),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(RATE, global_clipnorm=CLIP), loss=loss)

    def steps(inputs: np.ndarray, targets: np.ndarray) -> float:
        losses = []
        for one, two in zip(inputs, targets, strict=True):
            model.reset_metrics()  # train_on_batch returns the mean since the last reset
            losses.append(
                float(model.train_on_batch(np.ascontiguousarray(one.T), np.ascontiguousarray(two.T)))
            )
        return float(np.mean(losses))

    return steps


MAKERS: dict[str, Callable[[int, int], Steps]] = {
    "PyTorch": plain,
    "torch.compile": lambda size, threads: plain(size, threads, compiled=True),
    "Keras on PyTorch": keras,
    "Keras on JAX": keras,
}


def matrix_peak() -> float:
    """Return the operations a second of the fastest product of two square matrices of 1,024."""
    import torch

    one, two = torch.randn(1024, 1024), torch.randn(1024, 1024)
    best = math.inf
    for _ in range(10):
        began = time.perf_counter()
        one @ two
        best = min(best, time.perf_counter() - began)
    return 2 * 1024**3 / best


def peak_mib() -> float:
    """Return the most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def softmax_memory() -> dict[str, float]:
    """Return the peak memory, MiB, of loss and gradients of 2,048 tokens and 10,000 words: in blocks, and by PyTorch."""
    script = (
        "import resource, torch\n"
        "from steelyard.language.network import chunked_cross_entropy\n"
        "hidden, weight, bias = torch.randn(2048, 256), torch.randn(10_000, 256), torch.zeros(10_000)\n"
        "inputs = [each.requires_grad_() for each in (hidden, weight, bias)]\n"
        "targets = torch.randint(10_000, (2048,))\n"
        "whole = lambda *given: torch.nn.functional.cross_entropy(torch.nn.functional.linear(*given[:3]), given[3])\n"
        "loss = {'blocks': chunked_cross_entropy, 'whole': whole}[KIND]\n"
        "small = [each.detach()[:8].clone().requires_grad_() for each in inputs]\n"
        "loss(*small, targets[:8] % 8).backward()\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "loss(*inputs, targets).backward()\n"
        "print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)\n"
    )
    found = {}
    for kind in ("blocks", "whole"):
        run = subprocess.run(
            [sys.executable, "-c", f"KIND = {kind!r}\n{script}"], capture_output=True, text=True, check=True
        )
        found[kind] = round(float(run.stdout.strip().splitlines()[-1]), 1)
    print(
        f"loss and gradients of 2,048 tokens, 10,000 words: {found['blocks']} MiB in blocks, {found['whole']} MiB whole"
    )
    return found


def result(text: Path | None, epochs: int) -> dict[str, float]:
    """Train the recipe `character` on the first nine tenths of a text, and print what it and Kneser-Ney get on the last."""
    from steelyard.language.baselines import KneserNey
    from steelyard.language.model import LanguageModel
    from steelyard.language.parts import split_documents
    from steelyard.language.reading import read_documents
    from steelyard.language.stream import make_stream

    parts = split_documents(read_documents(text), validation=0.1, test=0.0)
    began = time.perf_counter()

    def told(progress: Any) -> None:
        if progress.validation_nats is not None:
            seconds = time.perf_counter() - began
            print(
                f"epoch {progress.epoch:.0f}, {seconds:.0f} s: {progress.train_nats:.4f} in training, "
                f"{progress.validation_nats:.4f} held out",
                file=sys.stderr,
            )

    model = LanguageModel.recipe("character", epochs=epochs, seed=0).fit(
        parts.train, parts.validation, on_progress=told
    )
    seconds = time.perf_counter() - began
    training, held_out = (make_stream(part, model.vocabulary_) for part in (parts.train, parts.validation))
    found = {"steelyard, recipe character": float(model.score_stream(held_out).mean())}
    for order in (5, 8):
        predictor = KneserNey(order=order).fit(training, size=model.vocabulary_.size)
        found[f"Kneser-Ney {order}-gram"] = float(predictor.score(held_out).mean())
    print(f"\nnats a character on the last tenth, after {seconds:.0f} s and {epochs} epochs of training")
    for name, nats in found.items():
        print(f"{name:<30}{nats:>8.4f}")
    return {**{name: round(nats, 4) for name, nats in found.items()}, "seconds": round(seconds)}


if __name__ == "__main__":
    main()
