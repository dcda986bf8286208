"""Pascal VOC: XML from strangers, what belongs to which picture, and what a clean copy reads as."""

import json
import re
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import ROOT
from voc_files import WIDTH, annotated, described, flat, objects, put_picture, voc, write

import datastd
from datastd import cleaning, pipeline
from datastd.disk import Tree
from datastd.measures.boxes.filename_differs import filename_differs
from datastd.sources import pictures
from datastd.sources.voc import Voc, layout, markup
from datastd.sources.voc.markup import annotation

ONE = annotated("a", [("dog", (1, 2, 9, 8))])


def read(content):
    """The record of an annotation, or what is said of it."""
    try:
        return annotation("a.xml", content if isinstance(content, bytes) else content.encode(), "a.png")[0]
    except markup.VocXmlStructure as defect:
        return str(defect).removeprefix("a.xml: ") if (defect.path, defect.key) == ("a.xml", "a.png") else None


def plan(folder):
    with Voc(Tree(Path(folder))) as source:
        found = source.plan()
        paths = {split: [*listed.paths] for split, listed in source._listed.items()}
    return found, paths, [(one.code, one.key) for one in found.defects]


def boxes(folder):
    """The rows of all annotations, by picture."""
    found = {}
    with Voc(Tree(Path(folder))) as source:
        for shard in source.plan().shards:
            for batch in source.read(shard):
                for key, row in zip(batch.keys, range(len(batch)), strict=True):
                    found[key] = batch.annotations.filter(pl.col("row") == row).drop("row").rows()
    return found


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
DOCUMENT_TYPES = [
    f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]><annotation>&l9;</annotation>',
    '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><annotation>&x;</annotation>',
    '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><annotation/>',
    '<?xml version="1.0"?>\n<!DOCTYPE annotation>' + ONE,
]


def test_a_defect_says_which_element_it_is_about_and_what_is_there():
    assert read(re.sub("<xmin>.*?</xmin>", "<xmin>left</xmin>", ONE)) == "object 0 bndbox xmin: expected a valid number, found a string"
    assert read(re.sub("<xmin>.*?</xmin>", "", ONE)) == "object 0 bndbox xmin: expected an element, found none"


@pytest.mark.parametrize("content", DOCUMENT_TYPES, ids=["laughs", "external", "dtd", "bare"])
@pytest.mark.parametrize("code", ["utf-8", "utf-16"])
def test_no_entity_is_declared_and_none_is_opened(content, code):
    assert "expected no document type" in read(content.encode(code))


def test_an_entity_that_nobody_declared_is_no_xml():
    assert read(ONE.replace("dog", "&dog;")) == "line 1: expected XML, found undefined entity"
    assert read(ONE.replace("dog", "&lt;dog&#62;")).object[0].name == "<dog>"


@pytest.mark.parametrize(
    "content",
    [ONE.encode("utf-16"), b"\xff\xfe" + ONE.encode("utf-16-le"), b"\xfe\xff" + ONE.encode("utf-16-be"), b"\xef\xbb\xbf" + ONE.encode(),
     b'<?xml version="1.0" encoding="ISO-8859-1"?>' + ONE.encode(), ONE.replace(">", ">\r\n  ").replace("\r\n  dog", "dog").encode()],
)  # fmt: skip
def test_xml_is_read_in_its_encodings(content):
    found = read(content.replace(b"dog\r\n", b"dog"))
    assert (found.object[0].name.strip(), found.object[0].bndbox.ymax) == ("dog", 8)


def test_other_encodings_are_refused_and_not_looked_up():
    for code in ("cp1252", "zip_codec", "utf-7", "idna"):
        assert read(f'<?xml version="1.0" encoding="{code}"?>{ONE}') == "line 1: expected UTF-8, UTF-16, Latin 1 or ASCII, found another encoding"
    assert "found not well-formed (invalid token)" in read(ONE.encode().replace(b"dog", b"d\xe4g"))


