"""
What defects cost, what the gate says of them, and what mending them gives back.

    python examples/why_it_matters.py --mnist ../shared/data/mnist \
        --text ../shared/data/tinyshakespeare/input.txt --out runs/why

Each kind of defect is planted by itself, by several seeds: in real digits of MNIST (labels,
leaks, copies, broken pictures, rare classes, pixels on another scale), in questions whose
answers are shifted, and in a corpus that repeats itself.  A loop by hand trains on the spoiled
data, for nothing stops it; `datastd` refuses them, says why, and leaves out what fails or
says that nothing can be left out; the trainer then takes as many steps on what is certified.  All
models are scored on one test set that nobody spoiled: `true`.  `reported` is what the makers of
the data would have read off their own test split.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import spoiled_documents
import spoiled_pictures
import spoiled_questions
import torch
from certification import refusal
from digits import Digits, network, read, write
from outcomes import COLUMNS, PARTS, Outcome, figure, kept, rows
from tables import save, show

from datastd.train import pretrain

KINDS = ("pictures", "questions", "documents")


def found(asked: argparse.Namespace, kind: str, folder: Path, seed: int) -> Iterator[Outcome]:
    """Each defect of a kind of data, by one seed; what lacks its data is skipped, and says so."""
    few = asked.quick
    if kind == "questions":
        yield from spoiled_questions.study(
            folder, seed=seed, size=100 if few else 1000, steps=10 if few else 500
        )
    elif kind == "pictures" and asked.mnist and asked.mnist.is_dir():
        yield from spoiled_pictures.study(
            asked.mnist, folder, seed=seed, size=800 if few else 4000, epochs=2 if few else 20
        )
    elif kind == "documents" and asked.text and asked.text.is_file():
        yield spoiled_documents.repeated_documents(
            asked.text, folder, seed=seed, size=40 if few else 300, epochs=1 if few else 6
        )
    else:
        lacking = asked.mnist if kind == "pictures" else asked.text
        print(f"{kind}: skipped, expected MNIST at --mnist, a text at --text; found {lacking}")


def refusals(digits: Digits) -> Iterator[str]:
    """What the trainer says to who has no certificate, and the gate to who asks for one."""
    try:
        pretrain(network, digits)
    except TypeError as refused:
        yield f"the trainer, given arrays: {refused}"
    with tempfile.TemporaryDirectory() as work:
        leaky = write(Path(work, "leaky"), digits, digits)
        yield f"the gate, asked for a certificate: {refusal(leaky, 'idx-images/1')}"


def main() -> int:
    """Plant, train, clean and train again; print the table, and write it and the plot."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--mnist", type=Path, help="the folder with MNIST's four files")
    parser.add_argument("--text", type=Path, help="a file of texts parted by empty lines")
    parser.add_argument("--only", nargs="+", choices=KINDS, default=KINDS)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="one seed, and next to no training")
    parser.add_argument("--out", type=Path, help="a folder; what an earlier run left is added to")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    begun, every = time.monotonic(), list[Outcome]()
    for kind, seed in product(asked.only, range(1 if asked.quick else asked.seeds)):
        with tempfile.TemporaryDirectory() as work:
            for one in found(asked, kind, Path(work), seed):
                every.append(one)
                print(f"{time.monotonic() - begun:.0f} s: {one.kind}, seed {seed}", flush=True)
                if not seed:
                    print(f"  check: {', '.join(one.says)}; what mends it: {one.remedy}")
                if asked.out:  # the next takes a while
                    every = kept(one, asked.out / "outcomes.jsonl")
        if asked.out and every:
            save(asked.out, "why_it_matters", COLUMNS, rows(every), figure(every))
    if asked.mnist and asked.mnist.is_dir():
        for refused in refusals(read(asked.mnist, "t10k")):
            print(refused)
    for part in PARTS:  # all of them are too wide for a terminal
        columns, *table = ([row[at] for at in part] for row in (COLUMNS, *rows(every)))
        show(columns, table)
    if asked.quick:
        print("one seed, and next to no training: what is found and left out holds, no score does")
    return 0


if __name__ == "__main__":
    sys.exit(main())
