"""That linear algebra is on one thread while texts are mended, whoever mends, and only then."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, Event, Thread
from typing import TypeVar

import pytest
from threadpoolctl import ThreadpoolController, threadpool_limits

from textmend import Mender
from textmend.threads import spread

Result = TypeVar("Result")

DAMAGED = "In dition, y met or farmers."
MENDED = "In addition, they met other farmers."


def blas_threads() -> list[int]:
    libraries = ThreadpoolController().select(user_api="blas").info()
    return [library["num_threads"] for library in libraries]


def inside(_: object = None) -> set[int]:
    """How many threads the library takes while something is worked on."""
    (seen,) = spread(lambda _: set(blas_threads()), [0])
    return seen


def in_another_thread(work: Callable[[], Result]) -> Result:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


@contextmanager
def taking(count: int) -> Iterator[None]:
    """The library takes so many threads, as if the process had begun so: no thread has a say."""
    before = blas_threads()
    in_another_thread(lambda: threadpool_limits(count, user_api="blas"))
    yield
    in_another_thread(lambda: threadpool_limits(max(before, default=1), user_api="blas"))


def test_a_mend_in_one_thread_changes_nothing_for_another() -> None:
    with taking(3):
        assert in_another_thread(inside) <= {1}
        assert Mender(channel="the,ad").mend(DAMAGED) == MENDED
        assert in_another_thread(inside) <= {1}, "after a mend in the main thread"
        assert inside() <= {1}
        assert set(blas_threads()) <= {3}
        assert in_another_thread(lambda: set(blas_threads())) <= {3}


def test_the_limit_holds_until_the_last_has_left() -> None:
    entered, leave = Event(), Event()

    def work(_: int) -> None:
        entered.set()
        leave.wait(30)

    with taking(3):
        first = Thread(target=spread, args=(work, [0]))
        first.start()
        assert entered.wait(30)
        with ThreadPoolExecutor(7) as pool:
            others = [pool.submit(inside) for _ in range(7)]
            leave.set()
            assert set().union(*(each.result() for each in others)) <= {1}
        first.join()
        assert set(blas_threads()) <= {3}


def test_a_failure_gives_the_limit_back() -> None:
    with taking(3):
        with pytest.raises(ZeroDivisionError):
            spread(lambda part: 1 / part, [0.0])
        assert set(blas_threads()) <= {3}
        assert in_another_thread(inside) <= {1}


def test_eight_threads_mend_at_once() -> None:
    mender, meeting = Mender(channel="the,ad"), Barrier(8, timeout=30)

    def work(_: int) -> str:
        meeting.wait()
        return mender.mend(DAMAGED)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(work, range(8))) == {MENDED}


def mend_in_a_process(_: int) -> str:
    return Mender(channel="the,ad").mend(DAMAGED)


@pytest.mark.parametrize(
    "method",
    [each for each in ("fork", "spawn") if each in multiprocessing.get_all_start_methods()],
)
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_workers_mend(method: str) -> None:
    assert Mender(channel="the,ad").mend(DAMAGED) == MENDED
    with multiprocessing.get_context(method).Pool(2) as pool:
        assert pool.map_async(mend_in_a_process, range(4)).get(60) == [MENDED] * 4


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_process_forked_while_another_thread_mends() -> None:
    entered, leave = Event(), Event()

    def work(_: int) -> None:
        entered.set()
        leave.wait(60)

    other = Thread(target=spread, args=(work, [0]))
    other.start()
    assert entered.wait(30)
    worker = multiprocessing.get_context("fork").Process(target=mend_in_a_process, args=(0,))
    worker.start()
    worker.join(60)
    leave.set()
    other.join()
    worker.kill()
    assert worker.exitcode == 0


def test_work_is_spread_over_as_many_threads_as_the_library_takes() -> None:
    meeting = Barrier(2, timeout=30)

    def work(part: int) -> tuple[int, set[int]]:
        meeting.wait()  # for another one, at the same time
        return part, set(blas_threads())

    with threadpool_limits(2, user_api="blas"):
        found = spread(work, [3, 1, 4, 1])
    assert found == [(3, {1}), (1, {1}), (4, {1}), (1, {1})]


def test_work_is_not_spread_where_the_library_is_held_to_one_thread() -> None:
    working: list[int] = []

    def work(part: int) -> int:
        working.append(part)
        assert working == [part]
        working.pop()
        return part

    with threadpool_limits(1, user_api="blas"):
        assert spread(work, range(50)) == list(range(50))
