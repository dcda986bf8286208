"""How to train, whatever is trained: the part of a recipe that every objective has."""

from typing import Any, Literal

from pydantic import Field, JsonValue, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt

from datastd.model import Model
from datastd.waiting import MOST

_MOST_BATCH = 1 << 20


class Settings(Model):
    """
    How to train; what decides the parameters, and what does not.

    Attributes:
        epochs: Passes over the training split.
        batch: Samples of one step, over all processes.
        accumulate: Parts of a step that a process takes one after the other, to save memory.
        learning_rate: Of the optimizer, once it has warmed up.
        optimizer: ``adam``, ``adamw`` (weights decay apart from the gradient), or ``sgd``.
        momentum: Of ``sgd``.
        weight_decay: How much parameters decay, biases and norms excepted.
        warmup: Steps over which the learning rate rises from nothing.
        schedule: ``constant``, or ``cosine``: it falls to nothing until the last step.
        clip: The longest that the gradient may be; none lets it be.
        precision: ``fp32``; ``bf16`` or ``fp16`` compute most in 16 bits (torch.autocast).
        ema: What is left after a step of averages of the parameters, 0.999 for one; none keeps
            no averages.  They are what is scored, and what the model has in the end.
        compile: Have torch compile the model.
        parallel: ``ddp``, each process with all parameters; or ``fsdp``, with its part of them.
        seed: Decides fresh parameters, the order of each epoch, and what is drawn in a step.
        train: Name of the split that is trained on.
        test: Name of the split that is scored after each epoch; none takes the one
            that is called ``test``, where there is one.
        buffer: Samples of a stream that are held to be mixed.
        workers: Threads that read and decode ahead of the model.
        save_every: Steps after which a checkpoint is written, beside that of each epoch.
        threads: Threads of torch; none leaves torch's own number.
        device: ``cpu``, ``cuda``, or ``auto`` for the best there is.
        mlflow: Tell MLflow, too, where its own environment variables say.
    """

    epochs: PositiveInt = 5
    batch: int = Field(64, ge=1, le=_MOST_BATCH)
    accumulate: PositiveInt = 1
    learning_rate: PositiveFloat = 0.003
    optimizer: Literal["adam", "adamw", "sgd"] = "adam"
    momentum: float = Field(0.9, ge=0, lt=1)
    weight_decay: NonNegativeFloat = 0.0
    warmup: NonNegativeInt = 0
    schedule: Literal["constant", "cosine"] = "constant"
    clip: PositiveFloat | None = None
    precision: Literal["fp32", "bf16", "fp16"] = "fp32"
    ema: float | None = Field(None, gt=0, lt=1)
    compile: bool = False
    parallel: Literal["ddp", "fsdp"] = "ddp"
    seed: NonNegativeInt = 0
    train: str = Field("train", min_length=1)
    test: str | None = Field(None, min_length=1)
    buffer: PositiveInt = 10_000
    workers: int = Field(2, ge=1, le=MOST)
    save_every: PositiveInt | None = None
    threads: int | None = Field(None, ge=1, le=MOST)
    device: Literal["auto", "cpu", "cuda"] = "auto"
    mlflow: bool = False

    @property
    def decisive(self) -> dict[str, JsonValue]:
        """What decides the parameters after a given number of epochs."""
        beside = {
            "test", "workers", "save_every", "threads", "device", "mlflow", "parallel", "compile",
        }  # fmt: skip
        if self.schedule == "constant":
            beside.add("epochs")  # else it is part of the rate of each step
        known: dict[str, Any] = self.model_dump(
            mode="json", include={*Settings.model_fields} - beside
        )
        return dict(sorted(known.items()))
