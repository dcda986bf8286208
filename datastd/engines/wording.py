"""
Pairs of instructions that say nearly the same in the same order: found by their rarest words.

What `overlap` is for documents. Two instructions of m and n words whose ROUGE-L is above t
have more than t (m + n) / 2 words in common. Put both in one order, the rarest word first: what
they have in common begins before as many words are left in either. So each instruction is
looked up by its first words alone, and no pair is missed; of the words that are left, most are
of those that everybody uses. Candidates have words enough in common, and then in order.

Words lie in files, 64 bits each, and how rare one is, a table of fixed size says: any order of
words does, for what is found. Instructions of the same words are copies. Two that hang together
by a rule's pairs are not compared again for it, and of those that do `LEADERS` are looked up.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from datastd.engines.forest import Column, Forest, join, parted, root
from datastd.engines.pairs import Pairs, related
from datastd.measures import helper, kernel
from datastd.measures.responses.instruction_words import LONGEST
from datastd.measures.responses.rouge import Scratch, in_order
from datastd.measures.text.normal import mixed
from datastd.measures.text.rolling import FACTOR
from datastd.rules.responses.instruction_near_duplicate import InstructionNearDuplicate

LEADERS = 64  # instructions of a crowd that others are compared with

_SLOTS = 1 << 20  # of the table of how often words are there, at most
_OFTEN = np.uint64((1 << 20) - 1)  # more is not told apart
_SLACK = 1e-9  # of what floats round: fewer words in common are asked for

_ROW = np.dtype([("words", "i8"), ("side", "i8")])


class Instructions(NamedTuple):
    """
    The words of N instructions.

    Attributes:
        words: The hashes of all, in order, one instruction after the other; uint64.
        ranked: Those of each with the rarest first, and of equal ones numbered; uint64.
        starts: Where the words of each begin, and where the last end; shape (N + 1,), int64.
        sides: Where it is from; (N,), int64.
    """

    words: Column
    ranked: Column
    starts: Column
    sides: Column


class Index(NamedTuple):
    """
    Instructions by their first words.

    Attributes:
        slots: By a word, the entry that was made last, or -1; int32.
        entries: Of each the one before it in its slot, or -1; whose it is; which of its words,
            and how many these are; shape (E, 4), int32.
        used: How many entries there are; (1,).
    """

    slots: Column
    entries: Column
    used: Column


@dataclass(slots=True, weakref_slot=True)
class Wording(Pairs):
    """Gathers instructions with their words, and gives back tables of their pairs."""

    rules: Sequence[InstructionNearDuplicate]

    def add(self, rows: pl.DataFrame) -> None:
        """Set rows aside: nothing of them in memory, but for what the spool holds."""
        if not rows.height:
            return
        known = np.empty(rows.height, _ROW)
        known["words"], known["side"] = rows["words"].list.len(), self.sides(rows)
        words = rows["words"].explode().to_numpy()
        self.append(rows.drop("words", "digest", strict=False), words=words, known=known)

    def found(self) -> Iterator[pl.DataFrame]:
        if self._folder is None:
            return
        known = np.memmap(self._folder / "known", _ROW, "r")
        words = np.asarray(np.memmap(self._folder / "words", np.uint64, "r"))
        starts = np.concatenate([[0], np.cumsum(known["words"])])
        forest = Forest.of(len(self.rules), len(known))
        forest.copies[:] = _copies(words, starts)
        forest.leads[:] = (forest.copies < 0) & (known["words"] <= LONGEST)
        leaders = np.flatnonzero(forest.leads)
        ranked = self.array(words.shape, np.uint64)
        _rank(words, starts, leaders, _table(len(words)), ranked)
        sides = np.ascontiguousarray(known["side"])
        order = leaders[np.argsort(known["words"][leaders], kind="stable")]
        asks = related(self.rules, self._sides)
        most = np.array([rule.difference for rule in self.rules])
        least = min(rule.similarity for rule in self.rules)
        entries = int(_entries(known["words"][leaders], least).sum())
        slots = np.full(_power(entries), -1, np.int32)
        index = Index(slots, self.array((entries, 4), np.int32), np.zeros(1, np.int64))
        known_words = Instructions(words, ranked, starts, sides)
        _compare(order, known_words, index, asks, most, least, Scratch.of(LONGEST), forest)
        yield from self.tables(np.arange(len(known)), forest)


def _power(least: int) -> int:
    """The lowest power of two that is as much."""
    return 1 << max(least - 1, 1).bit_length()


def _table(words: int) -> Column:
    return np.zeros(min(_power(4 * words), _SLOTS), np.uint32)


def _entries(counts: Column, least: float) -> Column:
    """How many words of each instruction are entered: those before too few are left."""
    return counts - np.floor(least * counts - _SLACK).astype(np.int64)


def _copies(words: Column, starts: Column) -> Column:
    """Of each instruction the first one of the same words, or -1; shape (N,), int32."""
    value = _hashed(words, starts)
    order = np.lexsort((value[:, 0], value[:, 1]))  # stable
    new = np.ones(len(order), bool)
    new[1:] = (value[order[1:]] != value[order[:-1]]).any(axis=1)
    first = order[new][np.cumsum(new) - 1]
    copies = np.empty(len(order), np.int32)
    copies[order] = np.where(new, -1, first)
    return copies


@kernel
def _hashed(words: Column, starts: Column) -> Any:  # noqa: ANN401  -- uint64, (N, 2)
    found = np.zeros((len(starts) - 1, 2), np.uint64)
    for n in range(len(found)):
        one, other = np.uint64(0), np.uint64(0)
        for at in range(starts[n], starts[n + 1]):
            one = mixed(one ^ words[at]) + FACTOR
            other = (other + words[at]) * FACTOR
        found[n, 0], found[n, 1] = one, mixed(other)
    return found


@kernel
def _rank(words: Column, starts: Column, leaders: Column, table: Column, ranked: Column) -> None:
    """Number what an instruction says twice, count in slots, and put the rarest first."""
    mask = np.uint64(len(table) - 1)
    for n in leaders:
        its = ranked[starts[n] : starts[n + 1]]
        its[:] = words[starts[n] : starts[n + 1]]
        its.sort()
        last, again = its[0], np.uint64(0)
        for at in range(1, len(its)):
            again = again + np.uint64(1) if its[at] == last else np.uint64(0)
            last = its[at]
            its[at] += again * FACTOR
        for word in its:
            table[word & mask] += np.uint32(1)
    for n in leaders:
        its = ranked[starts[n] : starts[n + 1]]
        for at in range(len(its)):
            often = min(np.uint64(table[its[at] & mask]), _OFTEN)
            its[at] = often << np.uint64(44) | mixed(its[at]) >> np.uint64(20)
        its.sort()


@helper
def _needed(both: int, least: float) -> int:
    """The fewest words in common of two that are near each other, by the words of both."""
    return int(np.floor(least * both / 2 - _SLACK)) + 1


@helper
def _in_common(here: Column, there: Column, needed: int) -> bool:
    """Say whether two have so many words in common, whatever their order."""
    a, b, both = 0, 0, 0
    while a < len(here) and b < len(there):
        if both + min(len(here) - a, len(there) - b) < needed:
            return False
        first, second = here[a], there[b]
        a += first <= second
        b += second <= first
        both += first == second
    return both >= needed


@kernel
def _compare(  # noqa: C901, PLR0913, PLR0917
    order: Column, known: Instructions, index: Index, asks: Column, most: Column, least: float,
    scratch: Scratch, forest: Forest,
) -> None:  # fmt: skip
    """Compare each instruction with those that are no longer, and enter it."""
    seen, led = np.full(len(known.sides), -1, np.int32), np.zeros(len(known.sides), np.int32)
    mask = np.uint64(len(index.slots) - 1)
    for number in order:
        begin, end = known.starts[number], known.starts[number + 1]
        here, count = known.ranked[begin:end], end - begin
        shortest = least * count / (2 - least) - _SLACK
        looked_up = count - _needed(count + int(np.ceil(shortest)), least) + 1
        for place in range(looked_up):
            entry = index.slots[mixed(here[place]) & mask]
            while entry >= 0:
                other, its_place = index.entries[entry, 1], index.entries[entry, 2]
                size, entry = index.entries[entry, 3], index.entries[entry, 0]
                if size < shortest:
                    break  # and so are all before it
                needed = _needed(count + size, least)
                if place > count - needed or its_place > size - needed:
                    continue
                first = known.starts[other]
                there = known.ranked[first : first + size]
                if there[its_place] != here[place] or seen[other] == number:
                    continue
                seen[other] = number
                which = 0
                for rule in range(len(asks)):
                    asked = asks[rule, known.sides[number], known.sides[other]]
                    which |= int(asked) << rule
                apart = parted(forest, which, number, other)
                if not apart or not _in_common(here, there, needed):
                    continue
                one, another = known.words[begin:end], known.words[first : first + size]
                share = 2 * in_order(one, another, scratch) / (count + size)
                join(forest, most, apart, number, other, 0, 1 - share, False)  # noqa: FBT003
        tree = root(forest.parent[len(forest.parent) - 1], number)
        if led[tree] < LEADERS:
            led[tree] += 1
            for place in range(count - _needed(2 * count, least) + 1):
                at, slot = index.used[0], mixed(here[place]) & mask
                index.entries[at, 0], index.slots[slot] = index.slots[slot], at
                index.entries[at, 1], index.entries[at, 2] = number, place
                index.entries[at, 3] = count
                index.used[0] += 1
