"""Norms about files: how many there are, how large, and what they are called."""

import polars as pl
import pytest

from datastd import claims
from datastd.card import Card
from datastd.digest import MANIFEST
from datastd.model import DATA, Outcome
from datastd.rules import fold
from datastd.rules.files import ManifestRule
from datastd.rules.norms import Norm
from datastd.rules.norms.bag_invalid import BagInvalid
from datastd.rules.norms.card_invalid import CardInvalid
from datastd.rules.norms.card_missing import CardMissing
from datastd.rules.norms.codec_not_approved import CodecNotApproved
from datastd.rules.norms.executable_content import ExecutableContent
from datastd.rules.norms.file_naming_pattern import FileNamingPattern
from datastd.rules.norms.file_too_large import FileTooLarge
from datastd.rules.norms.folder_too_wide import FolderTooWide
from datastd.rules.norms.linked_from_outside import LinkedFromOutside
from datastd.rules.norms.manifest_not_canonical import ManifestNotCanonical
from datastd.rules.norms.paper_unlisted import PaperUnlisted
from datastd.rules.norms.permission_too_open import PermissionTooOpen
from datastd.rules.norms.provenance_source_missing import ProvenanceSourceMissing
from datastd.rules.norms.publication_incomplete import PublicationIncomplete
from datastd.rules.norms.reject_in_data import RejectInData
from datastd.rules.norms.shard_size_out_of_band import ShardSizeOutOfBand
from datastd.rules.norms.small_files import SmallFiles
from datastd.rules.norms.time_outside_period import TimeOutsidePeriod
from datastd.rules.norms.too_many_files import TooManyFiles
from datastd.schemas.norms import NORMS


def files(*paths, size=100_000_000, papers=("README.md", "datacard.toml")):
    rows = [one if isinstance(one, tuple) else (one, size) for one in paths]
    rows = [(path, path.casefold(), "0" * 64, count, path in papers or path.startswith("_meta/"), path.endswith("666"), path.endswith("linked"), DATA) for path, count in rows]
    schema = {"path": pl.String, "folded": pl.String, "sha256": pl.String, "bytes": pl.Int64, "paper": pl.Boolean, "open_to_all": pl.Boolean, "linked": pl.Boolean,
              "origin": pl.String}  # fmt: skip
    return pl.DataFrame(rows, schema, orient="row")


def listed(*lines, there=("a", "b")):
    """The manifest's table: what a text of these lines states, of files that are *there*."""
    text = b"".join(lines)
    stated = dict(claims._stated(MANIFEST, text))
    odd = {*claims._odd(MANIFEST, text)}
    rows = [(path, SHA if path in there else None, stated.get(path), path in odd) for path in sorted({*there, *stated, *odd})]
    return pl.DataFrame(rows, {"path": pl.String, "found": pl.String, "stated": pl.String, "odd": pl.Boolean}, orient="row")


SHA = "0123456789abcdef" * 4
A, B = f"{SHA}  a\n".encode(), f"{SHA}  b\n".encode()


def sourced(*values):
    return pl.DataFrame({"key": [f"a#{n}" for n in range(len(values))], "split": "train", "source": values}, {"key": pl.String, "split": pl.String, "source": pl.String})


def timed(*values):
    return sourced(*values).select("key", "split", time=pl.col("source").str.to_datetime("%Y-%m-%d %H:%M", time_zone="UTC"))


def within(*periods):
    """The rule, beside a card of sources that are about these years."""
    days = [{"content_from": first and f"{first}-01-01", "content_to": last and f"{last}-12-31"} for first, last in periods]
    return TimeOutsidePeriod().of_card(Card.of_tables({"card_version": 1, "collection": {"sources": days}}))


def shards(count, size=100_000_000, last=1):
    return [*((f"train-{n:05}.jsonl", size) for n in range(count - 1)), (f"train-{count - 1:05}.jsonl", last)]


def many(count, folder=""):
    return [f"{folder}{n}.x" for n in range(count)]


def bagged(*wrong):
    """A manifest of the files a, b, …, and what no digest tells of each."""
    return pl.DataFrame({"path": [*"abc"[: len(wrong)]], "wrong": [*wrong], "origin": ["data"] * len(wrong)})


