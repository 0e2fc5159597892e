from threading import Thread

from threadpoolctl import ThreadpoolController

from textmend.threads import OneThread


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
