"""What can be wrong with any file, whatever its format; shared by the sources."""

import os
import re
from collections.abc import Iterable, Iterator, Sequence

from datastd import digest
from datastd.disk import Tree
from datastd.sources import CARD, Defect

SPLITS = {
    "train": "train", "training": "train", "val": "val", "valid": "val", "validation": "val",
    "dev": "val", "test": "test", "testing": "test", "eval": "test", "evaluation": "test",
}  # fmt: skip
"""Words (lower case) for splits in names of files and folders, and what the split is called."""

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_FOLD = re.compile(r"(?<![A-Za-z])fold[-_ ]?([0-9]+)", re.IGNORECASE)

UNNAMED = "data"
"""The split of what no name says a split of."""

LISTS = {
    f"{tag}manifest-{kind}.txt": kind for kind in sorted(digest.CHECKED) for tag in ("", "tag")
}  # fmt: skip
"""Names (lower case) of lists of digests as of bags (RFC 8493), and the algorithm of each."""

PAPERS = frozenset(
    {CARD, "bagit.txt", "bag-info.txt", "fetch.txt", "dataset_info.json",
     "dataset_infos.json", "dataset_dict.json", *LISTS}
    | {f"{name}{end}" for name in ("readme", "license", "licence", "notice",
       "copying", "citation", "attribution", "attributions")
       for end in ("", ".md", ".txt", ".rst", ".cff", ".html")}
)  # fmt: skip
"""Names (lower case) of files that accompany data: hashed, and never samples."""

PAPER = 64 << 20
"""Bytes of a paper, at most."""

COUNTS = ("splits", "dataset_size", "download_size", "size_in_bytes")
"""What Hugging Face's `datasets` says in a ``dataset_info.json`` of numbers of rows and bytes."""

JUNK = re.compile(
    r"(?:^|/)(?:\.DS_Store$|\._[^/]*$|Thumbs\.db$|desktop\.ini$|__MACOSX/)"
    r"|\.(?:tmp|swp|part)$"
)
"""Files that operating systems and editors leave behind; `JunkFile` reports them."""


NPY = ".npy"
"""How files of one numpy array are called,"""

NUMPY = b"\x93NUMPY"
"""and how they begin."""


class FileUnreadable(Defect):
    """
    A file that cannot be opened or read to its end.

    Why it matters:
        A loader raises in the middle of an epoch, or a link leads out of the
        dataset to bytes that nobody hashed.

    Remedy:
        Give read permission; put a copy of the file in place of a link, and
        remove pipes, sockets and devices.

    Source:
        datastd's own definition.
    """

    code, name = "F001", "file-unreadable"


class EmptyFile(Defect):
    """
    A data file without a byte, as stored or after decompression.

    Why it matters:
        An interrupted download or a full disk leaves files of zero bytes, which
        many loaders take for a shard without samples.

    Remedy:
        Fetch or write the file again.

    Source:
        datastd's own definition.
    """

    code, name = "F002", "empty-file"


class TruncatedCompression(Defect):
    """
    Compressed data that does not decompress to its end marker and checksum.

    All members of a file are read: stopping at the first loses the rest.
    More than 200 times the compressed size, after 10 MiB, is a bomb and ends here, as
    do more than 1,000 members without a byte.

    Why it matters:
        A download that was cut is read as a smaller dataset.

    Remedy:
        Fetch the file again and compare its checksum with the published one.

    Source:
        RFC 1952; the ratio is datastd's own.
    """

    code, name = "F003", "truncated-compression"


class ContainerMagicMismatch(Defect):
    """
    First bytes that are not those of the format the file's suffix names.

    Why it matters:
        A saved error page, or a file under another's name, is not the data.

    Remedy:
        Give the file the suffix of what it holds, or fetch it again.

    Source:
        RFC 1952.
    """

    code, name = "F004", "container-magic-mismatch"


class PicklePayload(Defect):
    """
    A file that has to be unpickled to be read.  Found by its header, never loaded.

    Why it matters:
        Unpickling runs whatever code the file names.

    Remedy:
        Store arrays as IDX, npy without objects, safetensors or Parquet.

    Source:
        CVE-2019-6446; Python documentation of `pickle`.
    """

    code, name = "F008", "pickle-payload"


class EmptyFolder(Defect):
    """
    A folder without an entry.

    Why it matters:
        A manifest lists files, so an empty folder can come and go unseen; where
        folders are classes, it is a class without a sample.

    Remedy:
        Remove the folder, or put back what belongs in it.

    Source:
        Found by trial: signers of folders accept an added empty one.
    """

    code, name = "F098", "empty-folder"


class StrayFile(Defect):
    """
    A file that is neither data of this format nor one of its papers.

    Papers are the data card, the manifest, README, LICENSE, attribution files and
    whatever lies in ``_meta/``.

    Why it matters:
        Data under a name that no loader knows are silently left out of training.

    Remedy:
        Give data the names of the format, enter a picture in the list that lacks it, put
        other files into ``_meta/``, or move them out of the dataset.

    Source:
        datastd's law that nothing is dropped silently.
    """

    code, name = "F099", "stray-file"


