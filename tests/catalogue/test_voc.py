"""Defects planted in annotations of Pascal VOC: catalogue 1.2, F241 to F249."""

import pytest
from voc_files import HEIGHT, WIDTH, annotated, described, put_picture, voc, write

import datastd
from catalogue.planting import RED, check, passes, says_what

FIRST = "Annotations/000000.xml"


def _changed(old, new, path=FIRST):
    """Put something in the place of something else, once, in the first annotation."""
    def plant(folder):
        content = (folder / path).read_text()
        assert old in content
        write(folder / path, content.replace(old, new, 1))
    return plant


def _box(*corners, more="<difficult>0</difficult>", called="dog"):
    """The first picture with this box, and no other."""
    return lambda folder: write(folder / FIRST, annotated("000000", [(called, corners, more)]))


def _size(width, height):
    return lambda folder: write(folder / FIRST, annotated("000000", [("dog", (1, 1, 9, 9))], width=width, height=height))


def _floats(*numbers):
    def plant(folder):
        for number in numbers:
            write(folder / f"Annotations/{number:06}.xml", annotated(f"{number:06}", [("dog", (45.70000076293945, 1, WIDTH, 9))]))
    return plant


def _listed(line, name="Main/train"):
    def plant(folder):
        path = folder / f"ImageSets/{name}.txt"
        write(path, (path.read_text() if path.is_file() else "") + line)
    return plant


PLANTS = {
    "F241": _changed(f"<size><width>{WIDTH}</width><height>{HEIGHT}</height><depth>3</depth></size>", ""),
    "F242": _box(20, 1, 9, 9),
    "F243": _box(1, 1, WIDTH + 1, 9),
    "F244": _floats(0, 1, 2),
    "F245": _box(1, 1, 9, 9, called="Dog"),
    "F246": _size(0, HEIGHT),
    "F247": _changed("000000.png", "000001.png"),
    "F248": _listed("000099\n"),
    "F249": _box(1, 1, 9, 9, more="<truncated>0.0597</truncated>"),
}  # fmt: skip
"""What is done to a sound dataset, which `voc/1` judges."""

MORE = {
    "F241": [
        _changed("<annotation>", '<annotation xmlns="http://x">'), _changed("<object>", '<object xmlns="http://x">'),
        _changed("<xmin>1</xmin>", ""), _changed("<xmin>1</xmin>", "<xmin>one</xmin>"), _changed("<xmin>1</xmin>", "<xmin>nan</xmin>"),
        _changed("<name>dog</name>", ""), _changed("<name>dog</name>", "<name>dog</name><name>cat</name>"), _changed("<bndbox>", "<box>"),
        _changed("<filename>000000.png</filename>", ""), _changed("annotation>", "annotations>"), _changed("<depth>3</depth>", ""),
        _changed("<xmin>1</xmin>", "<xmin>1</xmin><xmin>2</xmin>"), _changed("<xmin>1</xmin>", "<xmin>1e999</xmin>"),
        lambda folder: write(folder / FIRST, annotated("000000", [])[:80]), lambda folder: write(folder / FIRST, b"\0"),
        _changed("<width>", "<width>-"), _changed("000000.png", "<b/>000000.png"),
    ],
    "F242": [_box(9, 1, 9, 9), _box(1, 9, 9, 8)],
    "F243": [_box(1, 1, 9, HEIGHT + 1), _box(-3, 1, 9, 9), _box(0, 1, 9, 9), _box(1, 0, 9, 9), _box(1, 0.5, 9, 9)],
    "F245": [_box(1, 1, 9, 9, called=""), _box(1, 1, 9, 9, called="dog ")],
    "F246": [_size(WIDTH, 0), _size(HEIGHT, WIDTH), _size(WIDTH + 1, HEIGHT)],
    "F247": [_changed("000000.png", ""), _changed("000000.png", "0.png")],
    "F248": [
        lambda folder: (folder / "JPEGImages/000003.png").unlink(), lambda folder: (folder / FIRST).unlink(),
        _listed("000099 1\n", "Layout/val"),
        lambda folder: (_listed("000000\n000001\n", "Segmentation/train")(folder), put_picture(folder / "SegmentationClass/000000.png", 0)),
    ],
    "F249": [_box(1, 1, 9, 9, more="<difficult>2</difficult>"), _box(1, 1, 9, 9, more="<occluded>yes</occluded>")],
}  # fmt: skip

SOUND = {
    "F241": _changed("<bndbox>", "<part xmlns:x='http://x'><name>head</name><bndbox><xmin>1</xmin></bndbox></part><pose>Left</pose><bndbox>"),
    "F242": _box(8, 8, 9, 9),
    "F243": _box(1, 1, WIDTH, HEIGHT),
    "F244": _floats(0, 1),
    "F245": _box(1, 1, 9, 9, called="tvmonitor"),
    "F246": _size(WIDTH, HEIGHT),
    "F247": _changed("000000.png", "some/folder/000000.jpg"),
    "F248": _listed("\n \n"),
    "F249": _box(1, 1, 9, 9, more="<truncated> 1 </truncated>"),
}  # fmt: skip
"""What lies on the other side of a boundary."""

BESIDE = {"F242": {"F243"}, "F243": {"F259", "F244"}, "F244": set(), "F248": set(), "F246": {"F243"}}
"""What else is wrong with what is planted."""

DEFAULTS = {"F242": "strict", "F243": "1..W", "F246": "equal", "F247": "equal", "F249": "-"}
"""What `voc/1` takes of a row's default, where a measure is judged."""


def _verdicts(plant, folder):
    plant(voc(folder))
    return {verdict.code: verdict for verdict in datastd.check(folder, "voc/1").verdicts}


def test_sound_annotations_have_no_flaw(tmp_path):
    assert {*passes(voc(tmp_path / "data"), "voc/1", tmp_path)} >= {*PLANTS, "F250", "F259", "F260"}


@pytest.mark.parametrize(
    ("code", "plant"), [(code, plant) for of in (PLANTS, MORE) for code, some in of.items() for plant in (some if isinstance(some, list) else [some])]
)  # fmt: skip
def test_the_defect_planted_in_an_annotation_turns_the_code_red(code, plant, tmp_path):
    verdicts = _verdicts(plant, tmp_path)
    found = verdicts[code]
    says_what(found)
    assert found.outcome == RED[found.level]
    assert found.observed > 0
    assert found.examples
    others = {one.code for one in verdicts.values() if one.outcome != "pass"} - {code}
    assert others <= BESIDE.get(code, set())


@pytest.mark.parametrize("code", SOUND)
def test_what_is_just_inside_a_boundary_passes(code, tmp_path):
    verdicts = _verdicts(SOUND[code], tmp_path)
    assert {one.code for one in verdicts.values() if one.outcome != "pass"} <= {"F244"} - {code}


def test_the_command_names_the_box(tmp_path):
    folder = voc(tmp_path / "data")
    PLANTS["F243"](folder)
    done, verdicts = check(folder, "voc/1", tmp_path)
    assert done.returncode == 1
    assert verdicts["F243"]["examples"][0]["key"] == "JPEGImages/000000.png@0"
    assert verdicts["F243"]["examples"][0]["observed"] == 1
    assert described("000000", "dog", (1, 1, WIDTH + 1, 9)) in (folder / FIRST).read_text()