CASES = [
    (CardMissing(), files("a.jsonl", "datacard.toml"), 0, []),
    (CardMissing(), files("a.jsonl"), 1, ["datacard.toml"]),
    (CardMissing(), files("a.jsonl", "x/datacard.toml"), 1, ["datacard.toml"]),
    (CardMissing(), files("a.jsonl", "DataCard.toml"), 1, ["datacard.toml"]),
    (FileTooLarge(), files(("a", 200_000_000_000)), 0, []),
    (FileTooLarge(), files(("a", 200_000_000_001), "b"), 1, ["a"]),
    (FileTooLarge(most=5), files(("a", 6), ("b", 5), ("c", 7)), 2, ["a", "c"]),
    (TooManyFiles(), files(*many(3)), 0, []),
    (TooManyFiles(most=3), files(*many(3)), 0, []),
    (TooManyFiles(most=3), files(*many(4)), 1, []),
    (TooManyFiles(most=3), files(*many(9)), 6, []),
    (FolderTooWide(most=3), files(*many(3), *many(2, "a/")), 1, ["."]),
    (FolderTooWide(most=3), files(*many(2), *many(3, "a/"), *many(4, "a/b/")), 2, ["a", "a/b"]),
    (FolderTooWide(most=4), files(*many(2), *many(3, "a/"), *many(4, "a/b/")), 0, []),
    (FolderTooWide(), files(*many(10)), 0, []),
    (ShardSizeOutOfBand(), files(*shards(4)), 0, []),
    (ShardSizeOutOfBand(), files(*shards(4, 50_000_000)), 0, []),
    (ShardSizeOutOfBand(), files(*shards(4, 49_999_999)), 3, [f"train-{n:05}.jsonl" for n in range(3)]),
    (ShardSizeOutOfBand(), files(*shards(3, 2_000_000_001)), 2, ["train-00000.jsonl", "train-00001.jsonl"]),
    (ShardSizeOutOfBand(), files(("train-1.jsonl", 5), ("train-2.jsonl", 5)), 0, []),
    (SmallFiles(), files(*many(5), size=5), 0, []),
    (SmallFiles(most=4), files(*many(5), size=99_999), 5, []),
    (SmallFiles(most=4), files(*many(5), size=100_000), 0, []),
    (SmallFiles(most=3), files(("a", 1), ("b", 1), ("c", 100_000), ("d", 100_000)), 0, []),
    (SmallFiles(most=3), files(("a", 1), ("b", 1), ("c", 1), ("d", 100_000)), 3, []),
    (FileNamingPattern(), files(*(f"train-{n:05}-of-00003.parquet" for n in range(3))), 0, []),
    (FileNamingPattern(), files("data_final(2).jsonl", "b1.jsonl", "train-3.jsonl", "README.md"), 3, ["b1.jsonl", "data_final(2).jsonl", "train-3.jsonl"]),
    (FileNamingPattern(), files("a-00.tar", "a-01.tar", "a-02.tar", "a-final2.tar"), 1, ["a-final2.tar"]),
    (FileNamingPattern(), files("a1.tar", "final2.tar"), 0, []),
    (FileNamingPattern(), files(*(f"{a}-{b}-ubyte.gz" for a in ("t10k", "train") for b in ("images-idx3", "labels-idx1"))), 0, []),
    (FileNamingPattern(), files("a.mp3", "sound.mp3", "x1.mp3", "other.mp4"), 0, []),
    (ExecutableContent(), files("a.jsonl", "data_batch_1", "b.npy", "README.md"), 0, []),
    (ExecutableContent(), files("loader.py", "a.PKL", "x/run.sh", "a.py.txt"), 3, ["a.PKL", "loader.py", "x/run.sh"]),
    (ExecutableContent(), files("meta.pkl", "x/meta.pkl", "beta.pkl", "xmeta.pkl"), 2, ["beta.pkl", "xmeta.pkl"]),
    (ExecutableContent(), files("model.pt", "macro.xlsm"), 2, ["macro.xlsm", "model.pt"]),
    (PermissionTooOpen(), files("a", "666.b"), 0, []),
    (PermissionTooOpen(), files("a", "b.666", "c/666"), 2, ["b.666", "c/666"]),
    (RejectInData(), files("train.jsonl", "_meta/removed.jsonl", "projected.jsonl", "rejection.csv"), 0, []),
    (RejectInData(), files("rejected/a.jsonl", "train-Removed.jsonl", "x/quarantine.csv"), 3, ["rejected/a.jsonl", "train-Removed.jsonl", "x/quarantine.csv"]),
    (PublicationIncomplete(), files("b.tmp.jsonl", "incomplete", "part", "a.parts"), 0, []),
    (PublicationIncomplete(), files("b.jsonl.tmp", "x/_INCOMPLETE", "c.Part"), 3, ["b.jsonl.tmp", "c.Part", "x/_INCOMPLETE"]),
    (ManifestNotCanonical(), listed(A, B), 0, []),
    (ManifestNotCanonical(), listed(B, A), 1, ["a"]),
    (ManifestNotCanonical(), listed(A, A, B), 1, ["a"]),
    (ManifestNotCanonical(), listed(A, B[:-1]), 1, ["b"]),
    (ManifestNotCanonical(), listed(A.replace(b"  ", b" *"), B), 1, ["a"]),
    (ManifestNotCanonical(), listed(A, b"\n", B), 1, ["manifest-sha256.txt: line 2"]),
    (ManifestNotCanonical(), listed(b"\xef\xbb\xbf" + A, B), 1, ["manifest-sha256.txt: line 1"]),
    (ManifestNotCanonical(), listed(A.upper(), B), 1, ["A"]),
    (BagInvalid(), bagged("", "", ""), 0, []),
    (BagInvalid(), bagged("expected a line", "", "expected another"), 2, ["a", "c"]),
    (BagInvalid(), bagged("", "", "expected its bytes"), 1, ["c"]),
    (PaperUnlisted(), listed(A, B, there=("a", "b", "README.md", "README_meta/x")), 0, []),
    (PaperUnlisted(), listed(A, there=("a", "datacard.toml", "_meta/x", "LICENSE")), 3, ["LICENSE", "_meta/x", "datacard.toml"]),
    (PaperUnlisted(), listed(A, f"{SHA}  datacard.toml\n".encode(), there=("a", "datacard.toml")), 0, []),
    (ProvenanceSourceMissing(), sourced("a", "b"), 0, []),
    (ProvenanceSourceMissing(), sourced("a", None, " ", ""), 3, ["a#1", "a#2", "a#3"]),
    (LinkedFromOutside(), files("a.jsonl", "b"), 0, []),
    (LinkedFromOutside(), files("a.linked", "b", "c.linked"), 2, ["a.linked", "c.linked"]),
    (within((2020, 2021)), timed("2020-01-01 00:00", "2021-12-31 23:59", None), 0, []),
    (within((2020, 2021)), timed("2019-12-31 23:59", "2020-06-01 00:00", "2022-01-01 00:00"), 2 / 3, ["a#0", "a#2"]),
    (within((2020, 2020), (2022, None)), timed("2021-06-01 00:00", "2020-06-01 00:00", "2099-01-01 00:00"), 1 / 3, ["a#0"]),
    (within((None, 2020)), timed("1066-10-14 00:00", "2020-12-31 12:00", "2021-01-01 00:00"), 1 / 3, ["a#2"]),
    (within((2020, 2021)), timed(*["2020-01-01 00:00"] * 999, "2022-01-01 00:00"), 0.001, ["a#999"]),  # which is the limit
    (CodecNotApproved(), files("a.jsonl.gz", "b.zst", "c.xz", "d.bz2"), 0, []),
    (CodecNotApproved(), files("a.rar", "b.7Z"), 2, ["a.rar", "b.7Z"]),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "rows", "observed", "keys"), CASES)
def test_each_norm_comes_to_what_it_must(rule, rows, observed, keys):
    for parts in ([rows], [rows[:1], rows[1:]], [rows[n : n + 1] for n in range(rows.height)]):
        if rule.code in {"N305", "N307"} and len(parts) > 1:  # files are one table, whatever else is
            continue
        found = rule.judge(fold(rule, parts))
        assert found.observed == observed
        assert [one.key for one in found.examples] == keys
        assert found.checked
        assert found.outcome.opens == (observed == 0 or rule.level == "warn")
    nothing = rule.judge(fold(rule, [rows.clear()]))
    assert nothing.outcome is Outcome.UNKNOWN


def test_every_norm_about_files_has_cases_of_both_kinds():
    # What a manifest states is the catalogue's 1.0: `test_each_rule.py` has its cases.
    about = {kind for kind in map(type, NORMS) if not issubclass(kind, Norm | ManifestRule)} | {ProvenanceSourceMissing}
    assert {type(rule) for rule, *_ in CASES} | {CardInvalid} == about
    for kind in about - {CardInvalid}:
        observed = [amount for rule, _, amount, _ in CASES if type(rule) is kind]
        assert observed.count(0) >= 1
        assert sum(amount > 0 for amount in observed) >= 1
