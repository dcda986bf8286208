"""The door to pandera: what it lets through is inside the limits, whatever the traps."""

import math
import os
import subprocess
import sys

import pandera.polars as pa
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import datastd
from datastd import limit
from datastd.errors import UsageError
from datastd.model import Level, Outcome
from datastd.rules.row_limits import RowLimits, _not_finite


def door(kind=float, measured=None, **bounds):
    model = type("Rows", (pa.DataFrameModel,), {"__annotations__": {"x": kind}, "x": limit(**bounds)})
    return RowLimits(model, measured or {})


def outside(rows, **bounds):
    kind = {pl.Int64: int, pl.Float64: float, pl.String: str}[rows["x"].dtype]
    return door(kind, **bounds).outside(rows)["x"].to_list()


def table(*values, dtype=pl.Float64):
    return pl.DataFrame({"x": pl.Series(values, dtype=dtype)})


@pytest.mark.parametrize(
    ("bounds", "inside", "beyond"),
    [
        ({"ge": 1}, [1.0, 1e300], [0.999]),
        ({"le": 1}, [1.0, -1e300], [1.001]),
        ({"gt": 1}, [1.001], [1.0]),
        ({"lt": 1}, [0.999], [1.0]),
        ({"eq": 1}, [1.0], [0.999, 1.001]),
        ({"isin": [1.0, 3.0]}, [1.0, 3.0], [2.0]),
        ({"ge": 1, "le": 2}, [1.0, 2.0], [0.9, 2.1]),
        ({"gt": 0, "lt": 1, "isin": [0.5, 2.0]}, [0.5], [2.0, 0.6]),
    ],
)
def test_each_bound_and_its_boundary(bounds, inside, beyond):
    assert outside(table(*inside), **bounds) == [False] * len(inside)
    assert outside(table(*beyond), **bounds) == [True] * len(beyond)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, None])
@pytest.mark.parametrize("bounds", [{"ge": 0}, {"le": 0}, {"ge": -1e300}, {"isin": [0.0]}, {"eq": 0}])
def test_what_is_no_finite_number_is_outside_every_limit(value, bounds):
    assert outside(table(value, 0.0), **bounds)[0] is True
    assert outside(table(value), **bounds) == [True]


def test_nothing_is_left_to_pandera_alone():
    """Its own look at null and NaN is a second one."""
    found = _not_finite(pl.Series([None, 1.0, math.nan, math.inf]))
    assert found.to_list() == [True, False, True, True]
    assert _not_finite(pl.Series([None, 1])).to_list() == [True, False]


def test_text_and_whole_numbers_have_limits_too():
    assert outside(table("a", "c", None, dtype=pl.String), isin=["a", "b"]) == [False, True, True]
    assert outside(table("a", "c", dtype=pl.String), eq="a") == [False, True]
    assert outside(table(1, 5, None, dtype=pl.Int64), ge=2) == [True, False, True]


@given(
    st.lists(st.floats() | st.none(), max_size=20), st.floats(-10, 10), st.floats(-10, 10),
)  # fmt: skip
def test_it_agrees_with_plain_comparisons(values, low, high):
    expected = [v is None or not math.isfinite(v) or not low <= v <= high for v in values]
    assert outside(table(*values), ge=low, le=high) == expected


def test_a_column_of_another_type_is_outside_as_a_whole():
    rows = pl.DataFrame({"x": [1, 2, 3]})
    assert door(float, ge=0).outside(rows)["x"].to_list() == [True] * 3
    assert door(int, ge=0).outside(table(1.0))["x"].to_list() == [True]
    assert door(int, ge=0).outside(table("1", dtype=pl.String))["x"].to_list() == [True]


def test_a_column_that_is_not_there_was_not_looked_at():
    class Rows(pa.DataFrameModel):
        x: float = limit(ge=0)
        y: float = limit(ge=0)

    both = RowLimits(Rows, {})
    assert {*both.outside(table(-1.0))} == {"x"}
    assert both.outside(pl.DataFrame({"z": [1]})) == {}
    assert both.outside(table())["x"].len() == 0


