"""What faces say in common: numbers, and words that go with them."""

import datastd


def test_one_of_a_thing_is_no_more_of_them(tmp_path):
    (tmp_path / "x.jsonl").write_text('{"text": "a"}\n')
    assert "1 sample (0 defective) in 1 file, 14 bytes" in str(datastd.check(tmp_path, "raw-text/1"))
    (tmp_path / "y.jsonl").write_text('{"text": "b"}\n')
    report = datastd.check(tmp_path, "raw-text/1")
    assert "2 samples (0 defective) in 2 files, 28 bytes" in str(report)
    assert "2 samples," in report._repr_html_()
