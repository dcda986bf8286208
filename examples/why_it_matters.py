"""
What defects cost, what the gate says of them, and what mending them gives back.

    python examples/why_it_matters.py ../shared/data/mnist --out runs/why

Each kind of defect is planted by itself, by several seeds: in real digits of MNIST (labels,
leaks, copies, broken pictures, rare classes, pixels on another scale), in questions whose
answers are shifted, and in repeated documents.  A loop by hand trains on the spoiled data, as
nothing stops it from doing; `datastd` refuses them, says why, and leaves out what fails or says
that nothing can be left out; the trainer then takes as many steps on what is certified.  All
models are scored on one test set that nobody spoiled: `true`.  `reported` is what the
makers of the data would have read off their own test split.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

import spoiled_pictures
import torch
from digits import network, read
from outcomes import COLUMNS, Outcome, figure, rows
from tables import save, show

from datastd.train import pretrain


def main() -> int:
    """Plant, train, clean and train again; print the table, and write it and the plot."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("mnist", type=Path, help="the folder with MNIST's four files")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="one seed, and next to no training")
    parser.add_argument("--out", type=Path, help="a folder for the table and the plot")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    seeds, size, epochs = (1, 1000, 2) if asked.quick else (asked.seeds, 4000, 20)
    found: list[Outcome] = []
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as work:
        for seed in range(seeds):
            if asked.mnist.is_dir():
                for one in spoiled_pictures.study(
                    asked.mnist, Path(work), seed=seed, size=size, epochs=epochs
                ):
                    found.append(one)
                    print(f"{time.monotonic() - begun:.0f} s: {one.kind}, seed {seed}", flush=True)
    if asked.mnist.is_dir():
        try:
            pretrain(network, read(asked.mnist, "t10k"))
        except TypeError as refused:
            print(f"the trainer, given arrays: {refused}")
    else:
        print(f"pictures skipped: expected MNIST as published at {asked.mnist}, found nothing")
    for one in found[: len({one.kind for one in found})]:
        print(f"{one.kind}: {one.refusal}")
    show(COLUMNS, rows(found))
    if asked.out:
        save(asked.out, "why_it_matters", COLUMNS, rows(found), figure(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
