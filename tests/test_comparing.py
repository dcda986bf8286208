"""Two versions of a dataset: what became of files, samples, labels and columns."""

import json
from collections import Counter

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import datastd
from datastd import cli
from datastd.comparing.changes import BEFORE, Labels, Samples
from datastd.rules import fold

TEXTS = [f"document {n}, which is of its own" for n in range(30)]


def corpus(folder, train, test=(), name="train.jsonl"):
    folder.mkdir(exist_ok=True)
    for path, texts in ((name, train), ("test.jsonl", test)):
        if texts:
            (folder / path).write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    return folder


def pictures(folder, places):
    for place, seed in places.items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        pixels = np.random.default_rng(seed).integers(0, 255, (40, 40, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / place)
    return folder


def changes(difference):
    return {name: count for name, count in difference.changes.items() if count}


def test_the_same_version_has_no_difference(tmp_path):
    one, other = corpus(tmp_path / "a", TEXTS), corpus(tmp_path / "b", TEXTS)
    found = datastd.diff(one, other)
    assert found.is_none
    assert changes(found) == {"same": 30}
    assert found.samples.is_empty()
    assert "the same files" in str(found)
    assert {verdict.outcome for verdict in found.drift} == {"pass"}


def test_samples_are_told_apart_by_content_wherever_they_are(tmp_path):
    one = corpus(tmp_path / "a", TEXTS[:20], TEXTS[20:])
    other = corpus(tmp_path / "b", [*TEXTS[:19][::-1], TEXTS[20]], [*TEXTS[21:], "a new one"])
    found = datastd.diff(one, other)
    assert changes(found) == {"same": 28, "added": 1, "removed": 1, "moved": 1}
    rows = {row["change"]: row for row in found.samples.to_dicts()}
    assert rows["added"]["key"] == "test.jsonl#9"
    assert rows["removed"] == {"change": "removed", "key": "train.jsonl#19", "split": "train", "before": None, "now": None}
    assert rows["moved"] == {"change": "moved", "key": "train.jsonl#19", "split": "train", "before": "test", "now": "train"}
    assert found.files.changed == ("test.jsonl", "train.jsonl")


def test_files_are_added_removed_changed_and_moved(tmp_path):
    one = pictures(tmp_path / "a", {f"train/{c}/{n}.png": n for c, some in (("cat", range(4)), ("dog", range(4, 8))) for n in some})
    other = pictures(tmp_path / "b", {f"train/{c}/{n}.png": n for c, some in (("cat", range(4)), ("dog", range(4, 8))) for n in some})
    (other / "train/cat/0.png").rename(other / "train/dog/x.png")
    (other / "train/cat/1.png").write_bytes(b"nothing")
    (other / "train/dog/4.png").unlink()
    pictures(other, {"train/dog/new.png": 99})
    found = datastd.diff(one, other)
    assert found.files.added == ("train/dog/new.png",)
    assert found.files.removed == ("train/dog/4.png",)
    assert found.files.changed == ("train/cat/1.png",)
    assert found.files.moved == (("train/cat/0.png", "train/dog/x.png"),)
    assert (found.before.defective, found.now.defective) == (0, 1)
    assert changes(found) == {"same": 5, "added": 1, "removed": 2, "relabelled": 1}
    assert found.relabelled == (("0", "1", 1),)
    said = str(found)
    assert "relabelled train/dog/x.png: 0 -> 1" in said
    assert "1 unreadable" in said


def test_a_column_that_drifted_is_named(tmp_path):
    one = corpus(tmp_path / "a", [f"{n} {'a' * (n % 50)}" for n in range(400)])
    other = corpus(tmp_path / "b", [f"{n} {'a' * (n % 50 + 30)}" for n in range(400)])
    found = datastd.diff(one, other)
    drifted = {verdict.code for verdict in found.drift if verdict.outcome != "pass"}
    assert drifted == {"C730", "C731", "C734"}
    assert "C731 drift-ks" in str(found)
    assert "character_count" in str(found)


CARD = 'card_version = 1\n[identity]\ntitle = "{}"\n'


def test_what_the_card_says_otherwise_is_told(tmp_path):
    one, other = corpus(tmp_path / "a", TEXTS), corpus(tmp_path / "b", TEXTS)
    (one / "datacard.toml").write_text(CARD.format("Old"))
    (other / "datacard.toml").write_text(CARD.format("New"))
    found = datastd.diff(one, other)
    assert [(stated.field, stated.before, stated.now) for stated in found.card] == [("identity.title", '"Old"', '"New"')]
    assert 'card identity.title: "Old" -> "New"' in str(found)
    (other / "datacard.toml").write_text("title")
    said = {stated.field: stated.now for stated in datastd.diff(one, other).card}
    assert said["identity.title"] is None
    assert said["datacard.toml"].startswith("unreadable")


def test_what_is_written_says_the_same(tmp_path):
    one, other = corpus(tmp_path / "a", TEXTS), corpus(tmp_path / "b", [*TEXTS[1:], "=new"])
    found = datastd.diff(one, other)
    for name in ("d.json", "d.csv", "d.parquet"):
        found.save(tmp_path / name)
    stated = json.loads((tmp_path / "d.json").read_text())
    assert stated["schema"] == "datastd-diff/1"
    assert stated["changes"] == {"same": 29, "added": 1, "removed": 1}
    assert pl.read_parquet(tmp_path / "d.parquet").equals(found.samples)
    assert pl.read_csv(tmp_path / "d.csv").height == 2


@pytest.mark.parametrize("name", ["d.txt", "a/d.json", "b/d.json", "nowhere/d.json"])
def test_a_place_that_cannot_be_written_is_refused_before_the_work(name, tmp_path, capsys):
    one, other = corpus(tmp_path / "a", TEXTS), corpus(tmp_path / "b", TEXTS)
    assert cli.main(["diff", str(one), str(other), "--report", str(tmp_path / name)]) == 2
    assert capsys.readouterr().out == ""
    assert not (tmp_path / name).exists()


def test_versions_of_two_kinds_are_refused(tmp_path, capsys):
    one = corpus(tmp_path / "a", TEXTS)
    other = pictures(tmp_path / "b", {"train/cat/0.png": 0, "train/dog/1.png": 1})
    assert cli.main(["diff", str(one), str(other)]) == 2
    assert "expected data of format" in (said := capsys.readouterr().err)
    assert said.endswith("; name a standard for both with --standard\n")
    assert cli.main(["diff", str(one), str(tmp_path / "nowhere")]) == 2


def test_the_command_says_what_changed_and_ends_well(tmp_path, capsys):
    one, other = corpus(tmp_path / "a", TEXTS), corpus(tmp_path / "b", [*TEXTS, "\x1b[2Jnew"])
    assert cli.main(["diff", str(one), str(other)]) == 0
    assert "1 added" in capsys.readouterr().out


def test_names_of_files_cannot_repaint_a_terminal(tmp_path):
    one, other = corpus(tmp_path / "a", TEXTS), corpus(tmp_path / "b", TEXTS)
    (other / "x\x1b[2J.jsonl").write_text('{"text": "more"}\n')
    assert "\x1b" not in str(datastd.diff(one, other))


SIDES = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(["train", "test"]), st.integers(0, 2)), max_size=12)