def test_depth_and_size_are_bounded():
    deep = "<x>" * 31 + "</x>" * 31
    assert not isinstance(read(ONE.replace("<size>", f"{deep}<size>")), str)
    assert "at most 32 elements" in read(ONE.replace("<size>", f"<x>{deep}</x><size>"))
    assert "at most 32 elements" in read(b"<annotation>" * 100_000)
    assert read(b" " * (markup.MOST + 1)) == f"expected at most {markup.MOST} bytes, found {markup.MOST + 1}"
    recursion = sys.getrecursionlimit()
    assert read(b"<a/>" * recursion) == "line 1: expected XML, found junk after document element"


@pytest.mark.parametrize(
    "hidden",
    [
        "<Object><name>dog</name></Object>", '<a:object xmlns:a="q"><name>dog</name></a:object>', "<objects><object/></objects>",
        "<more><a><OBJECT>x</OBJECT></a></more>",
    ],
)  # fmt: skip
def test_an_object_that_some_loaders_find_and_others_do_not_is_named(hidden):
    assert "objects right below it" in read(ONE.replace("<size>", f"{hidden}<size>"))
    assert not isinstance(read(ONE.replace("<size>", "<objectness>1</objectness><size>")), str)


@given(st.integers(0, len(ONE) - 1))
def test_a_file_that_is_cut_is_no_annotation(at):
    assert isinstance(read(ONE[:at]), str)


@given(st.binary(max_size=60) | st.text(alphabet="<>/&;a!-[]'\"= annotation", max_size=60).map(str.encode), st.integers(0, len(ONE)))
def test_whatever_stands_in_a_file_is_read_or_named(noise, at):
    found = read(ONE.encode()[:at] + noise + ONE.encode()[at:])
    assert isinstance(found, str) or found.size.width == WIDTH or at > 0


NUMBERS = st.integers(-(2**33), 2**33).map(str) | st.floats().map(str) | st.sampled_from(["", "1_0", "0x1", "1e5", " 7\n", "١", "1" * 5000, "+3", "True"])


@given(NUMBERS)
def test_coordinates_are_numbers_as_xml_has_them_in_ascii(text):
    found = read(ONE.replace("<xmin>1<", f"<xmin>{text}<"))
    bare = text.strip()
    is_number = re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", bare, re.ASCII) and len(bare) < 60 and abs(float(bare)) < 2**31
    assert isinstance(found, str) == (not is_number)
    if is_number:
        assert found.object[0].bndbox.xmin == float(bare)


def test_boxes_are_given_from_zero_on(tmp_path):
    found = boxes(voc(tmp_path))
    assert len(found) == 12
    for number in range(12):
        here = found[f"JPEGImages/{number:06}.png"]
        expected = [
            (str(n), None, called, left - 1, top - 1, right - left + 1, bottom - top + 1, None, 0, None, 0.0, None, None, None)
            for n, (called, (left, top, right, bottom)) in enumerate(objects(number))
        ]
        assert here == expected


def test_flags_are_numbers_or_none(tmp_path):
    more = "<difficult>1</difficult><truncated>x</truncated>"
    write(voc(tmp_path) / "Annotations/000000.xml", annotated("000000", [("dog", (1, 1, 2, 2), more)]))
    *_, difficult, truncated, occluded, _ = boxes(tmp_path)["JPEGImages/000000.png"][0]
    assert (difficult, occluded, np.isnan(truncated)) == (1.0, None, True)


def test_splits_are_those_of_the_lists(tmp_path):
    found, paths, defects = plan(voc(tmp_path))
    assert {split: len(of) for split, of in paths.items()} == {"train": 8, "val": 4}
    assert (defects, found.lost) == ([], 0)
    (tmp_path / "ImageSets/Main/train.txt").unlink()
    assert {split: len(of) for split, of in plan(tmp_path)[1].items()} == {"train": 8, "val": 4}  # what trainval says beside
    (tmp_path / "ImageSets/Main/trainval.txt").unlink()
    (tmp_path / "ImageSets/Main/dog_train.txt").unlink()
    assert {split: len(of) for split, of in plan(tmp_path)[1].items()} == {"data": 8, "val": 4}
    write(tmp_path / "ImageSets/Segmentation/train.txt", "000000\n000008\n")  # Main says more than it
    _, paths, defects = plan(tmp_path)
    assert {split: len(of) for split, of in paths.items()} == {"data": 7, "train": 1, "val": 4}
    assert defects == []


