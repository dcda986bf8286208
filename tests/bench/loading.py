"""
What reading certified samples costs a trainer, against what people load with.

    python tests/bench/loading.py [photos] [tokens]

`photos`: decode, resize, batch and normalise photos of ImageNet's size, against torchvision's ImageFolder and
torch's DataLoader with as many workers, and against decoding and resizing alone on as many threads;
pixels equal to Pillow's.  `tokens`: the loader's share of a step of GPT on a token file: what the loop waits
for it, and the processor's time that it takes beside.  All sides in one run, alternating; needs ../shared.
"""

import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import photos as made_photos
import token_files
import torch
from gate import say
from PIL import Image
from torch.utils.data import DataLoader
from torchvision import transforms
from torchvision.datasets import ImageFolder

import datastd
from datastd.loading import Feed
from datastd.loading.feed import made_ahead
from datastd.networks import Network, build
from datastd.objectives import normalised
from datastd.train import Causal, Classification
from datastd.waiting import cores

COUNT, SIDE, BATCH, WORKERS, RUNS = 1600, 224, 64, 2, 5
"""Photos, a fifth of them to measure with: those to learn from are ten batches for each worker."""
STEPS, BLOCKS, LENGTH, VOCABULARY = 8, 1, 1024, 50_304
SMALL = {"n_layer": 4, "n_head": 4, "n_embd": 256, "n_positions": LENGTH, "vocab_size": VOCABULARY}
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
STANDARD = """
from datastd import Standard
from datastd.rules.files.junk_file import JunkFile
standard = Standard(name="photos/1", about="Photos.", formats=("image-folder",), rules=(JunkFile(),))
"""


def certified(data, place):
    """Open photos, of which nothing is asked but that they can be read."""
    standard, out = Path(place, "photos.py"), Path(place, "photos.json")
    standard.write_text(STANDARD)
    known = datastd.certify(data, standard, out=out)
    digest = known.statement.predicate.policy.digest.sha256
    return datastd.open(data, certificate=out, standard=standard, standard_digest=digest)


def ours(feed, task, epoch, finish=lambda pictures: pictures):
    """Every batch of an epoch, as the trainer has it."""
    read = feed.parts((0, epoch), BATCH)
    made = made_ahead(read, lambda part: task.steps(part, (0, epoch), BATCH), WORKERS)
    return sum(len(finish(pictures)) for steps in made for step in steps for pictures, _ in step)


def decoded(path):
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BILINEAR))


def alone(paths):
    with ThreadPoolExecutor(WORKERS) as pool:
        return sum(1 for _ in pool.map(decoded, paths))


def spent(function, seconds):
    """*function*, which adds up the processor's time of its thread."""
    def called(*given):
        begun = time.thread_time()
        try:
            return function(*given)
        finally:
            seconds.append(time.thread_time() - begun)
    return called


def equal(feed, task, data):
    """Say whether every pixel is Pillow's."""
    for read in feed.parts(None, BATCH):
        part = read()
        for key, raw in zip(part.keys, part.raws, strict=True):
            pixels, _ = task.item(raw.sample(), None)
            if not np.array_equal(pixels.permute(1, 2, 0).numpy(), decoded(Path(data, key))):
                return False
    return True


def photos():
    """Photos decoded, resized and batched."""
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "data")
        made_photos.make(folder, COUNT)
        task = Classification(size=(SIDE, SIDE))
        task._outputs = 1000  # there is no model
        folders = ImageFolder(
            folder / "train",
            transforms.Compose(
                [transforms.Resize((SIDE, SIDE)), transforms.ToTensor(), transforms.Normalize(MEAN, STD)]
            ),
        )
        loader = DataLoader(folders, BATCH, shuffle=True, num_workers=WORKERS)
        paths = [path for path, _ in folders.samples]
        with certified(folder, place) as data:
            feed = Feed(data, "train")
            sides = {
                "ours": lambda n: ours(feed, task, n, lambda some: normalised(some, MEAN, STD)),
                "ours_in_bytes": lambda n: ours(feed, task, n),
                "theirs": lambda _: sum(len(pictures) for pictures, _ in loader),
                "alone": lambda _: alone(paths),
            }
            took, processor = ({name: [] for name in sides} for _ in range(2))
            for run in range(RUNS + 1):
                for name, side in sides.items():
                    begun, used = time.perf_counter(), time.process_time()
                    assert side(run) == len(paths)
                    if run:
                        took[name].append(time.perf_counter() - begun)
                        processor[name].append(time.process_time() - used)
            same = equal(feed, task, folder)
    medians, used = ({n: statistics.median(some) for n, some in of.items()} for of in (took, processor))
    say("photos: ours / ImageFolder, samples a second", target=1.1,
        ratio=medians["theirs"] / medians["ours"], **medians, equal=same)  # fmt: skip
    say("photos: ours / decoding and resizing alone", target=0.85,
        ratio=medians["alone"] / medians["ours_in_bytes"], by_the_processor=used["alone"] / used["ours_in_bytes"])  # fmt: skip


def tokens():
    """Steps of a small GPT-2 on blocks of a token file."""
    torch.set_num_threads(cores())
    with tempfile.TemporaryDirectory() as place:
        folder, certificate = Path(place, "data"), Path(place, "tokens.json")
        token_files.write_tokens(folder, "nanogpt", train=token_files.documents(8000))
        datastd.certify(folder, "token-shards/1", out=certificate)
        model = build(Network(name="gpt2", options=SMALL), "causal").train()
        optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, fused=True)
        task, loading, waited, took, used = Causal(length=LENGTH), [], [], [], []
        with datastd.open(folder, certificate=certificate) as data:
            feed = Feed(data, "train")
            task.begin(model, data, feed)
            read = (spent(one, loading) for one in feed.parts((0, 1), BLOCKS))
            made = made_ahead(read, spent(lambda part: task.steps(part, (0, 1), BLOCKS), loading), WORKERS)
            for _ in range(STEPS):
                begun, before = time.perf_counter(), time.process_time()
                ((batch,),) = next(made)
                waited.append(time.perf_counter() - begun)
                optimizer.zero_grad(set_to_none=True)
                (task.loss(model, batch) / task.weight(batch)).backward()
                optimizer.step()
                took.append(time.perf_counter() - begun)
                used.append(time.process_time() - before)
            made.close()
    wait, step, processor = (statistics.median(some[2:]) for some in (waited, took, used))  # less the start
    loader = 2 * statistics.mean(loading)  # a block is read, and then made
    share = wait / step + loader / processor
    say("tokens: loader / step of GPT", target=0.02, ratio=share, percent=100 * share, step=step,
        processor=processor, loader_us=1e6 * loader, waited_us=1e6 * wait, tokens=BLOCKS * LENGTH, **SMALL)  # fmt: skip


PARTS = {part.__name__: part for part in (photos, tokens)}

if __name__ == "__main__":
    for name in sys.argv[1:] or PARTS:
        PARTS[name]()
