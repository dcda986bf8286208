"""Every objective that a recipe may name, one module each."""

from typing import Annotated, TypeAlias, get_args

from pydantic import Field

from datastd.objectives import Objective
from datastd.objectives.answering import Answering
from datastd.objectives.causal import Causal
from datastd.objectives.classification import Classification
from datastd.objectives.detection import Detection
from datastd.objectives.instruction import Instruction
from datastd.objectives.masked import Masked
from datastd.objectives.preference import Preference
from datastd.objectives.segmentation import Segmentation

__all__ = [
    "EVERY", "Answering", "Causal", "Classification", "Detection", "Instruction", "Masked",
    "Preference", "Segmentation", "Task",
]  # fmt: skip

Task: TypeAlias = Annotated[
    Answering
    | Causal
    | Classification
    | Detection
    | Instruction
    | Masked
    | Preference
    | Segmentation,
    Field(discriminator="name"),
]
"""Any of them, told apart by ``name``."""

EVERY: tuple[type[Objective], ...] = get_args(get_args(Task)[0])
"""All of them, in the order of their names."""
