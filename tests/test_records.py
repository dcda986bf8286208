"""Records: Pydantic's verdict on each value, whatever the format, and what each error is called."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import (
    AfterValidator,
    AliasPath,
    AwareDatetime,
    Field,
    ValidationError,
    create_model,
    model_validator,
)

import datastd
from datastd.errors import UsageError
from datastd.records import NULL, Document, Record, columns
from datastd.rules.columns.duplicate_rows import DuplicateRows
from datastd.rules.columns.group_leak import GroupLeak
from datastd.rules.text.doc_exact_duplicate import DocExactDuplicate


class Kind(StrEnum):
    web = "w"
    book = "b"


class Every(Record):
    text: str
    name: Annotated[str, Field(min_length=2)]
    count: int
    share: float = Field(ge=0, le=1)
    kind: Kind
    word: Literal["x", "y"]
    flag: bool
    maybe: int | None
    time: datetime
    day: date
    tags: list[str]
    nested: Document


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=4)
    | st.sampled_from(["x", "w", "2024-01-02", "2024-01-02T03:04:05Z", "0", "1.5", "true"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["text", "a"]), inner, max_size=2),
    max_leaves=4,
)  # fmt: skip
BY_NAME = {one.name: one for one in columns(Every)}
ONE = {name: create_model(name, __base__=Record, value=(Annotated[one.annotation, *one.metadata] if one.metadata else one.annotation, ...))
       for name, one in Every.model_fields.items()}  # fmt: skip


def alone(name, value, form):
    """Pydantic's own verdict on one value: what it makes of it, and whether it is one."""
    try:
        if form == "json":
            return ONE[name].model_validate_json(f'{{"value": {value}}}').value, True
        ask = ONE[name].model_validate_strings if form == "strings" else ONE[name].model_validate
        return ask({"value": value}).value, True
    except ValidationError:
        return None, False


def is_numeral(text):
    """Whether it is a number, which Pydantic takes for seconds since 1970."""
    try:
        float(text)
    except ValueError:
        return False
    return True


@given(st.sampled_from([*BY_NAME]), st.lists(VALUES, min_size=1, max_size=5))
def test_values_of_json_are_judged_as_one_by_one(name, values):
    written = [json.dumps(one) for one in values]
    written = [one for one in written if "NaN" not in one and "Infinity" not in one]
    found, wrong = BY_NAME[name].read(pl.Series(written, dtype=pl.String), "json")
    bad = {one.row for one in wrong}
    for row, one in enumerate(written):
        value, sound = alone(name, one, "json")
        sound = sound and not (name == "time" and is_numeral(one.strip('"')))
        huge = sound and isinstance(value, int) and not -(2**63) <= value < 2**63
        assert (row not in bad) == (sound and not huge)
        if sound and not huge and name not in {"time", "day", "kind", "nested"}:
            assert found[row] == value


@given(st.sampled_from(["text", "name", "count", "share", "kind", "word", "flag", "time", "day"]),
       st.lists(st.text(max_size=4) | st.sampled_from(["12", "-1", "0.5", "x", "w", "true", "2024-01-02", "2024-01-02T03:04:05Z"]), min_size=1))
def test_so_are_strings_that_stand_for_values(name, values):
    found, wrong = BY_NAME[name].read(pl.Series(values, dtype=pl.String), "strings")
    bad = {one.row: one.error for one in wrong}
    for row, one in enumerate(values):
        if not one and BY_NAME[name].dtype != pl.String:
            assert bad[row] == NULL  # an empty cell is no value
        else:
            value, sound = alone(name, one, "strings")
            sound = sound and not (name == "time" and is_numeral(one))
            assert (row not in bad) == sound
            if sound and name not in {"time", "kind"}:
                assert found[row] == value


@pytest.mark.parametrize(
    ("name", "values", "form", "kept"),
    [
        ("name", ["x", "xy"], "values", ["x", "xy"]),
        ("name", ['"x"', "7"], "json", ["x", None]),
        ("share", [2.5, 0.5], "values", [2.5, 0.5]),
        ("share", ["2.5", "much", "1e400"], "strings", [2.5, None, None]),
        ("word", ["z", "x"], "values", ["z", "x"]),
        ("word", ['"z"', "null"], "json", ["z", None]),
        ("kind", ["v", "w"], "strings", ["v", "w"]),
        ("count", ["1", '"x"', f"{2**70}"], "json", [1, None, None]),
    ],
)
def test_a_value_that_breaks_no_more_than_a_bound_stands_for_itself(name, values, form, kept):
    assert BY_NAME[name].read(pl.Series(values), form)[0].to_list() == kept


