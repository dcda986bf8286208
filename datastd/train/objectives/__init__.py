"""Every objective that a recipe may name, one module each."""

from typing import Annotated, TypeAlias

from pydantic import Field

from datastd.train.objectives.answering import Answering
from datastd.train.objectives.causal import Causal
from datastd.train.objectives.classification import Classification
from datastd.train.objectives.detection import Detection
from datastd.train.objectives.instruction import Instruction
from datastd.train.objectives.masked import Masked
from datastd.train.objectives.preference import Preference
from datastd.train.objectives.segmentation import Segmentation

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
