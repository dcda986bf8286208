"""Tables by key: what they have to be, and that each number reaches its sample."""

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from columnar_files import run
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet
from support import SHARED, needs_data, samples, sound, write_idx

import datastd
from datastd import inputs
from datastd.errors import DataChanged, NotCertified, UsageError
from datastd.inputs import Keyed, joined, matrix
from datastd.rules.embeddings.image_embedding_duplicate import ImageEmbeddingDuplicate
from datastd.rules.labels.label_issue_confident_learning import LabelIssueConfidentLearning
from datastd.rules.labels.label_out_of_range import LabelOutOfRange

TABLE = pl.DataFrame(
    {"key": ["a#0", "a#1", "b"], "probabilities": [[0.25, 0.75], [1.0, 0.0], [0.5, 0.5]]}
)


@pytest.fixture
def write(tmp_path):
    def to(table, **options):
        table.write_parquet(tmp_path / "p.parquet", **options)
        return tmp_path / "p.parquet"

    return to


def probabilities(count, classes=10, seed=0):
    return np.random.default_rng(seed).dirichlet(np.ones(classes), count)


def test_each_number_reaches_its_sample_and_a_sample_without_one_has_null(write):
    with Keyed("predictions", write(TABLE)) as table:
        assert (table.rows, table.width, table.column) == (3, 2, "probabilities")
        found = table.of(pl.Series(["b", "c", "a#0"]))
    assert found.dtype == pl.Array(pl.Float64, 2)
    assert found.to_list() == [[0.5, 0.5], None, [0.25, 0.75]]


@pytest.mark.parametrize("kind", [
    pl.List(pl.Float32), pl.List(pl.Float64), pl.Array(pl.Float32, 2), pl.Array(pl.Float64, 2),
])  # fmt: skip
def test_lists_and_arrays_of_either_width_are_read(kind, write):
    more = TABLE.with_columns(pl.col("probabilities").cast(kind), fold=1)  # another column is left aside
    with Keyed("predictions", write(more)) as table:
        found = table.of(TABLE["key"])
    assert found.dtype == pl.Array(kind.inner, 2)
    assert found.to_list() == TABLE["probabilities"].to_list()


def test_arrays_with_a_large_dictionary_are_read(tmp_path):
    """As `datastd.train.predictions` writes them; the dictionary is of numbers, not of its own length."""
    p = probabilities(4096).astype(np.float32)
    lists = pa.FixedSizeListArray.from_arrays(pa.array(p.ravel()), 10)
    keys = [f"k#{n}" for n in range(len(p))]
    parquet.write_table(pa.table([pa.array(keys), lists], ["key", "probabilities"]), tmp_path / "p.parquet")
    with Keyed("predictions", tmp_path / "p.parquet") as known:
        assert (matrix(known.of(pl.Series(keys))) == p).all()


@given(order=st.permutations(range(23)), asked=st.lists(st.integers(0, 29), max_size=9), group=st.integers(1, 30))
def test_rows_come_in_any_order_and_in_any_groups(order, asked, group, tmp_path):
    p = probabilities(23)
    table = pl.DataFrame({"key": [f"k#{n}" for n in order], "probabilities": p[list(order)]})
    table.write_parquet(tmp_path / "p.parquet", row_group_size=group)
    with Keyed("predictions", tmp_path / "p.parquet") as known:
        found = known.of(pl.Series([f"k#{n}" for n in asked], dtype=pl.String)).to_list()
    assert found == [p[n].tolist() if n < 23 else None for n in asked]


def test_no_more_groups_are_kept_than_fit(write, monkeypatch):
    monkeypatch.setattr(inputs, "_CACHE", 90)
    table = pl.DataFrame({"key": [f"k#{n}" for n in range(9)], "probabilities": probabilities(9, 4)})
    with Keyed("predictions", write(table, row_group_size=2)) as known:
        for key in table["key"]:
            known.of(pl.Series([key]))
        assert len(known._cache) == 1
        known.refuse_strangers()


@pytest.mark.parametrize(("table", "said"), [
    (TABLE.rename({"key": "id"}), "expected one column key, found 0 of that name among id, probabilities"),
    (TABLE.rename({"probabilities": "p"}), "expected one column probabilities, found 0"),
    (TABLE.with_columns(key=1), "column key: expected text, found int"),
    (TABLE.with_columns(probabilities=0.5), "column probabilities: expected lists of float32 or float64, found double"),
    (TABLE.with_columns(probabilities=pl.lit([0, 1])), "lists of float32 or float64, found large_list<"),
    (TABLE.clear(), "expected at least one row, found none"),
    (TABLE.with_columns(key=pl.lit("a#0")), "expected each key once, found a#0 more than once"),
    (TABLE.with_columns(key=pl.lit(None, pl.String)), "column key: expected text in every row, found null"),
    (TABLE.with_columns(probabilities=pl.Series([[0.5, 0.5], [1.0], [0.0, 1.0]])),
     "expected lists of one length, found 5 numbers in 3 rows"),
])  # fmt: skip
def test_what_is_no_such_table_is_refused(table, said, write):
    with pytest.raises(UsageError) as refused:
        Keyed("predictions", write(table))
    assert said in str(refused.value)
    assert "--input predictions=" in str(refused.value)