def test_all_columns_that_are_missing_are_named(tmp_path):
    class Visit(Record):
        age: int
        patient: str = Field(alias="who")
        note: str | None = None

    standard = datastd.Standard(name="x/1", about="x", formats=("csv",), records=Visit, rules=(DuplicateRows(),))
    for header, said in (("a", "columns 'age', 'who'"), ("age", "a column 'who'")):
        (tmp_path / "x.csv").write_text(f"{header}\n1\n2\n")
        report = datastd.check(tmp_path, standard)
        assert (report["C701"].failed, report["C701"].examples[0].detail) == (2, f"expected {said}, found none")


class Dated(Record):
    time: datetime
    either: datetime | date
    maybe: date | datetime | None = None


DATED = {one.name: one for one in columns(Dated)}
DAY, NOON = date(2024, 1, 2), datetime(2024, 1, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(("values", "form"), [
    (["2024-01-02", "2024-01-02T12:00:00Z"], "strings"), (['"2024-01-02"', '"2024-01-02T12:00:00Z"'], "json"),
])  # fmt: skip
def test_a_date_is_no_time_unless_the_field_takes_both(values, form):
    found, wrong = DATED["time"].read(pl.Series(values), form)
    assert found.to_list() == [None, NOON]
    assert [(one.expected, one.found) for one in wrong] == [("a valid datetime", "a date alone")]
    for name in ("either", "maybe"):  # in order beside times, it is its first moment
        found, wrong = DATED[name].read(pl.Series(values), form)
        assert (found.to_list(), wrong, DATED[name].is_time) == ([NOON.replace(hour=0), NOON], [], True)
    found, wrong = DATED["either"].read(pl.Series([DAY]))
    assert (found.to_list(), found.dtype, wrong) == ([NOON.replace(hour=0)], pl.Datetime("us", "UTC"), [])


class Bounded(Record):
    name: str = Field(pattern="^a")
    short: str = Field(max_length=2)
    count: int = Field(ge=0, le=9)
    word: Literal["x"]
    share: float


@pytest.mark.parametrize(
    ("name", "value", "form", "expected", "found"),
    [
        ("name", "7", "strings", "a string that matches pattern '^a'", "another string"),
        ("name", "7", "json", "a valid string", "an integer"),
        ("short", '"ab\\u00e9"', "json", "a string of at most 2 characters", "one of 3"),
        ("short", "123", "strings", "a string of at most 2 characters", "one of 3"),
        ("count", "-5", "json", "greater than or equal to 0", "a smaller one"),
        ("count", 77, "values", "less than or equal to 9", "a larger one"),
        ("count", True, "values", "a valid integer", "a Boolean"),
        ("count", "1.5", "strings", "a valid integer", "a number"),
        ("name", "7" * 300, "json", "a valid string", "an integer"),
        ("name", "[" * 99 + "]" * 99, "json", "a valid string", "a list"),
        ("count", "[1]", "json", "a valid integer", "a list"),
        ("count", '{"a": 1}', "json", "a valid integer", "an object"),
        ("count", "2024-01-02", "strings", "a valid integer", "a date"),
        ("word", "y", "values", "'x'", "another string"),
        ("share", "much", "strings", "a valid number", "a string"),
        ("share", b"x", "values", "a valid number", "a run of bytes"),
    ],
)
def test_what_is_wrong_says_what_kind_of_value_is_there(name, value, form, expected, found):
    (one,) = {one.name: one for one in columns(Bounded)}[name].read(pl.Series([value]), form)[1]
    assert (one.expected, one.found) == (expected, found)


@given(st.sampled_from([*BY_NAME]), VALUES)
def test_no_value_is_repeated_in_what_is_said_of_it(name, value):
    said = [one.found for one in BY_NAME[name].read(pl.Series([json.dumps({"secret": value})]), "json")[1]]
    assert all("secret" not in one for one in said)


def test_a_number_beyond_a_bound_and_64_bits_is_no_value_of_a_column():
    found, wrong = columns(Bounded)[2].read(pl.Series(["10", f"{2**70}", "1"]), "json")
    assert found.to_list() == [10, None, 1]
    assert [one.error for one in wrong] == ["less_than_equal", "less_than_equal"]


def test_a_group_that_breaks_its_pattern_is_of_that_group_and_leaks_as_any(tmp_path):
    class Visit(Record):
        text: str = Field(max_length=3)
        group: str = Field(pattern="^p[0-9]+$")

    lines = [{"text": "a", "group": "p1"}, {"text": "long", "group": "x9"}, {"text": "long", "group": "x8"}]
    (tmp_path / "train.jsonl").write_text("".join(json.dumps(one) + "\n" for one in lines))
    (tmp_path / "test.jsonl").write_text(json.dumps({"text": "b", "group": "x9"}) + "\n")
    rules = GroupLeak(), DocExactDuplicate()
    report = datastd.check(tmp_path, datastd.Standard(name="x/1", about="x", formats=("jsonl",), records=Visit, rules=rules))
    assert {one.code: one.failed for one in report.verdicts if one.failed} == {"C710": 3, "C711": 2, "L703": 2, "L301": 2}
    assert [*report.failing("L703")["key"]] == ["test.jsonl#0", "train.jsonl#1"]


@given(st.lists(st.none() | st.text(max_size=4)))
def test_strings_that_may_be_any_need_no_look_at_each(values):
    given_ = pl.Series(values, dtype=pl.String)
    found, wrong = BY_NAME["text"].read(given_)
    assert found.to_list() == values
    assert [one.row for one in wrong] == [row for row, one in enumerate(values) if not alone("text", one, "values")[1]]


def test_null_is_a_value_where_it_may_be_one():
    ints = pl.Series([1, None], dtype=pl.Int64)
    assert BY_NAME["maybe"].read(ints)[1] == []
    assert [one.row for one in BY_NAME["count"].read(ints)[1]] == [1]
    # In JSON, a key that is not there is no null.
    assert BY_NAME["maybe"].read(pl.Series(["null"]), "json")[1] == []
    assert BY_NAME["maybe"].read(pl.Series([None], dtype=pl.String), "json")[1] != []


def test_an_empty_cell_is_null_where_null_is_a_value():
    found, wrong = BY_NAME["maybe"].read(pl.Series(["1", ""]), "strings")
    assert (found.to_list(), wrong) == ([1, None], [])


def test_times_are_of_utc():
    found, wrong = BY_NAME["time"].read(pl.Series(['"2024-01-02T03:04:05+02:00"', '"2024-01-02T03:04:05"']), "json")
    assert not wrong
    assert found.to_list() == [datetime(2024, 1, 2, 1, 4, 5, tzinfo=UTC), datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)]


