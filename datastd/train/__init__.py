"""
The trainer: certified data in, a model out.  The only importer of torch.

`pretrain` minimises the expected loss over D from fresh parameters, `finetune` over D′
from those that pretraining found.  `predictions` says by cross-validation what a network
makes of samples that it never saw.  All take `Certified` data and nothing else.
"""

from datastd.errors import NotInstalled

try:
    import safetensors  # noqa: F401
    import torch  # noqa: F401
except ModuleNotFoundError as error:
    raise NotInstalled(
        "datastd.train", "torch and safetensors", f"no {error.name}",
        'pip install "datastd[train]"',
    ) from None  # fmt: skip

from datastd.train.folds import predictions
from datastd.train.loop import Epoch, Result, Settings, finetune, pretrain
from datastd.train.recipe import Recipe, run

__all__ = [
    "Epoch", "Recipe", "Result", "Settings", "finetune", "predictions", "pretrain", "run",
]  # fmt: skip
