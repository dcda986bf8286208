"""YOLO's label folders: rows, names, what belongs to which picture, and the real files of coco128."""

import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import SHARED, needs_data
from voc_files import CLASSES, HEIGHT, WIDTH, YAML, objects, put_picture, rows, voc, write, yolo

import datastd
from datastd import cleaning, pipeline
from datastd.disk import Tree
from datastd.sources import pictures
from datastd.sources.voc import Voc
from datastd.sources.yolo import Yolo
from datastd.sources.yolo.config import configured
from datastd.sources.yolo.defects import YoloConfigInvalid
from datastd.sources.yolo.layout import label_of
from datastd.sources.yolo.rows import FIELDS, MOST, read

FIRST = "labels/train/000.txt"


def plan(folder):
    with Yolo(Tree(Path(folder))) as source:
        found = source.plan()
        paths = {split: [*listed.paths] for split, listed in source._listed.items()}
    return found, paths, sorted((one.code, one.key) for one in found.defects)


def whole(source):
    """The annotations of a dataset, with the key of their picture."""
    found = []
    for batch in (one for shard in source.plan().shards for one in source.read(shard)):
        rows = batch.annotations
        found.append(rows.with_columns(key=batch.keys[rows.get_column("row")]).drop("row"))
    return pl.concat(found)


def red(folder, standard="yolo/1"):
    """The codes that something is found under, with the keys that are named."""
    report = datastd.check(folder, standard)
    return {one.code: [example.key for example in one.examples] for one in report.verdicts if one.outcome != "pass"}


def one(text, points=None):
    """What is read of one file: its annotations, or what is said of it."""
    found, bad = read([text if isinstance(text, bytes) else text.encode()], dict(enumerate("abc")), points)
    assert found.schema == FIELDS
    return found if not bad else (bad[0]("p", "p").code, str(bad[0]("p", "p")))


def test_sound_labels_have_no_flaw(tmp_path):
    report = datastd.check(yolo(tmp_path), "yolo/1")
    assert {verdict.outcome for verdict in report.verdicts} == {"pass"}
    assert {verdict.code for verdict in report.verdicts} >= {f"F{n}" for n in range(261, 271)} | {"F299"}
    assert {split: found.records for split, found in report.splits.items()} == {"train": 8, "val": 4}


def test_boxes_are_those_that_pascal_voc_says_of_the_same_pictures(tmp_path):
    with Yolo(Tree(yolo(tmp_path / "y"))) as ours, Voc(Tree(voc(tmp_path / "v"))) as theirs:
        here, there = whole(ours), whole(theirs)
    assert here.get_column("class_name").to_list() == there.get_column("class_name").to_list()
    assert [CLASSES[n] for n in here.get_column("category")] == here.get_column("class_name").to_list()
    for name in ("x_px", "y_px", "w_px", "h_px"):
        assert np.abs(here.get_column(name).to_numpy() - there.get_column(name).to_numpy()).max() < 1e-4


