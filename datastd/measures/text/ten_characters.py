"""Runs of ten characters that a text has again."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from datastd.bits import eight
from datastd.measures import helper, kernel
from datastd.measures.text.pieces import Bytes, Numbers, mixed
from datastd.measures.text.repeats import RUN

MOST = 1 << 22
"""Characters of a text of which runs are counted: what is remembered takes 32 bytes of each."""


@helper
def slots(values: int) -> int:
    """Slots of a table for so many values: a power of two, half of which stay free."""
    size = 16
    while size < 2 * values:
        size *= 2
    return size


@helper
def _key(content: Bytes, at: int, size: int) -> np.uint32:
    """A hash of a run of characters, which has `RUN` bytes or more, and four times as many."""
    value, last = mixed(eight(content, at)), size - 8
    if size > 16:
        value = mixed(value ^ eight(content, at + 8))
        value = mixed(value ^ eight(content, at + min(16, last)))
        value = mixed(value ^ eight(content, at + min(24, last)))
    return np.uint32(mixed(value ^ eight(content, at + last)))


@helper
def _is_same(content: Bytes, one: int, other: int, size: int) -> bool:
    """Say whether two such runs of so many bytes are the same."""
    last = size - 8
    alike = eight(content, one) == eight(content, other)
    alike &= eight(content, one + last) == eight(content, other + last)
    if size > 16:
        third, fourth = min(16, last), min(24, last)
        alike &= eight(content, one + 8) == eight(content, other + 8)
        alike &= eight(content, one + third) == eight(content, other + third)
        alike &= eight(content, one + fourth) == eight(content, other + fourth)
    return bool(alike)


@helper
def _often(counts: NDArray[np.int32], times: NDArray[np.int32], left: int) -> int:
    """The sum of the largest counts, so many of them, that are more than one."""
    highest, total = max(counts), 0
    times[: highest + 1] = 0  # how many counts are so large
    for count in counts:
        times[count] += 1
    for often in range(highest, 1, -1):
        taken = min(left, times[often])
        total += taken * often
        left -= taken
    return total


@kernel
def characters_again(content: Bytes, offsets: Numbers) -> Any:  # noqa: ANN401, C901  -- one pass
    """
    Runs of `RUN` characters that each text has most often, and all; shape (N, 2).

    Of those that it has more than once, as many as the root of how many different ones it has.
    -1 for a text of more than `MOST` characters.

    What may repeat is noted by a hash first, and only that is counted in a table.
    """
    found = np.zeros((len(offsets) - 1, 2), np.int64)
    most = 0
    for n in range(len(found)):
        most = max(most, min(MOST, offsets[n + 1] - offsets[n]))
    edges, some = np.empty(most + 1, np.int32), np.empty(most + 1, np.int32)
    keys = np.empty(most, np.uint32)
    seen, counts = np.empty(slots(2 * most), np.uint8), np.empty(slots(most), np.int32)
    places = np.empty(len(counts), np.int32)
    for n in range(len(found)):
        start, stop, many = offsets[n], offsets[n + 1], 0
        for at in range(start, stop):  # from `MOST` on, they are counted alone
            edges[min(many, most)] = at - start
            many += content[at] & 0xC0 != 0x80
        if many > most:
            found[n] = -1
            continue
        edges[many] = stop - start
        runs = max(0, many - RUN + 1)
        mask, again = np.uint64(slots(2 * runs) - 1), 0
        seen[: slots(2 * runs)] = 0
        for run in range(runs):
            keys[run] = _key(content, start + edges[run], edges[run + RUN] - edges[run])
            slot = np.uint64(keys[run]) & mask
            seen[slot] = seen[slot] << 1 | 1  # a bit for the first time, more for the others
        for run in range(runs):
            some[again] = run
            again += seen[np.uint64(keys[run]) & mask] > 1
        size, different = slots(again), runs - again
        last = np.uint64(size - 1)
        places[:size], counts[:size] = -1, 0
        for k in range(again):
            run = some[k]
            at, length = start + edges[run], edges[run + RUN] - edges[run]
            slot = mixed(np.uint64(keys[run])) & last
            while places[slot] >= 0:
                other = places[slot]
                if (
                    keys[other] == keys[run]
                    and edges[other + RUN] - edges[other] == length
                    and _is_same(content, start + edges[other], at, length)
                ):
                    break
                slot = (slot + np.uint64(1)) & last
            if places[slot] < 0:
                places[slot] = run
                different += 1
            counts[slot] += 1
        found[n] = _often(counts[:size], some, int(np.sqrt(different))), runs
    return found
