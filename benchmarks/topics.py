"""Topic models against the clock: held-out perplexity, seconds, tokens a second and memory, ours beside five peers.

Every model is trained on nine tenths of the documents with the same fixed priors (alpha 0.1, beta 0.01) and judged by one estimator, the
same code for all: from half of the tokens of each held-out document its topics are estimated (30 steps of the fixed point of the
posterior mean, the model's topics held still), and the other half is scored. Each run is a process of its own, on one core unless the
table says two; rounds go through all models in turn, and the fastest round counts. Seconds are those of training, from documents
in memory on; ours don't count compiling, which happens once and is printed.

    python benchmarks/topics.py                     # embedded corpus, and AP where ../shared/data has it: half an hour
    python benchmarks/topics.py --quick             # embedded corpus, two sizes, fast peers: two minutes
    python benchmarks/topics.py --topics 100 --peers steelyard,tomotopy

`steelyard cold` starts from a random assignment; `steelyard` makes its first 30 sweeps under a larger beta (`Chain.warm_up`).

Peers (those that are installed; extra `bench`): tomotopy, pyrmallet (RustMallet), lda, gensim (variational), scikit-learn (variational).
Prints a table and ends with one line of JSON. `time_ratio`: our seconds to tomotopy's perplexity at the last sweep count, over its own.
`threads_speedup`: tokens a second on two threads over one. `perplexity_ratio`: ours over the best exact peer's at equal sweeps.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.data.corpus import Corpus

ALPHA, BETA = 0.1, 0.01
WARM_UP = 30
MODULES = {
    "steelyard": "steelyard",
    "steelyard cold": "steelyard",
    "tomotopy": "tomotopy",
    "pyrmallet": "pyrmallet",
    "lda": "lda",
    "gensim": "gensim",
    "scikit-learn": "sklearn",
}
EXACT = ("tomotopy", "pyrmallet", "lda")
SLOW = ("lda", "gensim", "scikit-learn")
AP = Path(__file__).resolve().parents[2] / "shared" / "data"

Fit = Iterator[tuple[int, float, float, NDArray[np.float64]]]
"""Sweeps so far, seconds so far, seconds of sweeping alone, and the topics, shape (topics, words), at each checkpoint."""


def held_out(corpus: Corpus) -> tuple[Corpus, list[NDArray[np.int32]]]:
    """Return the training documents, and the tokens of every tenth document, shuffled."""
    documents = [
        np.asarray(corpus.words[a:b]) for a, b in zip(corpus.starts[:-1], corpus.starts[1:], strict=True)
    ]
    train = [each for i, each in enumerate(documents) if i % 10]
    rng = np.random.default_rng(0)
    test = [rng.permutation(each) for i, each in enumerate(documents) if not i % 10 and len(each) > 1]
    starts = np.concatenate([[0], np.cumsum([len(each) for each in train])]).astype(np.int64)
    return Corpus(words=np.concatenate(train), starts=starts, vocabulary=corpus.vocabulary), test


def perplexity(topics: NDArray[np.float64], test: list[NDArray[np.int32]]) -> float:
    """Return exp of the mean nats a held-out token, by document completion; the same code for every model."""
    nats, tokens = 0.0, 0
    for words in test:
        half = len(words) // 2
        seen, scored = topics[:, words[:half]], topics[:, words[half:]]
        theta = np.full(len(topics), 1 / len(topics))
        for _ in range(30):
            share = seen * theta[:, None]
            theta = ALPHA + (share / share.sum(axis=0)).sum(axis=1)
            theta /= theta.sum()
        nats -= float(np.log(theta @ scored).sum())
        tokens += len(words) - half
    return float(np.exp(nats / tokens))


def steelyard(
    corpus: Corpus, topics: int, checkpoints: list[int], *, seed: int, threads: int, warm_up: int = WARM_UP
) -> Fit:
    from steelyard.topics.chain import Chain

    began = time.perf_counter()
    chain = Chain(corpus, topics=topics, alpha=ALPHA, beta=BETA, seed=seed, threads=threads)
    warm = min(warm_up, checkpoints[-1] // 2)
    spent, swept = time.perf_counter() - began, 0.0
    for checkpoint in checkpoints:
        began = time.perf_counter()
        if chain.sweeps < warm:
            chain.warm_up(min(warm, checkpoint) - chain.sweeps)
        chain.sweep(checkpoint - chain.sweeps)
        swept += time.perf_counter() - began
        weights = chain.topic_word + BETA
        yield checkpoint, spent + swept, swept, weights / weights.sum(axis=1, keepdims=True)


def tomotopy(corpus: Corpus, topics: int, checkpoints: list[int], *, seed: int, threads: int) -> Fit:
    import tomotopy as tp

    texts = [[str(word) for word in each] for each in _documents(corpus)]
    began = time.perf_counter()
    model = tp.LDAModel(k=topics, alpha=ALPHA, eta=BETA, seed=seed)
    model.optim_interval = 0
    for text in texts:
        if text:
            model.add_doc(text)
    model.train(0, workers=threads)
    spent, swept, done = time.perf_counter() - began, 0.0, 0
    for checkpoint in checkpoints:
        began = time.perf_counter()
        model.train(checkpoint - done, workers=threads)
        swept, done = swept + time.perf_counter() - began, checkpoint
        words = np.array([int(word) for word in model.used_vocabs])
        yield (
            checkpoint,
            spent + swept,
            swept,
            _full(corpus, words, np.array([model.get_topic_word_dist(k) for k in range(topics)])),
        )


def pyrmallet(corpus: Corpus, topics: int, checkpoints: list[int], *, seed: int, threads: int) -> Fit:
    import pyrmallet as rm

    # its tokeniser wants letters: words are written as their numbers in letters
    names = [
        "w" + "".join(chr(97 + int(digit)) for digit in str(word)) for word in range(len(corpus.vocabulary))
    ]
    number = {name: word for word, name in enumerate(names)}
    texts = [" ".join(names[word] for word in each) for each in _documents(corpus)]
    for checkpoint in checkpoints:
        model = rm.LatentDirichletAllocation(
            topics,
            ALPHA * topics,
            BETA,
            checkpoint,
            seed,
            optimize_interval=0,
            num_samples=1,
            sample_interval=1,
        )
        began = time.perf_counter()
        model.fit(texts)
        spent = time.perf_counter() - began
        words = np.array([number[name] for name in model.feature_names_in_])
        yield checkpoint, spent, spent, _full(corpus, words, model.components_)


def lda(corpus: Corpus, topics: int, checkpoints: list[int], *, seed: int, threads: int) -> Fit:
    import logging

    import lda as package

    logging.getLogger("lda").setLevel(logging.ERROR)
    counts = corpus.counts().astype(np.int64).toarray()
    for checkpoint in checkpoints:
        model = package.LDA(
            topics, n_iter=checkpoint, alpha=ALPHA, eta=BETA, random_state=seed, refresh=10**6
        )
        began = time.perf_counter()
        model.fit(counts)
        spent = time.perf_counter() - began
        yield checkpoint, spent, spent, np.asarray(model.topic_word_)


def gensim(corpus: Corpus, topics: int, checkpoints: list[int], *, seed: int, threads: int) -> Fit:
    from gensim.models import LdaModel

    bags = [
        [(int(w), int(c)) for w, c in zip(*np.unique(each, return_counts=True), strict=True)]
        for each in _documents(corpus)
    ]
    names = {word: str(word) for word in range(len(corpus.vocabulary))}
    for checkpoint in checkpoints:
        began = time.perf_counter()
        model = LdaModel(
            bags,
            topics,
            id2word=names,
            passes=checkpoint,
            alpha=[ALPHA] * topics,
            eta=BETA,
            random_state=seed,
            eval_every=None,
        )
        spent = time.perf_counter() - began
        yield checkpoint, spent, spent, np.asarray(model.get_topics(), dtype=np.float64)


def scikit_learn(corpus: Corpus, topics: int, checkpoints: list[int], *, seed: int, threads: int) -> Fit:
    from sklearn.decomposition import LatentDirichletAllocation

    counts = corpus.counts()
    for checkpoint in checkpoints:
        model = LatentDirichletAllocation(
            topics,
            doc_topic_prior=ALPHA,
            topic_word_prior=BETA,
            max_iter=checkpoint,
            random_state=seed,
            n_jobs=1,
        )
        began = time.perf_counter()
        model.fit(counts)
        spent = time.perf_counter() - began
        yield checkpoint, spent, spent, model.components_ / model.components_.sum(axis=1, keepdims=True)


FITS: dict[str, Callable[..., Fit]] = {
    "steelyard": steelyard,
    "steelyard cold": partial(steelyard, warm_up=0),
    "tomotopy": tomotopy,
    "pyrmallet": pyrmallet,
    "lda": lda,
    "gensim": gensim,
    "scikit-learn": scikit_learn,
}


def _documents(corpus: Corpus) -> list[NDArray[np.int32]]:
    return [np.asarray(corpus.words[a:b]) for a, b in zip(corpus.starts[:-1], corpus.starts[1:], strict=True)]


def _full(corpus: Corpus, words: NDArray[np.int64], topics: NDArray[Any]) -> NDArray[np.float64]:
    """Return topics over the whole vocabulary; words that training didn't have get what a word without tokens would."""
    full = np.full((len(topics), len(corpus.vocabulary)), 1e-9)
    unseen = np.setdiff1d(np.arange(len(corpus.vocabulary)), words)
    full[:, words] = topics
    if len(unseen):
        full[:, unseen] = np.asarray(topics).min(axis=1, keepdims=True)
    return full / full.sum(axis=1, keepdims=True)