@pytest.mark.parametrize(("second", "said"), [
    ([0.5, float("nan")], "a#1: expected finite numbers, found another"),
    ([0.5, float("inf")], "a#1: expected finite numbers, found another"),
    ([0.5, None], "a#1: expected finite numbers, found another"),
    ([0.5, 0.6], "a#1: expected probabilities with a sum of 1 ± 0.001, found another sum"),
    ([0.5, 0.4], "a#1: expected probabilities with a sum of 1 ± 0.001, found another sum"),
    ([1.5, -0.5], "a#1: expected probabilities, found one below 0"),
])  # fmt: skip
def test_what_are_no_probabilities_is_refused_by_key(second, said, write):
    table = TABLE.with_columns(probabilities=pl.Series([[0.25, 0.75], second, [0.5, 0.5]]))
    with Keyed("predictions", write(table)) as known, pytest.raises(UsageError) as refused:
        known.of(pl.Series(["a#0"]))
    assert said in str(refused.value)


def test_rows_of_several_lengths_are_refused_even_where_the_counts_agree(write):
    mixed, null = [[0.5, 0.5], [1.0], [0.2, 0.2, 0.6]], [[0.5, 0.5], None, [0.2, 0.2, 0.6]]
    for lists, said in (
        (pl.Series(mixed), "a#1: expected 2 numbers, found null, or another number"),
        (pl.Series(null), "a#1: expected 2 numbers, found null, or another number"),
        (pl.Series([[], [], []], dtype=pl.List(pl.Float64)), "a#0: expected 1 numbers"),
    ):
        path = write(TABLE.with_columns(probabilities=lists))
        with Keyed("predictions", path) as known, pytest.raises(UsageError, match=said):
            known.of(TABLE["key"])


def test_sums_may_be_off_by_what_a_half_float_rounds(write):
    half = probabilities(50).astype(np.float16).astype(np.float32)
    table = pl.DataFrame({"key": [f"k#{n}" for n in range(50)], "probabilities": half})
    with Keyed("predictions", write(table)) as known:
        assert (matrix(known.of(table["key"])) == half).all()


def test_embeddings_are_any_finite_numbers(write):
    table = pl.DataFrame({"key": ["a"], "embedding": [[-3.0, 7.0]]})
    with Keyed("embeddings", write(table)) as known:
        assert known.of(pl.Series(["a"])).to_list() == [[-3.0, 7.0]]


def test_other_files_are_refused(tmp_path):
    np.save(tmp_path / "p.npy", probabilities(3))
    (tmp_path / "p.parquet").write_bytes(b"PAR1 and no more")
    for name, said in (
        ("p.npy", r"expected a Parquet file of predictions by key, found a \.npy file; polars"),
        ("p.parquet", "expected a Parquet file that can be read, found "),
        ("none", "expected a Parquet file of predictions by key, found nothing"),
        (".", "expected a Parquet file of predictions by key, found a folder"),
    ):
        with pytest.raises(UsageError, match=said):
            Keyed("predictions", tmp_path / name)


LOOK = """
from pathlib import Path
from columnar_files import peak
import polars as pl
from datastd.errors import UsageError
from datastd.inputs import Keyed
work = Path(sys.argv[2]) / "p.parquet"
def look(content):
    work.write_bytes(content)
    try:
        with Keyed("predictions", work) as known:
            known.of(known._keys(0))
    except UsageError as error:
        return str(error)
whole = Path(sys.argv[3]).read_bytes()
assert look(whole) is None
before = peak()
"""


@needs_data
def test_hostile_files_are_refused_and_take_no_memory(write, tmp_path):
    code = """
places = [*Path(sys.argv[4]).glob("parquet_testing/bad_data/*.parquet"), *Path(sys.argv[4]).glob("arrow_testing/parquet/fuzzing/*")]
assert len(places) > 9
for place in places:
    assert "--input predictions=" in look(place.read_bytes()), place
print(peak() - before)
"""
    assert int(run(LOOK + code, tmp_path, write(TABLE).rename(tmp_path / "whole"), SHARED)) < 256


