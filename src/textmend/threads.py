"""NumPy's linear algebra on one thread while a text is mended.

The network multiplies small matrices. Spread over threads they gain nothing, and on a busy machine,
where the threads wait for each other, 80 × 384 by 384 × 256 took 18 ms instead of 0.2 ms.
"""

from __future__ import annotations

import threading
from functools import cache
from types import TracebackType

import numpy as np  # noqa: F401  its libraries must be loaded before they are looked up
from threadpoolctl import ThreadpoolController


@cache
def _libraries() -> ThreadpoolController:
    # Looking them up takes a hundred times longer than setting their limits.
    return ThreadpoolController()


class OneThread:
    """A context that any number of threads may be in; the first in sets, the last out restores."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0

    def __enter__(self) -> None:
        with self._lock:
            if not self._inside:
                self._limit = _libraries().limit(limits=1, user_api="blas")
            self._inside += 1

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
