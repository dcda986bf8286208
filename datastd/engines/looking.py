"""The inner loops of `nearby`: which samples are looked at, and what is concluded."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Self

import numpy as np

from datastd.engines.forest import Column, Forest, join, parted
from datastd.engines.pairs import related
from datastd.measures import helper, kernel
from datastd.measures.pixels.likeness import SIZE, mirror, unlike
from datastd.rules import LikenessRule

LEADERS = 64  # samples of one hash in one split that are compared with others


class Asks(NamedTuple):
    """
    What each of Q rules asks for, as arrays.

    Attributes:
        mirrored: Whether one of the two is turned; shape (Q,), bool.
        beyond, distance: Bits of the hash, more than the one and at most the other; (Q,).
        difference: The most at the second look; (Q,), float64.
        related: Whether it is about rows of two sides (origin and split); (Q, S, S), bool.
    """

    mirrored: Column
    beyond: Column
    distance: Column
    difference: Column
    related: Column

    @classmethod
    def of(cls, rules: Sequence[LikenessRule], sides: Mapping[tuple[str, str], int]) -> Self:
        """Ask each rule about every two sides, in either order."""
        return cls(
            np.array([rule.mirrored for rule in rules]),
            np.array([rule.beyond for rule in rules]),
            np.array([rule.distance for rule in rules]),
            np.array([rule.difference for rule in rules]),
            related(rules, sides),
        )


class Nodes(NamedTuple):
    """
    Rows grouped by hash, then by side, then by whether it is the hash of the mirror image.

    Attributes:
        values: The distinct hashes, in order; shape (V,), uint64.
        first: Where the nodes of each value begin; (V + 1,).
        starts: Where the entries of each node begin; (M + 1,).
        side: Of each node; (M,).
        turned: Whether a node is of mirror images; (M,), bool.
        entries: Numbers of rows, in the order of the data within a node; (E,).
        marked: Whether a node may be half of a pair; (M,), bool.
    """

    values: Column
    first: Column
    starts: Column
    side: Column
    turned: Column
    entries: Column
    marked: Column

    @classmethod
    def of(cls, hashes: Column, back: Column, sides: Column) -> Self:
        """Group rows by their *hashes*, and by those of their mirror images if given."""
        rows, values = len(hashes), np.concatenate([hashes, back])
        twice = np.concatenate([sides, sides[: len(back)]])
        order = np.lexsort((twice, values))  # stable: mirror images come last
        values, side, turned = values[order], twice[order], order >= rows
        new = np.ones(len(order), bool)
        new[1:] = values[1:] != values[:-1]
        node = new.copy()
        node[1:] |= (side[1:] != side[:-1]) | (turned[1:] != turned[:-1])
        starts, heads = np.flatnonzero(node), np.flatnonzero(new)
        return cls(
            values[heads],
            np.append(np.searchsorted(starts, heads), len(starts)),
            np.append(starts, len(order)),
            side[starts].astype(np.int64),
            turned[starts],
            order % rows,
            np.zeros(len(starts), bool),
        )

    def plain(self) -> Column:
        """Numbers of the values that are not of mirror images alone."""
        value = np.repeat(np.arange(len(self.values)), np.diff(self.first))
        return np.unique(value[~self.turned])

    def marked_rows(self) -> Column:
        """Numbers of the rows of all marked nodes, in the order of the data."""
        return np.unique(self.entries[np.repeat(self.marked, np.diff(self.starts))])


class Drawn(NamedTuple):
    """What is known of each sample that was read again: its sketch, digest and hash."""

    cells: Column
    energy: Column
    digests: Column
    hashes: Column


@helper
def _asked(asks: Asks, nodes: Nodes, one: int, other: int, distance: int) -> int:
    """Say as bits which rules ask for pairs of two nodes."""
    turned = nodes.turned[one] != nodes.turned[other]
    if nodes.turned[one] and nodes.turned[other]:
        return 0  # the same as neither
    which = 0
    for rule in range(len(asks.distance)):
        if (
            asks.mirrored[rule] == turned
            and asks.beyond[rule] < distance <= asks.distance[rule]
            and asks.related[rule, nodes.side[one], nodes.side[other]]
        ):
            which |= 1 << rule
    return which


@helper
def _equal(digests: Column, one: int, other: int) -> bool:
    for byte in range(digests.shape[1]):  # noqa: SIM110  -- numba makes no machine code of a generator
        if digests[one, byte] != digests[other, byte]:
            return False
    return True


@kernel
def mark(near: Column, nodes: Nodes, asks: Asks) -> None:
    """Mark the nodes that are half of a pair which a rule asks for."""
    for n in range(len(near)):
        value, another, distance = near[n]
        for one in range(nodes.first[value], nodes.first[value + 1]):
            for other in range(nodes.first[another], nodes.first[another + 1]):
                alone = one == other and nodes.starts[one + 1] - nodes.starts[one] < 2  # noqa: PLR2004
                if not alone and _asked(asks, nodes, one, other, distance):
                    nodes.marked[one] = nodes.marked[other] = True


@kernel
def lead(nodes: Nodes, numbers: Column, asks: Asks, drawn: Drawn, forest: Forest) -> None:
    """
    Compare the samples of each node: with all before them, or with `LEADERS` of these.

    Those lead; the others are not compared with samples of other hashes. What equals a
    leader to the byte is its copy, and no pair.
    """
    strict = asks.difference.min()
    leaders = np.empty(LEADERS, np.int64)
    for node in range(len(nodes.marked)):
        if nodes.turned[node] or not nodes.marked[node]:
            continue
        which, count = _asked(asks, nodes, node, node, 0), 0
        for entry in range(nodes.starts[node], nodes.starts[node + 1]):
            sample = numbers[entry]
            for n in range(count):
                leader = leaders[n]
                if _equal(drawn.digests, leader, sample):
                    forest.copies[sample] = leader
                    forest.leads[sample] = False
                    break
                apart = parted(forest, which, leader, sample)
                if apart or count == LEADERS:
                    difference = unlike(
                        drawn.cells[leader], drawn.cells[sample],
                        drawn.energy[leader], drawn.energy[sample], False,  # noqa: FBT003
                    )  # fmt: skip
                    join(
                        forest, asks.difference, apart, leader, sample, 0, difference,
                        False,  # noqa: FBT003
                    )  # fmt: skip
                    if count == LEADERS and difference <= strict:
                        break
            if count < LEADERS and forest.leads[sample]:
                leaders[count] = sample
                count += 1
            else:
                forest.leads[sample] = False


@kernel
def look(  # noqa: C901, PLR0913, PLR0917  -- five nested loops are what it is
    near: Column, nodes: Nodes, numbers: Column, asks: Asks, drawn: Drawn, forest: Forest
) -> None:
    """Compare the leaders of two nodes, for all nodes of values that are *near*."""
    turned = np.empty(SIZE, np.int8)
    for n in range(len(near)):
        value, another, distance = near[n]
        for one in range(nodes.first[value], nodes.first[value + 1]):
            for other in range(nodes.first[another], nodes.first[another + 1]):
                if value == another and other <= one:
                    continue
                which = _asked(asks, nodes, one, other, distance)
                if not which:
                    continue
                mirrored = nodes.turned[one] != nodes.turned[other]
                for entry in range(nodes.starts[one], nodes.starts[one + 1]):
                    sample = numbers[entry]
                    if not forest.leads[sample]:
                        continue
                    if mirrored:
                        mirror(drawn.cells[sample], turned)
                    for place in range(nodes.starts[other], nodes.starts[other + 1]):
                        partner = numbers[place]
                        if partner == sample or not forest.leads[partner]:
                            continue
                        apart = parted(forest, which, sample, partner)
                        if mirrored:
                            apart = _only_mirrored(asks, apart, drawn.hashes, sample, partner)
                        copy = distance == 0 and _equal(drawn.digests, sample, partner)
                        if copy or not apart:
                            continue
                        difference = unlike(
                            drawn.cells[partner], turned if mirrored else drawn.cells[sample],
                            drawn.energy[partner], drawn.energy[sample], mirrored,
                        )  # fmt: skip
                        join(
                            forest, asks.difference, apart, sample, partner,
                            distance, difference, mirrored,
                        )  # fmt: skip


@helper
def _only_mirrored(asks: Asks, which: int, hashes: Column, one: int, other: int) -> int:
    """Leave out the rules for which two samples are near as they are."""
    differs, bits = hashes[one] ^ hashes[other], np.uint64(0)
    for bit in range(64):
        bits += (differs >> np.uint64(bit)) & np.uint64(1)
    for rule in range(len(asks.distance)):
        if np.int64(bits) <= asks.distance[rule]:
            which &= ~(1 << rule)
    return which
