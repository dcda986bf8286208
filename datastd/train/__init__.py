"""
The trainer: certified data in, a model out.  It, and `datastd.sight` beneath it, import torch.

`pretrain` minimises the expected loss over D from fresh parameters, `finetune` over D′
from those that pretraining found, and `evaluate` scores what came of it.  `preview`, of
`datastd.sight`, judges what a model will see.  `predictions` says by cross-validation what a
network makes of samples that it never saw.  All take `Certified` data and nothing else.
"""

from datastd.errors import NotInstalled

try:
    import safetensors  # noqa: F401
    from torch.utils import tensorboard  # noqa: F401
except ModuleNotFoundError as error:
    raise NotInstalled(
        "datastd.train", "torch, safetensors and tensorboard", f"no {error.name}",
        'pip install "datastd[train]"',
    ) from None  # fmt: skip

from datastd.objectives import Objective
from datastd.objectives.known import (
    Answering,
    Causal,
    Classification,
    Detection,
    Instruction,
    Masked,
    Preference,
    Segmentation,
)
from datastd.sight.judging import Unfit, preview
from datastd.sight.pipeline import Pipeline
from datastd.train.folds import predictions
from datastd.train.loop import Result, finetune, pretrain
from datastd.train.recipe import Recipe, run
from datastd.train.scoring import evaluate
from datastd.train.settings import Settings
from datastd.train.steps import Epoch

__all__ = [
    "Answering", "Causal", "Classification", "Detection", "Epoch", "Instruction", "Masked",
    "Objective", "Pipeline", "Preference", "Recipe", "Result", "Segmentation", "Settings",
    "Unfit", "evaluate", "finetune", "predictions", "pretrain", "preview", "run",
]  # fmt: skip