@pytest.mark.parametrize("base", ["VOCdevkit/VOC2007/", "a/b/c/"])
def test_folders_around_it_do_not_matter(base, tmp_path):
    found, paths, defects = plan(voc(tmp_path, base=base))
    assert (sum(map(len, paths.values())), defects, found.lost) == (12, [], 0)
    assert {*paths} == {"train", "val"}


def test_two_years_are_one_dataset(tmp_path):
    voc(voc(tmp_path, base="VOC2007"), base="VOC2012")
    _, paths, defects = plan(tmp_path)
    assert ({split: len(of) for split, of in paths.items()}, defects) == ({"train": 16, "val": 8}, [])


def test_annotations_beside_pictures_are_read(tmp_path):
    flat(tmp_path / "train")
    flat(tmp_path / "test")
    _, paths, defects = plan(tmp_path)
    assert ({split: len(of) for split, of in paths.items()}, defects) == ({"train": 4, "test": 4}, [])
    assert len(boxes(tmp_path)["train/1.png"]) == 2


@pytest.mark.parametrize(("about", "shown"), [("annotations", "images"), ("Annotations/train", "Data/train"), ("annotations/xmls", "images")])
def test_other_names_of_the_folders_are_known(about, shown, tmp_path):
    for number in range(3):
        put_picture(tmp_path / f"{shown}/{number}.png", number)
        write(tmp_path / f"{about}/{number}.xml", annotated(f"{number}", objects(number)))
    _, paths, defects = plan(tmp_path)
    assert (sum(map(len, paths.values())), defects) == (3, [])


def test_what_has_no_partner_is_named_once(tmp_path):
    voc(tmp_path)
    put_picture(tmp_path / "JPEGImages/alone.png", 70)
    write(tmp_path / "Annotations/alone too.xml", annotated("alone too", []))
    put_picture(tmp_path / "JPEGImages/000003.jpg", 71)  # the second of this name
    (tmp_path / "JPEGImages/000005.png").unlink()  # in three lists
    (tmp_path / "Annotations/000006.xml").unlink()
    write(tmp_path / "ImageSets/Main/val.txt", (tmp_path / "ImageSets/Main/val.txt").read_text() + "nowhere\n")
    found, paths, defects = plan(tmp_path)
    assert sorted(defects) == [
        ("F248", "Annotations/000005.xml"), ("F248", "ImageSets/Main/val.txt#4"), ("F248", "JPEGImages/000006.png"),
        ("F250", "Annotations/alone too.xml"), ("F250", "JPEGImages/000003.png"), ("F250", "JPEGImages/alone.png"),
    ]  # fmt: skip
    said = {one.key: str(one).removesuffix(" of that name") for one in found.defects if one.code == "F248"}
    expected = "expected a name with all its files, found"
    assert said == {
        "Annotations/000005.xml": f"ImageSets/Main/dog_train.txt: line 6: {expected} no picture",
        "JPEGImages/000006.png": f"ImageSets/Main/dog_train.txt: line 7: {expected} no annotation",
        "ImageSets/Main/val.txt#4": f"line 5: {expected} no picture and no annotation",
    }
    assert (found.lost, sum(map(len, paths.values()))) == (6, 10)
    assert "JPEGImages/000003.jpg" in paths["train"]


def test_of_two_annotations_of_a_picture_the_second_has_none(tmp_path):
    write(voc(tmp_path) / "JPEGImages/000001.xml", annotated("000001", []))
    found, _, defects = plan(tmp_path)
    assert (found.lost, defects) == (1, [("F250", "JPEGImages/000001.xml")])
    assert len(boxes(tmp_path)["JPEGImages/000001.png"]) == 2


def test_a_name_that_lacks_its_files_counts_once_whatever_lists_have_it(tmp_path):
    put_picture(voc(tmp_path) / "SegmentationClass/000000.png", 0)
    for kind in ("Main", "Segmentation", "Layout"):
        write(tmp_path / f"ImageSets/{kind}/test.txt", "gone\ngone\n000000\n")
    found, _, defects = plan(tmp_path)
    assert (found.lost, [one for one in defects if one[0] == "F248"]) == (1, [("F248", "ImageSets/Layout/test.txt#0")])


