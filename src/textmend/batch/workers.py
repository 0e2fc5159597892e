"""Processes that mend, and their results in the order of the tasks.

With one job all is done in this process. Each of several has its own copy of what mends, and its
linear algebra on one thread, so that they do not wait for each other. Start reading at
:meth:`Workers.ordered`.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from typing import Self, TypeVar

from threadpoolctl import threadpool_limits

from textmend.errors import TextmendError

# Tasks that are under way for each process: enough that none waits while results are written.
_AHEAD = 4

Task = TypeVar("Task")
Given = TypeVar("Given")
Result = TypeVar("Result")


class Workers:
    """So many processes, or this one where one is enough; they end with the block, or with it."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._pool: ProcessPoolExecutor | None = None
        if jobs > 1:
            # Started anew, not forked: what is forked from a process with threads may hang.
            self._pool = ProcessPoolExecutor(jobs, get_context("spawn"), initializer=_begin)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def ordered(
        self, work: Callable[[Given], Result], tasks: Iterable[tuple[Task, Given | None]]
    ) -> Iterator[tuple[Task, Result | Exception | None]]:
        """Each task, and what ``work`` makes of what is given with it, or the exception it raised.

        In the order of the tasks, which are read a few ahead; one with which nothing is given only
        waits for its turn.
        """
        pool = self._pool
        if pool is None:
            for task, given in tasks:
                yield task, None if given is None else tried(work, given)
            return
        waiting: deque[tuple[Task, Future[Result | Exception] | None]] = deque()
        under_way = 0
        for task, given in tasks:
            waiting.append((task, None if given is None else pool.submit(tried, work, given)))
            under_way += given is not None
            while waiting and (under_way >= _AHEAD * self._jobs or waiting[0][1] is None):
                task, future = waiting.popleft()
                under_way -= future is not None
                yield task, _result(future)
        for task, future in waiting:
            yield task, _result(future)


def tried(work: Callable[[Given], Result], given: Given) -> Result | Exception:
    """What ``work`` makes of what is given, or the exception that it raised."""
    try:
        return work(given)
    except Exception as error:  # one text that cannot be mended does not stop the others
        return error


def _result(future: Future[Result | Exception] | None) -> Result | Exception | None:
    try:
        return None if future is None else future.result()
    except BrokenProcessPool:
        raise TextmendError(
            "a process that mended was killed, perhaps for lack of memory; "
            "run the command again with fewer --jobs to go on"
        ) from None


def _begin() -> None:
    """Make a process ready: its linear algebra on one thread, and no longer there than its parent.

    A parent that is killed tells nobody, and a process that waits for tasks would wait for ever.
    """
    threadpool_limits(1)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
