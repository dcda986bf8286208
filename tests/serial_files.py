"""Files of records, one after the other: written, compressed or not, and read whole."""

import bz2
import gzip
import lzma

import pyarrow as pa

from datastd.disk import Tree
from datastd.sources import Defect

COMPRESS = {
    "": bytes, ".gz": lambda c: gzip.compress(c, mtime=0), ".bz2": bz2.compress, ".xz": lzma.compress,
    ".zst": lambda c: pa.compress(c, codec="zstd", asbytes=True),
}  # fmt: skip


def put(root, name, content, suffix=""):
    """Write a file below *root*; return *root*."""
    place = root / f"{name}{suffix}"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(COMPRESS[suffix](content.encode() if isinstance(content, str) else content))
    return root


def read(kind, root, *arguments, column="text", **options):
    """A column of each sample by its key; and code, key and place of each defect."""
    found, defects = read_all(kind, root, *arguments, column=column, **options)
    return found, [(one.code, one.key, one.at) for one in defects]


def read_all(kind, root, *arguments, column="text", **options):
    """The same, with the defects themselves."""
    with kind(Tree(root), *arguments, **options) as source:
        plan = source.plan()
        found, defects = {}, [*plan.defects]
        for shard in plan.shards:
            count = 0
            for one in source.read(shard):
                if isinstance(one, Defect):
                    defects.append(one)
                    count += one.samples if one.loses else 0
                else:
                    assert not {*one.keys} & {*found}
                    found |= dict(zip(one.keys, one.columns[column], strict=True))
                    count += len(one)
            assert count == shard.samples
        assert all(isinstance(one, source.kinds) for one in defects)
        return found, defects
