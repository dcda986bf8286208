"""Drift against an earlier version: definitions against plain ones, chance, splits, and the engine."""

import gzip
import math

import drift_cases
import numpy as np
import polars as pl
import pytest
from drift_cases import JS, KS, LABELS, LINF, PSI, TENTHS, TWO, pairs, versions
from hypothesis import given
from hypothesis import strategies as st
from support import SHARED, needs_data

from datastd import Standard
from datastd.model import Outcome
from datastd.rules import fold
from datastd.rules.columns import MOST
from datastd.rules.drift import ROWS, Spread, _binned, _number, distances
from datastd.rules.drift.distances import chebyshev, jensen_shannon, kolmogorov_smirnov, psi
from datastd.rules.drift.new_category import NewCategory

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
COUNTS = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=30).filter(
    lambda drawn: all(map(sum, zip(*drawn, strict=True)))
)


def spread(drawn):
    here, before = (np.array(one, np.int64) for one in zip(*drawn, strict=True))
    return Spread([str(n) for n in range(len(drawn))], here, before)


@given(st.lists(NUMBERS, min_size=1))
def test_numbers_keep_their_order_in_bins_and_are_near_their_own(drawn):
    bins = _binned(pl.Series(drawn, dtype=pl.Float64)).to_list()
    for (a, one), (b, other) in zip(sorted(zip(drawn, bins, strict=True)), sorted(zip(drawn, bins, strict=True))[1:], strict=False):
        assert a == b or one <= other
    for number, at in zip(drawn, bins, strict=True):
        nearest = _number(at)
        assert abs(nearest) <= abs(number)
        assert abs(number - nearest) <= max(abs(number) / 1024, 5e-324 * 2**42)


def test_whole_numbers_up_to_2048_are_themselves():
    whole = [*range(-2048, 2049)]
    assert [_number(one) for one in _binned(pl.Series(whole))] == whole
    assert _number(_binned(pl.Series([2049]))[0]) == 2048
    assert _binned(pl.Series([0.0, -0.0])).n_unique() == 1


def test_what_is_no_finite_number_is_missing():
    assert _binned(pl.Series([None, np.nan, np.inf, -np.inf])).to_list() == [None] * 4
    assert _binned(pl.Series(["x", "7"])).to_list()[0] is None


@given(COUNTS)
def test_distances_are_nothing_between_equals_and_know_their_bounds(drawn):
    one = spread(drawn)
    same = Spread(one.values, one.before, one.before)
    for distance, most in ((psi, np.inf), (jensen_shannon, 1), (kolmogorov_smirnov, 1), (chebyshev, 1)):
        assert distance(same) == pytest.approx(0, abs=1e-12)
        assert 0 <= distance(one) <= most + 1e-12


@given(COUNTS)
def test_distances_agree_with_their_definitions(drawn):
    one = spread(drawn)
    a, e = one.shares
    assert jensen_shannon(one) == pytest.approx(drift_cases.divergence(a, e), abs=1e-12)
    assert psi(one) == pytest.approx(drift_cases.psi(np.maximum(a, 1e-4), np.maximum(e, 1e-4)))
    assert chebyshev(one) == pytest.approx(max(abs(p - q) for p, q in zip(a, e, strict=True)))
    # D of two samples: over every place, the shares of what is no more than it.
    samples = [np.repeat(np.arange(len(drawn)), counts) for counts in (one.here, one.before)]
    steps = [max(abs((samples[0] <= n).mean() - (samples[1] <= n).mean()) for n in range(len(drawn)))]
    assert kolmogorov_smirnov(one) == pytest.approx(max(steps))


