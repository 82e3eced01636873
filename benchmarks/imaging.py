"""Image moments against the clock: images a second and peak memory, beside the usual loop, numpy in memory and bare decoding.

Each run is a process of its own; rounds go through all methods in turn, and the fastest round counts. Seconds are the process' own
(processor time), from opening the archive on, so that a busy machine doesn't change who is faster; starting Python and importing is left
out. Two workers are compared with one by the clock on the wall, and starting them is not left out.

    python benchmarks/imaging.py                    # CIFAR-10's JPEGs where ../shared/data has them, and 1024 x 1024: ten minutes
    python benchmarks/imaging.py --quick            # less of both: under two minutes
    python benchmarks/imaging.py --data images.zip  # an archive of JPEGs of one size
    python benchmarks/imaging.py --decoders         # bare decoding by Pillow, simplejpeg and OpenCV, from memory

- `bare decode`: opens the same archive with zipfile and decodes every image with the fastest decoder, simplejpeg; nothing else.
- `usual loop`: Pillow, float32 in 0-1 as ToTensor makes it, mean and standard deviation of each image, averaged: the loop that is found
  everywhere, which also gives another number (the mean of image stds).
- `numpy in memory`: Pillow, all pixels in one array, its mean and std.

Prints a table and ends with one line of JSON: `of_bare_decode` (goal: at least 0.9), `over_usual_loop` (goal: at least 8), `two_workers`
(speed of two over one) and `memory_growth` (peak memory with all images over that with a tenth; goal: about 1).
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import numpy as np

CIFAR = Path(__file__).resolve().parents[2] / "shared" / "data" / "cifar10-10k-train-jpg.zip"
METHODS = ("steelyard", "steelyard, 2 workers", "bare decode", "usual loop", "numpy in memory")


def made(path, *, images, side, quality=87):
    """Write a zip archive of JPEGs with structure at several scales, as photographs have."""
    import simplejpeg
    from PIL import Image

    rng = np.random.default_rng(0)
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(images):
            coarse = Image.fromarray(rng.integers(0, 256, (24, 24, 3), dtype=np.uint8))
            smooth = np.asarray(coarse.resize((side, side), Image.Resampling.BICUBIC), dtype=np.float32)
            noisy = smooth + rng.normal(0, 6, smooth.shape).astype(np.float32)
            pixels = noisy.clip(0, 255).astype(np.uint8)
            archive.writestr(f"{number:05}.jpg", simplejpeg.encode_jpeg(pixels, quality=quality))


def with_steelyard(path, workers):
    from steelyard.imaging import image_moments

    found = image_moments(path, workers=workers)
    return found.images, found.std.tolist()


def with_bare_decode(path):
    import simplejpeg

    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.endswith(".jpg")]
        for name in names:
            simplejpeg.decode_jpeg(archive.read(name))
    return len(names), None


def with_usual_loop(path):
    from PIL import Image

    mean, std = np.zeros(3), np.zeros(3)
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.endswith(".jpg")]
        for name in names:
            image = Image.open(io.BytesIO(archive.read(name))).convert("RGB")
            values = np.asarray(image, dtype=np.float32).transpose(2, 0, 1) / np.float32(255)
            mean += values.mean(axis=(1, 2))
            std += values.std(axis=(1, 2))
    return len(names), (std / len(names)).tolist()


def with_numpy(path):
    from PIL import Image

    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.endswith(".jpg")]
        values = np.stack(
            [np.asarray(Image.open(io.BytesIO(archive.read(name))).convert("RGB")) for name in names]
        )
    values.mean(axis=(0, 1, 2))
    return len(names), (values.std(axis=(0, 1, 2)) / 255).tolist()


def decoders(name, path, *, most, rounds):
    """Print how fast each decoder is on the files of an archive, and by how much its pixels differ from Pillow's."""
    import simplejpeg
    from PIL import Image

    def by_pillow(content):
        return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))

    def by_draft(content):
        image = Image.open(io.BytesIO(content))
        image.draft("RGB", (image.width // 2, image.height // 2))
        return np.asarray(image.convert("RGB"))

    known = {
        "Pillow": by_pillow,
        "Pillow, draft at half size": by_draft,
        "simplejpeg": simplejpeg.decode_jpeg,
    }
    try:
        import cv2

        cv2.setNumThreads(1)
        known["OpenCV"] = lambda content: cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)[
            ..., ::-1
        ]
    except ImportError:
        print("OpenCV isn't installed (extra deep-colour)")
    with zipfile.ZipFile(path) as archive:
        contents = [archive.read(each) for each in archive.namelist()[:most] if each.endswith(".jpg")]
    print(f"\n{name}: {len(contents):,} images, decoded from memory")
    exact = [by_pillow(content).astype(np.int16) for content in contents[:20]]
    best = dict.fromkeys(known, float("inf"))
    for _ in range(rounds):
        for decoder, decode in known.items():
            began = time.process_time()
            for content in contents:
                decode(content)
            best[decoder] = min(best[decoder], time.process_time() - began)
    for decoder, decode in known.items():
        pairs = [(decode(content), pixels) for content, pixels in zip(contents, exact, strict=False)]
        same_size = all(mine.shape == pixels.shape for mine, pixels in pairs)
        apart = max(int(np.abs(mine - pixels).max()) for mine, pixels in pairs) if same_size else "other size"
        print(f"{decoder:28}{len(contents) / best[decoder]:>10,.0f} images/s   largest difference {apart}")


def one(method, path):
    """Run one method in this process and print what it took."""
    run = {
        "steelyard": lambda: with_steelyard(path, 1),
        "steelyard, 2 workers": lambda: with_steelyard(path, 2),
        "bare decode": lambda: with_bare_decode(path),
        "usual loop": lambda: with_usual_loop(path),
        "numpy in memory": lambda: with_numpy(path),
    }[method]
    import simplejpeg  # noqa: F401 - imported for all before the clock starts
    from PIL import Image

    Image.init()
    if method.startswith("steelyard"):
        from steelyard.imaging import image_moments

        image_moments(np.zeros((2, 8, 8, 3), np.uint8))  # loads what is compiled
    began, began_wall = time.process_time(), time.perf_counter()
    images, std = run()
    took, took_wall = time.process_time() - began, time.perf_counter() - began_wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"images": images, "std": std, "took_s": took, "wall_s": took_wall, "peak_mb": peak}))