def test_names_that_differ_in_case_are_no_partners(tmp_path):
    voc(tmp_path)
    (tmp_path / "Annotations/000011.xml").rename(tmp_path / "Annotations/000011.XML")
    put_picture(tmp_path / "JPEGImages/A.png", 70)
    write(tmp_path / "Annotations/a.xml", annotated("a", []))
    assert sorted(plan(tmp_path)[2]) == [("F250", "Annotations/a.xml"), ("F250", "JPEGImages/A.png")]
    put_picture(tmp_path / "JPEGImages/a.png", 70)
    write(tmp_path / "Annotations/A.xml", annotated("A", []))
    report = datastd.check(tmp_path, "voc/1")
    assert report["F250"].outcome == "pass"
    assert report["F006"].outcome != "pass"


def test_a_picture_in_two_splits_is_of_the_first(tmp_path):
    write(voc(tmp_path) / "ImageSets/Main/val.txt", "000007\n000008\n000009\n000010\n000000\n000011\n")
    found, paths, defects = plan(tmp_path)
    assert (found.lost, defects) == (0, [("F260", "ImageSets/Main/val.txt")])
    assert str(found.defects[0]) == "line 1: expected pictures of one split, found 2 that are in train too"
    assert {split: len(of) for split, of in paths.items()} == {"train": 8, "val": 4}
    done = cleaning.clean(tmp_path, tmp_path.with_name("new"), "voc/1")
    assert (done.rows_out, done.outcome) == (12, "pass")
    assert (tmp_path.with_name("new") / "ImageSets/Main/val.txt").read_text() == "000008\n000009\n000010\n000011\n"


@pytest.mark.parametrize(("name", "text", "said"), [
    ("trainval", "000003\n000011\n", "line 2: expected pictures of train and val alone, found 1 that are in test"),
    ("dog_train", "000003 1\n000009 -1\n", "line 2: expected pictures of train alone, found 1 that are in val"),
    ("dog_trainval", "000011 1\n", "line 1: expected pictures of train and val alone, found 1 that are in test"),
    ("dog_test", "000011 1\n000001 1\n000002 1\n", "line 2: expected pictures of test alone, found 2 that are in train"),
])  # fmt: skip
def test_a_list_that_has_pictures_of_another_split_is_named(name, text, said, tmp_path):
    folder = voc(tmp_path / "data")
    write(folder / "ImageSets/Main/val.txt", "000008\n000009\n")
    write(folder / "ImageSets/Main/test.txt", "000010\n000011\n")
    write(folder / "ImageSets/Main/trainval.txt", "".join(f"{n:06}\n" for n in range(10)))
    write(folder / "ImageSets/Main/dog_val.txt", "000008 -1\n000009 1\n")
    assert plan(folder)[2] == []
    write(folder / f"ImageSets/Main/{name}.txt", text)
    found, paths, defects = plan(folder)
    assert defects == [("F260", f"ImageSets/Main/{name}.txt")]
    assert str(found.defects[0]) == said
    assert {split: len(of) for split, of in paths.items()} == {"train": 8, "val": 2, "test": 2}
    done = cleaning.clean(folder, tmp_path / "new", "voc/1")
    assert (done.rows_out, done.outcome) == (12, "pass")


def test_what_is_in_trainval_is_in_train_or_in_val(tmp_path):
    """Where there are lists of both: else nobody knows which of them it is of."""
    write(voc(tmp_path) / "ImageSets/Main/val.txt", "000008\n000009\n")
    found, _, defects = plan(tmp_path)
    assert defects == [("F260", "ImageSets/Main/trainval.txt")]
    assert str(found.defects[0]) == "line 11: expected pictures of train or of val, found 2 that are in neither"
    (tmp_path / "ImageSets/Main/val.txt").unlink()
    assert plan(tmp_path)[2] == []


