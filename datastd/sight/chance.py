"""Random numbers of Python, numpy and torch: sown for a preview, and given back."""

import contextlib
import random
from collections.abc import Iterator

import numpy as np
import torch

from datastd import digest
from datastd.quiet import utf8

_STATES = 1 << 32  # seeds that numpy takes


def seed(number: int, key: str) -> None:
    """Have the random numbers of Python, numpy and torch begin anew, as *number* and *key* say."""
    mixed = int(digest.of_bytes(f"{number} {utf8(key)}".encode())[:8], 16)
    random.seed(mixed)
    np.random.seed(mixed % _STATES)  # noqa: NPY002  -- it is what transforms draw from
    # Not torch.manual_seed: for each kind of device that is not there it notes down who called.
    torch.default_generator.manual_seed(mixed)
    if torch.cuda.is_initialized():
        torch.cuda.manual_seed_all(mixed)


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Leave the random numbers of Python, numpy and torch as they were."""
    devices = range(torch.cuda.device_count()) if torch.cuda.is_available() else ()
    ours, theirs = random.getstate(), np.random.get_state()  # noqa: NPY002
    with torch.random.fork_rng(devices):
        try:
            yield
        finally:
            random.setstate(ours)
            np.random.set_state(theirs)  # noqa: NPY002
