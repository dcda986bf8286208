"""Pictures with boxes in the layouts of Pascal VOC and of YOLO, made for tests: sound as long as nobody changes them."""

from pathlib import Path

from support import picture

CLASSES = ("dog", "cat", "person")
WIDTH, HEIGHT = 48, 40


def box(number):
    """A box of its own in each picture: first and last column and row, from 1."""
    return 1, 1, 20 + number, 20


def objects(number):
    return [(CLASSES[number % 3], box(number)), ("person", (25, 6, WIDTH, HEIGHT))][: 1 + number % 2]


def described(name, called, corners, more="<difficult>0</difficult>"):
    sides = "".join(f"<{side}>{n}</{side}>" for side, n in zip(("xmin", "ymin", "xmax", "ymax"), corners, strict=True))
    return f"<object><name>{called}</name>{more}<bndbox>{sides}</bndbox></object>"


def annotated(name, some, *, width=WIDTH, height=HEIGHT):
    """An annotation, as the challenge has them."""
    size = f"<size><width>{width}</width><height>{height}</height><depth>3</depth></size>"
    inside = "".join(described(name, *one) for one in some)
    return f"<annotation><folder>VOC</folder><filename>{name}.png</filename>{size}{inside}</annotation>"


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def put_picture(path, number):
    path.parent.mkdir(parents=True, exist_ok=True)
    picture(number, size=(HEIGHT, WIDTH)).save(path)


def voc(folder, *, count=12, base=""):
    """Eight pictures to train on and the rest to measure with, in the folders of the challenge."""
    root = Path(folder) / base
    names = [f"{number:06}" for number in range(count)]
    for number, name in enumerate(names):
        put_picture(root / f"JPEGImages/{name}.png", number)
        write(root / f"Annotations/{name}.xml", annotated(name, objects(number)))
    write(root / "ImageSets/Main/train.txt", "".join(f"{name}\n" for name in names[:8]))
    write(root / "ImageSets/Main/val.txt", "".join(f"{name}\n" for name in names[8:]))
    write(root / "ImageSets/Main/trainval.txt", "".join(f"{name}\n" for name in names))
    write(root / "ImageSets/Main/dog_train.txt", "".join(f"{name} {1 - 2 * (n % 3 > 0):2}\n" for n, name in enumerate(names[:8])))
    return Path(folder)


def flat(folder, *, count=4):
    """As labelImg leaves them: an annotation beside each picture."""
    for number in range(count):
        put_picture(Path(folder) / f"{number}.png", number)
        write(Path(folder) / f"{number}.xml", annotated(f"{number}", objects(number)))
    return Path(folder)


YAML = "path: .\ntrain: images/train\nval: images/val\n\nnames:\n  0: dog\n  1: cat\n  2: person\n"


def rows(number):
    """The same boxes as fractions."""
    found = []
    for called, (left, top, right, bottom) in objects(number):
        w, h = (right - left + 1) / WIDTH, (bottom - top + 1) / HEIGHT
        found.append(f"{CLASSES.index(called)} {(left - 1) / WIDTH + w / 2:.6f} {(top - 1) / HEIGHT + h / 2:.6f} {w:.6f} {h:.6f}")
    return found


def yolo(folder, *, count=12, names=YAML):
    """Eight pictures to train on and the rest to measure with, as Ultralytics has them."""
    root = Path(folder)
    for number in range(count):
        split = "train" if number < 8 else "val"
        put_picture(root / f"images/{split}/{number:03}.png", number)
        write(root / f"labels/{split}/{number:03}.txt", "".join(f"{row}\n" for row in rows(number)))
    if names:
        write(root / "data.yaml", names)
    return root
