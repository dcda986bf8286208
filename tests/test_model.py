"""Conclusions follow from numbers, and a text that states others is refused."""

import copy
import itertools
import json
import pickle
from datetime import date
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, ValidationError

from datastd.errors import UsageError
from datastd.model import (
    DATA,
    PROFILES,
    ROLES,
    Example,
    FrozenMapping,
    Level,
    Measurement,
    Model,
    Outcome,
    Stated,
    Verdict,
    _bare,
    explain,
    parse_toml,
    read_toml,
    worst,
)

ORDER = [Outcome.PASS, Outcome.WARN, Outcome.WAIVED, Outcome.UNKNOWN, Outcome.FAIL]
NUMBERS = st.floats(0, 1e6)
VERDICTS = st.builds(
    Verdict,
    code=st.just("L101"), name=st.just("n"), unit=st.just("u"), level=st.sampled_from(Level),
    observed=NUMBERS, limit=NUMBERS, warn=st.none() | NUMBERS, checked=st.integers(0, 3),
    failed=st.just(0), examples=st.just(()),
).flatmap(lambda one: st.integers(0, one.checked).map(lambda n: one.model_copy(update={"failed": n})))  # fmt: skip


def verdict(**changes):
    given = {
        "code": "L101", "name": "n", "level": Level.ERROR, "observed": 0.0, "limit": 0.0,
        "unit": "u", "checked": 10, "failed": 0,
    }  # fmt: skip
    return Verdict(**{**given, **changes})


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, "pass"),
        ({"observed": 1.0, "limit": 1.0}, "pass"),
        ({"observed": 1.0, "limit": 0.99}, "fail"),
        ({"observed": 1.0, "limit": 0.99, "level": Level.WARN}, "warn"),
        ({"observed": 0.5, "limit": 1.0, "warn": 0.5}, "pass"),
        ({"observed": 0.51, "limit": 1.0, "warn": 0.5}, "warn"),
        ({"observed": 1.1, "limit": 1.0, "warn": 0.5}, "fail"),
        ({"checked": 0}, "unknown"),
        ({"checked": 0, "observed": 9.0}, "unknown"),
        ({"checked": 0, "observed": 9.0, "level": Level.WARN}, "unknown"),
        ({"checked": 1}, "pass"),
    ],
)
def test_the_outcome_follows_from_the_numbers(changes, outcome):
    assert verdict(**changes).outcome == outcome
    assert verdict(**changes).plain()["outcome"] == outcome


@pytest.mark.parametrize("kind", [Measurement, Verdict])
def test_no_more_fail_than_were_looked_at(kind):
    given = {"observed": 0.0, "checked": 2, "failed": 2}
    if kind is Verdict:
        given |= {"code": "L101", "name": "n", "level": Level.ERROR, "limit": 0.0, "unit": "u"}
    assert kind(**given).failed == 2
    with pytest.raises(ValidationError, match="failed: expected at most 2, found 3"):
        kind(**{**given, "failed": 3})


@given(VERDICTS)
def test_a_verdict_survives_its_json(one):
    assert Verdict.from_plain(one.plain()) == one


@given(VERDICTS, st.sampled_from(Outcome))
def test_a_verdict_that_claims_another_outcome_is_refused(one, claimed):
    stated = one.plain() | {"outcome": str(claimed)}
    if claimed is one.outcome:
        assert Verdict.from_plain(stated) == one
    else:
        with pytest.raises(ValueError) as refused:
            Verdict.from_plain(stated)
        assert str(refused.value) == "what is concluded does not follow from the numbers beside it"


def test_a_conclusion_that_is_left_out_is_refused():
    stated = verdict().plain()
    del stated["outcome"]
    with pytest.raises(ValueError, match="does not follow"):
        Verdict.from_plain(stated)


@given(VERDICTS, NUMBERS)
def test_more_of_a_defect_never_improves_a_verdict(one, more):
    worse = verdict(**{**dict(one), "observed": one.observed + more})
    assert ORDER.index(worse.outcome) >= ORDER.index(one.outcome)


