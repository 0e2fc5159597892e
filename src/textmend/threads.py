"""Work on several threads, with NumPy's linear algebra on one in each.

The network multiplies small matrices. Each spread over the threads of the linear algebra library
they gain nothing, and on a busy machine, where these wait for each other, 80 × 384 by 384 × 256
took 18 ms instead of 0.2 ms. Stretches of text are spread instead: their threads need not wait.

How many threads the library takes is a setting of the whole process (of each thread, where it is
built on OpenMP), and threadpoolctl, since version 3.8, lets only the thread that set it set it
again, until that one leaves its ``with``; all others are ignored without a word. So one thread at
a time is inside, and the one that has set the limit is the one that gives it back. Start reading
at :func:`spread`.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import TypeVar

import numpy as np  # noqa: F401  its libraries must be loaded before they are looked up
from threadpoolctl import ThreadpoolController

Part = TypeVar("Part")
Result = TypeVar("Result")

_alone = threading.Lock()


def spread(work: Callable[[Part], Result], parts: Sequence[Part]) -> list[Result]:
    """What ``work`` makes of each of the parts, in their order.

    On as many threads as the linear algebra library would have taken: one for each processor,
    unless ``OMP_NUM_THREADS`` or threadpoolctl say otherwise.
    """
    libraries = _libraries()
    with _alone:
        taken = max((each["num_threads"] for each in libraries.info()), default=1)
        with libraries.limit(limits=1):
            if min(taken, len(parts)) < 2:
                return [work(part) for part in parts]
            # Where the setting is that of a thread, each has its own to make.
            limit = partial(libraries.limit, limits=1)
            with ThreadPoolExecutor(min(taken, len(parts)), initializer=limit) as pool:
                return list(pool.map(work, parts))


@cache
def _libraries() -> ThreadpoolController:
    # Looking them up takes a hundred times longer than setting their limits.
    return ThreadpoolController().select(user_api="blas")


def _after_fork() -> None:
    """A thread that was inside is not there to leave in a process that was forked."""
    global _alone
    _alone = threading.Lock()


if hasattr(os, "register_at_fork"):  # Windows does not fork
    os.register_at_fork(after_in_child=_after_fork)