@given(st.lists(st.integers(-40, 40), min_size=1, max_size=80), st.lists(st.integers(-40, 40), min_size=1, max_size=80))
def test_tenths_are_those_of_the_reference(here, before):
    values = sorted({*here, *before})
    one = Spread([str(n) for n in values], *(np.array([some.count(n) for n in values]) for some in (here, before)))
    tenths = one.in_tenths()
    order = sorted(before)
    # The k-th edge: the least value up to which k tenths of the reference lie.
    edges = sorted({order[int(np.ceil(len(order) * k / 10)) - 1] for k in range(1, 10)})
    for side, counted in ((here, tenths.here), (before, tenths.before)):
        plain = np.bincount(np.searchsorted(edges, side), minlength=len(counted))
        assert counted.tolist() == plain.tolist()
    assert len(tenths.values) == len(tenths.here) <= 10


@pytest.mark.parametrize("rule", [PSI, KS, JS, LINF, LABELS], ids=lambda rule: rule.code)
@pytest.mark.parametrize("sizes", [(20, 20), (300, 4000), (5000, 5000)])
def test_two_samples_of_one_population_do_not_drift(rule, sizes):
    random = np.random.default_rng(5)
    name = rule.columns[0]
    alarms = 0
    for _ in range(40):
        here, before = (
            random.normal(size=n).round(2) if rule.numbers else random.zipf(1.6, n).clip(0, 30).astype(str) for n in sizes
        )
        measured = fold(rule, [versions(here, before, name)])
        alarms += rule.judge(measured).outcome is not Outcome.PASS
    assert alarms == 0


def test_a_shift_by_three_tenths_of_the_deviation_is_found():
    """The catalogue's planted defect: 0.3 sd of 10,000 is a D of about 0.12."""
    random = np.random.default_rng(1)
    before = random.normal(size=10_000)
    measured = fold(KS, [versions(random.normal(size=10_000) + 0.3, before)])
    assert measured.observed == pytest.approx(0.12, abs=0.01)
    assert KS.judge(measured).outcome is Outcome.WARN
    assert PSI.judge(fold(PSI, [versions(random.normal(size=10_000) + 0.5, before)])).outcome is Outcome.WARN


def test_a_share_that_moves_by_two_hundredths_is_found():
    """The catalogue's planted defect of C733."""
    measured = fold(LINF, [versions(drift_cases.drawn(a=10_400, b=9600), drift_cases.drawn(a=10_000, b=10_000), "c")])
    assert measured.observed == pytest.approx(0.02)
    assert LINF.judge(measured).outcome is Outcome.WARN