@pytest.mark.parametrize("text", ["20240102", "2024", "1704164645", "1704164645.5", "-5", "0", "86400"])
@pytest.mark.parametrize("form", ["json", "strings"])
def test_a_number_is_no_time(text, form):
    given_ = pl.Series([f'"{text}"' if form == "json" else text])
    found, wrong = BY_NAME["time"].read(given_, form)
    assert found.to_list() == [None]
    assert [(one.row, one.expected) for one in wrong] == [(0, "a date and time")]
    assert BY_NAME["day"].read(given_, form)[1] != []


FAR = [
    (pl.Date(), 2932897), (pl.Date(), 2**31 - 1), (pl.Date(), -719163),
    (pl.Datetime("us"), 2**62), (pl.Datetime("ms"), 2**62), (pl.Datetime("us", "Asia/Tokyo"), 253402300799999999),
    (pl.Datetime("us"), -(2**63) + 1), (pl.Duration("ms"), 2**62), (pl.Duration("us"), -(2**62)),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "number"), FAR)
@pytest.mark.parametrize("name", ["time", "day", "count", "name", "tags"])
def test_times_that_python_has_not_are_wrong_and_no_crash(kind, number, name):
    far = pl.Series([0, number], dtype=pl.Int32 if kind == pl.Date else pl.Int64).cast(kind)
    assert 1 in [one.row for one in BY_NAME[name].read(far)[1]]
    inside = pl.DataFrame({"a": far}).select(pl.struct("a")).to_series()
    assert [one.row for one in BY_NAME[name].read(inside)[1]] == [0, 1]


