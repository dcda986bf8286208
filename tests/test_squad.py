"""The published files pass their standard, and what warns is known."""

import json
import zipfile

import pytest
from squad_files import write
from support import SHARED, needs_data

import datastd

pytestmark = needs_data


def published(folder, name):
    if name.startswith("dev"):
        content = zipfile.ZipFile(SHARED / "squad/dev-v1.1.json.zip").read(name)
    else:
        content = (SHARED / "squad/xquad" / name).read_bytes()
    return write(folder, content, name)


@pytest.mark.parametrize(
    ("name", "questions", "answers", "known"),
    [
        ("dev-v1.1.json", 10_570, 34_726, {"C508": 3, "C509": 314, "C510": 76, "C512": 76, "C513": 2, "C517": 35, "Q503": 37, "Q504": 5}),
        ("xquad.en.json", 1190, 1190, {"C509": 2, "C510": 1, "C512": 10, "C513": 4, "C517": 15, "Q503": 3}),
        ("xquad.zh.json", 1190, 1190, {"C509": 1, "C512": 18, "C513": 4, "C517": 100, "Q504": 14}),
    ],
)  # fmt: skip
def test_published_files_pass(name, questions, answers, known, tmp_path):
    report = datastd.check(published(tmp_path, name), "squad-1.1/1")
    assert report.outcome == "warn"
    assert report.accounting.samples == questions
    assert report["C501"].checked == answers
    assert {v.code: v.failed for v in report.verdicts if v.failed} == known


def test_the_answers_of_a_file_whose_spaces_were_stripped_are_told_why(tmp_path):
    """What hf/datasets#2585 was: a loader stripped contexts, and left the starts as they were."""
    folder = published(tmp_path, "dev-v1.1.json")
    made = json.loads((folder / "dev-v1.1.json").read_bytes())
    for article in made["data"]:
        for one in article["paragraphs"]:
            one["context"] = one["context"].strip()
    report = datastd.check(write(folder, made, "dev-v1.1.json"), "squad-1.1/1")
    assert report["C501"].failed == report["C503"].failed > 0
    assert report["C517"].failed == 0
    assert {*report.details("C503")["detail"]} == {"its offset is off by one"}


def test_the_same_article_in_two_files_is_found(tmp_path):
    folder = published(tmp_path, "dev-v1.1.json")
    published(tmp_path, "xquad.en.json")
    report = datastd.check(folder, "squad-1.1/1")
    found = report.failing("L501")
    assert found.filter(found["key"].str.starts_with("xquad")).get_column("key").n_unique() == 1190
