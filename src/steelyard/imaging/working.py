"""Blocks of images in worker processes, their sums back in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import Future
from contextlib import closing
from itertools import islice

from steelyard.data.images.source import ImageSource
from steelyard.errors import TrialError
from steelyard.imaging.measure import Measured, measure
from steelyard.imaging.view import View

_AHEAD = 2
"""Blocks a worker that are handed out before the first of them is asked for."""
_own: tuple[ImageSource, View] | None = None
"""What this worker process measures: sent once, not with every block."""


def measured_blocks(
    source: ImageSource, blocks: Sequence[Sequence[int]], view: View, *, workers: int
) -> Generator[Measured, None, None]:
    """Give the sums of each block, in the blocks' order, whatever the number of workers.

    Args:
        source: the images.
        blocks: numbers of images.
        view: what counts of each.
        workers: processes; 1 works in this one.

    Raises:
        TrialError: a worker process was killed (out of memory?).
    """
    if workers == 1 or len(blocks) < 2:
        for block in blocks:
            yield measure(source, block, view)
        return
    with closing(_in_processes(source, blocks, view, workers=min(workers, len(blocks)))) as found:
        yield from found


def _in_processes(
    source: ImageSource, blocks: Sequence[Sequence[int]], view: View, *, workers: int
) -> Generator[Measured, None, None]:
    from joblib.externals.loky.process_executor import (  # noqa: PLC0415 - only for several processes
        BrokenProcessPool,
        ProcessPoolExecutor,
    )

    executor = ProcessPoolExecutor(max_workers=workers, initializer=_begin, initargs=(source, view))
    waiting: deque[Future[Measured]] = deque()
    try:
        following = iter(blocks)
        for block in islice(following, _AHEAD * workers):
            waiting.append(executor.submit(_measure, block))
        while waiting:
            found = waiting.popleft().result()
            block_after = next(following, None)
            if block_after is not None:
                waiting.append(executor.submit(_measure, block_after))
            yield found
    except BrokenProcessPool as error:
        raise TrialError(
            "a worker process died (killed, or out of memory: each holds one decoded image); use fewer workers"
        ) from error
    finally:
        for each in waiting:
            each.cancel()
        executor.shutdown(wait=True)  # killing workers that are busy can hang loky's managing thread


def _begin(source: ImageSource, view: View) -> None:
    global _own  # noqa: PLW0603 - a worker serves one pass and ends
    _own = (source, view)


def _measure(block: Sequence[int]) -> Measured:
    assert _own is not None
    return measure(_own[0], block, _own[1])
