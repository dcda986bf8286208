"""Batches are measured by several threads, and come in their order."""

import threading
from concurrent.futures import ThreadPoolExecutor

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import wait_for

from datastd.engines.ahead import Ahead
from datastd.sources import Batch
from datastd.sources.idx.defects import LengthMismatch


def batch(number):
    return Batch(pl.Series("key", [f"f#{number}"]), {})


def reads(sizes):
    """A batch for each number, and for each zero a defect."""
    for number, size in enumerate(sizes):
        yield batch(number) if size else LengthMismatch("f", f"{number}", "a", "b")


def measure(read):
    return read.keys[0]


@given(st.lists(st.integers(0, 3), max_size=40), st.integers(1, 4))
@settings(max_examples=30)
def test_what_is_measured_comes_in_the_order_of_what_is_read(sizes, jobs):
    with Ahead(jobs) as ahead:
        found = [*ahead.of(0, measure, reads(sizes))]
    assert [one if isinstance(one, str) else one.at for one in found] == [
        f"f#{n}" if size else f"{n}" for n, size in enumerate(sizes)
    ]


def test_batches_are_measured_at_once():
    both = threading.Barrier(2)

    def meet(read):
        both.wait(60)  # nobody comes through alone
        return read.keys[0]

    with Ahead(2) as ahead:
        assert [*ahead.of(0, meet, reads([1, 1]))] == ["f#0", "f#1"]


def test_few_batches_are_read_before_they_are_measured():
    going, read = threading.Event(), []

    def many():
        for number in range(100):
            read.append(number)
            yield batch(number)

    def wait(one):
        going.wait(60)
        return one.keys[0]

    with Ahead(2) as ahead, ThreadPoolExecutor(1) as pool:
        done = pool.submit(lambda: [*ahead.of(0, wait, many())])
        wait_for(lambda: len(read) >= 5)
        assert len(read) <= 2 * 2 + 2
        going.set()
        assert len(done.result()) == 100


def test_a_shard_whose_turn_it_is_not_waits_while_others_have_enough_to_measure():
    going, began = threading.Event(), []

    def wait(one):
        began.append(one.keys[0])
        going.wait(60)
        return one.keys[0]

    def other():
        began.append("other")
        yield batch(9)

    with Ahead(1) as ahead, ThreadPoolExecutor(2) as pool:
        first = pool.submit(lambda: [*ahead.of(0, wait, reads([1, 1]))])
        wait_for(lambda: began == ["f#0"])
        second = pool.submit(lambda: [*ahead.of(1, measure, other())])
        assert not second.done()
        assert began == ["f#0"]
        going.set()
        assert first.result() == ["f#0", "f#1"]
        assert second.result() == ["f#9"]  # there is room now
        assert began.index("other") > 0


def test_a_turn_lets_all_before_it_go_on():
    with Ahead(1) as ahead:
        ahead.turn_to(5)
        assert [*ahead.of(5, measure, reads([1]))] == ["f#0"]


def test_what_goes_wrong_is_raised_where_it_is_asked_for():
    def fail(read):
        raise ZeroDivisionError(read.keys[0])

    with Ahead(2) as ahead, pytest.raises(ZeroDivisionError, match="f#0"):
        [*ahead.of(0, fail, reads([1, 1, 1]))]