ROWS = {
    "F261": ["0", "0 .5", "0 .5 .5 .2", "0 .5 .5 .2 .2 .9", "0 .1 .1 .2 .2 .3 .3 .4", "0 .5 .5 .2 .2\n0 .1 .1 .2 .2 .3 .3",
             "0 .1 .1 .2 .2 .3 .3\n0 .5 .5 .2 .2", b"\xff\xfe0\0", b"0 .5 .5 .2 .2\n\xe4", "0,.5,.5,.2,.2", b"0 1 1 1 1\n" * (MOST // 10 + 1)],
    "F264": ["0.0 .5 .5 .2 .2", "1.5 .5 .5 .2 .2", "dog .5 .5 .2 .2", "nan .5 .5 .2 .2", "99999999999999999999 .5 .5 .2 .2", "0x1 .5 .5 .2 .2"],
    "F262": ["0 .5 .5 .2 x", "0 .5 .5 .2 0x1", "0 .5 .5 .2 1_0", "0 .5 .5 .2 1e", "0 .5 .5 .2 ٣", "0 .5 .5 , .2", "0 .5 .5 .2 \0"],
    "F263": ["0 nan .5 .2 .2", "0 .5 NaN .2 .2", "0 .5 .5 inf .2", "0 .5 .5 .2 -infinity", "0 1e999 .5 .2 .2", "0 .1 .1 .2 .2 .3 -1e400"],
}  # fmt: skip


@pytest.mark.parametrize(("code", "text"), [(code, text) for code, texts in ROWS.items() for text in texts], ids=repr)
def test_a_row_that_cannot_be_read_costs_its_file(code, text):
    assert one(text)[0] == code
    if not isinstance(text, bytes):
        at = text.count("\n") + 3
        assert one(f"0 .5 .5 .2 .2\n\n{text}")[1].startswith(f"line {at}") or "\n" in text or ".3" in text
    found, bad = read([b"0 .5 .5 .2 .2", text if isinstance(text, bytes) else text.encode(), b"1 .5 .5 .2 .2"], {}, None)
    assert ([*bad], found.get_column("row").to_list()) == ([1], [0, 2])


@pytest.mark.parametrize(
    "text",
    ["", "\n", " \r\n\t\n", "0 .5 .5 .2 .2", "0 .5 .5 .2 .2\n", "0 .5 .5 .2 .2\r\n1 .5 .5 .1 .1\r\n", "0 .5 .5 .2 .2\r1 .5 .5 .1 .1",
     "\n\n  0\t.5   5e-1 +.2 0.2  \n", "-1 .5 .5 .2 .2", "0 .1 .1 .2 .1 .2 .2", "0 7 7 7 7", "0 .1 .1 .2 .1 .2 .2\n" * 3],
    ids=repr,
)  # fmt: skip
def test_what_can_be_read_is(text):
    assert len(one(text)) == len([line for line in text.splitlines() if line.strip()])


def test_a_polygon_is_given_by_the_box_around_it():
    found = one("2 .1 .5 .4 .25 .3 .75")
    assert found.select("x_px", "y_px", "w_px", "h_px").row(0) == pytest.approx((0.1, 0.25, 0.3, 0.5))
    assert found.select("category", "class_name", "lowest", "highest", "repeats").row(0) == (2, "c", 0.1, 0.75, False)


def test_key_points_have_the_shape_that_the_configuration_says():
    assert one("0 .5 .5 .2 .2 .1 .1 2 .3 .9 0", (2, 3)).select("lowest", "highest").row(0) == (0.1, 0.9)
    assert one("0 .5 .5 .2 .2 .1 .1 .3 1.5", (2, 2)).select("lowest", "highest", "w_px").row(0) == pytest.approx((0.1, 1.5, 0.2))
    assert one("0 .5 .5 .2 .2", (2, 2)) == ("F261", "line 1: expected a class and 8 numbers, found 5 fields")


def test_sides_that_six_decimals_put_beyond_the_edge_are_at_it():
    found = one("0 0.082031 0.5 0.164063 1\n0 0.917969 .5 .164063 1\n0 .5 .5 1.00001 1")
    left, right = found.get_column("x_px"), found.get_column("x_px") + found.get_column("w_px")
    assert left.to_list()[0] == 0
    assert right.to_list()[1] == 1
    assert right.to_list()[2] > 1 > 0 > left.to_list()[2]


NUMBER = st.floats(0, 1, width=32).map(lambda value: f"{value:.6f}")
BOXES = st.lists(st.tuples(st.integers(0, 4), NUMBER, NUMBER, NUMBER, NUMBER), max_size=12)


@given(st.lists(BOXES, max_size=5))
def test_rows_agree_with_reading_them_one_by_one(files):
    contents = ["".join(f"{' '.join(map(str, row))}\n" for row in some).encode() for some in files]
    found, bad = read(contents, {0: "a", 1: "b"}, None)
    assert not bad
    expected = []
    for number, some in enumerate(files):
        seen = []
        for place, (kind, *texts) in enumerate(some):
            values = [float(text) for text in texts]
            expected.append((number, str(place), kind, "ab"[kind] if kind < 2 else None, min(values), max(values), (kind, values) in seen))
            seen.append((kind, values))
    assert found.select("row", "annotation", "category", "class_name", "lowest", "highest", "repeats").rows() == expected
    for (x, y, w, h), row in zip(found.select("x_px", "y_px", "w_px", "h_px").rows(), [row for some in files for row in some], strict=True):
        cx, cy, width, height = map(float, row[1:])
        assert (x + w / 2, y + h / 2, w, h) == pytest.approx((cx, cy, width, height), abs=3e-6)


@given(st.binary(max_size=80) | st.text(alphabet="0123456789.-+einfa \t\r\n\0,", max_size=80).map(str.encode))
def test_whatever_is_in_a_label_file_is_read_or_named(content):
    found = one(content)
    assert isinstance(found, pl.DataFrame) or found[0] in ROWS


PLANTS = {
    "F265": [[(FIRST, "3 .5 .5 .2 .2\n")], [(FIRST, "-1 .5 .5 .2 .2\n")], [("data.yaml", YAML.replace("  2: person\n", ""))]],
    "F266": [[(FIRST, "0 .5 .5 .2 1.01\n")], [(FIRST, "0 -.1 .5 .2 .2\n")], [(FIRST, "0 20 20 10 10\n")], [(FIRST, "0 .1 .1 .2 .1 1.2 .2\n")]],
    "F267": [[(FIRST, "0 .5 .5 .2 .2\n0 .5 .5 .2 .2\n")], [(FIRST, "0 .5 .5 .2 .2\n1 .5 .5 .1 .1\n0 0.50 .5 .2 2e-1\n")]],
    "F268": [[("labels/train/other.txt", "0 .5 .5 .2 .2\n")], [("labels/train/other.txt", "")], [("images/train/000.png", None)]],
    "F269": [[(FIRST, None)], [("labels/val/011.txt", None)]],
    "F270": [[("data.yaml", YAML.replace("  0: dog", "  0: [dog]"))], [("data.yaml", "names: [dog, ' ', person]\n")], [("data.yaml", "names: [dog, ' dog', person]\n")], [("data.yaml", YAML + "nc: 4\n")], [("data.yaml", None)],
             [("labels/train/classes.txt", "dog\ncat\n")], [("data.yaml", YAML.replace("images/val", "images/train"))],
             [("train.txt", "images/train/000.png\nimages/train/999.png\n")], [("data.yaml", "names: [dog, cat, Person, person]\n")],
             [("train.txt", "images/train/000.png\n"), ("val.txt", "./images/train/000.png\n")], [("data.yaml", b"names: [\xe4]\n")]],
    "F299": [[("images/train/000.jpg", None)]],
}  # fmt: skip
"""Files of a sound dataset, and what they become; a picture is made of one that is not there."""

SOUND = {
    "F265": [(FIRST, "2 .5 .5 .2 .2\n")], "F266": [(FIRST, "0 0.5 .5 1 1.0\n")], "F267": [(FIRST, "0 .5 .5 .2 .2\n1 .5 .5 .2 .2\n0 .5 .5 .2 .4\n")],
    "F269": [(FIRST, "")], "F270": [("labels/train/classes.txt", "dog\ncat\nperson\n\n"), ("train.txt", "/data/images/train/000.png\n\n")],
}  # fmt: skip

BESIDE = {"F265": {"F270"}, "F266": {"F214", "F297"}, "F267": {"C209"}, "F270": {"F265", "C104", "L104"}, "F299": {"L102", "L101"}}


def planted(folder, changes):
    yolo(folder)
    for path, content in changes:
        if content is not None:
            write(folder / path, content)
        elif (folder / path).is_file():
            (folder / path).unlink()
        else:
            put_picture(folder / path, 90)
    return folder


@pytest.mark.parametrize(("code", "changes"), [(code, changes) for code, some in PLANTS.items() for changes in some], ids=repr)
def test_the_defect_planted_in_labels_turns_the_code_red(code, changes, tmp_path):
    found = red(planted(tmp_path, changes))
    assert found[code]
    assert {*found} - {code} <= BESIDE.get(code, set())


@pytest.mark.parametrize("code", SOUND)
def test_what_is_just_inside_a_boundary_passes(code, tmp_path):
    assert {*red(planted(tmp_path, SOUND[code]))} <= {"C210"}


@pytest.mark.parametrize("code", ROWS)
def test_a_file_that_cannot_be_read_is_told_with_its_picture(code, tmp_path):
    folder = planted(tmp_path, [(FIRST, ROWS[code][0])])
    report = datastd.check(folder, "yolo/1")
    assert red(folder) == {code: ["images/train/000.png"]}
    assert (report.accounting.samples, report.accounting.defective) == (12, 1)


@pytest.mark.parametrize(
    ("picture", "label"),
    [("images/train/a.jpg", "labels/train/a.txt"), ("train/images/a.b.png", "train/labels/a.b.txt"), ("x/images/images/a.jpg", "x/images/labels/a.txt"),
     ("obj_train_data/a.jpg", "obj_train_data/a.txt"), ("myimages/a.jpg", "myimages/a.txt")],
)  # fmt: skip
def test_labels_are_where_trainers_look_for_them(picture, label):
    assert label_of(picture) == label


@pytest.mark.parametrize(("shown", "about"), [("{}/images", "{}/labels"), ("set/images/{}", "set/labels/{}"), ("{}", "{}"), ("{}_set", "{}_set")])
def test_layouts_of_other_tools_are_read(shown, about, tmp_path):
    for number in range(6):
        split = "train" if number < 4 else "valid"
        put_picture(tmp_path / shown.format(split) / f"{number}.png", number)
        write(tmp_path / about.format(split) / f"{number}.txt", "\n".join(rows(number)))
    places = f"train: ../{shown.format('train')}\nval: ../{shown.format('valid')}\n"
    write(tmp_path / "data.yaml", f"{places}nc: 3\nnames: ['dog', 'cat', 'person']\nroboflow:\n  license: MIT\n")
    with pipeline.open_source(tmp_path) as source:
        assert source.format == "yolo"
    _, paths, defects = plan(tmp_path)
    assert ({split: len(of) for split, of in paths.items()}, defects) == ({"train": 4, "val": 2}, [])


def test_key_points_are_found_unasked(tmp_path):
    for number in range(3):
        put_picture(tmp_path / f"images/{number}.png", number)
        write(tmp_path / f"labels/{number}.txt", "0 .5 .5 .2 .2" + " .4 .4 2" * 17 + "\n")
    write(tmp_path / "data.yaml", "kpt_shape: [17, 3]  # points, and x, y, seen\nnames: [person]\n")
    report = datastd.check(tmp_path)
    assert (report.standard.name, report["F261"].failed, report["F266"].failed, report["F266"].checked) == ("yolo/1", 0, 0, 3)


def test_a_picture_of_another_encoding_is_told_how_to_be_asked_for(tmp_path):
    planted(tmp_path, [("images/train/000.png", None), ("images/train/000.bmp", None)])
    assert red(tmp_path) == {"F123": ["images/train/000.bmp"], "F268": [FIRST]}
    assert datastd.check(tmp_path, "yolo/1", format="yolo:bmp").outcome == "pass"


def test_darknet_has_lists_and_names(tmp_path):
    for number in range(4):
        put_picture(tmp_path / f"obj_train_data/{number}.png", number)
        write(tmp_path / f"obj_train_data/{number}.txt", "\n".join(rows(number)))
    write(tmp_path / "obj.names", "dog\ncat\nperson\n")
    write(tmp_path / "obj.data", "classes = 3\ntrain = data/train.txt\nnames = data/obj.names\n")
    write(tmp_path / "train.txt", "".join(f"data/obj_train_data/{number}.png\n" for number in range(3)))
    write(tmp_path / "test.txt", "data\\obj_train_data\\3.png\r\n")
    _, paths, defects = plan(tmp_path)
    assert (paths, defects) == ({"train": [f"obj_train_data/{n}.png" for n in range(3)], "test": ["obj_train_data/3.png"]}, [])


def test_the_configuration_says_what_folders_are_splits(tmp_path):
    yolo(tmp_path, names="path: ../datasets/mine\ntrain: images/train\ntest: [images/val]\nval:\nnames: [dog, cat, person]\n")
    assert {split: len(of) for split, of in plan(tmp_path)[1].items()} == {"train": 8, "test": 4}


CONFIGS = {
    "names: [a, 'b c', \"d\\u00e9\", it's, rock 'n roll]\n": ["a", "b c", "dé", "it's", "rock 'n roll"],
    "names: [\n  a, # x\n  b,\n]\n": ["a", "b"],
    "names:\n- a\n- no\n- 1\nnc: 3": ["a", "no", "1"],
    "names:\n  - a  # first\n\n  - 'it''s'\n": ["a", "it's"],
    "---\n# x\nnames: {0: a, 1: 'x: y', '2': z}\n": ["a", "x: y", "z"],
    "download: |\n  names: none\n  more\nnames:\n  0: a\n  1: 'b'  # c\n  2: driver's seat # d\n\n# e\n": ["a", "b", "driver's seat"],
    "a: {x: [1, 2], y: {z: 1}}\nb: \"x\n  y\"\nnames: [q]\ntrain:\n": ["q"],
    "names: [a]\r\nnc: 1\r\n": ["a"],
    "'names': [a]\n": ["a"],
}


@pytest.mark.parametrize("text", CONFIGS, ids=repr)
def test_names_are_read_as_yaml_has_them(text, tmp_path):
    write(tmp_path / "data.yaml", text)
    found = configured(Tree(tmp_path), "data.yaml")
    assert [found.names[n] for n in range(len(found.names))] == CONFIGS[text]


@pytest.mark.parametrize("text", CONFIGS, ids=repr)
def test_what_is_read_of_yaml_is_what_a_reader_of_all_of_it_reads(text):
    yaml = pytest.importorskip("yaml")
    names = yaml.safe_load(text)["names"]
    values = [*names.values()] if isinstance(names, dict) else names
    assert [{False: "no", 1: "1"}.get(one, one) if not isinstance(one, str) else one for one in values] == CONFIGS[text]


@pytest.mark.parametrize(
    "text",
    ["names: *a\n", "names: &x [a]\n", "names: [a, [b]]\n", "names: [a\n", "names: [a,,b]\n", "names:\n\t- a\n", "names: a\n", "names: a\n  b\n",
     "names: |\n  a\n", "!!python/object/apply:os.system [x]\n", "names: !!str [a]\n", "names: [a]\nnames: [b]\n", "names:\n", "names: [\"\\ud83d\"]\n",
     "names:\n  - a\n  x: b\n", "names:\n  a: b\n", "names:\n  0: a\n  0: b\n", "names: [a: b]\n", "names: [a] b\n", "names: [a}\n", "{names: [a]}\n",
     "names: [a]\nnc: two\n", "names: [a]\nkpt_shape: [17]\n", "names: [a]\nkpt_shape: [17, 4]\n", "  names: [a]\n", "names: [a]\n...\nx: 1\n",
     "names:\n  0: a\n   1: b\n", "names:\n  - a\n    - b\n", "names:\n  0:\n    a: b\n", "names: [a, a]\n", "names: [A, ' a']\n", "- a\n", "names: ['a]\n", "\0", "names: [a" + "," * 9],
    ids=repr,
)  # fmt: skip
def test_more_of_yaml_is_refused_and_not_guessed_at(text, tmp_path):
    write(tmp_path / "data.yaml", text)
    with pytest.raises(YoloConfigInvalid):
        configured(Tree(tmp_path), "data.yaml")


@given(st.text(alphabet="names: []{}'\"#-,\n\t01ab&*!|>%@\\", max_size=60))
def test_whatever_a_configuration_holds_it_is_read_or_refused(tmp_path_factory, text):
    folder = tmp_path_factory.mktemp("yaml")
    write(folder / "data.yaml", f"names:{text}")
    try:
        found = configured(Tree(folder), "data.yaml")
    except YoloConfigInvalid:
        return
    yaml = pytest.importorskip("yaml")
    names = yaml.load(f"names:{text}", yaml.BaseLoader)["names"]
    if found is not None:
        assert [*found.names.values()] == ([*names.values()] if isinstance(names, dict) else names)


@pytest.mark.parametrize(("names", "found"), [
    ("train: images\nval: images/val\n", "images/val/, which is in images/"), ("train: .\nval: images/val\n", "images/val/, which is in ."),
    ("train: images/trian\nval: images/val\n", "images/trian"), ("train: [images/train, images/more]\nval: images/val\n", "images/more"),
    ("train: images/train\nval: images/valid\n", "images/valid"), ("train: images/train\ntest: images/test\n", "images/test"),
    ("train: images/train\nval: [images/val, images/vall]\n", "images/vall"), ("train: images/train\nval: [images/val, val.txt]\n", "val.txt"),
    ("train: lists/train.txt\nval: images/val\n", "lists/train.txt"), ("train: images/train\nval: images/val\ntest: test.txt\n", "test.txt"),
])  # fmt: skip
def test_a_place_that_is_not_there_or_is_in_that_of_another_split_is_named(names, found, tmp_path):
    folder = yolo(tmp_path / "data", names=names + "names: [dog, cat, person]\n")
    said = [str(one) for one in plan(folder)[0].defects if one.code == "F270"]
    assert len(said) == 1
    assert said[0].endswith(found)
    assert datastd.check(folder, "yolo/1")["F270"].outcome == "fail"


@pytest.mark.parametrize("names", [
    "train: images/train\nval: images/val\ntest: images/test\n", "train: images/train\nval: images/val\ntest: [images/test, images/more]\n", "path: /home/me/mine\ntrain: images/train\nval: images/val\n",
    "train: C:\\\\data\\\\mine\\\\images\\\\train\nval: ../images/val\n", "train: images/train\nval: images/val\ntest:\n",
], ids=repr)  # fmt: skip
def test_places_that_are_elsewhere_are_let_be_where_every_picture_here_is_in_one(names, tmp_path):
    _, paths, defects = plan(yolo(tmp_path, names=names.replace("\\\\", "\\") + "names: [dog, cat, person]\n"))
    assert ({split: len(of) for split, of in paths.items()}, defects) == ({"train": 8, "val": 4}, [])


def test_of_coco128_val_is_not_here_and_of_what_is_left_of_a_val_something_is_lost(tmp_path):
    """As coco128 is given away: its configuration names ``images/val2017``, of which there is nothing."""
    assert plan(yolo(tmp_path / "part", count=8))[2] == []
    assert plan(yolo(tmp_path / "typo", count=8, names=YAML.replace("images/train", "images/trian")))[2] == [("F270", "data.yaml")] * 2
    labels = yolo(tmp_path / "labels", count=8)
    write(labels / "labels/val/009.txt", "0 .5 .5 .2 .2\n")
    assert plan(labels)[2] == [("F268", "labels/val/009.txt")]


def test_a_list_that_has_a_picture_twice_is_named(tmp_path):
    folder = planted(tmp_path / "data", [("train.txt", "images/train/000.png\n\n./images/train/001.png\nimages/train/000.png\n\n")])
    found, _, defects = plan(folder)
    assert (defects, str(found.defects[0])) == ([("F270", "train.txt")], "line 4: expected each picture once, found 1 once more")
    done = cleaning.clean(folder, tmp_path / "new", "yolo/1")
    assert (done.rows_out, done.outcome) == (12, "pass")
    assert (tmp_path / "new/train.txt").read_text() == "images/train/000.png\n./images/train/001.png\n"


def test_a_list_that_has_a_picture_of_anothers_folder_is_named(tmp_path):
    folder = planted(tmp_path / "data", [("train.txt", "images/train/000.png\nimages/val/009.png\n")])
    _, paths, defects = plan(folder)
    assert (defects, {split: len(of) for split, of in paths.items()}) == ([("F270", "train.txt")], {"train": 8, "val": 4})
    done = cleaning.clean(folder, tmp_path / "new", "yolo/1")
    assert (done.rows_out, done.outcome) == (12, "pass")
    assert (tmp_path / "new/train.txt").read_text() == "images/train/000.png\n"


def test_classes_are_those_that_have_a_name(tmp_path):
    with Yolo(Tree(yolo(tmp_path))) as source:
        table = source.classes()
    assert table.filter(pl.col("split") == "val").select("key", "class_name", "category").rows() == [
        ("data.yaml#0", "dog", 0), ("data.yaml#1", "cat", 1), ("data.yaml#2", "person", 2),
    ]  # fmt: skip
    with Yolo(Tree(yolo(tmp_path / "none", names=""))) as source:
        assert source.classes() is None


def test_any_standard_of_boxes_asks_for_the_names_of_classes(tmp_path):
    assert "C297" not in red(yolo(tmp_path), "object-detection/1")
    write(tmp_path / FIRST, "3 .5 .5 .2 .2\n")
    assert red(tmp_path, "object-detection/1")["C297"] == ["images/train/000.png@0"]
    write(tmp_path / FIRST, "0 .5 .5 .2 .2\n")
    write(tmp_path / "data.yaml", YAML.replace("cat", "c\u200bat"))
    assert red(tmp_path)["C197"] == ["data.yaml#1", "data.yaml#1"]
    write(tmp_path / "data.yaml", YAML.replace("cat", "ＤＯＧ\u200b"))
    assert red(tmp_path)["F270"] == ["data.yaml"]


def test_a_yaml_file_without_names_is_no_configuration(tmp_path):
    write(yolo(tmp_path) / "hyp.yaml", "lr0: 0.01\n")
    assert plan(tmp_path)[2] == [("F099", "hyp.yaml")]


def test_captions_beside_pictures_are_no_labels(tmp_path):
    for number in range(3):
        put_picture(tmp_path / f"a/{number}.png", number)
        write(tmp_path / f"a/{number}.txt", "a dog in a park\n")
    with pipeline.open_source(tmp_path) as source:
        assert source.format == "image-folder"


def test_many_rows_of_one_file_are_read_and_too_many_named(tmp_path):
    many = "".join(f"{n % 3} 0.{n % 997 + 1:03} 0.5 0.000{n % 89 + 1:02} 0.2\n" for n in range(200_000))
    planted(tmp_path, [(FIRST, many), ("labels/train/001.txt", "0 .5 .5 .1 .1\n" * 1_000_000)])
    with Yolo(Tree(tmp_path)) as source:
        found = [read for shard in source.plan().shards for read in source.read(shard)]
    (defect,) = [one for one in found if not hasattr(one, "annotations")]
    assert (defect.code, defect.key) == ("F261", "images/train/001.png")
    assert sum(one.annotations.height for one in found if one is not defect) > 200_000


def test_files_are_cut_into_shards_by_what_is_beside_the_pictures(tmp_path, monkeypatch):
    yolo(tmp_path)
    monkeypatch.setattr(pictures, "BESIDE", 1)
    assert [one.samples for one in plan(tmp_path)[0].shards] == [1] * 12


def test_a_clean_copy_has_what_passes_and_its_lists(tmp_path):
    folder = planted(tmp_path / "data", [
        (FIRST, "0 .5 .5 .2 nan\n"), ("labels/train/001.txt", "7 .5 .5 .2 .2\n"), ("labels/train/other.txt", "0 .5 .5 .2 .2\n"), ("labels/val/009.txt", None),
        ("train.txt", "".join(f"./images/train/{number:03}.png\n" for number in range(8))), ("val.txt", "images/val/009.png\n"),
    ])  # fmt: skip
    done = cleaning.clean(folder, tmp_path / "new", "yolo/1")
    assert (done.rows_in, done.rows_out, done.outcome) == (13, 10, "warn")  # a picture without labels may stay
    there = {path.relative_to(tmp_path / "new").as_posix() for path in (tmp_path / "new").rglob("*") if path.is_file()}
    assert {"data.yaml", "images/val/009.png", "labels/train/002.txt", "val.txt"} <= there
    assert not {FIRST, "labels/train/001.txt", "labels/train/other.txt", "images/train/000.png"} & there
    assert (tmp_path / "new/train.txt").read_text().split() == [f"./images/train/{number:03}.png" for number in range(2, 8)]


def test_of_two_files_of_names_the_second_is_left_out(tmp_path):
    folder = planted(tmp_path / "data", [("labels/train/classes.txt", "dog\ncat\n")])
    done = cleaning.clean(folder, tmp_path / "new", "yolo/1")
    assert (done.rows_out, done.outcome, done.files) == (12, "pass", 1)


def test_a_split_in_which_no_picture_has_an_object_is_told(tmp_path):
    planted(tmp_path, [(f"labels/val/{number:03}.txt", "") for number in range(8, 11)])
    assert "C291" not in red(tmp_path)
    write(tmp_path / "labels/val/011.txt", "")
    for standard in ("yolo/1", "object-detection/1"):
        assert red(tmp_path, standard)["C291"] == ["val"]


def test_two_configurations_say_the_same_places_and_points(tmp_path):
    folder = planted(tmp_path / "data", [("more.yaml", YAML)])
    assert plan(folder)[2] == []
    for other in (YAML.replace("images/val", "images/train"), YAML + "kpt_shape: [4, 3]\n", YAML.replace("path: .", "path: elsewhere")):
        write(folder / "more.yaml", other)
        assert plan(folder)[2] == [("F270", "more.yaml")]


def test_a_clean_copy_has_each_picture_in_one_list(tmp_path):
    lists = [("train.txt", "images/train/000.png\nimages/train/001.png\n"), ("val.txt", "images/val/008.png\nimages/train/000.png\n")]
    done = cleaning.clean(planted(tmp_path / "data", lists), tmp_path / "new", "yolo/1")
    assert (done.rows_out, done.outcome) == (12, "pass")
    assert (tmp_path / "new/val.txt").read_text() == "images/val/008.png\n"


def test_the_same_pixels_in_two_splits_are_told(tmp_path):
    planted(tmp_path, [("images/val/011.png", None)])
    put_picture(tmp_path / "images/val/011.png", 3)
    found = red(tmp_path)
    assert found["L201"] == ["images/train/003.png", "images/val/011.png"]


def test_names_that_differ_in_case_are_no_partners(tmp_path):
    planted(tmp_path, [("labels/train/000.TXT", rows(0)[0]), ("labels/train/A.txt", ""), ("images/train/a.png", None)])
    assert {code: red(tmp_path)[code] for code in ("F268", "F269")} == {
        "F268": ["labels/train/000.TXT", "labels/train/A.txt"], "F269": ["images/train/a.png"],
    }  # fmt: skip
    assert "F006" in red(tmp_path)


def test_a_copy_of_a_sound_dataset_is_the_dataset(tmp_path):
    folder = planted(tmp_path / "data", [("train.txt", "images/train/000.png\n"), ("classes.txt", "dog\ncat\nperson\n"), ("labels/val/010.txt", "")])
    assert cleaning.clean(folder, tmp_path / "new", "yolo/1").rows_out == 12
    for path in folder.rglob("*"):
        if path.is_file():
            assert (tmp_path / "new" / path.relative_to(folder)).read_bytes() == path.read_bytes()


def test_boxes_are_placed_by_the_picture_wherever_it_is_read(tmp_path):
    yolo(tmp_path)
    put_picture(tmp_path / "images/train/001.png", 1)
    with Yolo(Tree(tmp_path)) as source:
        source.plan()
        taken = source.take("train", np.array([3, 1]))
        (sent,) = source.portion("train", [3, 1]).read()
    assert taken.annotations.equals(sent.annotations)
    (left, top, right, bottom), *_ = [corners for _, corners in objects(3)]
    assert taken.annotations.select("x_px", "y_px", "w_px", "h_px").row(0) == pytest.approx((left - 1, top - 1, right - left + 1, bottom - top + 1), abs=1e-4)
    assert {one.shape for one in taken.pictures} == {(HEIGHT, WIDTH, 3)}


def test_any_pictures_with_boxes_are_judged_alike(tmp_path):
    report = datastd.check(yolo(tmp_path), "object-detection/1")
    assert {one.outcome for one in report.verdicts} == {"pass"}
    assert report["F214"].checked == report["F212"].checked == 18
    write(tmp_path / FIRST, "0 .5 .5 1.1 .2\n")
    assert {*red(tmp_path, "object-detection/1")} == {"F214"}


def coco(folder, task):
    for part in (f"{task}/labels", "images"):
        shutil.copytree(SHARED / "coco128" / part, folder / part.rpartition("/")[2])
    for name in ("config.yaml", "README.md"):
        shutil.copyfile(SHARED / "coco128" / task / name, folder / name)
    return folder


@needs_data
def test_of_coco128_what_has_no_partner_is_found_and_nothing_else(tmp_path):
    folder = coco(tmp_path, "object_detection")
    report = datastd.check(folder)
    assert red(folder) == {
        "F268": [f"labels/train2017/000000000{n}.txt" for n in (656, 659)], "F269": [f"images/train2017/000000000{n}.jpg" for n in (250, 508)],
    }  # fmt: skip
    assert {*red(folder, "object-detection/1")} == {"F268", "C205"}  # and there the same two pictures
    assert red(folder, "object-detection/1")["C205"] == red(folder)["F269"]
    assert (report.standard.name, report.data.format, report["F266"].checked) == ("yolo/1", "yolo", 929)
    counts = [len(path.read_text().splitlines()) for path in (folder / "labels/train2017").iterdir()]
    assert sum(counts) == 941
    assert sum(len((folder / f"labels/train2017/000000000{n}.txt").read_text().splitlines()) for n in (656, 659)) == 941 - 929


@needs_data
def test_polygons_of_coco128_are_read(tmp_path):
    folder = coco(tmp_path, "instance_segmentation")
    report = datastd.check(folder)
    assert report["F269"].failed == 28
    assert report["F266"].checked == 746
    assert {*red(folder)} == {"F213", "F269"}  # a handle of a suitcase is less than a pixel high
