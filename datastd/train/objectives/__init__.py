"""Every objective that a recipe may name, one module each."""

from typing import Annotated, TypeAlias

from pydantic import Field

from datastd.train.objectives.classification import Classification

Task: TypeAlias = Annotated[Classification, Field(discriminator=None)]
"""Any of them, told apart by ``name``."""
