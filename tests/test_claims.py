"""What files beside a dataset state of it."""

import json

import pytest

import datastd
from datastd import claims
from datastd.card import Card
from datastd.digest import of_bytes
from datastd.disk import Tree

TEXT = b'{"text": "some text"}\n'


@pytest.mark.parametrize(("digests", "code"), [
    ([TEXT], ""), ([TEXT, TEXT], ""), ([TEXT, b""], "C001"), ([b"", TEXT], "C001"),
])  # fmt: skip
def test_a_file_has_one_digest(digests, code, tmp_path):
    (tmp_path / "train.jsonl").write_bytes(TEXT)
    lines = [f"{of_bytes(one)}  train.jsonl\n" for one in digests]
    (tmp_path / "manifest-sha256.txt").write_text("".join(lines))
    report = datastd.check(tmp_path, "raw-text/1")
    assert [one.code for one in report.verdicts if one.failed] == [code][: bool(code)]


def _stated(folder, text, name="dataset_info.json"):
    (folder / "train.jsonl").write_bytes(TEXT)
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    return datastd.check(folder, "raw-text/1")


@pytest.mark.parametrize(("text", "outcome"), [
    ('{"splits": {"train": {"num_examples": 1}}}', "pass"),
    ('{"splits": {"train": {"num_examples": 2}}}', "fail"),
    ('{"default": {"splits": {"train": {"num_examples": 2}}}}', "fail"),
    ('{"splits": {"train": {"num_examples": "1"}}}', "fail"),
    ('{"splits": {"train": {"num_examples": 1.0}}}', "fail"),
    ('{"splits": {"train": 1}}', "fail"),
    ('{"splits": ["train"]}', "fail"),
    ('{"splits"', "fail"),
    ("", "fail"),
    ('{"features": {}, "builder": "x"}', None),  # states nothing
    ('{"description": "x"}', None),
    ('{"splits": {"train": {"num_bytes": 9}}}', None),
])  # fmt: skip
def test_what_is_stated_of_splits_is_held_against_them(text, outcome, tmp_path):
    report = _stated(tmp_path, text)
    found = {one.code: str(one.outcome) for one in report.verdicts}.get("C004")
    assert found == outcome
    assert ("C004" in {one.code for one in report.not_asked}) == (outcome is None)


def test_two_files_that_contradict_each_other_are_both_wrong_or_one(tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "dataset_info.json").write_text('{"splits": {"train": {"num_examples": 9}}}')
    report = _stated(tmp_path, '{"splits": {"train": {"num_examples": 1}}}')
    assert str(report["C004"].outcome) == "fail"


# Manifests and configurations


@pytest.mark.parametrize("name", ["MANIFEST-SHA256.txt", "Manifest-SHA256.TXT", "manifest-sha256.txt"])
@pytest.mark.parametrize(("stated", "codes"), [(TEXT, []), (b"other", ["C001"])])
def test_a_manifest_in_capitals_is_one(name, stated, codes, tmp_path):
    (tmp_path / "train.jsonl").write_bytes(TEXT)
    (tmp_path / name).write_text(f"{of_bytes(stated)}  train.jsonl\n")
    report = datastd.check(tmp_path, "raw-text/1")
    assert [one.code for one in report.verdicts if one.failed] == codes
    assert "C001" not in {one.code for one in report.not_asked}


@pytest.mark.parametrize("line", [
    f"{of_bytes(TEXT).upper()}  train.jsonl", f"{of_bytes(TEXT)}  ./train.jsonl", f"{of_bytes(TEXT)} *./train.jsonl",
])  # fmt: skip
def test_a_line_is_read_as_sha256sum_reads_it(line, tmp_path):
    (tmp_path / "train.jsonl").write_bytes(TEXT)
    manifest = tmp_path / "manifest-sha256.txt"
    for text, codes in ((f"{line}\n", []), (f"{'0' if line[0] != '0' else '1'}{line[1:]}\n", ["C001"])):
        manifest.write_text(text)
        report = datastd.check(tmp_path, "raw-text/1")
        assert [one.code for one in report.verdicts if one.failed] == codes
    manifest.write_text(f"{of_bytes(TEXT)}  ././train.jsonl\n")
    report = datastd.check(tmp_path, "raw-text/1")
    assert [one.code for one in report.verdicts if one.failed] == ["C002", "C003"]