def peak_mib() -> float:
    """Return the most memory this process has held, in MiB (getrusage counts the parent's as well)."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def child(task: dict[str, Any]) -> None:
    """Train one model and print its checkpoints as JSON."""
    corpus, test = held_out(Corpus.open(task["corpus"], mapped=False))
    if task["peer"] == "steelyard":  # compile outside the clock
        began = time.perf_counter()
        list(steelyard(Corpus.from_documents([["a", "b"]] * 4), 2, [2], seed=0, threads=1))
        compiled = time.perf_counter() - began
    else:
        compiled = 0.0
    rows = []
    for sweeps, seconds, swept, topics in FITS[task["peer"]](
        corpus, task["topics"], task["checkpoints"], seed=task["seed"], threads=task["threads"]
    ):
        peak = peak_mib()
        rows.append([sweeps, seconds, swept, perplexity(topics, test), peak])
    print(json.dumps({"rows": rows, "tokens": corpus.tokens, "compiled": compiled}))


def run(
    peer: str, folder: Path, topics: int, checkpoints: list[int], *, seed: int, threads: int
) -> dict[str, Any]:
    """Run `child` in a process of its own, pinned to its number of cores."""
    task = {
        "peer": peer,
        "corpus": str(folder),
        "topics": topics,
        "checkpoints": checkpoints,
        "seed": seed,
        "threads": threads,
    }
    environment = {
        **os.environ,
        **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    }
    done = subprocess.run(
        [sys.executable, __file__, "--child", json.dumps(task)],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{peer} failed:\n{done.stderr[-2000:]}")
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def corpora(quick: bool, folder: Path) -> dict[str, Path]:
    """Return the corpora to train on, each written into a folder."""
    from steelyard.data.documentation import documentation

    found = {"embedded": documentation().save(folder / "embedded")}
    if not quick and (AP / "docword.ap.txt.gz").exists():
        from steelyard.data.corpus_reading import read_corpus

        found["AP"] = read_corpus(AP / "docword.ap.txt.gz").save(folder / "ap")
    return found


def main() -> None:
    """Run every model on every corpus and size, print the table and the line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--quick", action="store_true", help="embedded corpus, 20 and 100 topics, tomotopy only beside ours"
    )
    parser.add_argument(
        "--topics", type=lambda text: [int(each) for each in text.split(",")], help="e.g. 20,100,500"
    )
    parser.add_argument("--peers", type=lambda text: text.split(","), help=f"some of {','.join(MODULES)}")
    parser.add_argument("--corpus", choices=("embedded", "AP"), help="one corpus only")
    parser.add_argument("--sweeps", type=int, help="of the exact samplers; default 100 (quick: 60)")
    parser.add_argument(
        "--rounds", type=int, default=None, help="how often each model is run; the fastest counts"
    )
    parser.add_argument("--child", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        child(json.loads(args.child))
        return
    import tempfile

    topics = args.topics or ([20, 100] if args.quick else [20, 100, 500])
    sweeps = args.sweeps or (60 if args.quick else 100)
    rounds = args.rounds or (1 if args.quick else 3)
    peers = args.peers or (["steelyard", "tomotopy"] if args.quick else list(MODULES))
    missing = [peer for peer in peers if find_spec(MODULES[peer]) is None]
    for peer in missing:
        print(f"{peer} is not installed and left out")
    peers = [peer for peer in peers if peer not in missing]
    results: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        for name, path in corpora(args.quick, Path(folder)).items():
            if args.corpus in (None, name):
                results += measured(name, path, topics=topics, sweeps=sweeps, rounds=rounds, peers=peers)
    print(json.dumps(summary(results)))


def marked(peer: str, sweeps: int, *, threads: int) -> list[int]:
    """Return the sweeps at which perplexity is measured: ours often, to see when the goal is reached; slow peers make a fifth."""
    if peer in SLOW:
        return [sweeps // 5]
    return list(range(5, sweeps + 1, 5)) if peer == "steelyard" and threads == 1 else [sweeps]


def measured(
    name: str, path: Path, *, topics: list[int], sweeps: int, rounds: int, peers: list[str]
) -> list[dict[str, Any]]:
    """Run the models on one corpus, in turn, and print a row each."""
    print(
        f"\n{name}: {'model':<15}{'topics':>7}{'threads':>8}{'sweeps':>7}{'seconds':>9}{'Mtok/s':>8}{'perplexity':>11}{'peak MiB':>9}"
    )
    results = []
    for k in topics:
        tasks = [(peer, 1) for peer in peers] + [
            (peer, 2) for peer in peers if peer in ("steelyard", "tomotopy")
        ]
        runs: dict[tuple[str, int], list[dict[str, Any]]] = {task: [] for task in tasks}
        for round_ in range(rounds):
            for peer, threads in tasks:
                if round_ and peer in SLOW:
                    continue
                marks = marked(peer, sweeps, threads=threads)
                runs[peer, threads].append(run(peer, path, k, marks, seed=round_ + 1, threads=threads))
        for (peer, threads), each in runs.items():
            fastest = min(each, key=lambda one: one["rows"][-1][1])
            curve = [
                [
                    row[0],
                    min(one["rows"][i][1] for one in each),
                    float(np.mean([one["rows"][i][3] for one in each])),
                ]
                for i, row in enumerate(fastest["rows"])
            ]
            done, seconds, _, _, peak = fastest["rows"][-1]
            rate = done * fastest["tokens"] / min(one["rows"][-1][2] for one in each) / 1e6
            result = {
                "corpus": name,
                "model": peer,
                "topics": k,
                "threads": threads,
                "rate": rate,
                "curve": curve,
                "peak_mib": peak,
            }
            results.append(result)
            print(
                f"{'':<{len(name) + 2}}{peer:<15}{k:>7}{threads:>8}{done:>7}{seconds:>9.2f}{rate:>8.2f}{curve[-1][2]:>11.1f}{peak:>9.0f}",
                flush=True,
            )
    return results


def summary(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the ratios of the goals, one a corpus and size."""
    found: dict[str, Any] = {
        "benchmark": "topics",
        "time_ratio": {},
        "threads_speedup": {},
        "perplexity_ratio": {},
    }
    for case in sorted({(one["corpus"], one["topics"]) for one in results}):
        key = f"{case[0]}-{case[1]}"
        here = {
            (one["model"], one["threads"]): one for one in results if (one["corpus"], one["topics"]) == case
        }
        ours, theirs = here.get(("steelyard", 1)), here.get(("tomotopy", 1))
        if ours and theirs:
            _, seconds, goal = theirs["curve"][-1]
            reached = [at for _, at, value in ours["curve"] if value <= goal]
            found["time_ratio"][key] = round(reached[0] / seconds, 3) if reached else None
        if ours and ("steelyard", 2) in here:
            found["threads_speedup"][key] = round(here["steelyard", 2]["rate"] / ours["rate"], 2)
        exact = [
            one["curve"][-1][2]
            for (model, threads), one in here.items()
            if model in EXACT and model not in SLOW and threads == 1
        ]
        if ours and exact:
            found["perplexity_ratio"][key] = round(ours["curve"][-1][2] / min(exact), 4)
    return found


if __name__ == "__main__":
    main()
