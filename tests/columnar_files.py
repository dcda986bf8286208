"""Tables in Parquet and Arrow's IPC, written by pyarrow."""

import io
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

from datastd.disk import Tree
from datastd.draft import Draft
from datastd.sources import Defect

TEXTS = st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
STRINGS = [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int16(), pa.string())]
BAD = b"\xff\xfe"


def strings(values, kind=STRINGS[0]):
    """A column of strings, stored in one of the ways that there are."""
    plain = pa.array(values, pa.string())
    return plain.dictionary_encode().cast(kind) if pa.types.is_dictionary(kind) else plain.cast(kind)


def unsound(values):
    """A column of strings of which not all are UTF-8."""
    raw = pa.array(values, pa.binary())
    return pa.Array.from_buffers(pa.string(), len(raw), raw.buffers())


def table(values, kind=STRINGS[0], **more):
    """A table with a text, a number, and columns that nobody asks for."""
    count = len(values)
    nested = pa.array([[{"role": "user", "content": "x"}]] * count)
    return pa.table({"text": strings(values, kind), "id": range(count), "messages": nested, **more})


def parquet(rows, **options):
    out = io.BytesIO()
    pq.write_table(rows, out, **options)
    return out.getvalue()


def ipc(rows, form="file", codec=None, size=100):
    out, options = io.BytesIO(), pa.ipc.IpcWriteOptions(compression=codec)
    with (pa.ipc.new_file if form == "file" else pa.ipc.new_stream)(out, rows.schema, options=options) as to:
        for batch in rows.to_batches(max_chunksize=size):
            to.write_batch(batch)
    return out.getvalue()


def put(root, name, content):
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_bytes(content)
    return root


def read(kind, root, wanted=(), **options):
    """
    Texts by key, and defects of what a folder holds; that each sample is there once is asserted.

    With *wanted* None, all columns are read, and rows take the place of texts.
    """
    with kind(Tree(root), **options) as source:
        plan = source.plan()
        found, defects = {}, [*plan.defects]
        for shard in plan.shards:
            here = 0
            for one in source.read(shard) if wanted == () else source.rows(shard, wanted):
                if isinstance(one, Defect):
                    defects.append(one)
                    here += one.samples if one.loses else 0
                elif wanted == ():
                    found |= dict(zip(one.keys, one.columns["text"], strict=True))
                    here += len(one)
                else:
                    found |= {f"{shard.path}#{n}": row for n, row in zip(one.numbers, one.frame.rows(named=True), strict=True)}
                    here += len(one.numbers)
            assert here == shard.samples
        assert all(isinstance(one, source.kinds) for one in defects)
        return found, defects


def codes(defects):
    """How many samples each code is about."""
    found = {}
    for one in defects:
        found[one.code] = found.get(one.code, 0) + one.samples
    return found


def rewritten(kind, root, out, rows):
    """Write these rows of each file anew; return the files that were taken as they are."""
    with kind(Tree(root)) as source, Draft(out) as draft:
        source.write({path: np.array(some) for path, some in rows.items()}, draft)
        draft.publish()
        return draft.taken


def peak():
    """The most memory that this process has had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def run(code, *arguments):
    """Run code in a process of its own, which has the tests' helpers; return what it prints."""
    command = [sys.executable, "-c", f"import sys\nsys.path.insert(0, sys.argv[1])\n{code}"]
    done = subprocess.run([*command, Path(__file__).parent, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    return done.stdout
