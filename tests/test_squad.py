"""The published files pass their standard, and what warns is known."""

import json
import os
import subprocess
import sys
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


def _plain(count):
    """Paragraphs without a comma that is not between two keys."""
    made = [
        {"context": f"A cat sat on mat {n}", "qas": [{"id": f"i{n}", "question": f"What sat on mat {n}?", "answers": [{"text": "cat", "answer_start": 2}]}]}
        for n in range(count)
    ]
    return {"version": "1.1", "data": [{"title": "T", "paragraphs": made}]}


def test_paragraphs_taken_one_by_one_have_room(tmp_path):
    """Each begins a document of its own: what a comma stands before is not all that begins."""
    script = (
        "import numpy as np\nfrom datastd.pipeline import open_source\n"
        "from pathlib import Path\nimport sys\n"
        "with open_source(Path(sys.argv[1])) as source:\n"
        "    source.plan()\n"
        "    taken = source.take('train.json', np.arange(50))\n"
        "    print(len(taken), taken.columns['text'][49])\n"
    )
    (tmp_path / "data").mkdir()
    (tmp_path / "data/train.json").write_text(json.dumps(_plain(50)))
    checked = {**os.environ, "NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    done = subprocess.run([sys.executable, "-c", script, tmp_path / "data"], capture_output=True, text=True, env=checked)
    assert done.stdout == "50 What sat on mat 49?\n", done.stderr


@pytest.mark.parametrize("place", [0, 3])
def test_questions_that_a_second_list_hides_are_lost_and_named(place, tmp_path):
    paragraphs = [json.dumps(one) for one in _plain(4)["data"][0]["paragraphs"]]
    paragraphs[place] = paragraphs[place][:-1] + ', "qas": []}'
    (tmp_path / "train.json").write_text('{"version": "1.1", "data": [{"title": "T", "paragraphs": [' + ",".join(paragraphs) + "]}]}")
    report = datastd.check(tmp_path, standard="squad-1.1/1")
    assert (report.accounting.samples, report.accounting.defective) == (4, 1)
    assert report["F501"].failed == 1
    assert "qas once" in report["F501"].examples[0].detail
