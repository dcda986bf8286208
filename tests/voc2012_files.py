"""
VOC2012 as it is published, in small: its folders, lists and annotations, with what is odd about them.

Pictures of 2007 have masks, and are in no list of Main; those of 2008 and 2009 are objects, some with
a mask, in Main and in Segmentation by splits of their own; of 2010 and 2011 some are of Action alone.
Written by hand from the development kit (devkit_doc.pdf) and the annotations of 2007_000027 and 2011_003353.
"""

from pathlib import Path

import numpy as np
from mask_files import colormap, instances_of, mask_image, values, write
from support import picture

from datastd.rules.boxes.voc_class_unknown import VOC

WIDTH, HEIGHT = 48, 40
ACTIONS = ("jumping", "phoning", "playinginstrument", "reading", "ridingbike", "ridinghorse", "running", "takingphoto", "usingcomputer", "walking", "other")
FLOATS = ("2011_003353", "2011_006777")

MAIN = {"train": [f"2008_{n:06}" for n in range(2, 8)] + ["2009_000010", "2009_000011"], "val": [f"2008_{n:06}" for n in range(12, 16)] + ["2009_000020"]}
OLD = {"train": ["2007_000032", "2007_000039"], "val": ["2007_000027", "2007_000033"]}
SEGMENTED = {"train": [*OLD["train"], "2008_000002", "2008_000012"], "val": [*OLD["val"], "2008_000003", "2008_000013"]}
"""Of pictures in both, Main and Segmentation are of different minds: some train the one, and measure the other."""
LAYOUT = {"train": ["2007_000027", "2009_000010"], "val": ["2009_000011", "2009_000020"]}
ACTION = {"train": ["2010_006215", "2011_003353", "2008_000014"], "val": ["2011_006777", "2010_006217", "2009_000010"]}

PERSON = {name for of in (LAYOUT, ACTION) for some in of.values() for name in some}
EVERY = sorted({name for of in (MAIN, OLD, LAYOUT, ACTION) for some in of.values() for name in some})


def corners(box, order=("xmin", "ymin", "xmax", "ymax")):
    sides = dict(zip(("xmin", "ymin", "xmax", "ymax"), box, strict=True))
    return "<bndbox>" + "".join(f"<{side}>{sides[side]}</{side}>" for side in order) + "</bndbox>"


def thing(name, box, *, more=""):
    """An object as of 2007 to 2009: its box comes before its parts, which may reach beyond it."""
    flags = "<truncated>1</truncated><occluded>0</occluded>" if more else "<truncated>0</truncated>"
    return f"<object><name>{name}</name><pose>Frontal</pose>{flags}<difficult>{int(name == 'chair')}</difficult>{corners(box)}{more}</object>"


def part(name, box):
    return f"<part><name>{name}</name>{corners(box)}</part>"


def actor(box):
    """A person as of Action: sides in another order, a point, and no word of truncation."""
    acts = "".join(f"<{one}>{int(one == 'reading')}</{one}>" for one in ACTIONS)
    return (f"<object><name>person</name><actions>{acts}</actions>{corners(box, ('xmax', 'xmin', 'ymax', 'ymin'))}"
            "<difficult>0</difficult><pose>Unspecified</pose><point><x>20</x><y>11</y></point></object>")  # fmt: skip


def annotated(name, objects, *, segmented=0):
    size = f"<size><width>{WIDTH}</width><height>{HEIGHT}</height><depth>3</depth></size>"
    source = "<source><database>The VOC2007 Database</database><annotation>PASCAL VOC2007</annotation><image>flickr</image></source>"
    head = f"<filename>{name}.jpg</filename><folder>VOC2012</folder>"
    return f"<annotation>\n\t{head}\n\t{source}\n\t{size}\n\t<segmented>{segmented}</segmented>\n\t{''.join(objects)}\n</annotation>\n"


def objects_of(name):
    """What is on a picture: of each year as it was annotated."""
    number = EVERY.index(name)
    if name in FLOATS:
        return [actor((5.70000076293945 + number / 4, 3, 20, 30.5))]
    if name in PERSON and name not in {one for some in (*MAIN.values(), *OLD.values()) for one in some}:
        return [actor((5 + number % 7, 3, 20 + number, 30))]
    parts = part("head", (2, 4, 9, 9)) + part("hand", (9.5, 20, 12.25, 23)) if name in PERSON else ""
    found = [thing("person" if name in PERSON else VOC[number % 20], (3, 5, 20 + number % 9, 30 + number % 10), more=parts)]
    found += [thing("chair", (1, 1, WIDTH, HEIGHT))] if number % 3 == 0 else []  # the whole picture, and difficult
    return found


def voc2012(folder):
    """Write it; return the folder that holds ``VOC2012``."""
    root = Path(folder) / "VOC2012"
    masked = {name for some in SEGMENTED.values() for name in some}
    for number, name in enumerate(EVERY):
        write(root / f"JPEGImages/{name}.jpg", picture(number, size=(HEIGHT, WIDTH)), quality=95)
        put(root / f"Annotations/{name}.xml", annotated(name, objects_of(name), segmented=int(name in masked)))
    for number, name in enumerate(sorted(masked)):
        array = values(number, classes=(0, 1 + number, 20))
        write(root / f"SegmentationClass/{name}.png", mask_image(array, palette=colormap()))
        write(root / f"SegmentationObject/{name}.png", mask_image(instances_of(array), palette=colormap()))
    lists(root / "ImageSets/Main", MAIN)
    lists(root / "ImageSets/Segmentation", SEGMENTED)
    # The number of the person behind the name, and of two persons two lines.
    lists(root / "ImageSets/Layout", LAYOUT, lambda name: f"{name}  1\n" + (f"{name}  2\n" if name == "2009_000010" else ""))
    lists(root / "ImageSets/Action", ACTION, lambda name: f"{name} 1\n" + (f"{name} 2\n" if name == "2008_000014" else ""))
    for called in VOC:
        lists(root / "ImageSets/Main", MAIN, lambda name: f"{name} {flag(name, called):2}\n", f"{called}_")
    for action in ACTIONS:
        lists(root / "ImageSets/Action", ACTION, lambda name: f"{name} 1 {1 if action == 'reading' else -1:2}\n", f"{action}_")
    return Path(folder)


def flag(name, called):
    """1 where a class is on a picture, 0 where all of it is difficult, and else -1."""
    there = [one for one in objects_of(name) if f"<name>{called}</name>" in one]
    return -1 if not there else int(any("<difficult>0" in one for one in there))


def lists(folder, splits, line="{}\n".format, before=""):
    both = sorted(name for some in splits.values() for name in some)
    for split, names in {**splits, "trainval": both}.items():
        put(folder / f"{before}{split}.txt", "".join(map(line, names)))


def put(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


def wrong_value(path, value=200):
    """A mask with a value that is none."""
    write(path, mask_image(np.full((HEIGHT, WIDTH), value, np.uint8), palette=colormap()))
