"""
Lines of a piece of a file: those that are not blank, and runs of them.

A line is blank that holds spaces, tabs and carriage returns alone.
"""

from typing import NamedTuple

import numpy as np

from datastd.bits import BLOCK, first
from datastd.blocks import those
from datastd.kernels import kernel
from datastd.sources.encoding import NEWLINE, RETURN, Bytes, Numbers, is_blank

_newlines = those((NEWLINE,))


class Texts(NamedTuple):
    """
    The documents of a piece of a file; shape (N,) each.

    Attributes:
        start: Where each begins, in bytes of the piece.
        stop: Where it ends: before the end of its last line.
        line: How many lines are before it.
        feeds: Line feeds in the piece.
    """

    start: Numbers
    stop: Numbers
    line: Numbers
    feeds: int = 0


def lines_in(bytes_: Bytes) -> tuple[Numbers, Numbers]:
    """Where each line begins and ends; the last one may lack its line feed."""
    ends = _ends(bytes_)
    return np.concatenate([[0], ends[:-1] + 1]) if len(ends) else ends, ends


def documents(piece: bytes, *, joined: bool) -> Texts:
    """Find the lines of *piece* that are not blank; *joined*: runs of them."""
    bytes_ = np.frombuffer(piece, np.uint8)
    starts, ends = lines_in(bytes_)
    feeds = len(ends) - (len(piece) > 0 and not piece.endswith(b"\n"))
    return Texts(*_documents(bytes_, starts, ends, joined), feeds)


def blank_lines(piece: bytes) -> tuple[int, int]:
    """Where the first and the last blank line of *piece* end; 0 where there is none."""
    bytes_ = np.frombuffer(piece, np.uint8)
    return _blank_lines(bytes_, *lines_in(bytes_))


@kernel
def _ends(line: Bytes) -> Numbers:
    ends = np.empty(len(line), np.int64)  # what is not written to takes no memory
    count, at = 0, 0
    while at < len(line):
        if at + BLOCK <= len(line):
            found = _newlines(line, at)
            while found:
                ends[count] = at + first(found)
                count += 1
                found &= found - np.uint64(1)
            at += BLOCK
            continue
        if line[at] == NEWLINE:
            ends[count] = at
            count += 1
        at += 1
    if len(line) and line[-1] != NEWLINE:
        ends[count] = len(line)
        count += 1
    return ends[:count].copy()


@kernel
def _documents(
    line: Bytes,
    starts: Numbers,
    ends: Numbers,
    joined: bool,  # noqa: FBT001
) -> tuple[Numbers, Numbers, Numbers]:
    start, stop = np.empty(len(starts), np.int64), np.empty(len(starts), np.int64)
    number, count, is_open = np.empty(len(starts), np.int64), 0, False
    for row in range(len(starts)):
        at, end = starts[row], ends[row]
        while at < end and is_blank(line[at]):
            at += 1
        if at == end:
            is_open = False
            continue
        if not (joined and is_open):
            start[count], number[count] = starts[row], row
            count += 1
            is_open = True
        stop[count - 1] = end - (line[end - 1] == RETURN)
    return start[:count], stop[:count], number[:count]


@kernel
def _blank_lines(line: Bytes, starts: Numbers, ends: Numbers) -> tuple[int, int]:
    first, last = 0, 0
    for row in range(len(starts)):
        at, end = starts[row], ends[row]
        while at < end and is_blank(line[at]):
            at += 1
        if at == end and end < len(line):
            last = end + 1
            first = first or last
    return first, last