def test_two_manifests_that_contradict_each_other_state_nothing(tmp_path):
    (tmp_path / "train.jsonl").write_bytes(TEXT)
    for name, stated in (("MANIFEST-SHA256.txt", b"other"), ("manifest-sha256.txt", TEXT)):
        (tmp_path / name).write_text(f"{of_bytes(stated)}  train.jsonl\n")
    assert datastd.check(tmp_path, "raw-text/1")["C001"].failed == 1


def test_a_file_that_no_manifest_lists_is_told_where_it_is_in_capitals(tmp_path):
    (tmp_path / "train.jsonl").write_bytes(TEXT)
    (tmp_path / "MANIFEST-SHA256.txt").write_text("")
    assert [one.key for one in datastd.check(tmp_path, "raw-text/1")["C003"].examples] == ["train.jsonl"]


def test_cleaning_writes_a_manifest_anew_whatever_its_name(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/train.jsonl").write_bytes(TEXT + b'{"text": "other"}\n' + TEXT)
    (tmp_path / "data/MANIFEST-SHA256.txt").write_text("")
    datastd.clean(tmp_path / "data", tmp_path / "out", "text-pretraining/1", also=["L301"])
    assert (tmp_path / "out/manifest-sha256.txt").is_file()
    assert not (tmp_path / "out/MANIFEST-SHA256.txt").exists()
    report = datastd.check(tmp_path / "out", "raw-text/1")
    assert (report["C001"].checked, report["C001"].failed) == (len([*(tmp_path / "out").rglob("*.*")]) - 1, 0)


def _configured(folder, places, **counts):
    """Files with a text each, and what is stated of the train split of each configuration."""
    for place in places:
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_bytes(TEXT)
    said = {name: {"splits": {"train": {"num_examples": count}}} for name, count in counts.items()}
    (folder / "dataset_infos.json").write_text(json.dumps(said))
    report = datastd.check(folder, "raw-text/1")
    needs = [one.needs for one in report.not_asked if one.code == "C004"]
    return needs or str(report["C004"].outcome)


@pytest.mark.parametrize(("places", "counts", "found"), [
    (["a/train.jsonl", "b/train.jsonl"], {"a": 1, "b": 1}, "pass"), (["a/train.jsonl", "b/train.jsonl"], {"a": 1, "b": 2}, "fail"),
    (["a/train.jsonl"], {"a": 1, "b": 5}, "pass"), (["a/train.jsonl"], {"a": 2, "b": 5}, "fail"), (["a/x/train.jsonl", "a/y/train.jsonl"], {"a": 2, "b": 5}, "pass"),
    (["data/train.jsonl"], {"a": 1, "b": 5}, ["configurations"]), (["train.jsonl"], {"a": 1, "b": 0}, ["configurations"]), (["a/train.jsonl", "train.jsonl"], {"a": 1, "b": 1}, ["configurations"]),
    (["train.jsonl"], {"a": 1}, "pass"), (["x/train.jsonl"], {"a": 2}, "fail"),
])  # fmt: skip
def test_configurations_are_added_up_where_folders_tell_them_apart(places, counts, found, tmp_path):
    assert _configured(tmp_path, places, **counts) == found


def test_why_what_is_stated_is_not_asked_is_said_in_words(tmp_path):
    _configured(tmp_path, ["train.jsonl"], a=1, b=1)
    report = datastd.check(tmp_path, "raw-text/1")
    assert "a folder for each configuration that dataset_infos.json names" in {one.give for one in report.not_asked}


LISTED = Card.of_tables({"card_version": 1, "collection": {"sources": [{"method": "crawl", "domains_file": "d.tsv"}, {"method": "crawl", "domains_file": "absent.tsv"}]}})


@pytest.mark.parametrize(("text", "sums"), [
    (b"a.org\t10\t2\n", (10, 2)), (b"a.org\t10\t2\nb.org\t5\t0", (15, 2)), (b"a\t0\t0\r\n", (0, 0)),
    (b"", None), (b"domain\tbytes\trows\n", None), (b"a.org\t10\n", None), (b"a.org\t10\t2\t3\n", None), (b"a.org\t-1\t2\n", None),
    (b"a.org\t1.5\t2\n", None), (b"\t1\t2\n", None), (b"a\t1\t1\n\n", None), (b"a\t1\t1\na\t1\t1\n", None), ("a\t\u0661\t1\n".encode(), None),
])  # fmt: skip
def test_a_list_of_domains_is_added_up(text, sums, tmp_path):
    (tmp_path / "d.tsv").write_bytes(text)
    with Tree(tmp_path) as tree:
        assert claims.domains(tree, LISTED) == {"d.tsv": sums}