@pytest.mark.parametrize("kind", [pl.Datetime("us"), pl.Datetime("ms"), pl.Datetime("ns"), pl.Datetime("us", "Asia/Tokyo")])
def test_a_time_before_a_far_one_is_still_read(kind):
    times = pl.Series([5 * 10**9, 2**63 - 2], dtype=pl.Int64).cast(kind)
    found, wrong = BY_NAME["time"].read(times)
    assert found[0] is not None
    assert [one.row for one in wrong] == ([] if kind == pl.Datetime("ns") else [1])


def test_a_name_in_the_data_is_one_name():
    class Deep(Record):
        id: str = Field(validation_alias=AliasPath("meta", "id"))

    with pytest.raises(UsageError, match=r"Deep\.id: expected one name"):
        columns(Deep)


# Through a whole check


def german(record):
    if record.score > 0.9 and record.language == "de":
        raise ValueError("German with a score of at most 0.9")
    return record


class Page(Document):
    text: str = Field(alias="content")
    id: str
    score: float = Field(default=0.0, ge=0, le=1)
    time: AwareDatetime | None = Field(default=None, alias="added")
    language: Literal["en", "de"] = "en"
    site: str = Field(default="a.org", pattern=r"^[a-z.]+$")
    title: str = Field(default="a", max_length=9)
    even: Annotated[int, AfterValidator(lambda n: n)] = 0
    judged = model_validator(mode="after")(german)


SOUND = [{"content": f"text {n}", "id": str(n), "more": {"a": [n]}} for n in range(20)]
CASES = {
    "F301": [{"text": "x", "id": "x"}, {"content": None, "id": "x"}, {"content": 3, "id": "x"}],
    "F302": [{"content": "x"}],
    "F304": [{"added": "yesterday"}, {"added": "20240102"}, {"added": "2024-01-02T03:04:05"}],
    "C705": [{"id": 7}, {"score": "0.5"}, {"id": None}, {"even": 1.5}],
    "C799": [{"score": 1.01}, {"score": -0.01}],
    "C709": [{"language": "fr"}, {"language": ""}],
    "C710": [{"site": "A.org"}, {"site": ""}],
    "C711": [{"title": "a" * 10}, {"title": "a" * 100}],
    "C718": [{"language": "de", "score": 0.91}, {"language": "de", "score": 1.0}],
}
FINE = [{"score": 1}, {"score": 0.0}, {"added": "2024-01-02T03:04:05Z"}, {"added": None}, {"title": "a" * 9}, {"language": "de", "score": 0.9}]
LOST = {"F301", "F302", "C705"}


def standard(record=Page, name="pages/1"):
    return datastd.Standard(name=name, about="Pages.", formats=("jsonl",), records=record, rules=(DocExactDuplicate(),))


def write(folder, *records):
    folder.mkdir(exist_ok=True)
    (folder / "train.jsonl").write_text("".join(json.dumps(one) + "\n" for one in (*SOUND, *records)))
    return folder


def test_a_sound_record_passes(tmp_path):
    fine = [{"content": f"fine {n}", "id": "x", **one} for n, one in enumerate(FINE)]
    report = datastd.check(write(tmp_path, *fine), standard())
    assert report.outcome == "pass"
    assert report.accounting.samples == len(SOUND) + len(FINE)


@pytest.mark.parametrize(("code", "odd"), [(code, one) for code, some in CASES.items() for one in some])
def test_a_record_that_is_none_is_named(tmp_path, code, odd):
    record = odd if code in {"F301", "F302"} else {"content": "x", "id": "x", **odd}
    report = datastd.check(write(tmp_path, record), standard())
    bad = {one.code for one in report.verdicts if one.outcome != "pass"}
    assert bad == {code}
    assert report[code].examples[0].key == f"train.jsonl#{len(SOUND)}"
    assert report[code].failed == 1
    assert report.accounting.samples == len(SOUND) + 1
    assert report.accounting.defective == (code in LOST)


