"""Threads are waited for in a way that ends when somebody says so."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from support import wait_for

from datastd import waiting
from datastd.waiting import ahead, each, once, result


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


def test_what_takes_its_time_is_computed_once_whoever_asks():
    asked, begun = [], threading.Barrier(4)

    @once
    def slow():
        """Computes."""
        asked.append(1)
        threading.Event().wait(0.1)  # the others ask meanwhile
        return object()

    def ask():
        begun.wait()
        return slow()

    with ThreadPoolExecutor(4) as pool:
        assert len({id(one.result()) for one in [pool.submit(ask) for _ in range(4)]}) == 1
    assert (asked, slow.__doc__) == ([1], "Computes.")


def test_the_next_item_is_made_while_one_is_looked_at():
    made = []

    def items():
        for n in range(4):
            made.append(n)
            yield n

    for n in ahead(items()):
        wait_for(lambda n=n: len(made) == min(4, n + 2))
    assert made == [0, 1, 2, 3]
    assert [*ahead(iter([]))] == []


def test_an_item_that_cannot_be_made_is_raised_behind_those_before_it():
    def items():
        yield 1
        raise ZeroDivisionError

    found = ahead(items())
    assert next(found) == 1
    with pytest.raises(ZeroDivisionError):
        next(found)
