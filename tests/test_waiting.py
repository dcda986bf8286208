"""Threads are waited for in a way that ends when somebody says so."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from datastd import waiting
from datastd.waiting import each, result


def test_what_a_thread_comes_to_is_given_or_raised():
    with ThreadPoolExecutor(1) as pool:
        assert result(pool.submit(lambda: 3)) == 3
        for error in (ZeroDivisionError("x"), TimeoutError("of its own")):
            failing = Future()
            failing.set_exception(error)
            with pytest.raises(type(error), match=str(error)):
                result(failing)


def test_python_looks_at_signals_while_it_waits(monkeypatch):
    looked = []

    def interrupt(futures, seconds):
        looked.append(seconds)
        raise KeyboardInterrupt

    monkeypatch.setattr(waiting, "wait", interrupt)
    with pytest.raises(KeyboardInterrupt):
        result(Future())
    assert looked[0] <= 0.5


def test_results_come_in_order_and_nothing_is_stopped():
    stopped = []
    assert [*each(lambda n: n * n, range(50), jobs=3, stop=lambda: stopped.append(1))] == [n * n for n in range(50)]
    assert stopped == []


def test_what_ends_it_early_stops_what_still_runs():
    going, begun = threading.Event(), []

    def work(n):
        begun.append(n)
        if n == 0:
            raise ZeroDivisionError
        going.wait(60)

    with pytest.raises(ZeroDivisionError):
        [*each(work, range(100), jobs=2, stop=going.set)]
    assert len(begun) < 100