def test_a_record_counts_once_however_much_is_wrong_with_it(tmp_path):
    report = datastd.check(write(tmp_path, {"id": 7, "score": "a", "language": "fr"}), standard())
    assert report.accounting.defective == 1
    assert {one.code: one.failed for one in report.verdicts if one.failed} == {"F301": 1}


class Patient(Record):
    id: str
    group: str | None
    score: float | None


WRITERS = {
    "jsonl": lambda path, rows: rows.write_ndjson(path),
    "csv": lambda path, rows: rows.write_csv(path),
    "parquet": lambda path, rows: rows.write_parquet(path),
    "feather": lambda path, rows: rows.write_ipc(path, compat_level=pl.CompatLevel.oldest()),
}


@pytest.mark.parametrize("suffix", [*WRITERS])
@pytest.mark.parametrize(("without", "failed"), [(None, 0), ("group", 3), ("score", 3)])
def test_all_formats_agree_on_what_is_not_there(suffix, without, failed, tmp_path):
    rows = pl.DataFrame({"id": ["a", "b", "c"], "group": ["x", None, "y"], "score": [0.5, None, 1.0]})
    WRITERS[suffix](tmp_path / f"train.{suffix}", rows.drop(without or ()))
    patients = datastd.Standard(
        name="patients/1", about="Patients.", formats=("jsonl", "csv", "parquet", "arrow"),
        records=Patient, rules=(DocExactDuplicate(),),
    )  # fmt: skip
    report = datastd.check(tmp_path, patients)
    code = "C706" if suffix == "jsonl" else "C701"
    bad = {one.code: one.failed for one in report.verdicts if one.failed}
    assert bad in ({code: failed}, {"C701": failed}) if failed else not bad
    assert report.outcome == ("fail" if failed else "pass")


class Dated(Document):
    time: AwareDatetime


def test_a_time_that_has_to_be_there_is_no_mere_warning(tmp_path):
    report = datastd.check(write(tmp_path, {"text": "a", "time": "yesterday"}, {"text": "b", "time": "2024-01-02T03:04:05Z"}), standard(Dated, "dated/1"))
    assert report["C705"].failed == 1
    assert report["F304"].failed == 0


class Closed(Page):
    model_config = {"extra": "forbid"}


def test_a_key_that_is_forbidden_is_named(tmp_path):
    report = datastd.check(write(tmp_path), standard(Closed, "closed/1"))
    assert report["C702"].failed == len(SOUND)
    assert "more" in report["C702"].examples[0].detail


class Long(Record):
    model_config = {"str_min_length": 3, "str_max_length": 5}

    id: str


def test_what_a_model_asks_of_all_its_strings_is_asked(tmp_path):
    (tmp_path / "train.jsonl").write_text("".join(json.dumps({"id": "a" * n}) + "\n" for n in range(2, 7)))
    report = datastd.check(tmp_path, standard(Long, "long/1"))
    assert [one.key for one in report["C711"].examples] == ["train.jsonl#0", "train.jsonl#4"]


class After(Record):
    id: str

    def model_post_init(self, context):
        if self.id == "3":
            raise ValueError("another id")


class ByHand(Record):
    id: str

    def __init__(self, **values):
        super().__init__(**values)
        if self.id == "3":
            raise ValueError("another id")


@pytest.mark.parametrize("record", [After, ByHand])
def test_what_a_model_asks_when_it_is_made_is_asked(record, tmp_path):
    (tmp_path / "train.jsonl").write_text("".join(json.dumps({"id": f"{n}"}) + "\n" for n in range(5)))
    report = datastd.check(tmp_path, standard(record, "made/1"))
    assert [one.key for one in report["C718"].examples] == ["train.jsonl#3"]


def test_so_is_one_of_no_letters(tmp_path):
    (tmp_path / "train.jsonl").write_text('{"content": "a", "id": "1", "": 1}\n')
    assert datastd.check(tmp_path, standard(Closed, "closed/1"))["C702"].failed == 1


class Row(Record):
    id: int
    label: str


def test_rows_without_a_text_are_told_apart_by_all_they_hold(tmp_path):
    rows = [{"id": n, "label": "a", "x": [1.5, "é"]} for n in range(9)]
    same = {"x": [1.5, "e\u0301"], "label": "b", "id": 3}  # another order, another form of é, another label
    (tmp_path / "train.jsonl").write_text("".join(json.dumps(one) + "\n" for one in [*rows, same]))
    report = datastd.check(tmp_path, standard(Row, "rows/1"))
    assert report["L301"].failed == 2
    assert sorted(report.failing("L301")["key"]) == ["train.jsonl#3", "train.jsonl#9"]


