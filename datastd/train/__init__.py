"""
The trainer: certified data in, a model out.  The only importer of torch.

`pretrain` minimises the expected loss over D from fresh parameters, `finetune` over D′
from those that pretraining found.  `preview` judges what a model will see.  `predictions` says
by cross-validation what a network makes of samples that it never saw.  All take `Certified`
data and nothing else.
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
from datastd.train.sight import Unfit, preview
from datastd.train.sight.pipeline import Pipeline

__all__ = [
    "Epoch", "Pipeline", "Recipe", "Result", "Settings", "Unfit", "finetune", "predictions",
    "pretrain", "preview", "run",
]  # fmt: skip
