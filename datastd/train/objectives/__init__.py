"""Every objective that a recipe may name, one module each."""

from typing import Annotated, TypeAlias

from pydantic import Field

from datastd.train.objectives.classification import Classification
from datastd.train.objectives.detection import Detection
from datastd.train.objectives.segmentation import Segmentation

Task: TypeAlias = Annotated[Classification | Detection | Segmentation, Field(discriminator="name")]
"""Any of them, told apart by ``name``."""
