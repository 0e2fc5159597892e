from threading import Barrier, Thread

from threadpoolctl import ThreadpoolController, threadpool_limits

from textmend.threads import OneThread, spread


def blas_threads() -> list[int]:
    libraries = ThreadpoolController().select(user_api="blas").info()
    return [library["num_threads"] for library in libraries]


def test_the_first_in_sets_and_the_last_out_restores() -> None:
    before, one_thread = blas_threads(), OneThread()

    def work() -> None:
        with one_thread:
            pass

    with one_thread:
        other = Thread(target=work)
        other.start()
        other.join()
        # The other thread has left, and this one is still inside.
        assert set(blas_threads()) <= {1}
    assert blas_threads() == before


def test_work_is_spread_over_as_many_threads_as_the_library_takes() -> None:
    meeting = Barrier(2, timeout=30)

    def work(part: int) -> tuple[int, set[int]]:
        meeting.wait()  # for another one, at the same time
        return part, set(blas_threads())

    with threadpool_limits(2, user_api="blas"):
        found = spread(work, [3, 1, 4, 1])
    assert found == [(3, {1}), (1, {1}), (4, {1}), (1, {1})]


def test_work_is_not_spread_where_the_library_is_held_to_one_thread() -> None:
    inside: list[int] = []

    def work(part: int) -> int:
        inside.append(part)
        assert inside == [part]
        inside.pop()
        return part

    with threadpool_limits(1, user_api="blas"):
        assert spread(work, range(50)) == list(range(50))