NAN = float("nan")
TOLD_APART = {
    "nan": ([NAN, float("inf"), -float("inf"), None], pl.Float64()),
    "bytes in objects": ([{"a": b"\xff"}, {"a": b""}, {"a": None}, None], pl.Struct({"a": pl.Binary()})),
    "bytes in lists": ([[b"\xff"], [b"\xff", None], [], None], pl.List(pl.Binary())),
    "nan in lists": ([[{"x": [NAN]}], [{"x": [None]}], [None], None], pl.List(pl.Struct({"x": pl.List(pl.Float64())}))),
    "arrays": ([[1.0, NAN], [1.0, 2.0], [None, 2.0], None], pl.Array(pl.Float64(), 2)),
}


@pytest.mark.parametrize("name", TOLD_APART)
def test_rows_are_alike_where_their_values_are_and_not_where_json_has_none(name, tmp_path):
    values, kind = TOLD_APART[name]
    for split, some in (("train", values), ("test", values[:1])):
        pl.DataFrame({"label": ["a"] * len(some), "v": pl.Series(some, dtype=kind)}).write_parquet(tmp_path / f"{split}.parquet")
    assert sorted(datastd.check(tmp_path, "table/1").failing("L702")["key"]) == ["test.parquet#0", "train.parquet#0"]


@pytest.mark.parametrize("far", [pl.Series([2**31 - 1, 2**31 - 2], dtype=pl.Int32).cast(pl.Date),
                                 pl.Series([2**62, 2**62 + 1]).cast(pl.Datetime("ms", "Asia/Tokyo"))])
def test_rows_of_far_years_are_told_apart(far, tmp_path):
    pl.DataFrame({"v": far, "w": pl.DataFrame({"v": far}).select(pl.struct("v"))}).write_parquet(tmp_path / "train.parquet")
    report = datastd.check(tmp_path, "table/1")
    assert report["L706"].failed == 0
    assert report.outcome == "pass"


UNKNOWN_TO_POLARS = {
    "map": pa.array([[("a", 1)], [("b", 1)], [], None], pa.map_(pa.string(), pa.int64())),
    "decimal": pa.array([Decimal("1.1"), Decimal("1.2"), Decimal(0), None], pa.decimal256(70, 5)),
    "dictionaries in lists": pa.array([["a"], ["b"], [], None], pa.list_(pa.dictionary(pa.int8(), pa.string()))),
    "zone": pa.array([1, 2, 2**62, None], pa.timestamp("us", tz="Mars/Olympus_Mons")),
}


@pytest.mark.parametrize("name", UNKNOWN_TO_POLARS)
def test_rows_are_told_apart_by_values_that_polars_has_not(name, tmp_path):
    values = UNKNOWN_TO_POLARS[name]
    for split, some in (("train", values), ("test", values[:1])):
        pq.write_table(pa.table({"v": some}), tmp_path / f"{split}.parquet", store_schema=True)
    assert sorted(datastd.check(tmp_path, "table/1").failing("L702")["key"]) == ["test.parquet#0", "train.parquet#0"]


def test_a_column_that_no_record_has_is_refused_by_the_standard():
    class Asks(DocExactDuplicate):
        reads = ("key", "digest", "url")

    with pytest.raises(ValidationError, match="url"):
        datastd.Standard(name="x/1", about="x", formats=("jsonl",), rules=(Asks(),))


def test_the_record_is_part_of_what_is_promised():
    digests = {standard(one).digest for one in (None, Document, Page, Closed)}
    assert len(digests) == 4


def test_take_reads_the_same_values(tmp_path):
    from datastd.pipeline import open_source

    with open_source(write(tmp_path, {"content": 3}, {"content": "last", "id": "z", "score": 0.5})) as source:
        source.record = Page
        batch = source.take("train.jsonl", np.array([21, 0, 21]))
        assert batch.columns["text"].to_list() == ["last", "text 0", "last"]
        assert batch.columns["score"].to_list() == [0.5, 0.0, 0.5]
