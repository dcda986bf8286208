"""What files beside a dataset state of it."""

import pytest

import datastd
from datastd.digest import of_bytes

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