@pytest.mark.parametrize("form", [pl.List(pl.Float32), pl.Array(pl.Float64, 2)])
def test_no_byte_of_a_file_ends_the_process(form, write, tmp_path):
    table = pl.concat([TABLE.with_columns(key=pl.col("key") + f"{n}") for n in range(20)])
    code = """
for at in range(len(whole)):
    for bits in (1, 0x80):
        content = bytearray(whole)
        content[at] ^= bits  # at some of these places, pyarrow ends it when it is asked of a column
        look(bytes(content))
print(peak() - before)
"""
    path = write(table.with_columns(pl.col("probabilities").cast(form)), row_group_size=30)
    assert int(run(LOOK + code, tmp_path, path.rename(tmp_path / "whole"))) < 256


def test_a_row_group_that_does_not_fit_is_refused_before_it_is_read(write, monkeypatch):
    monkeypatch.setattr(inputs, "GROUP", 90)
    with pytest.raises(UsageError, match=r"row groups of at most 2 rows, found one of 3; write it with row_group_size=2"):
        Keyed("predictions", write(TABLE))
    Keyed("predictions", write(TABLE, row_group_size=2)).close()


def test_a_file_that_changes_is_noticed(write):
    path = write(TABLE)
    with Keyed("predictions", path) as known:
        assert known.digest == datastd.digest.of_bytes(path.read_bytes())
        write(TABLE.reverse())
        with pytest.raises(DataChanged, match="expected the file that was opened, found another"):
            known.compare()
        path.unlink()
        with pytest.raises(DataChanged):
            known.of(TABLE["key"])


def test_a_table_is_joined_by_key(write):
    table = pl.DataFrame({"key": ["b"]})
    assert joined(table, {}).columns == ["key"]
    with Keyed("predictions", write(TABLE)) as known:
        assert joined(table, {"predictions": known}).columns == ["key", "probabilities"]


# the whole way: a check, a certificate, a gate

STANDARD = datastd.Standard(
    name="learned/1", about="With what a network says.", formats=("idx",),
    rules=(LabelOutOfRange(), LabelIssueConfidentLearning(), ImageEmbeddingDuplicate()),
)  # fmt: skip
FILE = """
from datastd import Standard
from datastd.rules.labels.label_issue_confident_learning import LabelIssueConfidentLearning
standard = Standard(name="learned/1", about="x", formats=("idx",), rules=(LabelIssueConfidentLearning(),))
"""
STEM = "train-images-idx3-ubyte"


@pytest.fixture
def data(tmp_path):
    return write_idx(tmp_path / "data", train=samples(200))


def sure(labels, column="probabilities"):
    p = np.full((len(labels), 10), 0.01, np.float32)
    p[np.arange(len(labels)), labels] = 0.91
    return pl.DataFrame({"key": [f"{STEM}#{n}" for n in range(len(labels))], column: p})


def test_a_check_reads_predictions_and_names_the_labels_that_they_disagree_with(data, write):
    labels = samples(200)[1].astype(int)
    labels[[3, 150]] = (labels[[3, 150]] + 1) % 10
    path = write(sure(labels)[::-1], row_group_size=64)
    report = datastd.check(data, STANDARD, inputs={"predictions": path}, jobs=2)
    assert report["Q113"].outcome == "warn"
    assert report["Q113"].checked == 200
    assert report.failing("Q113")["key"].to_list() == [f"{STEM}#3", f"{STEM}#150"]
    assert report.details("Q113")["detail"][0].startswith("expected class ")
    assert report["Q113"].examples[0].detail == report.details("Q113")["detail"][0]
    assert [(one.role, one.digest) for one in report.inputs] == [
        ("predictions", datastd.digest.of_bytes(path.read_bytes()))
    ]
    assert [one.code for one in report.not_asked] == ["L107"]


def test_a_check_reads_embeddings(data, write):
    vectors = np.random.default_rng(0).normal(size=(200, 16))
    vectors[7] = 2 * vectors[42]
    table = pl.DataFrame({"key": sure([0] * 200)["key"], "embedding": vectors})
    report = datastd.check(data, STANDARD, inputs={"embeddings": write(table)})
    assert report.failing("L107")["key"].to_list() == [f"{STEM}#7", f"{STEM}#42"]
    assert report["L107"].examples[0].detail == f"expected a cosine below 0.9, found 1.0 with {STEM}#42"


