"""The recipe: a training run in one file, strict, and complete enough to run again."""

import math
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field
from torch import nn

from datastd.certificate import Certified
from datastd.certificate import open as open_certified
from datastd.errors import UsageError
from datastd.model import parse_toml, read_toml
from datastd.report.words import tally
from datastd.sight.judging import Unfit, preview
from datastd.train.feed import Feed
from datastd.train.loop import Result, Settings, finetune, pretrain, scored, seeded
from datastd.train.networks import NETWORKS
from datastd.train.objective import Classification

_MOST = 1 << 20  # bytes
_Width = Annotated[int, Field(ge=1, le=1 << 20)]
_PATHS = ("data", "certificate", "trust", "start", "resume")


class Recipe(Settings):
    """
    Everything that a training run depends on.

    Paths of what is read are relative to the recipe's file, or to the working folder
    where ``--set`` gives them; *out* is always relative to the working folder.

    Attributes:
        objective: ``pretrain`` from fresh parameters, ``finetune`` from those of *start*.
        data: The dataset's folder.
        certificate: Its certificate.
        standard: The standard that the certificate has to be of.
        standard_digest: Digest of a standard from a file.
        format: The format, where it is a module of the user's.
        trust: A `trust.toml`, for a certificate that is signed.
        start: The checkpoint that fine-tuning begins with.
        resume: A checkpoint of this run, to go on from.
        out: Folder for checkpoint, CSV and TensorBoard.
        network: A name of `datastd.train.networks`.
        layers: Its hidden sizes.
        classes: Its outputs.
    """

    objective: Literal["pretrain", "finetune"]
    data: str = Field(min_length=1)
    certificate: str = Field(min_length=1)
    standard: str = Field(min_length=1)
    standard_digest: str | None = Field(None, min_length=1)
    format: str | None = Field(None, min_length=1)
    trust: str | None = Field(None, min_length=1)
    start: str | None = Field(None, min_length=1)
    resume: str | None = Field(None, min_length=1)
    out: str = Field(min_length=1)
    network: str
    layers: tuple[_Width, ...]
    classes: _Width

    @classmethod
    def read(cls, path: str | Path, sets: Sequence[str] = ()) -> Self:
        """
        Read a recipe, and set some of its keys.

        Args:
            path: The recipe's file, TOML.
            sets: ``KEY=VALUE`` each; a value is written as in TOML, text without quotes.

        Raises:
            UsageError: No recipe; an unknown key; a value of another type.
        """
        given = read_toml(Path(path), most=_MOST, what="a recipe")
        for name in {*_PATHS, "standard"} & {*given}:
            text = given[name]
            if isinstance(text, str) and (name != "standard" or text.endswith(".py")):
                given[name] = str(Path(path).parent / text)
        for one in sets:
            key, found, value = one.partition("=")
            if not found:
                raise UsageError("--set", "KEY=VALUE", one)
            given[key] = cls._value(key, value)
        recipe = cls.of_toml(given, str(path), "a recipe")
        if recipe.network not in NETWORKS:
            raise UsageError(f"{path}: network", f"one of {', '.join(NETWORKS)}", recipe.network)
        if (recipe.objective == "finetune") != (recipe.start is not None):
            expected = "a checkpoint for finetune, and none for pretrain"
            raise UsageError(f"{path}: start", expected, recipe.start or "none")
        return recipe

    @classmethod
    def _value(cls, key: str, value: str) -> object:
        """Read a value as TOML where the key is not for text."""
        field = cls.model_fields.get(key)
        if field is None or re.search(r"\bstr\b|Literal", str(field.annotation)):
            return value
        try:
            return parse_toml(f"value = {value}")["value"]
        except ValueError:
            raise UsageError(f"--set {key}", "a value as in TOML", value) from None

    @property
    def settings(self) -> dict[str, Any]:
        """The part of it that the trainer takes."""
        return {name: getattr(self, name) for name in Settings.model_fields}


def _previewed(recipe: Recipe, data: Certified) -> str:
    """
    Judge what the model will see, and say what was looked at.

    Raises:
        Unfit: It did not pass.
    """
    pipeline = Classification(recipe.mean, recipe.std).pipeline(recipe.batch, recipe.classes)
    seen = [recipe.train, *filter(None, [scored(recipe, data)])]
    report = preview(data, pipeline, splits=seen, seed=recipe.seed)
    if not report.passed:
        raise Unfit(report)
    return f"preview of {report.drawn}: {tally(report)}"


def run(recipe: Recipe, *, say: Callable[[str], object] = print) -> Result:
    """
    Train as a recipe says, once the samples are what a model can learn from.

    Raises:
        Unfit: The preview of what the model will see did not pass; nothing was trained.
        NotCertified: The data are not those of the certificate.
        UsageError: The recipe does not fit the data.
        DataChanged: A file changed under the trainer.
    """
    with open_certified(
        recipe.data, certificate=recipe.certificate, standard=recipe.standard,
        trust=recipe.trust, standard_digest=recipe.standard_digest, format=recipe.format,
    ) as data:  # fmt: skip
        inputs = math.prod(Feed(data, recipe.train).shape)

        def network() -> nn.Module:
            try:
                return NETWORKS[recipe.network](inputs, recipe.layers, recipe.classes)
            except (RuntimeError, MemoryError) as error:
                first = str(error).partition("\n")[0]
                raise UsageError("layers", "a network that fits in memory", first) from None

        say(_previewed(recipe, data))
        common = {"out": recipe.out, "resume": recipe.resume, "say": say, **recipe.settings}
        if recipe.objective == "pretrain":
            result = pretrain(network, data, **common)
        else:
            with seeded(recipe.seed, 0):
                model = network()
            result = finetune(model, data, start=recipe.start, **common)
    say(f"checkpoint {result.checkpoint}, certificate {data.certificate.digest}")
    return result
