"""The conditions of a run: random numbers, exact steps, and what torch says of trouble."""

import contextlib
import os
import re
from collections.abc import Iterator
from typing import Any

import torch

from datastd import digest
from datastd.errors import UsageError

_FITS = "lower batch, raise accumulate, or take a smaller model"
_GONE = "torchrun", "processes that all go on", "see why one of them ended, and then resume"
_SAID = (
    ("OutOfMemoryError", "batch", "a step that fits in the GPU's memory", _FITS),
    ("MemoryError", "batch", "a step that fits in memory", _FITS),
    ("can't allocate memory", "batch", "a step that fits in memory", _FITS),
    ("more than 1 value per channel", "batch", "steps of several samples, for this network",
     "choose a batch that leaves no single sample for the last step"),
    ("stack expects each tensor to be equal size", "task", "samples of one size and kind",
     "say size, and for pictures of some colours mode"),
    ("Kernel size can't be greater", "task.size", "pictures as large as this network needs",
     "resize them to more; inception_v3 takes 299, or options.aux_logits = false"),
    ("BackendCompilerFailed", "compile", "a model that torch compiles", "leave compile out"),
    *((one, *_GONE) for one in ("closed by peer", "reset by peer", "Broken pipe", "NCCL")),
    ("environment variable", "torchrun", "what it tells its processes", "start them with it"),
    ("InductorError", "compile", "a compiler for torch.compile", "install one, or leave it out"),
)  # fmt: skip
"""What torch says: the setting that it is about, what is expected of it, and what to do."""

_ASIDE = re.compile(
    r"^\[\S+:\d+\] |\. This is typically .*"
)  # where gloo's source is, and its guess


@contextlib.contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Draw torch's random numbers from *seed*, and leave its own as they were."""
    devices = range(torch.cuda.device_count()) if torch.cuda.is_available() else ()
    with torch.random.fork_rng(devices):
        torch.manual_seed(int(digest.of_bytes(f"{seed} 0".encode())[:15], 16))
        yield


@contextlib.contextmanager
def deterministic(threads: int | None, device: torch.device) -> Iterator[None]:
    """The same steps give the same numbers; torch's own settings come back at the end."""
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # else CUDA cannot be exact
    before = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    filling: Any = torch.utils.deterministic  # a module that says it is what it is not
    filled = filling.fill_uninitialized_memory
    torch.set_num_threads(threads or before[0])
    # CUDA has steps, such as those of a resize's gradient, that are exact in no way.
    torch.use_deterministic_algorithms(mode=True, warn_only=device.type == "cuda")
    filling.fill_uninitialized_memory = False
    try:
        with seeded(0):
            yield
    finally:
        torch.set_num_threads(before[0])
        torch.use_deterministic_algorithms(mode=before[1])
        filling.fill_uninitialized_memory = filled


@contextlib.contextmanager
def said_plainly() -> Iterator[None]:
    """
    Say in one line what torch says in many.

    Raises:
        UsageError: There is too little memory, a step too small, or no compiler.
    """
    try:
        yield
    except (RuntimeError, ValueError, MemoryError) as error:
        first = _ASIDE.sub("", str(error).partition("\n")[0])
        for found, where, expected, hint in _SAID:
            if found in f"{type(error).__name__}: {error}":
                raise UsageError(where, expected, first or "none", hint) from error
        raise
