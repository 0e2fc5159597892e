"""Work on several threads, with NumPy's linear algebra on one in each.

The network multiplies small matrices. Each spread over the threads of the linear algebra library
they gain nothing, and on a busy machine, where these wait for each other, 80 × 384 by 384 × 256
took 18 ms instead of 0.2 ms. Stretches of text are spread instead: their threads need not wait.
Start reading at :func:`spread`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from types import TracebackType
from typing import TypeVar

import numpy as np  # noqa: F401  its libraries must be loaded before they are looked up
from threadpoolctl import ThreadpoolController

Part = TypeVar("Part")
Result = TypeVar("Result")


def spread(work: Callable[[Part], Result], parts: Sequence[Part]) -> list[Result]:
    """What ``work`` makes of each of the parts, in their order.

    On as many threads as the linear algebra library would have taken: one for each processor,
    unless ``OMP_NUM_THREADS`` or threadpoolctl say otherwise.
    """
    with one_thread as threads:
        if min(threads, len(parts)) < 2:
            return [work(part) for part in parts]
        with ThreadPoolExecutor(min(threads, len(parts))) as pool:
            return list(pool.map(work, parts))


@cache
def _libraries() -> ThreadpoolController:
    # Looking them up takes a hundred times longer than setting their limits.
    return ThreadpoolController().select(user_api="blas")


class OneThread:
    """A context that any number of threads may be in; the first in sets, the last out restores.

    Entered, it says how many threads the linear algebra library takes outside of it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._outside = 1

    def __enter__(self) -> int:
        with self._lock:
            if not self._inside:
                taken = (library["num_threads"] for library in _libraries().info())
                self._outside = max(taken, default=1)
                self._limit = _libraries().limit(limits=1)
            self._inside += 1
            return self._outside

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside:
                self._limit.restore_original_limits()


one_thread = OneThread()
