"""A file written again with some of its pictures: every byte around them as it was."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from datastd.disk import Tree
from datastd.sources.coco.layout import File
from datastd.sources.coco.scan import ANNOTATIONS, IMAGES
from datastd.sources.encoding import Numbers

_STEP = 1 << 20

Kept = NDArray[np.bool_]


def written(tree: Tree, file: File, images: Kept, marks: Kept) -> Iterator[bytes]:
    """
    Yield a file with those pictures and annotations alone, which are sound, in its own JSON.

    Whatever else it holds stays; one that breaks off is ended behind what is whole.
    """
    last = tree.stamps[file.path].size if file.upto < 0 else file.upto
    starts, stops = _spans(file, images, marks, last)
    with tree.open(file.path) as descriptor:
        for start, stop in zip(starts.tolist(), stops.tolist(), strict=True):
            for at in range(start, stop, _STEP):
                yield tree.read(descriptor, min(_STEP, stop - at), at)
    yield file.lacks


def _spans(file: File, images: Kept, marks: Kept, last: int) -> tuple[Numbers, Numbers]:
    """Which stretches of the file stay."""
    some, at = list[tuple[Numbers, Numbers]](), 0
    of = {
        IMAGES: (file.images.start, file.images.stop, images),
        ANNOTATIONS: (file.marks.start, file.marks.start + file.marks.length, marks),
    }
    for what, begin, end in file.lists:
        if what not in of:
            continue
        start, stop, kept = of[what]
        inside = (start > begin) & (start < (end or last))
        start, stop, kept = start[inside], stop[inside], kept[inside]
        if not len(start):
            continue
        some.append((np.array([at]), start[:1]))  # up to the first item, white space too
        stays = np.flatnonzero(kept)
        # An item, and what parts it from that before it.
        before = np.concatenate([start[:1], stop[:-1]])[stays]
        before[:1] = start[stays[:1]]
        some.append((before, stop[stays]))
        at = int(stop[-1])
    some.append((np.array([at]), np.array([last])))
    starts, stops = map(np.concatenate, zip(*some, strict=True))
    breaks = np.flatnonzero(starts[1:] != stops[:-1])
    return starts[np.append(0, breaks + 1)], stops[np.append(breaks, len(stops) - 1)]
