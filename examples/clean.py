"""
Leave out what fails, and see what was left out: `python examples/clean.py`.

The same from a shell: `datastd clean spoiled cured --standard idx-images/1`.
"""

import json
import tempfile
from pathlib import Path

import numpy as np

import datastd
from datastd.sources.idx.header import encode

random = np.random.default_rng(0)
labels = (np.arange(300) % 10).astype(np.uint8)
images = random.integers(0, 256, (300, 28, 28), dtype=np.uint8)
images[13], labels[13] = images[212], labels[212]  # a test picture in the training split
images[42] = 0  # and one that shows nothing

with tempfile.TemporaryDirectory() as folder:
    spoiled, cured = Path(folder, "spoiled"), Path(folder, "cured")
    spoiled.mkdir()
    for split, rows in (("train", slice(0, 200)), ("t10k", slice(200, 300))):
        for what, array in (("images", images), ("labels", labels)):
            name, content = encode(array[rows], f"{split}-{what}")
            (spoiled / name).write_bytes(content)

    done = datastd.clean(spoiled, cured, "idx-images/1")
    print(f"{done.rows_in} samples in, {done.rows_out} out; the new folder: {done.outcome}")
    for line in (cured / done.log).read_text().splitlines():
        gone = json.loads(line)
        print(gone["key"], *gone["codes"], gone.get("kept_instead", ""))
