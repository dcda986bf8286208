"""The numbers of a tokenizer, which a standard states and token files have to agree with."""

from typing import Self

from pydantic import Field, NonNegativeInt, model_validator

from datastd.model import Model


class Vocabulary(Model):
    """
    The ids that a tokenizer gives out, and those that mean something of their own.

    Attributes:
        size: Number of ids, added tokens included; ids run from 0 to `size` - 1.  Rows
            that pad an embedding are no ids.
        eos: The id that ends a document.
        bos: The id that begins one; none where the tokenizer has none.
        unk: The id of what the tokenizer does not know; none likewise.
        control: Ids of other control tokens: roles, padding, masks.
    """

    size: int = Field(gt=0, le=1 << 31)
    eos: NonNegativeInt
    bos: NonNegativeInt | None = None
    unk: NonNegativeInt | None = None
    control: tuple[NonNegativeInt, ...] = ()

    @model_validator(mode="after")
    def _names_ids_that_there_are(self) -> Self:
        for name in ("eos", "bos", "unk"):
            value = getattr(self, name)
            if value is not None and value >= self.size:
                msg = f"{name}: expected an id below {self.size}, found {value}"
                raise ValueError(msg)
        if self.control and max(self.control) >= self.size:
            msg = f"control: expected ids below {self.size}, found {max(self.control)}"
            raise ValueError(msg)
        if {*self.control} & {self.eos, self.bos}:
            msg = "control: expected neither eos nor bos, which have a place of their own"
            raise ValueError(msg)
        return self