def test_a_list_of_classes_says_which_there_are(tmp_path):
    """As CVAT writes it; `object-detection/1` asks whether each object is of one."""
    assert "C297" in {one.code for one in datastd.check(voc(tmp_path / "data"), "object-detection/1", format="voc").not_asked}
    write(tmp_path / "data/labelmap.txt", "# label:color_rgb:parts:actions\nbackground:0,0,0::\ndog:1,0,0::\ncat:2,0,0::\nperson:3,0,0::\n")
    report = datastd.check(tmp_path / "data", "object-detection/1", format="voc")
    assert (report.outcome, report["C297"].checked) == ("pass", 18)
    path = tmp_path / "data/labelmap.txt"
    write(path, path.read_text().replace("cat:", "Cat:"))
    report = datastd.check(tmp_path / "data", "object-detection/1", format="voc")
    assert (report["C297"].outcome, report["C297"].failed) == ("fail", 4)
    done = cleaning.clean(tmp_path / "data", tmp_path / "new", "object-detection/1", format="voc")
    assert (done.rows_out, done.outcome) == (8, "pass")
    assert (tmp_path / "new/labelmap.txt").is_file()
    write(tmp_path / "data/classes.txt", "dog\n")
    assert plan(tmp_path / "data")[2] == [("F275", "labelmap.txt")]


@pytest.mark.parametrize("name", ["Main/train", "Main/trainval", "Segmentation/val"])
def test_a_list_that_has_a_picture_twice_is_named(name, tmp_path):
    """torchvision trains on it twice; a list of parts of people names a picture for each of them."""
    write(voc(tmp_path / "data") / f"ImageSets/{name}.txt", "000008\n\n000009\n\n000008\n" if name == "Segmentation/val" else "".join(f"{n:06}\n" for n in [*range(8), 3, 3]))
    write(tmp_path / "data/ImageSets/Layout/train.txt", "000000 1\n000000 2\n")
    found, _, defects = plan(tmp_path / "data")
    assert defects == [("F260", f"ImageSets/{name}.txt")]
    assert "expected each picture once, found " in str(found.defects[0])
    done = cleaning.clean(tmp_path / "data", tmp_path / "new", "voc/1")
    assert (done.rows_out, done.outcome) == (12, "pass")


def test_a_list_that_is_no_text_is_named(tmp_path):
    write(voc(tmp_path) / "ImageSets/Main/train.txt", "000000\n".encode("utf-16"))
    assert plan(tmp_path)[2] == [("F260", "ImageSets/Main/train.txt")]


def test_masks_come_along_and_are_no_pictures(tmp_path):
    voc(tmp_path)
    put_picture(tmp_path / "SegmentationClass/000000.png", 0)
    put_picture(tmp_path / "SegmentationObject/000000.png", 0)
    put_picture(tmp_path / "SegmentationClass/other.png", 0)
    _, paths, defects = plan(tmp_path)
    assert (sum(map(len, paths.values())), defects) == (12, [("F099", "SegmentationClass/other.png")])
    write(tmp_path / "ImageSets/Segmentation/train.txt", "000000\n000001\n")
    assert ("F248", "JPEGImages/000001.png") in plan(tmp_path)[2]


def test_files_are_cut_into_shards_by_what_is_beside_the_pictures(tmp_path, monkeypatch):
    sizes = [(voc(tmp_path) / f"Annotations/{number:06}.xml").stat().st_size for number in range(8)]
    monkeypatch.setattr(pictures, "BESIDE", sum(sizes[:3]))
    shards = [(one.start, one.stop) for one in plan(tmp_path)[0].shards if one.split == "train"]
    assert [row for start, stop in shards for row in range(start, stop)] == [*range(8)]
    for start, stop in shards:
        assert sum(sizes[start:stop]) <= sum(sizes[:3]) < sum(sizes[start : stop + 1]) + (stop == 8) * sum(sizes)
    monkeypatch.setattr(pictures, "BESIDE", 1)
    assert [one.samples for one in plan(tmp_path)[0].shards] == [1] * 12
    assert len(boxes(tmp_path)) == 12


