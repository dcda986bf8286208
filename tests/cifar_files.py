"""CIFAR's files in the published layout, byte for byte, with pictures of our own or real ones."""

import pickle
import struct
from pathlib import Path

import numpy as np
from support import SHARED

FOLDERS = {"cifar10": ("cifar-10-batches-bin", "cifar-10-batches-py"),
           "cifar100": ("cifar-100-binary", "cifar-100-python")}  # fmt: skip
FORMS = ("bin", "py2", "py3-str", "py3-bytes", "py3-3", "py3-4", "py3-5")


def pictures(count, *, seed=0):
    """Distinct smooth pictures, (N, 32, 32, 3): their neighbours are alike, as a photo's are."""
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 216, (count, 8, 8, 3)).repeat(4, axis=1).repeat(4, axis=2)
    return (coarse + random.integers(0, 40, (count, 32, 32, 3))).astype(np.uint8)


def labels(count, classes=10, *, seed=0):
    """Balanced labels in a random order."""
    return np.random.default_rng(seed).permutation(np.arange(count) % classes)


def real(name="cifar10_batch_0.png", count=1000):
    """Real pictures of CIFAR-10 and their labels: training images from 0 on, or test images."""
    import json

    from PIL import Image

    folder = SHARED / "cifar10"
    images = np.asarray(Image.open(folder / name)).reshape(-1, 32, 32, 3)
    known = json.loads((folder / "cifar10_labels.json").read_text())
    first = int(name.split("_")[2].split(".")[0]) * 1000
    return images[:count], np.array(known[first : first + len(images)])[:count]


def flat(images):
    """Rows of 3,072: all red, all green, all blue."""
    return np.ascontiguousarray(images.transpose(0, 3, 1, 2)).reshape(len(images), -1)


def binary(images, *columns):
    """Records of label bytes and pixels."""
    heads = [np.asarray(c, np.uint8)[:, None] for c in columns]
    return np.concatenate([*heads, flat(images)], axis=1).tobytes()


class Python2:
    """Writes what cPickle of Python 2 wrote with protocol 2, opcode by opcode."""

    def __init__(self):
        self.memo = 0

    def put(self):
        self.memo += 1
        n = self.memo
        return b"q" + bytes([n]) if n < 256 else b"r" + struct.pack("<I", n)

    def dumps(self, value):
        return b"\x80\x02" + self.save(value) + b"."

    def save(self, value):
        if isinstance(value, dict):
            head = b"}" + self.put()
            return head + b"(" + b"".join(self.save(k) + self.save(v) for k, v in value.items()) + b"u"
        if isinstance(value, str):
            text = value.encode("latin-1")
            short = len(text) < 256
            return (b"U" + bytes([len(text)]) if short else b"T" + struct.pack("<I", len(text))) + text + self.put()
        if isinstance(value, list):
            head = b"]" + self.put()
            batches = (value[at : at + 1000] for at in range(0, len(value), 1000))
            return head + b"".join(
                self.save(some[0]) + b"a" if len(some) == 1 else b"(" + b"".join(map(self.save, some)) + b"e"
                for some in batches
            )
        if isinstance(value, np.ndarray):
            return self.array(value)
        return self.number(int(value))

    def number(self, value):
        if 0 <= value < 256:
            return b"K" + bytes([value])
        if 0 <= value < 65536:
            return b"M" + struct.pack("<H", value)
        return b"J" + struct.pack("<i", value)

    def array(self, value):
        out = b"cnumpy.core.multiarray\n_reconstruct\n" + self.put() + b"cnumpy\nndarray\n" + self.put()
        out += b"K\x00\x85" + self.put() + b"U\x01b" + self.put() + b"\x87" + self.put() + b"R" + self.put()
        out += b"(K\x01" + b"".join(self.number(n) for n in value.shape) + b"\x86" + self.put()
        out += b"cnumpy\ndtype\n" + self.put() + b"U\x02" + value.dtype.str[1:].encode() + self.put()
        out += b"K\x00K\x01\x87" + self.put() + b"R" + self.put()
        out += b"(K\x03U\x01" + value.dtype.str[:1].encode() + self.put() + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00t" + self.put() + b"b"
        fortran = value.flags.f_contiguous and not value.flags.c_contiguous
        data = value.tobytes("F" if fortran else "C")
        return out + (b"\x88" if fortran else b"\x89") + b"T" + struct.pack("<I", len(data)) + data + self.put() + b"t" + self.put() + b"b"


def pickled(value, form="py2"):
    """A pickle of a dictionary as Python 2 wrote it, or as Python 3 writes it."""
    if form == "py2":
        return Python2().dumps(value)
    if form == "py3-bytes":
        return pickle.dumps({key.encode(): item for key, item in value.items()}, protocol=2)
    return pickle.dumps(value, protocol={"py3-str": 2, "py3-3": 3, "py3-4": 4, "py3-5": 5}[form])


def batch(images, which, **lists):
    """The dictionary of one batch of the Python version, in the order of the published ones."""
    return {
        "batch_label": which, **{name: [int(n) for n in values] for name, values in lists.items()},
        "data": flat(images), "filenames": [f"picture_s_{n:06}.png" for n in range(len(images))],
    }  # fmt: skip


def write_ten(folder, *, form="bin", count=200, batches=2, test=100, seed=0):
    """A small CIFAR-10: so many training batches of *count* pictures, and a test batch."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    sizes = {f"data_batch_{n}": count for n in range(1, batches + 1)} | {"test_batch": test}
    for n, (name, size) in enumerate(sizes.items()):
        write_batch(folder, name, pictures(size, seed=seed + n), labels(size, seed=seed + n), form=form)
    names = [f"class_{n}" for n in range(10)]
    if form == "bin":
        (folder / "batches.meta.txt").write_text("\n".join(names) + "\n\n")
    else:
        meta = {"num_cases_per_batch": 10000, "label_names": names, "num_vis": 3072}
        (folder / "batches.meta").write_bytes(pickled(meta, form))
    (folder / "readme.html").write_text("<a>")
    return folder


def write_batch(folder, name, images, classes, *, form="bin"):
    if form == "bin":
        (folder / f"{name}.bin").write_bytes(binary(images, classes))
    else:
        (folder / name).write_bytes(pickled(batch(images, name, labels=classes), form))


def write_hundred(folder, *, form="bin", train=400, test=200, seed=0):
    """A small CIFAR-100: fine labels, and five of them to each coarse one."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    fine_names, coarse_names = [f"fine_{n}" for n in range(100)], [f"coarse_{n}" for n in range(20)]
    for n, (name, size) in enumerate({"train": train, "test": test}.items()):
        images, fine = pictures(size, seed=seed + n), labels(size, 100, seed=seed + n)
        if form == "bin":
            (folder / f"{name}.bin").write_bytes(binary(images, fine // 5, fine))
        else:
            whole = batch(images, name, fine_labels=fine, coarse_labels=fine // 5)
            (folder / name).write_bytes(pickled(whole, form))
    if form == "bin":
        (folder / "fine_label_names.txt").write_text("\n".join(fine_names))
        (folder / "coarse_label_names.txt").write_text("\n".join(coarse_names))
    else:
        meta = {"fine_label_names": fine_names, "coarse_label_names": coarse_names}
        (folder / "meta").write_bytes(pickled(meta, form))
        (folder / "file.txt~").write_text("")
    return folder
