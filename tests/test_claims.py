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