def test_a_defect_costs_its_picture_and_no_other(tmp_path):
    write(voc(tmp_path) / "Annotations/000002.xml", DOCUMENT_TYPES[0])
    write(tmp_path / "Annotations/000003.xml", b"")
    write(tmp_path / "Annotations/000004.xml", annotated("000004", [("dog", (1, 1, 2, 2))] * 200_000))
    report = datastd.check(tmp_path, "voc/1")
    assert (report.accounting.samples, report.accounting.defective) == (12, 3)
    assert [one.key for one in report["F241"].examples] == ["JPEGImages/000002.png", "JPEGImages/000004.png"]
    assert [one.key for one in report["F002"].examples] == ["JPEGImages/000003.png"]
    assert report["F002"].examples[0].says == "Annotations/000003.xml: expected at least one byte, found 0 bytes"


def test_many_objects_of_one_picture_are_read(tmp_path):
    some = [("dog", (1 + n % 40, 1 + n % 30, 3 + n % 40, 4 + n % 31)) for n in range(20_000)]
    write(voc(tmp_path, count=2) / "Annotations/000001.xml", annotated("000001", some))
    found = boxes(tmp_path)["JPEGImages/000001.png"]
    assert [one[0] for one in found] == [str(n) for n in range(20_000)]
    assert found[-1][3:7] == (39, 19, 3, 4 + 19_999 % 31 - 19)


def test_a_file_that_counts_from_zero_is_named_once(tmp_path):
    some = [("dog", (0, 0, 4, 4)), ("cat", (7, 0, 9, 9)), ("dog", (3, 3, WIDTH - 1, 9))]
    write(voc(tmp_path) / "Annotations/000004.xml", annotated("000004", some))
    write(tmp_path / "Annotations/000005.xml", annotated("000005", [("dog", (-1, 2, 4, 4))]))  # is somewhere else
    report = datastd.check(tmp_path, "voc/1")
    (found,) = report["F259"].examples
    assert (found.key, found.observed, report["F259"].outcome) == ("JPEGImages/000004.png", 2, "warn")
    assert [one.key for one in report["F243"].examples] == [f"JPEGImages/00000{key}" for key in ("4.png@0", "4.png@1", "5.png@0")]


def test_a_file_is_named_with_suffix_and_folder_or_without():
    said = {"a.b": 0, "a.b.jpg": 0, "x/a.b.jpg": 0, "F:\\x\\a.b.jpg": 0, "a": 1, "a.jpg": 1, "": 1, "A.b": 1}
    own = pl.Series(["V/Annotations/a.b.xml"] * len(said))
    assert filename_differs.function(own, pl.Series([*said])).tolist() == [*said.values()]


def test_sizes_are_those_of_the_decoded_pixels(tmp_path):
    write(voc(tmp_path) / "Annotations/000001.xml", annotated("000001", [("dog", (1, 1, WIDTH, 9))], width=WIDTH - 9))
    report = datastd.check(tmp_path, "voc/1")
    assert {one.code for one in report.verdicts if one.outcome != "pass"} == {"F246"}


def test_an_object_that_is_there_twice_is_told(tmp_path):
    write(voc(tmp_path) / "Annotations/000001.xml", annotated("000001", [("dog", (1, 1, 30, 30))] * 2 + [("cat", (1, 1, 30, 30))]))
    write(tmp_path / "Annotations/000002.xml", annotated("000002", []))
    report = datastd.check(tmp_path, "voc/1")
    assert {one.code: one.failed for one in report.verdicts if one.outcome != "pass"} == {"C205": 1, "C209": 2, "C210": 3}


def test_any_pictures_with_boxes_are_judged_alike(tmp_path):
    report = datastd.check(voc(tmp_path), "object-detection/1")
    assert {one.outcome for one in report.verdicts} == {"pass"}
    assert report["F214"].checked == report["F212"].checked == 18
    write(tmp_path / "Annotations/000001.xml", annotated("000001", [("dog", (1, 1, WIDTH + 2, 9))]))
    assert {one.code for one in datastd.check(tmp_path, "object-detection/1").verdicts if one.outcome != "pass"} == {"F214"}


def test_the_format_is_found_and_nobody_else_takes_it(tmp_path):
    for number, make in enumerate((voc, flat)):
        with pipeline.open_source(make(tmp_path / f"{number}")) as source:
            assert source.format == "voc"
    write(tmp_path / "2/feed.xml", "<rss/>")
    put_picture(tmp_path / "2/a/feed.png", 0)
    with pipeline.open_source(tmp_path / "2") as source:
        assert source.format == "image-folder"