def test_a_small_split_that_is_another_is_found_behind_a_large_one():
    whole = [*range(10)] * 2000
    both = [
        versions(whole, whole), versions([0] * ROWS, [*range(10)] * (ROWS // 10), splits=("val", "val")),
    ]  # fmt: skip
    measured = fold(PSI, both)
    assert measured.examples[0].key == "x of val"
    assert PSI.judge(fold(PSI, both[:1])).outcome is Outcome.PASS
    assert PSI.judge(measured).outcome is Outcome.WARN


def test_between_its_steps_psi_warns_and_beyond_them_a_team_fails():
    tenths = [*range(10)] * 1000
    for more, outcome in ((0, Outcome.PASS), (1500, Outcome.WARN), (9000, Outcome.FAIL)):
        measured = fold(PSI, [versions([*tenths, *[0] * more, *[1] * more], tenths)])
        assert PSI.judge(measured, Standard.level(PSI, "team")).outcome is outcome
        assert PSI.judge(measured, Standard.level(PSI, "dev")).outcome is (Outcome.WARN if more else Outcome.PASS)


def test_too_many_categories_are_not_compared():
    many = [str(n) for n in range(MOST + 1)]
    for cut in (1, 2, 5000):
        table = versions(many, many[: MOST // 2], "c")
        measured = fold(LINF, [table[:cut], table[cut:]])
        assert (measured.checked, measured.examples[0].key) == (0, "c")
        assert LINF.judge(measured).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("rule", [*{rule.code: rule for rule, *_ in drift_cases.CASES}.values()], ids=lambda rule: rule.code)
@pytest.mark.parametrize("sides", [([], [1, 2]), ([1, 2], [])])
def test_compared_with_nothing_is_not_compared(rule, sides):
    names = [name for name in rule.reads if name != "split"] or ["x"]
    table = versions(*sides, names[0]).with_columns(pl.col(names[0]).alias(name) for name in names[1:])
    assert fold(rule, [table]).checked == 0


@pytest.mark.parametrize(
    ("rule", "values"),
    [(PSI, [None] * 50), (KS, [float("nan")] * 50), (PSI, ["a", "b"] * 25), (JS, [None] * 50), (LINF, [None] * 50),
     (LABELS, [None] * 50), (NewCategory(), [None] * 50)],
    ids=lambda one: getattr(one, "code", ""),
)  # fmt: skip
def test_a_column_without_a_value_has_not_been_compared(rule, values):
    table = versions(values, values, rule.reads[0])
    for parts in ([table], [table[:20], table[20:]]):
        measured = fold(rule, parts)
        assert (measured.observed, measured.checked) == (0, 0)
        assert rule.judge(measured).outcome is Outcome.UNKNOWN


@needs_data
def test_the_splits_of_mnist_do_not_drift():
    """The catalogue's negative control: PSI 0.000341, L-infinity 0.0039."""
    train, test = (
        np.bincount(_labels(f"mnist/{name}-labels-idx1-ubyte.gz"), minlength=10) for name in ("t10k", "train")
    )
    one = Spread([str(n) for n in range(10)], train, test)
    assert psi(one) == pytest.approx(0.000341, abs=1e-5)
    assert chebyshev(one) == pytest.approx(0.0039, abs=1e-4)
    assert one.is_chance


def _labels(path):
    return np.frombuffer(gzip.decompress((SHARED / path).read_bytes()), np.uint8, offset=8)


def gauss(seed, count=10_000, shift=(0.0, 0.0), alike=0.0):
    """Rows of two numbers around 10, of deviation 1, so far shifted, and so much alike."""
    random = np.random.default_rng(seed)
    first, other = random.normal(size=(2, count))
    return [*zip((first + shift[0] + 10).tolist(), (alike * first + (1 - alike**2) ** 0.5 * other + shift[1] + 10).tolist(), strict=True)]


@pytest.mark.parametrize(("shift", "alike", "distance"), [
    ((1, 1), 0, 2**0.5), ((0.2, 0), 0, 0.2), ((0.4, 0.4), 0, 0.4 * 2**0.5), ((0.3, -0.3), 0.9, 0.3 * (2 / 0.1) ** 0.5),
])  # fmt: skip
def test_columns_together_tell_versions_apart_as_mahalanobis_has_it(shift, alike, distance):
    """The catalogue's planted defect: two features, each shifted by a standard deviation."""
    table = pairs(gauss(1, shift=shift, alike=alike), gauss(2, alike=alike))
    # Around 10 asinh is all but a straight line: of slope 1 / sqrt(101), which d does not see.
    measured = fold(TWO, [table])
    assert measured.observed == pytest.approx(math.erf(distance / 2), abs=0.03)
    assert (TWO.judge(measured).outcome is Outcome.WARN) == (distance > 0.46)
    if measured.observed:
        assert fold(TWO, [table[:7], table[7:9000], table[9000:]]) == measured
        assert "deviations away" in measured.examples[0].detail


@pytest.mark.parametrize("sizes", [(6, 6), (20, 20), (50, 3000), (4000, 4000)])
def test_of_one_population_no_classifier_tells_versions_apart(sizes):
    alarms = [seed for seed in range(40) if fold(TWO, [pairs(*(gauss([seed, n], size) for n, size in enumerate(sizes)))]).observed]
    assert alarms == []


@given(st.lists(st.tuples(st.floats(allow_nan=True), st.one_of(st.none(), st.floats())), min_size=2, max_size=12), st.integers(1, 11), st.integers(0, 12))
def test_any_numbers_have_a_measurement_whatever_the_parts(rows, cut, at):
    table = pairs(rows[: min(cut, len(rows) - 1)], rows[min(cut, len(rows) - 1) :])
    for rule in (TWO, drift_cases.W1):
        whole = fold(rule, [table])
        assert math.isfinite(whole.observed)
        assert fold(rule, [part for part in (table[:at], table[at:]) if part.height]) == whole


def test_columns_that_say_the_same_do_not_divide_by_nothing():
    same = [(x, x) for x in range(10)] * 60
    assert fold(TWO, [pairs(same, same)]).observed == 0
    assert fold(TWO, [pairs([(x + 9, x + 9) for x, _ in same], same)]).observed > 0.85
    assert fold(TWO, [pairs([(5, 5)] * 600, [(7, 7)] * 600)]).observed > 0.9
    assert fold(TWO, [pairs([(None, "x")] * 9, [(None, None)] * 9)]).checked == 0


def test_sums_of_a_hundred_million_rows_do_not_overflow():
    part = TWO.partial(pairs([(1e300, -1e300)] * 1000, [(1e300, 1e300)] * 1000))
    many = part.with_columns(pl.col(pl.Int64) * 10**5)
    observed = TWO.finish([many]).observed
    assert observed > 0.99


def test_a_small_split_that_is_another_is_told_apart_behind_a_large_one():
    large = pairs(gauss(1, 20_000), gauss(2, 20_000))
    small = pairs(gauss(3, 1500, shift=(1, 1)), gauss(4, 1500), splits=("val", "val"))
    assert fold(TWO, [large, small]).examples[0].key == "val"
    assert TWO.judge(fold(TWO, [large])).outcome is Outcome.PASS


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=30), st.lists(st.integers(-50, 50), min_size=1, max_size=30))
def test_the_distance_of_wasserstein_is_that_of_quantiles(here, before):
    """Of the definition: the mean distance of quantiles, here of n x m of each."""
    values = sorted({*here, *before})
    spread = Spread([str(n) for n in values], *(np.array([some.count(n) for n in values]) for some in (here, before)), np.array(values, float))
    plain = np.abs(np.repeat(sorted(here), len(before)) - np.repeat(sorted(before), len(here))).mean()
    assert distances.wasserstein(spread, 0.001) == pytest.approx(plain / max(np.std(before), 0.001))


@pytest.mark.parametrize(("odd", "outcome"), [(0, Outcome.PASS), (9, Outcome.PASS), (60, Outcome.WARN)])
def test_a_few_values_far_away_are_found_beyond_chance(odd, outcome):
    some = [float(n) for n in TENTHS] * 8  # 4,800
    table = versions([*[1e6] * odd, *some[odd:]], some)
    assert drift_cases.W1.judge(fold(drift_cases.W1, [table])).outcome is outcome
    assert PSI.judge(fold(PSI, [table])).outcome is KS.judge(fold(KS, [table])).outcome is Outcome.PASS


@pytest.mark.parametrize("sizes", [(20, 20), (300, 4000), (5000, 5000)])
def test_of_one_population_no_distance_is_beyond_chance(sizes):
    random = np.random.default_rng(6)
    for draw in (random.normal, random.standard_cauchy, random.exponential):
        tables = (versions(*(draw(size=n).round(2) for n in sizes)) for _ in range(20))
        assert [fold(drift_cases.W1, [one]).observed for one in tables if fold(drift_cases.W1, [one]).observed] == []


def test_where_one_version_has_no_number_nothing_was_compared():
    some = [float(n) for n in TENTHS]
    for sides in ([None] * 9, some), (some, [float("nan")] * 9):
        measured = fold(drift_cases.W1, [versions(*sides)])
        assert (measured.checked, measured.examples[0].key) == (0, "x")
    val = versions([None] * ROWS, [1] * ROWS, splits=("val", "val"))  # a split of which nothing is known says nothing
    assert fold(drift_cases.W1, [versions(TENTHS, TENTHS), val]).checked