def test_columns_do_not_shadow_each_other():
    class Rows(pa.DataFrameModel):
        x: float = limit(ge=0)
        y: int = limit(le=5)

    found = RowLimits(Rows, {}).outside(pl.DataFrame({"x": [1.0, -1.0, 1.0], "y": [9, 1, 1], "z": [1, 2, 3]}))
    assert {name: marks.to_list() for name, marks in found.items()} == {
        "x": [False, True, False], "y": [True, False, False]
    }  # fmt: skip


def test_the_limit_is_a_rule_of_its_own():
    measured = {"x": ("Q199", "mean-outside", Level.WARN, "px")}
    rule = door(measured=measured, ge=0, tolerate=0.25, because="known").limits["x"]
    assert rule.called == ("Q199", "mean-outside")
    assert (rule.level, rule.limit, rule.because) == (Level.WARN, 0.25, "known")
    marks = [pl.DataFrame({"x": [True, False]}), pl.DataFrame({"x": [False, False]})]
    found = fold_marks(rule, marks)
    assert (found.observed, found.checked, found.failed) == (0.25, 4, 1)
    assert rule.judge(found).outcome is Outcome.PASS
    more = fold_marks(rule, [*marks, pl.DataFrame({"x": [True]})])
    assert rule.judge(more).outcome is Outcome.WARN
    assert rule.judge(more, Level.ERROR).outcome is Outcome.FAIL
    assert rule.judge(fold_marks(rule, [])).outcome is Outcome.UNKNOWN
    assert fold_marks(rule, []).observed == 0


def fold_marks(rule, parts):
    return rule.finish([rule.partial(part) for part in parts])


def test_a_plain_column_is_judged_under_the_common_code():
    rule = door(ge=0).limits["x"]
    assert rule.called == ("C708.x", "value-out-of-range (x)")
    assert rule.level is Level.ERROR
    assert door(ge=0, level=Level.WARN).limits["x"].level is Level.WARN
    assert door(ge=0, error_from="team").limits["x"].error_from == "team"
    assert (rule.limit, rule.because, rule.unit) == (0.0, "", "fraction of samples")


@pytest.mark.parametrize(
    ("bounds", "said"),
    [({"ge": 1, "le": 2.5}, "≥ 1 and ≤ 2.5"), ({"gt": 0}, "> 0"), ({"lt": 0}, "< 0"),
     ({"eq": 28}, "= 28"), ({"isin": [1, 3]}, "in (1, 3)")],
)  # fmt: skip
def test_a_limit_says_what_a_row_would_have_to_be(bounds, said):
    assert door(**bounds).limits["x"].bound() == said


@pytest.mark.parametrize(
    ("column", "unit", "bounds", "found", "said"),
    [
        ("shortest_side_px", "px", {"ge": 10}, 4.0, "shortest side (px): expected ≥ 10, found 4"),
        ("unknown_keys", "keys", {"eq": 0}, 2.0, "unknown keys: expected 0, found 2"),
        ("flat_rings", "polygons", {"eq": 0}, 1.0, "flat rings (polygons): expected 0, found 1"),
        ("unknown_role", "0 or 1", {"eq": 0}, 1.0, "unknown role: expected false, found true"),
        ("area_per_box", "", {"le": 1.05}, float("inf"), "area per box: expected ≤ 1.05, found no finite number"),
        ("area_px", "px", {"le": 89_478_485}, 12e7, "area (px): expected ≤ 89,478,485, found 120,000,000"),
        # Not every 0 or 1 is yes or no.
        ("crowd_value", "0 or 1", {"ge": 0, "le": 1}, 5.0, "crowd value: expected ≥ 0 and ≤ 1, found 5"),
        ("channels", "channel", {"isin": [1, 3, 4]}, 2.0, "channels: expected 1, 3 or 4, found 2"),
    ],
)
def test_what_was_found_is_said_by_the_columns_name_and_unit(column, unit, bounds, found, said):
    model = type("Rows", (pa.DataFrameModel,), {"__annotations__": {column: float}, column: limit(**bounds)})
    measured = {column: ("Q199", "outside", Level.WARN, unit)}
    assert RowLimits(model, measured).limits[column].says(found) == said


def test_a_text_that_is_none_of_those_expected_is_no_number():
    rule = door(kind=str, isin=["RGB", "{}"]).limits["x"]
    assert rule.says(math.nan) == "x: expected RGB or {}, found another text, or none"
    assert rule.compared("CMYK") == "x: expected RGB or {}, found CMYK"


