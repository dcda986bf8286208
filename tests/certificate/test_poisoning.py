"""H11: data that were tampered with on their way, each caught by the rule or the norm that says so."""

import json
import shutil

import numpy as np
import pytest
from support import samples, sound, write_idx, write_pictures

import datastd
from datastd.certificate import verify
from datastd.errors import NotCertified
from datastd.measures.text.shared_ngrams import shared_ngrams
from datastd.model import Outcome
from datastd.rules.text.contamination_ngram import ContaminationNgram


def test_a_source_that_changed_after_it_was_certified(copy):
    images = copy.data / "train-images-idx3-ubyte"
    content = bytearray(images.read_bytes())
    content[100:110] = bytes(10)
    images.write_bytes(content)
    with pytest.raises(NotCertified, match="N403"):
        verify(copy.data, copy.plain)


def test_files_that_were_swapped(copy):
    shutil.move(copy.data / "train-labels-idx1-ubyte", copy.place / "aside")
    shutil.copy(copy.data / "t10k-labels-idx1-ubyte", copy.data / "train-labels-idx1-ubyte")
    with pytest.raises(NotCertified, match="N403"):
        verify(copy.data, copy.plain)


def test_one_row_in_ten_thousand_that_was_replaced(tmp_path):
    images, labels = samples(20_000, size=(4, 4))
    data = write_idx(tmp_path / "data", train=(images, labels), test=samples(100, size=(4, 4), seed=1))
    datastd.certify(data, "idx-images/1", out=tmp_path / "c.json")
    images = images.copy()
    images[[7, 9_999], 1, 1] ^= 1
    write_idx(data, train=(images, labels))
    with pytest.raises(NotCertified, match="N403"):
        verify(data, tmp_path / "c.json")


def test_a_label_folder_that_was_renamed_is_other_data(tmp_path):
    data = write_pictures(tmp_path / "data", splits=("train", "test"))
    before = datastd.check(data, "image-classification/1")
    (data / "train/b").rename(data / "train/c")
    after = datastd.check(data, "image-classification/1")
    assert after.data.digest != before.data.digest
    assert not after.passed  # C101: the splits have other classes


def test_a_test_set_copied_into_train(tmp_path):
    images, labels = samples(200)
    test = samples(100, seed=1)
    images[:20], labels[:20] = test[0][:20], test[1][:20]
    data = write_idx(tmp_path / "data", train=(images, labels), test=test)
    report = datastd.check(data, "idx-images/1")
    assert report["L102"].outcome is Outcome.FAIL
    assert report["L102"].failed >= 20


def test_questions_of_an_evaluation_in_the_training_text(tmp_path):
    question = "which river runs through the city where the treaty was signed in the year that nobody there remembers"
    rows = [{"text": f"Text {n} says what {n * 7} others say of {n}, and then {n ** 3} more words of its own."} for n in range(40)]
    for name, extra in (("data", {"text": f"So: {question}? It is the Elbe."}), ("evaluation", {"text": question})):
        (tmp_path / name).mkdir()
        some = [*rows, extra] if name == "data" else [extra]
        (tmp_path / name / "train.jsonl").write_text("".join(json.dumps(one) + "\n" for one in some))
    standard = datastd.Standard(name="clean-of/1", about="Nothing of an evaluation set.", formats=("jsonl",),
                                measures=(shared_ngrams,), rules=(ContaminationNgram(),))  # fmt: skip
    report = datastd.check(tmp_path / "data", standard, inputs={"evaluation": tmp_path / "evaluation"})
    assert report["L310"].outcome is Outcome.FAIL
    assert report["L310"].examples[0].key == "train.jsonl#40"


def test_sound_data_are_none_of_these(tmp_path):
    data = sound(tmp_path / "data")
    report = datastd.check(data, "idx-images/1")
    assert report.outcome is Outcome.PASS
    assert np.all([one.failed == 0 for one in report.verdicts])
