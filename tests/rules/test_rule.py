"""The base of all rules: limits need reasons, counts are exact, examples come in order."""

import math

import polars as pl
import pytest
from pydantic import ValidationError

from datastd.model import Example, Level, Measurement, Outcome
from datastd.rules import (
    FAILING,
    GroupRule,
    RowRule,
    Rule,
    examples,
    fold,
    in_key_order,
    totals,
    with_examples,
)


class Odd(RowRule):
    code, name, reads = "Q900", "odd", ("n",)

    def failing(self, rows):
        return rows.filter(pl.col("n") % 2 == 1).select(
            "key", "split", observed=pl.col("n").cast(pl.Float64)
        )


class Twice(GroupRule):
    code, name, reads, meets_on, group = "Q901", "twice", ("n",), "n", ("n",)

    def wrong(self):
        return pl.len().over("n") > 1


class Bare(Rule):
    code, name, unit, reads = "Q902", "bare", "u", ("n",)


def rows(*numbers, origin="data"):
    return pl.DataFrame(
        {"key": [f"f#{n}" for n in range(len(numbers))], "split": "s", "origin": origin, "n": numbers},
        schema_overrides={"n": pl.Int64},
    )


def test_a_limit_above_zero_needs_a_reason():
    assert Odd(limit=2, because="known").limit == 2
    for because in ("", " ", "\n"):
        with pytest.raises(ValidationError, match="Q900: a limit above zero needs a `because`"):
            Odd(limit=0.1, because=because)
    assert Odd().limit == 0


def test_the_lower_step_is_not_above_the_upper():
    assert Odd(limit=2, warn=2, because="x").warn == 2
    with pytest.raises(ValidationError) as refused:
        Odd(limit=2, warn=2.1, because="x")
    (one,) = refused.value.errors()
    assert one["msg"] == "Value error, Q900: `warn` is the lower of two steps, `limit` the upper"


@pytest.mark.parametrize("given", [{"limit": -1}, {"limit": float("nan")}, {"more": 1},
                                   {"limit": "1"}, {"level": "error"}, {"code": "X"}])  # fmt: skip
def test_a_rule_is_strict(given):
    with pytest.raises(ValidationError):
        Odd(because="x", **given)


def test_a_row_rule_counts_rows():
    measured = fold(Odd(), [rows(1, 2), rows(3, 3), rows()])
    assert (measured.observed, measured.checked, measured.failed) == (3, 4, 3)


def test_a_group_rule_counts_groups_and_rows_and_judges_the_data_only():
    measured = fold(Twice(), [rows(1, 1, 2), rows(5, 5, 5)])
    assert (measured.observed, measured.checked, measured.failed) == (2, 6, 5)
    assert Twice().failing(rows(1, 1, 2)).rows() == [("f#0", "s", 2.0), ("f#1", "s", 2.0)]
    assert fold(Twice(), [rows(1, 2, origin="evaluation")]).checked == 0


def test_rows_without_a_value_to_meet_on_could_not_be_compared_and_fail():
    measured = fold(Twice(), [rows(1, None, 2)])
    assert (measured.observed, measured.failed) == (1, 1)


def test_a_condition_that_is_null_is_no_pass():
    class Null(Twice):
        def wrong(self):
            return pl.lit(None, pl.Boolean)

    assert fold(Null(), [rows(1, 1, 2)]).failed == 2


def test_what_a_rule_does_not_say_it_does_not_do():
    with pytest.raises(NotImplementedError):
        Bare().partial(rows(1))
    with pytest.raises(NotImplementedError):
        Bare().finish([])
    with pytest.raises(NotImplementedError):
        GroupRule().wrong()
    assert Bare().failing(rows(1)).rows() == []
    assert Bare().failing(rows(1)).schema == pl.Schema(FAILING)
    assert Bare(limit=0.25, because="x").bound() == "at most 0.25"
    assert Bare().called == ("Q902", "bare")
    assert (Bare.table, Bare.meets_on, Bare.needs, Bare.version) == ("samples", None, (), 1)
    assert (Odd.unit, Twice.unit) == ("samples", "groups")


def test_a_verdict_takes_everything_from_rule_and_measurement():
    one = Example(key="k", observed=1.0)
    measured = Measurement(observed=3, checked=9, failed=2, examples=(one,))
    verdict = Bare(limit=4, warn=2, because="why", level=Level.WARN).judge(measured)
    assert verdict.plain() == {
        "code": "Q902", "name": "bare", "unit": "u", "level": "warn", "limit": 4.0, "warn": 2.0,
        "because": "why", "observed": 3.0, "checked": 9, "failed": 2, "outcome": "warn",
        "examples": [{"key": "k", "observed": 1.0, "detail": ""}],
    }  # fmt: skip
    assert Bare().judge(measured).level is Level.ERROR
    assert Bare(level=Level.WARN).judge(measured, Level.ERROR).outcome is Outcome.FAIL


def test_sums_are_exact_integers():
    huge = 2**53 + 1
    parts = [pl.DataFrame({"a": [huge], "b": [1]}), pl.DataFrame({"a": [2], "b": [3]})]
    assert totals(parts, "a", "b") == [huge + 2, 4]
    assert totals(parts, "b") == [4]
    assert totals([], "a", "b") == [0, 0]


def failing(*keys):
    return pl.DataFrame({"key": keys, "split": "s", "observed": 1.0}, schema=FAILING)


def test_keys_are_ordered_by_file_and_then_by_number():
    found = in_key_order(failing("b#1", "a#10", "a#9", "a", "a#2@box7", "a#2@box1", "c#x"))
    assert found["key"].to_list() == ["a", "a#2@box1", "a#2@box7", "a#9", "a#10", "b#1", "c#x"]
    beyond = [f"a#{10**30}", "a#1"]  # a name of the user's, and no number of ours
    assert {*in_key_order(failing(*beyond))["key"]} == {*beyond}


def test_the_first_few_in_key_order_are_examples_whatever_the_parts():
    pieces = [failing("f#7", "f#3"), failing("f#10", "f#1"), failing("f#2", "f#0", "f#5")]
    assert [one.key for one in examples(Bare(), pieces)] == ["f#0", "f#1", "f#2", "f#3", "f#5"]
    assert examples(Bare(), pieces) == examples(Bare(), pieces[::-1])
    assert examples(Bare(), []) == ()


def test_an_example_that_is_no_number_says_so():
    odd = failing("f#1", "f#2", "f#3", "f#4").with_columns(
        observed=pl.Series([float("nan"), float("inf"), 2.5, None])
    )
    assert [one.observed for one in examples(Bare(), [odd])] == [None, None, 2.5, None]


def test_an_example_says_what_was_expected_and_what_was_found():
    (one, other) = examples(Bare(limit=2, because="x"), [failing("f#1", "f#2").with_columns(
        observed=pl.Series([2.5, math.nan]))])  # fmt: skip
    assert one.detail == "expected at most 2, found 2.5"
    assert other.detail == "expected at most 2, found no finite number"
    (alike,) = examples(Twice(), [failing("f#1")])
    assert alike.detail == "expected at most 0, found 1 alike"


def test_listed_rows_are_named_and_else_what_the_rule_named():
    named = (Example(key="class 3", observed=0),)
    measured = Measurement(observed=1, checked=2, failed=1, examples=named)
    assert with_examples(Bare(), measured, []) == measured
    assert with_examples(Bare(), measured, [failing("f#1")]).examples[0].key == "f#1"
    kept = with_examples(Bare(), measured, [failing("f#1")])
    assert (kept.observed, kept.checked, kept.failed) == (1, 2, 1)
