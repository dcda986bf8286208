"""Defects planted in JSON lines of text, by `raw-text/1`, and in records of more than a text."""

import json
from hashlib import sha256

import pytest

from catalogue.planting import DOCUMENTS, RED, check, corpus, edit, passes


def _text(text, **options):
    return lambda f: corpus(f, json.dumps({"text": text}, **options).encode())


def _manifest(folder, change=lambda text: text):
    lines = [f"{sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(folder.iterdir())]
    (folder / "manifest-sha256.txt").write_text(change("".join(lines)))


def _numbered(folder, *numbers, of=4):
    (folder / "train.jsonl").unlink()
    for n in numbers:
        (folder / f"train-{n:05d}-of-{of:05d}.jsonl").write_text("".join(
            json.dumps({"text": f"document {n} {k}"}) + "\n" for k in range(500 if n == 2 else 40)))  # fmt: skip


def _states(folder, count):
    (folder / "dataset_info.json").write_text(json.dumps({"splits": {"train": {"num_examples": count}}}))


CORPORA = {
    "C001": lambda f: (_manifest(f), edit(f, "train.jsonl", lambda c: c.replace(b"7", b"9"))),
    "C002": lambda f: (_manifest(f, lambda text: text + "0" * 64 + "  gone.jsonl\n")),
    "C003": lambda f: (_manifest(f), corpus(f, name="test.jsonl")),
    "C004": lambda f: _states(f, 41),
    "C005": lambda f: _numbered(f, 0, 1, 3),
    "C006": lambda f: _numbered(f, 0, 1, 2, 3),
    "C011": lambda f: (f / "train.jsonl").rename(f / "train_eval.jsonl"),
    "F010": lambda f: corpus(f, b'{"text": "a"'),
    "F011": lambda f: corpus(f, b'["text"]'),
    "F012": lambda f: corpus(f, b'{"text": "a", "text": "b"}'),
    "F013": lambda f: corpus(f, b'{"text": "a", "score": NaN}'),
    "F014": lambda f: corpus(f, b'{"text": "\\ud800"}'),
    "F016": lambda f: edit(f, "train.jsonl", lambda c: b"\xef\xbb\xbf" + c),
    "F017": _text("a\u2028b", ensure_ascii=False),
    "F020": lambda f: corpus(f, b'{"text": "\xff"}'),
    "F021": lambda f: edit(f, "train.jsonl", lambda c: c.decode().encode("utf-16")),
    "F301": lambda f: corpus(f, b'{"text": null}'),
    "F303": _text(" \n"),
    "Q301": _text("caf\ufffd"),
    "Q303": _text("a\0b"),
    "Q304": _text("a\u202eb"),
    "L301": _text(DOCUMENTS[3]),
    "L313": lambda f: (f / "test.jsonl").write_text(json.dumps({"text": DOCUMENTS[3]}) + "\n"),
}  # fmt: skip
"""Put into a sound corpus and judged by `raw-text/1`."""

DOLMA = """
from pydantic import AwareDatetime
from datastd import Document, Standard
from datastd.schemas import raw_text
class Page(Document):
    id: int
    added: AwareDatetime | None = None
standard = Standard(name="pages/1", about="Pages.", formats=("jsonl",), records=Page, measures=raw_text.standard.measures,
    rows=raw_text.Rows, rules=raw_text.standard.rules)
"""

RECORDS = {
    "F302": _text("no id"),
    "F304": lambda f: corpus(f, b'{"text": "a", "id": 99, "added": "yesterday"}'),
}
"""Put into a sound corpus and judged by a standard whose record has more than a text."""

PLANTS = CORPORA | RECORDS


def test_a_sound_corpus_has_no_flaw(tmp_path):
    folder = corpus(tmp_path / "data")
    _states(folder, 40)
    _manifest(folder)
    passes(folder, "raw-text/1", tmp_path)


@pytest.mark.parametrize("code", CORPORA)
def test_the_defect_planted_in_a_corpus_turns_the_code_red(code, tmp_path):
    folder = corpus(tmp_path / "data")
    CORPORA[code](folder)
    done, verdicts = check(folder, "raw-text/1", tmp_path)
    found = verdicts[code]
    assert found["outcome"] == RED[found["level"]]
    assert found["examples"]
    assert code in done.stdout


@pytest.mark.parametrize("code", RECORDS)
def test_the_defect_planted_in_a_record_turns_the_code_red(code, tmp_path):
    done, verdicts = check(corpus(tmp_path / "sound"), DOLMA, tmp_path)
    assert done.returncode == 0
    folder = corpus(tmp_path / "data")
    RECORDS[code](folder)
    done, verdicts = check(folder, DOLMA, tmp_path)
    assert verdicts[code]["outcome"] == {"F302": "fail", "F304": "warn"}[code]
    assert verdicts[code]["examples"]
    assert code in done.stdout