class NpyHeaderMissing(Defect):
    """
    A file, or a member of an archive, that is called ``.npy`` and has no header of numpy.

    Dolma calls its bare arrays of ids so: they are read by the format ``dolma`` alone, where
    the ``.csv.gz`` that tells their documents lies beside them.

    Why it matters:
        Type and shape are anyone's guess: read as the wrong type, ids are other ids, and no
        loader says so.

    Remedy:
        Write the array with ``numpy.save``; ids of Dolma with their ``.csv.gz``.

    Source:
        NEP 1, "A simple file format for NumPy arrays"; AI2, Dolma,
        python/dolma/tokenizer/memmap_writer.py.
    """

    code, name = "F025", "npy-header-missing"


COMMON = (
    FileUnreadable, EmptyFile, TruncatedCompression, ContainerMagicMismatch,
    PicklePayload, EmptyFolder, StrayFile, NpyHeaderMissing,
)  # fmt: skip
"""Kinds of defect that a source of files can name."""


def is_paper(path: str) -> bool:
    """Say whether *path* accompanies the data: hashed, and never a sample."""
    return path.startswith("_meta/") or path.lower() in PAPERS


def is_data(path: str) -> bool:
    """Say whether *path* may hold samples: neither a paper nor left behind by a program."""
    return not is_paper(path) and not JUNK.search(path)


def split_named(path: str) -> str:
    """
    The split that a file's name says, or else a folder's, the innermost first.

    Words are parted by what is no letter, and by capitals; ``trainset`` is one that says train.
    Where none says a split, each fold is one: ``fold1``.
    """
    for name in reversed(path.split("/")):
        words = (word.lower().removesuffix("set") for word in _WORD.findall(name))
        said = {SPLITS[word] for word in words if word in SPLITS}
        if len(said) == 1:
            return said.pop()
    folds = [f"fold{int(one)}" for one in _FOLD.findall(path)]
    return folds[-1] if folds else UNNAMED


def odd_entries(tree: Tree) -> Iterator[Defect]:
    """Name what lies in the folder and is not a regular file."""
    for path, found in tree.oddities:
        kind = EmptyFolder if found == "an empty folder" else FileUnreadable
        expected = "a file" if kind is EmptyFolder else "a readable regular file"
        yield kind(path, "", expected, found)


def strays(tree: Tree, data: Iterable[str], expected: str) -> Iterator[Defect]:
    """
    Name each file that is neither one of *data* nor a paper nor junk, and each pickle.

    One that is called an array of numpy and is none is named as that.
    """
    known = set(data)
    for path in tree.stamps:
        if path in known:
            continue
        try:
            head = head_of(tree, path, 64)
        except OSError as error:
            yield unreadable(path, error)
            continue
        if found := pickle_in(head):
            yield PicklePayload(path, "byte 0", expected, found)
        elif is_data(path) and path.endswith(NPY) and not head.startswith(NUMPY):
            yield NpyHeaderMissing(path, "byte 0", "the header of numpy", "other bytes")
        elif is_data(path):
            yield StrayFile(path, "", expected, "a file of another name")


def pickle_in(head: bytes) -> str:
    """Say what in the first bytes of a file asks for unpickling; empty for nothing."""
    # Protocol 2 and up open with 0x80 and their number; 0 and 1 are plain opcodes,
    # of which these begin a container or a global and end in a way text does not.
    if head[:1] == b"\x80" and head[1:2] in {b"\2", b"\3", b"\4", b"\5"}:
        return f"a pickle of protocol {head[1]}"
    if head.startswith(NUMPY) and (b"'|O'" in head or b"'O'" in head):
        return "a npy file of Python objects"
    if head[:2] == b"PK" and b"data.pkl" in head:
        return "a torch archive with a pickle"
    if head[:3] in {b"(dp", b"(lp", b"ccp"} or head[:3] in {b"cos", b"c__"}:
        return "a pickle of protocol 0"
    return ""


def unreadable(path: str, error: OSError) -> FileUnreadable:
    """Turn what the operating system says of a file into a defect."""
    found = error.strerror or type(error).__name__
    return FileUnreadable(path, "", "a readable regular file", found)


def again(names: Sequence[str]) -> list[int]:
    """
    The places of names that stand before in a list; blank ones are none.

    >>> again(["a", "", "b", "a", "", "a"])
    [3, 5]
    """
    first = {one: n for n, one in reversed([*enumerate(names)])}
    return [n for n, one in enumerate(names) if one and first[one] != n]


def ending(tree: Tree, *suffixes: str) -> list[str]:
    """Files that may hold data, and end with one of some suffixes, whatever their case."""
    return [path for path in tree.stamps if path.lower().endswith(suffixes) and is_data(path)]


def glimpse(tree: Tree, path: str, length: int) -> bytes:
    """As `head_of`, to see what a file may be; nothing of one that cannot be read."""
    try:
        return head_of(tree, path, length)
    except OSError:
        return b""


def head_of(tree: Tree, path: str, length: int) -> bytes:
    """First *length* bytes of a file, or all of it where it is shorter."""
    with tree.open(path) as descriptor:
        return os.pread(descriptor, length, 0)


def paper(tree: Tree, path: str, most: int = PAPER) -> bytes | None:
    """All of a paper; None where it cannot be read, or is longer than any is."""
    size = tree.stamps[path].size
    if size > most:
        return None
    try:
        with tree.open(path) as descriptor:
            return tree.read(descriptor, size, 0)
    except OSError:
        return None