def test_samples_without_a_row_leave_it_unknown_and_rows_without_a_sample_are_refused(data, write):
    every = sure(samples(200)[1])
    report = datastd.check(data, STANDARD, inputs={"predictions": write(every[:199])})
    assert report["Q113"].outcome == report.outcome == "unknown"
    assert [one.key for one in report["Q113"].examples] == [f"{STEM}#199"]
    strange = every.with_columns(key=pl.col("key").str.replace("#199", "#200"))
    with pytest.raises(UsageError, match=f"keys of samples of the data, found 1 of others, such as {STEM}#200"):
        datastd.check(data, STANDARD, inputs={"predictions": write(strange)})
    with pytest.raises(UsageError, match="expected a role that idx-images/1 looks at"):
        datastd.check(data, "idx-images/1", inputs={"predictions": write(every)})


def test_a_row_may_be_that_of_a_sample_that_is_lost(write):
    with Keyed("predictions", write(TABLE)) as known:
        known.of(pl.Series(["a#1", "b"]))
        known.refuse_strangers(1)
        with pytest.raises(UsageError, match="found 1 of others, such as a#0"):
            known.refuse_strangers()


def test_a_certificate_is_bound_to_the_predictions_that_it_was_given_with(data, write, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(FILE)
    path = write(sure(samples(200)[1]))
    certificate = datastd.certify(data, "mine.py", out="c.json", inputs={"predictions": path})
    (given,) = certificate.statement.predicate.inputs
    assert given.digest == datastd.digest.of_bytes(path.read_bytes())
    known = {"certificate": "c.json", "standard": "mine.py",
             "standard_digest": certificate.statement.predicate.policy.digest.sha256}  # fmt: skip
    (tmp_path / "datastd.toml").write_text(
        '[[dataset]]\npath = "data"\nstandard = "mine.py"\ninputs = {predictions = "p.parquet"}\n'
    )
    datastd.open(data, **known).close()
    write(sure(samples(200)[1]), compression="uncompressed")
    with pytest.raises(NotCertified, match=r"input predictions: expected .*p\.parquet, as in datastd\.toml"):
        datastd.open(data, **known)
    with pytest.raises(UsageError, match="expected a place beside the dataset"):
        datastd.certify(data, "mine.py", out=path)


def test_a_rule_that_looks_twice_does_so_in_pieces(data, write, monkeypatch):
    monkeypatch.setattr("datastd.rules.PIECE", 7)
    monkeypatch.setattr("datastd.engines.PIECE", 9)
    monkeypatch.setattr("datastd.engines.fold.MOST_PARTIALS", 1)
    labels = samples(200)[1].astype(int)
    labels[9] = (labels[9] + 1) % 10
    report = datastd.check(data, STANDARD, inputs={"predictions": write(sure(labels))})
    assert report.failing("Q113")["key"].to_list() == [f"{STEM}#9"]


def test_pyarrow_and_polars_write_what_is_read(tmp_path):
    table = pa.table({"key": ["a"], "probabilities": pa.array([[0.5, 0.5]], pa.list_(pa.float32()))})
    parquet.write_table(table, tmp_path / "p.parquet")
    with Keyed("predictions", tmp_path / "p.parquet") as known:
        assert known.of(pl.Series(["a"])).to_list() == [[0.5, 0.5]]


# tables of classes

CLASSES = """
from datastd import Standard
from datastd.rules.labels.imagefolder_empty_class import ImagefolderEmptyClass
from datastd.rules.splits.class_set_differs_between_splits import ClassSetDiffersBetweenSplits
from datastd.rules.labels.label_out_of_range import LabelOutOfRange
standard = Standard(name="named/1", about="x", formats=("idx",),
    rules=(ImagefolderEmptyClass(), ClassSetDiffersBetweenSplits(), LabelOutOfRange()))
"""


def test_rules_about_classes_are_asked_of_a_source_that_has_some(tmp_path, monkeypatch):
    from datastd.sources.idx import Idx

    folder = sound(tmp_path / "data")
    (tmp_path / "named.py").write_text(CLASSES)
    report = datastd.check(folder, tmp_path / "named.py")
    assert {(one.code, one.needs) for one in report.not_asked} == {("F121", "classes"), ("C101", "classes")}
    assert {one.give for one in report.not_asked} == {"data that say which classes there are"}
    table = pl.DataFrame({
        "key": ["train/a", "test/a", "test/b"], "origin": "data", "split": ["train", "test", "test"],
        "class_name": ["a", "a", "b"], "samples": [1, 1, 0],
    })  # fmt: skip
    monkeypatch.setattr(Idx, "classes", lambda _: table)
    report = datastd.check(folder, tmp_path / "named.py")
    assert report.not_asked == ()
    assert report.failing("F121")["key"].to_list() == ["test/b"]
    assert report.failing("C101")["key"].to_list() == ["test/b"]
    assert report["C101"].checked == report["F121"].checked == 3
