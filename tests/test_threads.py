from threading import Barrier, Thread

from threadpoolctl import ThreadpoolController

from textmend.threads import OneThread


def blas_threads() -> list[int]:
    libraries = ThreadpoolController().select(user_api="blas").info()
    return [library["num_threads"] for library in libraries]


def test_the_first_in_sets_and_the_last_out_restores() -> None:
    before, inside = blas_threads(), []
    one_thread, both_in = OneThread(), Barrier(2)

    def work() -> None:
        with one_thread:
            both_in.wait()
            inside.append(blas_threads())

    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(set(found) <= {1} for found in inside)
    assert blas_threads() == before