def met(here, before):
    rows = [(f"{o}#{n}", o, split, digest.encode(), str(label)) for o, side in (("data", here), (BEFORE, before))
            for n, (digest, split, label) in enumerate(side)]
    names = ["key", "origin", "split", "digest", "label"]
    return pl.DataFrame(rows, {name: pl.Binary if name == "digest" else pl.String for name in names}, orient="row")


@given(SIDES, SIDES)
def test_what_is_added_and_removed_agrees_with_multisets(here, before):
    found = Samples().grouped(met(here, before))
    now, then = (Counter(digest for digest, *_ in side) for side in (here, before))
    said = Counter(found.get_column("detail").to_list())
    assert said["added"] == (now - then).total()
    assert said["removed"] == (then - now).total()
    assert fold(Samples(), [met(here, before)]).failed == found.height


@given(SIDES, SIDES)
def test_the_way_back_is_the_way_there_turned_round(here, before):
    there, back = (Counter(Samples().grouped(table).get_column("detail").to_list()) for table in (met(here, before), met(before, here)))
    assert (there["added"], there["removed"], there["moved"]) == (back["removed"], back["added"], back["moved"])
    turned = Counter(tuple(one.split("\t")[::-1]) for one in Labels().grouped(met(before, here)).get_column("group"))
    assert Counter(tuple(one.split("\t")) for one in Labels().grouped(met(here, before)).get_column("group")) == turned


@given(SIDES)
def test_the_same_in_any_order_has_not_changed(side):
    for rule in (Samples(), Labels()):
        assert rule.grouped(met(side, side[::-1])).is_empty()