@given(VERDICTS, NUMBERS)
def test_a_stricter_limit_never_improves_a_verdict(one, less):
    strict = verdict(**{**dict(one), "limit": max(0.0, one.limit - less), "warn": one.warn})
    assert ORDER.index(strict.outcome) >= ORDER.index(one.outcome)


@pytest.mark.parametrize(
    "stated",
    [None, 3, [], "x", {}, {"code": 1}, verdict().plain() | {"extra": 1},
     verdict().plain() | {"observed": "0"}, verdict().plain() | {"checked": 1.5},
     verdict().plain() | {"observed": -1}, verdict().plain() | {"level": "fatal"}],
)  # fmt: skip
def test_what_is_no_verdict_is_refused_without_its_values(stated):
    with pytest.raises(ValueError, match=r"[Ii]nput|required") as refused:
        Verdict.from_plain(stated)
    assert "fatal" not in str(refused.value)


@pytest.mark.parametrize(
    "given",
    [
        {"observed": float("nan")}, {"observed": float("inf")}, {"limit": float("nan")},
        {"observed": -0.1}, {"checked": -1}, {"checked": True}, {"checked": "1"}, {"code": 1},
        {"level": "error"}, {"more": 1}, {"warn": float("inf")}, {"failed": 2.0},
    ],
)  # fmt: skip
def test_models_are_strict_finite_and_closed(given):
    with pytest.raises(ValidationError):
        verdict(**given)


def test_models_are_frozen_and_hide_what_they_were_given():
    with pytest.raises(ValidationError):
        verdict().observed = 1.0
    with pytest.raises(ValidationError) as refused:
        verdict(code=["secret"])
    assert "secret" not in str(refused.value)


class _Defaulted(Model):
    number: int = Field("1")  # type: ignore[assignment]


def test_defaults_are_validated_too():
    with pytest.raises(ValidationError):
        _Defaulted()


def test_a_measurement_fails_no_more_than_it_looked_at():
    Measurement(observed=1, checked=3, failed=3)
    with pytest.raises(ValidationError, match="failed: expected at most 3, found 4"):
        Measurement(observed=1, checked=3, failed=4)


def test_a_measurement_names_a_few_examples():
    five = tuple(Example(key=str(n), observed=None) for n in range(5))
    assert Measurement(observed=0, checked=0, failed=0, examples=five).examples == five
    with pytest.raises(ValidationError):
        Measurement(observed=0, checked=0, failed=0, examples=(*five, five[0]))


def test_a_whole_is_as_bad_as_its_worst_part():
    for parts in itertools.product(Outcome, repeat=3):
        assert worst([*parts]) is max(parts, key=ORDER.index)
    assert worst([]) is Outcome.UNKNOWN


def test_only_what_passes_warns_or_is_waived_opens_a_gate():
    assert [one for one in Outcome if one.opens] == [Outcome.PASS, Outcome.WARN, Outcome.WAIVED]
    assert {str(one): one.exit_code for one in Outcome} == {
        "pass": 0, "warn": 0, "waived": 0, "fail": 1, "unknown": 3
    }  # fmt: skip


class _Whole(Stated):
    derived = ("total",)
    inner = {"verdicts": Verdict}
    parts: tuple[int, ...]
    verdicts: tuple[Verdict, ...] = ()

    @property
    def total(self):
        return sum(self.parts)


def test_what_is_inside_is_derived_again_too():
    whole = _Whole(parts=(1, 2), verdicts=(verdict(),))
    assert whole.plain()["total"] == 3
    assert _Whole.from_plain(whole.plain()) == whole
    stated = whole.plain()
    stated["verdicts"][0]["outcome"] = "fail"
    with pytest.raises(ValueError, match="does not follow"):
        _Whole.from_plain(stated)
    with pytest.raises(ValueError, match="does not follow"):
        _Whole.from_plain(whole.plain() | {"total": 4})