def test_the_unit_of_a_column_is_in_no_digest_twice():
    measured = {"x": ("Q199", "outside", Level.WARN, "px")}
    plain = door(measured=measured, ge=0).limits["x"].model_dump(mode="json")
    assert "px" not in str(plain)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({}, "expected at least one bound, found none"),
        ({"tolerate": 0.5}, "expected at least one bound, found none"),
        ({"ge": -math.inf}, "expected finite bounds"),
        ({"le": math.nan}, "expected finite bounds"),
        ({"ge": 0, "tolerate": 0.1}, "a tolerance above zero needs a `because`"),
        ({"ge": 0, "tolerate": 0.1, "because": " "}, "a tolerance above zero needs a `because`"),
    ],
)
def test_a_limit_without_a_bound_or_a_reason_is_refused(arguments, says):
    with pytest.raises(ValueError) as refused:
        limit(**arguments)
    assert str(refused.value) == f"limit: {says}"


def model(field, kind=float, **more):
    return type("Rows", (pa.DataFrameModel,), {"__annotations__": {"x": kind}, "x": field, **more})


META = {"metadata": {"datastd": {"bounds": {"ge": 0}, "tolerate": 0.0, "because": "", "level": None,
                                 "error_from": None}}}  # fmt: skip


OTHER = "Rows.x: expected datastd.limit(…), found another field"
PLAIN = (
    "Rows.x: expected a plain column with the checks of its limit, "
    "found null, unique, coerced, optional, warning, or more checks"
)
FRAME = "Rows: expected limits of columns only, found checks or settings of the frame"


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (model(pa.Field(ge=0)), OTHER),
        (model(pa.Field(ge=0, nullable=True, **META)), PLAIN),
        (model(pa.Field(ge=0, unique=True, **META)), PLAIN),
        (model(pa.Field(ge=0, coerce=True, **META)), PLAIN),
        (model(pa.Field(ge=0, regex=True, **META)), PLAIN),
        (model(pa.Field(ge=0, le=1, **META)), PLAIN),
        (model(pa.Field(**META)), PLAIN),
        (model(limit(ge=0), kind=float | None), PLAIN),
        (model(pa.Field(ge=0, raise_warning=True, **META)), PLAIN),
        (model(limit(eq="1"), kind=int), "Rows.x: expected numbers as bounds of Int64, found a str under `eq`"),
        (model(limit(isin=[1, "a"]), kind=float), "Rows.x: expected numbers as bounds of Float64, found a str under `isin`"),
        (model(limit(ge=3), kind=str), "Rows.x: expected strings as bounds of String, found a int under `ge`"),
        (model(limit(ge=3), kind=pl.Date), "Rows.x: expected a column of numbers, strings or Booleans, found Date"),
        (model(limit(ge=0), Config=type("Config", (), {"drop_invalid_rows": True})), FRAME),
        (model(limit(ge=0), Config=type("Config", (), {"coerce": True})), FRAME),
        (model(limit(ge=0), Config=type("Config", (), {"unique": ["x"]})), FRAME),
        (model(limit(ge=0), odd=pa.dataframe_check(lambda data: data.lazyframe.select(pl.lit(None)))), FRAME),
        (model(limit(ge=0), odd=pa.check("x")(lambda data: data.lazyframe.select(pl.lit(None)))), PLAIN),
    ],
)
def test_what_could_pass_unseen_is_refused_when_the_standard_is_made(rows, says):
    with pytest.raises(UsageError) as refused:
        RowLimits(rows, {})
    assert str(refused.value) == says


@pytest.mark.parametrize(("kind", "given", "inside", "outside"), [
    (int, {"eq": 1}, 1, 2), (float, {"isin": [1, 2.5]}, 2.5, 2.0), (str, {"isin": ["a"]}, "a", "b"), (str, {"ge": "b"}, "b", "a"), (bool, {"eq": 1}, True, False),
])  # fmt: skip
def test_bounds_are_of_the_type_of_their_column(kind, given, inside, outside):
    rows = pl.DataFrame({"x": [inside, outside]})
    assert RowLimits(model(limit(**given), kind=kind), {}).outside(rows)["x"].to_list() == [False, True]


