"""Histograms of parts add up to that of the whole, and stay small."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datastd.model import Level, Verdict
from datastd.report.figure import HEIGHT, WIDTH, draw
from datastd.report.histogram import MOST, Distribution, Histogram

NUMBERS = st.one_of(st.floats(), st.floats(-1, 1), st.none(), st.sampled_from([0.0, -0.0, 5e-324, -5e-324, 1e308, -1e308]))
WHOLE = st.one_of(st.integers(-(2**63), 2**63 - 1), st.integers(0, 300), st.none())


def of(values, kind=pl.Float64):
    return Histogram.of(pl.Series(values, dtype=kind))


@pytest.mark.parametrize(("numbers", "kind"), [(NUMBERS, pl.Float64), (WHOLE, pl.Int64)])
def test_any_parts_in_any_order_make_the_histogram_of_the_whole(numbers, kind):
    @given(st.lists(st.lists(numbers, max_size=8), max_size=5), st.randoms())
    def law(parts, random):
        whole = of([value for part in parts for value in part], kind)
        random.shuffle(parts)
        total = Histogram()
        for part in parts:
            total += of(part, kind)
        assert total == (whole if parts else Histogram())
        assert sum((of(part, kind) for part in reversed(parts)), Histogram()) == total

    law()


@given(st.lists(NUMBERS, max_size=40))
def test_every_value_is_counted_once_in_a_bin_that_holds_it(values):
    found = of(values)
    finite = [v for v in values if v is not None and math.isfinite(v)]
    assert found.total == len(finite)
    assert found.odd == len(values) - len(finite)
    assert len(found.counts) <= MOST
    if finite:
        assert found.counts[0] > 0
        assert found.counts[-1] > 0
        last = found.first + len(found.counts)
        assert found.first * found.width <= min(finite)
        assert max(finite) <= last * found.width or max(finite) == 1e308


@given(st.lists(st.floats(-1e9, 1e9), min_size=1), st.integers(0, 12))
def test_wider_bins_count_the_same(values, wider):
    found = of(values)
    assert found.coarser(wider).total == found.total
    assert found.coarser(wider).coarser(1) == found.coarser(wider + 1)


def test_whole_numbers_have_bins_of_their_own_as_long_as_there_is_room():
    found = of([28, 28, 30], pl.Int64)
    assert (found.exponent, found.first, found.counts) == (0, 28, (2, 0, 1))
    assert of([0, MOST - 1], pl.Int64).exponent == 0
    assert of([0, MOST], pl.Int64).exponent == 1


def test_what_is_no_number_is_counted_apart():
    assert of([None, math.nan, math.inf, 1.0]).odd == 3
    assert Histogram.of(pl.Series(["a", None])) == Histogram(odd=2)
    assert Histogram.of(pl.Series([None, None])) == Histogram(odd=2)


def verdict(failed=0, checked=10):
    return Verdict(code="Q1", name="n", level=Level.ERROR, observed=0.0, limit=0.0, unit="u",
                   checked=checked, failed=failed)  # fmt: skip


def drawn(values, kind=pl.Float64, **bounds):
    return draw(Distribution("column", "px", bounds, "says", of(values, kind)), verdict())


def test_a_limit_is_drawn_between_the_last_inside_and_the_first_outside():
    figure = drawn([26, 27, 28, 29, 30], pl.Int64, le=28)
    (line,) = figure.lines
    bars = [float(one.split()[0]) for one in figure.bars.split("M")[1:]]
    assert line.x == pytest.approx(bars[3], abs=0.2)
    assert line.name == "≤ 28"
    ((x, width),) = figure.outside
    assert x == line.x
    assert x + width == WIDTH - 10


def test_a_limit_far_away_is_said_and_leaves_room_for_the_values():
    figure = drawn([1, 2, 3], pl.Int64, ge=1, le=32_768)
    assert [line.name for line in figure.lines] == ["≥ 1"]
    assert figure.beyond == ("limit ≤ 32,768 lies outside",)


def test_a_few_values_far_out_are_counted_and_not_drawn():
    random = np.random.default_rng(0)
    figure = drawn([*random.normal(10, 1, 5000), 500.0, float("nan")], ge=5.0, le=15.0)
    assert "values further right: 1" in figure.beyond
    assert "no finite number: 1" in figure.beyond
    assert figure.bars.count("M") > 5


@given(
    st.lists(NUMBERS, max_size=30),
    st.dictionaries(st.sampled_from(["ge", "le", "gt", "lt", "eq"]), st.floats(allow_nan=False, allow_infinity=False)),
)
def test_every_drawing_stays_on_the_paper(values, bounds):
    figure = drawn(values, **bounds)
    if figure is None:
        assert not of(values).counts or max(abs(v) for v in values if v and math.isfinite(v)) > 1e299
        return
    for mark in (*figure.lines, *figure.ends):
        assert -1 <= mark.x <= WIDTH + 1
    for x, width in figure.outside:
        assert -1 <= x <= x + width <= WIDTH + 1
    for bar in figure.bars.split("M")[1:]:
        left, rest = bar.split(" ")
        base, height, width = rest.replace("v", " ").replace("h", " ").split()[:3]
        assert -1 <= float(left) <= WIDTH + 1
        assert 0 <= float(base) + float(height) <= HEIGHT
    assert "nan" not in figure.bars + figure.alt


def test_categories_are_marked_and_text_is_not():
    assert [m.name for m in drawn([1, 3], pl.Int64, isin=(1, 3, 4)).lines] == ["= 1", "= 3", "= 4"]
    assert drawn([1, 3], pl.Int64, isin=("a", "b")).lines == ()