def test_an_explanation_says_where_and_what_and_not_with_which_value():
    with pytest.raises(ValidationError) as refused:
        Verdict(code=1, name=2, level=3, observed="secret", limit=0, unit=4, checked=0, failed=0)
    said = explain(refused.value)
    assert said.startswith("code: Input should be a valid string; name: ")
    assert said.endswith("; and 2 more")
    assert "secret" not in said
    with pytest.raises(ValidationError) as refused:
        Measurement.model_validate([])
    assert explain(refused.value).startswith("content: ")
    with pytest.raises(ValidationError) as refused:
        Measurement(observed=0, checked=0, failed=0, examples=(Example(key="a", observed=1), 3))
    assert explain(refused.value).startswith("examples.1: ")


class _Mapped(Model):
    sizes: FrozenMapping[str, int]


def test_a_mapping_in_a_model_is_frozen_and_travels():
    given = {"a": 1}
    one = _Mapped(sizes=given)
    given["a"] = 2
    assert one.sizes == {"a": 1}
    with pytest.raises(TypeError):
        one.sizes["a"] = 3
    for again in (pickle.loads(pickle.dumps(one)), copy.deepcopy(one)):
        assert again == one
        with pytest.raises(TypeError):
            again.sizes["a"] = 3


class _Written(Model):
    names: tuple[str, ...] = ()
    day: date | None = None
    share: float = 0.0


def toml(folder, text):
    (folder / "w.toml").write_bytes(text)
    return _Written.of_toml(read_toml(folder / "w.toml", most=60, what="a text"), "here", "a text")


def test_what_toml_says_is_read_strictly(tmp_path):
    read = toml(tmp_path, b'names = ["a", "b"]\nday = 2026-11-25\nshare = 1\n')
    assert read == _Written(names=("a", "b"), day=date(2026, 11, 25), share=1.0)
    assert toml(tmp_path, b"") == _Written()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"names = 3", "here: expected a text, found names: Input should be a valid array"),
        (b"names = [3]", "here: expected a text, found names.0: Input should be a valid string"),
        (b'share = "1"', "here: expected a text, found share: Input should be a valid number"),
        (b"more = 1", "here: expected a text, found more: Extra inputs are not permitted"),
        (b"share = nan", "here: expected a text of finite numbers, found nan or inf"),
        (b"a = ", "{}: expected a text, in TOML, found Invalid value (at end of document)"),
        (b"#" * 61, "{}: expected at most 60 bytes of a text, found more"),
    ],
)
def test_what_toml_should_not_say_is_named(text, says, tmp_path):
    with pytest.raises(UsageError) as refused:
        toml(tmp_path, text)
    assert str(refused.value) == says.format(tmp_path / "w.toml")


def test_a_file_that_is_not_there_is_said_not_to_be(tmp_path):
    with pytest.raises(UsageError) as refused:
        read_toml(tmp_path / "w.toml", most=9, what="a text")
    assert str(refused.value) == f"{tmp_path}/w.toml: expected a file with a text, found nothing"


def test_what_holds_no_conclusion_is_left_as_it_is():
    assert _bare(Verdict, ["x", {"outcome": 1, "code": 2}, 3]) == ["x", {"code": 2}, 3]


class Leaf(Model):
    colour: int = Field(0, alias="colourOfIt")


class Tree(Model):
    leaves: tuple[Leaf, ...] = ()
    height: int = 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"heigth": 1}, "heigth: Extra inputs are not permitted; did you mean height?"),
        ({"leafs": []}, "leafs: Extra inputs are not permitted; did you mean leaves?"),
        ({"leaves": [{"colourOfThem": 1}]},
         "leaves.0.colourOfThem: Extra inputs are not permitted; did you mean colourOfIt?"),
        ({"zzz": 1}, "zzz: Extra inputs are not permitted"),
        ({"height": "heigth"}, "height: Input should be a valid integer"),
    ],
)  # fmt: skip
def test_an_unknown_key_is_told_the_nearest_wherever_it_stands(given, said):
    with pytest.raises(UsageError) as refused:
        Tree.of_toml(given, "tree.toml", "a tree")
    assert str(refused.value) == f"tree.toml: expected a tree, found {said}"