def test_a_standard_with_a_bound_of_another_type_is_bad_usage(tmp_path):
    (tmp_path / "odd.py").write_text(
        "import pandera.polars as pa\nfrom datastd import Standard, limit\n"
        "class Rows(pa.DataFrameModel):\n    n: int = limit(eq='1')\n"
        "standard = Standard(name='odd/1', about='x', formats=('memory',), rows=Rows)\n"
    )
    with pytest.raises(UsageError, match="numbers as bounds of Int64"):
        datastd.check(pl.DataFrame({"n": [1, 2]}), standard=tmp_path / "odd.py")


@pytest.mark.parametrize("enabled", ["yes", "no", "False", "0", "True", "1", ""])
@pytest.mark.parametrize("depth", ["SCHEMA_ONLY", "DATA_ONLY", "SCHEMA_AND_DATA"])
def test_no_switch_of_the_environment_opens_the_door(enabled, depth):
    script = (
        "import polars as pl, pandera.polars as pa\n"
        "from datastd import limit\n"
        "from datastd.rules.row_limits import RowLimits\n"
        "class Rows(pa.DataFrameModel):\n"
        "    x: float = limit(ge=0)\n"
        "print(RowLimits(Rows, {}).outside(pl.DataFrame({'x': [1.0, -1.0]}))['x'].to_list())\n"
        "print(RowLimits(Rows, {}).outside(pl.DataFrame({'x': [1]}))['x'].to_list())\n"
    )
    environment = os.environ | {"PANDERA_VALIDATION_ENABLED": enabled, "PANDERA_VALIDATION_DEPTH": depth}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True)
    assert done.stdout == "[False, True]\n[True]\n", done.stderr


def test_the_door_is_safe_to_use_from_threads():
    from concurrent.futures import ThreadPoolExecutor

    both = door(ge=0)
    with ThreadPoolExecutor(8) as pool:
        found = [*pool.map(lambda n: both.outside(table(float(n % 2) - 0.5))["x"][0], range(200))]
    assert found == [n % 2 == 0 for n in range(200)]


NUMBERS = [0.0, -0.0, 1.0, 2.0, -1.0, math.nan, math.inf, -math.inf, None, 1e300]
BOUNDS = st.dictionaries(st.sampled_from(["ge", "le", "gt", "lt", "eq"]), st.sampled_from([-1, 0, 1, 2, 0.5]), min_size=1)


@given(st.lists(st.sampled_from(NUMBERS), max_size=6), BOUNDS, st.booleans())
def test_one_look_at_a_column_says_what_pandera_does(values, bounds, whole):
    if whole:
        rows = table(*[int(v) if v is not None and math.isfinite(v) and v < 9 else None for v in values], dtype=pl.Int64)
    else:
        rows = table(*values)
    limits = door(int if whole else float, **bounds)
    found = limits.outside(rows)["x"].to_list()
    limits._inside = lambda rows, present: set()  # pandera is asked about each column
    assert limits.outside(rows)["x"].to_list() == found


def test_pandera_is_not_asked_about_what_is_inside(monkeypatch):
    from datastd.rules import row_limits

    monkeypatch.setattr(row_limits, "_failures", None)
    assert outside(table(1.0, 2.0), ge=1, le=2) == [False, False]
    for rows in (table(0.0), table(None), table(math.nan), table(1, dtype=pl.Int64)):
        with pytest.raises(TypeError):
            door(ge=1).outside(rows)


@pytest.mark.parametrize("bound", [2**53, 2**60 + 1])
def test_a_whole_number_is_no_float_where_those_are_rounded(bound):
    rows = table(bound, bound + 1, dtype=pl.Int64)
    assert outside(rows, le=bound) == [False, True]
    assert outside(table(bound, dtype=pl.Int64), le=bound) == [False]
    assert outside(table(bound + 1, dtype=pl.Int64), le=bound) == [True]
    assert outside(table(2**53 + 1, dtype=pl.Int64), le=2**53 - 1) == [True]
    assert outside(table(2**60, dtype=pl.Int64), le=2**60 - 1) == [True]  # as a float it is 2**60
