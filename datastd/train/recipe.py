"""The recipe: a training run in one file, strict, and complete enough to run again."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field
from torch import nn

from datastd.certificate import Certified
from datastd.certificate import open as open_certified
from datastd.disk import refuse_inside
from datastd.errors import UsageError
from datastd.loading import Feed
from datastd.model import parse_value, read_toml
from datastd.networks import Network, build, grouped, prepared
from datastd.objectives.classification import Classification
from datastd.objectives.known import Task
from datastd.report.words import tally
from datastd.sight.judging import Unfit, preview
from datastd.train.conditions import seeded
from datastd.train.loop import Result, fit, scored
from datastd.train.settings import Settings
from datastd.train.world import World

_MOST = 1 << 20  # bytes
_PATHS = (
    "data", "certificate", "trust", "start", "resume",
    "model.weights", "model.config", "task.tokenizer",
)  # fmt: skip


class Recipe(Settings):
    """
    Everything that a training run depends on.

    Paths of what is read are relative to the recipe's file, or to the working folder
    where ``--set`` gives them; *out* is always relative to the working folder.

    Attributes:
        objective: ``pretrain`` from fresh parameters, ``finetune`` from those of *start* or of
            ``model.weights``.
        data: The dataset's folder.
        certificate: Its certificate.
        standard: The standard that the certificate has to be of.
        standard_digest: Digest of a standard from a file.
        format: The format, where it is a module of the user's.
        trust: A `trust.toml`, for a certificate that is signed.
        start: The checkpoint that fine-tuning begins with, of this very network.
        resume: A checkpoint of this run, to go on from.
        out: Folder for checkpoint, CSV and TensorBoard.
        task: What is minimised, and what is made of the samples: `datastd.objectives`.
        model: The network: `datastd.networks`.
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
    task: Task
    model: Network

    @classmethod
    def read(cls, path: str | Path, sets: Sequence[str] = ()) -> Self:
        """
        Read a recipe, and set some of its keys.

        Args:
            path: The recipe's file, TOML.
            sets: ``KEY=VALUE`` each, ``task.size=[64, 64]`` for a key of a table; a value is
                written as in TOML, text without quotes.

        Raises:
            UsageError: No recipe; an unknown key; a value of another type.
        """
        given = read_toml(Path(path), most=_MOST, what="a recipe")
        for name in (*_PATHS, "standard"):
            table, key = _table_of(given, name)
            text = table.get(key) if table else None
            if table and isinstance(text, str) and (name != "standard" or text.endswith(".py")):
                table[key] = str(Path(path).parent / text)
        for one in sets:
            name, found, value = one.partition("=")
            if not (name and found):
                raise UsageError("--set", "KEY=VALUE", one)
            table, key = _table_of(given, name)
            if table is None:
                raise UsageError(f"--set {name}", "a key of a table", "one of something else")
            table[key] = cls._value(name, value)
        recipe = cls.of_toml(given, str(path), "a recipe")
        begins = recipe.start or recipe.model.weights
        if (recipe.objective == "finetune") != (begins is not None):
            expected = "a checkpoint for finetune (start, or model.weights), and none for pretrain"
            raise UsageError(f"{path}: start", expected, begins or "none")
        return recipe

    @classmethod
    def _value(cls, key: str, value: str) -> object:
        """Read a value as TOML where the key is not for text."""
        field = cls.model_fields.get(key)
        if field is not None and re.search(r"\bstr\b|Literal", str(field.annotation)):
            return value
        try:
            return parse_value(value)
        except ValueError:
            if field is None:
                return value  # of a table, which says itself whether it is text that it wants
            raise UsageError(f"--set {key}", "a value as in TOML", value) from None


def _table_of(given: dict[str, Any], name: str) -> tuple[dict[str, Any] | None, str]:
    """The table that a key is in, and its name there; none where something else is in its place."""
    *tables, key = name.split(".")
    for table in tables:
        given = given.setdefault(table, {})
        if not isinstance(given, dict):
            return None, key
    return given, key


def _previewed(recipe: Recipe, data: Certified, model: nn.Module) -> str:
    """
    Judge what the model will see, and say what was looked at.

    Raises:
        Unfit: It did not pass.
    """
    seen = [recipe.train, *filter(None, [scored(recipe, data)])]
    for split in seen:
        feed = Feed(data, split)
        recipe.task.refuse_unfit(data, feed)
        recipe.task.begin(model, data, feed)
    report = preview(data, recipe.task.pipeline(model, recipe.batch), splits=seen, seed=recipe.seed)
    if not report.passed:
        raise Unfit(report)
    return f"preview of {report.drawn}: {tally(report)}"


def _notes(recipe: Recipe, data: Certified) -> Iterator[str]:
    """What is rarely meant, and is no error: nothing is scored; an epoch is a single step."""
    others = [name for name in data.splits if name != recipe.train]
    if others and scored(recipe, data) is None:
        yield f"no split is scored: test names one, and there is {', '.join(others)}"
    samples, batch = data.splits.get(recipe.train, 0), recipe.batch
    if samples <= batch:
        yield f"an epoch is one step: {samples:,} of {recipe.train}, a batch of {batch:,}"


def run(recipe: Recipe, *, say: Callable[[str], object] = print) -> Result:
    """
    Train as a recipe says, once the samples are what a model can learn from.

    Raises:
        Unfit: The preview of what the model will see did not pass; nothing was trained.
        NotCertified: The data are not those of the certificate.
        UsageError: The recipe does not fit the data.
        DataChanged: A file changed under the trainer.
    """
    say = say if World.speaks() else lambda _: None
    with open_certified(
        recipe.data, certificate=recipe.certificate, standard=recipe.standard,
        trust=recipe.trust, standard_digest=recipe.standard_digest, format=recipe.format,
    ) as data:  # fmt: skip
        refuse_inside(Path(recipe.out), data.root)
        shape = Feed(data, recipe.train).shape
        if isinstance(recipe.task, Classification) and shape:
            shape = recipe.task.shape(shape)
        with seeded(recipe.seed):
            model = build(recipe.model, recipe.task.called, shape)
        if recipe.model.weights:
            say(prepared(recipe.model, model))
        say(_previewed(recipe, data, model))
        for note in _notes(recipe, data):
            say(note)
        network, out = recipe.model, recipe.out
        groups = partial(grouped, heads=network.heads, head_rate=network.head_learning_rate)
        result = fit(
            model, data, recipe.task, recipe, groups, out, recipe.resume, recipe.start, say
        )
    if result.checkpoint:
        say(f"checkpoint {result.checkpoint}, certificate {data.certificate.digest}")
    return result