def test_tables_in_tables_without_end_are_refused():
    deep = {}
    for _ in range(100_000):
        deep = {"a": deep}
    with pytest.raises(UsageError) as refused:
        Tree.of_toml(deep, "tree.toml", "a tree")
    assert str(refused.value) == "tree.toml: expected a tree, found tables nested too deep"
    while deep:  # taken apart by hand: the interpreter would recurse
        deep = deep["a"]
    with pytest.raises(ValueError) as said:
        parse_toml("a = " + "[" * 10_000 + "]" * 10_000)
    assert str(said.value) == "nested too deep"
    assert parse_toml("a = [[1]]") == {"a": [[1]]}


def test_the_words_that_users_write_are_these():
    assert PROFILES == ("dev", "team", "release")
    assert ROLES == ("evaluation", "reference", "tokenizer", "predictions", "embeddings", "ngrams")
    assert DATA == "data"
    assert DATA not in ROLES


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"waived": 3}, "waived"),
        ({"waived": 2}, "fail"),
        ({"waived": 0}, "fail"),
        ({"failed": 0, "waived": 0}, "waived"),
        ({"failed": 0}, "fail"),
        ({"waived": 3, "checked": 3, "level": Level.WARN}, "waived"),
        ({"waived": 0, "failed": 0, "checked": 0}, "unknown"),
        ({"waived": 3, "limit": 9.0}, "pass"),
    ],
)
def test_what_is_waived_follows_from_the_numbers(changes, outcome):
    known = {"code": "Q1", "name": "x", "level": Level.ERROR, "observed": 3.0, "limit": 0.0, "unit": "rows",
             "checked": 9, "failed": 3, **changes}  # fmt: skip
    verdict = Verdict(**known)
    assert verdict.outcome == outcome
    plain = verdict.plain()
    assert ("waived" in plain) == (known.get("waived") is not None)
    assert Verdict.from_plain(plain) == verdict
    with pytest.raises(ValueError, match="does not follow"):
        Verdict.from_plain({**plain, "outcome": "pass" if outcome != "pass" else "fail"})


def test_no_more_is_waived_than_fails():
    with pytest.raises(ValidationError, match="waived: expected at most 3, found 4"):
        Verdict(code="Q1", name="x", level=Level.ERROR, observed=3, limit=0, unit="rows", checked=9, failed=3, waived=4)


@pytest.mark.parametrize(("wrong", "ends"), [(1, "1"), (3, "3"), (4, "and 1 more"), (1_005, "and 1,002 more")])
def test_how_many_errors_are_not_said_is(wrong, ends):
    class Numbers(Model):
        some: tuple[int, ...]

    with pytest.raises(ValidationError) as refused:
        Numbers.model_validate_json(json.dumps({"some": ["x"] * wrong}))
    said = explain(refused.value).split("; ")
    assert said[-1] == ends if wrong > 3 else said[-1].startswith(f"some.{wrong - 1}: ")
    assert len(said) == min(wrong, 4)


class Oak(Model):
    kind: Literal["oak"]
    acorns: int


class Fir(Model):
    kind: Literal["fir"]
    cones: int


class Wood(Model):
    trees: tuple[Annotated[Oak | Fir, Field(discriminator="kind")], ...]
    cones: int = 0


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        ({"kind": "oak", "acorn": 1}, "trees.0.acorns: Field required; trees.0.acorn: Extra inputs are not permitted; did you mean acorns?"),
        ({"kind": "fir", "cones": 1, "oak": 2}, "trees.0.oak: Extra inputs are not permitted"),
        ({"kind": "fir", "cones": "many"}, "trees.0.cones: Input should be a valid integer"),
        ({"kind": "fur", "cones": 1}, "trees.0: Input tag 'fur' found using 'kind' does not match any of the expected tags: 'oak', 'fir'; did you mean fir?"),
    ],
)  # fmt: skip
def test_of_several_models_none_is_named_as_if_it_were_a_key(tree, said):
    with pytest.raises(UsageError) as refused:
        Wood.of_toml({"trees": [tree]}, "wood.toml", "a wood")
    assert str(refused.value) == f"wood.toml: expected a wood, found {said}"