def test_options_open_other_encodings(tmp_path):
    voc(tmp_path)
    for path in (tmp_path / "JPEGImages").iterdir():
        put_picture(path.with_suffix(".bmp"), int(path.stem))
        path.unlink()
    assert datastd.check(tmp_path, "voc/1")["F123"].failed == 12
    report = datastd.check(tmp_path, "voc/1", format="voc:bmp")
    assert (report.accounting.samples, report.accounting.defective) == (12, 0)


def test_a_clean_copy_has_what_passes_and_its_lists(tmp_path):
    folder = voc(tmp_path / "data")
    put_picture(folder / "SegmentationClass/000000.png", 0)
    write(folder / "ImageSets/Segmentation/train.txt", "000000\n")
    write(folder / "Annotations/000000.xml", annotated("000000", [("dog", (9, 9, 1, 1))]))
    write(folder / "Annotations/000009.xml", b"<annotation>")
    write(folder / "Annotations/000011.xml", b"")
    (folder / "JPEGImages/000005.png").unlink()
    done = cleaning.clean(folder, tmp_path / "new", "voc/1")
    assert (done.rows_in, done.rows_out, done.outcome) == (12, 8, "pass")
    assert (tmp_path / "new/ImageSets/Main/train.txt").read_text().split() == [f"{n:06}" for n in (1, 2, 3, 4, 6, 7)]
    assert (tmp_path / "new/ImageSets/Main/val.txt").read_text().split() == ["000008", "000010"]
    there = {path.relative_to(tmp_path / "new").as_posix() for path in (tmp_path / "new").rglob("*") if path.is_file()}
    assert not {"ImageSets/Segmentation/train.txt", "SegmentationClass/000000.png", "Annotations/000005.xml"} & there
    assert {"JPEGImages/000001.png", "Annotations/000001.xml"} <= there


def test_a_copy_of_a_sound_dataset_is_the_dataset(tmp_path):
    folder = voc(tmp_path / "data")
    put_picture(folder / "SegmentationObject/000000.png", 0)
    done = cleaning.clean(folder, tmp_path / "new", "voc/1")
    assert done.rows_out == 12
    for path in folder.rglob("*"):
        if path.is_file():
            assert (tmp_path / "new" / path.relative_to(folder)).read_bytes() == path.read_bytes()


def test_reading_twice_gives_the_same_and_so_does_taking(tmp_path):
    with Voc(Tree(voc(tmp_path))) as source:
        (shard, _) = source.plan().shards
        (batch,) = source.read(shard)
        again = source.take("train", np.array([5, 1]))
        (sent,) = source.portion("train", [5, 1]).read()
    assert again.keys.to_list() == sent.keys.to_list() == ["JPEGImages/000005.png", "JPEGImages/000001.png"]
    assert again.annotations.equals(sent.annotations)
    one = batch.annotations.filter(pl.col("row") == 1).drop("row")
    assert again.annotations.filter(pl.col("row") == 1).drop("row").equals(one)


def test_places_are_of_the_first_picture_of_a_name(tmp_path):
    tree = Tree(flat(tmp_path / "a"))
    assert layout.lay_out(tree, (".png",)).annotations == {f"{n}.png": f"{n}.xml" for n in range(4)}
    assert layout.lay_out(tree, (".jpg",)).lost == 4


def test_the_schema_says_what_is_read():
    schema = json.loads((ROOT / "schemas/json/VocAnnotation.json").read_text())
    assert schema["required"] == ["filename", "size"]
    assert schema["$defs"]["VocSize"]["required"] == ["width", "height", "depth"]
    assert described("a", "dog", (1, 2, 9, 8)) in ONE
    assert {*schema["$defs"]["VocObject"]["required"]} == {"name", "bndbox"}


def test_an_option_that_is_empty_is_said_to_be(tmp_path):
    with pytest.raises(datastd.UsageError, match="behind a colon, found nothing"):
        datastd.check(voc(tmp_path), "voc/1", format="voc:")