def run_apart(method, path):
    environment = os.environ | dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    done = subprocess.run(
        [sys.executable, __file__, "--one", method, "--path", str(path)],
        capture_output=True,
        text=True,
        env=environment,
        check=True,
    )
    return json.loads(done.stdout.strip().splitlines()[-1])


def tenth(path, target):
    """Copy every tenth image of an archive to another."""
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(target, "w") as fewer:
        for name in archive.namelist()[::10]:
            fewer.writestr(name, archive.read(name))


def measured(name, path, *, rounds):
    best = {}
    for _ in range(rounds):
        for method in METHODS:
            found = run_apart(method, path)
            counts = "wall_s" if "workers" in method else "took_s"
            if method not in best or found[counts] < best[method][counts]:
                best[method] = found
    print(f"\n{name}: {best['steelyard']['images']:,} images")
    print(f"{'':24}{'images/s':>10}{'peak MB':>10}   std")
    for method, found in best.items():
        std = "" if found["std"] is None else ", ".join(f"{each:.4f}" for each in found["std"])
        took = found["wall_s" if "workers" in method else "took_s"]
        print(f"{method:24}{found['images'] / took:>10,.0f}{found['peak_mb']:>10,.0f}   {std}", flush=True)
    return best


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="fewer images and rounds")
    parser.add_argument("--data", type=Path, default=CIFAR, help="zip archive of small JPEGs")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--path", help=argparse.SUPPRESS)
    parser.add_argument("--decoders", action="store_true", help="measure decoders only")
    chosen = parser.parse_args()
    if chosen.one:
        one(chosen.one, chosen.path)
        return
    rounds = 2 if chosen.quick else 4
    summary = {"benchmark": "imaging", "of_bare_decode": {}, "over_usual_loop": {}, "two_workers": {}}
    summary["memory_growth"] = {}
    with tempfile.TemporaryDirectory() as folder:
        cases = {}
        if chosen.data.exists():
            cases["data"] = chosen.data
            if chosen.quick:
                cases["data"] = Path(folder, "cifar.zip")
                with zipfile.ZipFile(chosen.data) as archive, zipfile.ZipFile(cases["data"], "w") as fewer:
                    for name in archive.namelist()[::3]:
                        fewer.writestr(name, archive.read(name))
        else:
            cases["made-32"] = Path(folder, "small.zip")
            made(cases["made-32"], images=2000 if chosen.quick else 10_000, side=32)
        cases["made-1024"] = Path(folder, "large.zip")
        made(cases["made-1024"], images=40 if chosen.quick else 300, side=1024)
        if chosen.decoders:
            for name, path in cases.items():
                decoders(name, path, most=1000, rounds=3)
            return
        for name, path in cases.items():
            best = measured(name, path, rounds=rounds)
            rate = {method: found["images"] / found["took_s"] for method, found in best.items()}
            summary["of_bare_decode"][name] = round(rate["steelyard"] / rate["bare decode"], 3)
            summary["over_usual_loop"][name] = round(rate["steelyard"] / rate["usual loop"], 2)
            summary["two_workers"][name] = round(
                best["steelyard"]["wall_s"] / best["steelyard, 2 workers"]["wall_s"], 2
            )
            fewer_path = Path(folder, "fewer.zip")
            tenth(path, fewer_path)
            few = run_apart("steelyard", fewer_path)
            summary["memory_growth"][name] = round(best["steelyard"]["peak_mb"] / few["peak_mb"], 3)
    print(json.dumps(summary))


if __name__ == "__main__":
    main()
