"""
Models by name: built from configuration alone, begun from weights on disk, learning in parts.

Nothing is ever fetched.  `datastd.networks.weights` reads weights, and says what became of them.
"""

import fnmatch
import importlib
import math
from collections.abc import Collection, Mapping, Sequence
from inspect import signature
from itertools import pairwise
from typing import Annotated, Any, NamedTuple, Self

import torch
from pydantic import Field, PositiveFloat, model_validator
from torch import nn

from datastd import digest
from datastd.errors import NotInstalled, UsageError
from datastd.model import FrozenMapping, Model
from datastd.networks import weights
from datastd.words import meant

_Width = Annotated[int, Field(ge=1, le=1 << 20)]
_LANGUAGE = {"masked": "MaskedLM", "answering": "QuestionAnswering"}  # of all others CausalLM
_NO_IDS = {"bos_token_id": None, "eos_token_id": None}


class Family(NamedTuple):
    """
    Networks that are alike, as words with a space between two.

    Attributes:
        tasks: Objectives that they are for.
        heads: Patterns of the names of their last layers, of those for other objectives, and of
            masks that were once saved with weights.
        fields: Fields of `Network` that they have, beside those that all have.
    """

    tasks: str
    heads: str
    fields: str = "classes options"


FAMILIES: Mapping[str, Family] = {
    "mlp": Family("classification", "", "classes layers"),
    "bert": Family("masked answering",
        "cls.* qa_outputs.* classifier.* *pooler.* *position_ids", "config options"),
    "gpt2": Family("causal instruction preference answering",
        "lm_head.* qa_outputs.* score.* *.attn.bias *.attn.masked_bias", "config options"),
    "resnet*": Family("classification", "fc.*"),
    "vgg*": Family("classification", "classifier.6.*"),
    "inception_v3": Family("classification", "fc.* AuxLogits.*"),
    "fcn_*": Family("segmentation", "classifier.4.* aux_classifier.* fc.*"),
    "deeplabv3_*": Family("segmentation", "classifier.4.* aux_classifier.* fc.*"),
    "fasterrcnn_*": Family("detection", "roi_heads.box_predictor.* fc.*"),
    "retinanet_*": Family("detection", "head.classification_head.cls_logits.* fc.*"),
}  # fmt: skip
"""All networks that there are, by patterns of their names."""


class Network(Model):
    """
    A network, as the table ``[model]`` of a recipe has it.

    Patterns are those of a shell: ``*`` is any run of characters, dots among them.

    Attributes:
        name: ``mlp``, the source document's; ``bert`` or ``gpt2`` of transformers; or ResNet, VGG,
            Inception v3, FCN, DeepLabV3, Faster R-CNN or RetinaNet, as torchvision calls it.
        classes: Outputs; of segmentation and detection the background is one.  Models of
            language have none.
        layers: Hidden sizes of ``mlp``, which alone has them.
        options: What else its library is told: arguments of the network in torchvision
            (``aux_logits``, ``aux_loss``, ``dropout``, ``min_size``), fields of the
            configuration in transformers (``n_layer``, ``hidden_size``, ``vocab_size``).
        config: A ``config.json`` of Hugging Face, or the folder that it is in; *options* are
            put on top of it.
        weights: What training begins with: a file or folder that `datastd.networks.weights` reads.
        head: Patterns of the names of what *weights* may lack, have in another shape, or have
            beyond; none takes those of `FAMILIES`.
        frozen: Patterns of the names of parameters that do not learn.
        head_learning_rate: Of the parameters of the head; none means that of all others.

    Raises:
        UsageError: No known network, or a field that it has no use for.
    """

    name: str
    classes: _Width | None = None
    layers: tuple[_Width, ...] | None = None
    options: FrozenMapping[str, Any] = Field(default={})
    config: str | None = Field(None, min_length=1)
    weights: str | None = Field(None, min_length=1)
    head: tuple[str, ...] | None = None
    frozen: tuple[str, ...] = ()
    head_learning_rate: PositiveFloat | None = None

    @model_validator(mode="after")
    def _is_known(self) -> Self:
        if self.name not in (names := [name for name in FAMILIES if name.isalnum()]):
            names += _library("torchvision.models").list_models(include=[*FAMILIES])
        if self.name not in names:
            expected = f"one of {', '.join(names)}"
            raise UsageError("model.name", expected, self.name, meant(self.name, names))
        own, fields = {*self.family.fields.split()}, ("classes", "config", "layers", "options")
        given = {field for field in fields if getattr(self, field) not in (None, {})}
        for field in sorted(given - own):
            raise UsageError(f"model.{field}", f"none for {self.name}", "one")
        for field in sorted(own - given - {"config", "options"}):
            hint = f"`datastd explain model.{field}` says what it is"
            raise UsageError(f"model.{field}", f"those of {self.name}", "none", hint)
        return self

    @property
    def family(self) -> Family:
        """The networks that it is one of."""
        return next(one for name, one in FAMILIES.items() if fnmatch.fnmatchcase(self.name, name))

    @property
    def heads(self) -> tuple[str, ...]:
        """Patterns of the names of its head; of the document's network it is the last layer."""
        last = f"{2 * len(self.layers or ()) + 1}.*"
        return tuple((self.family.heads or last).split()) if self.head is None else self.head


def build(network: Network, task: str, shape: Sequence[int] = ()) -> nn.Module:
    """
    Build a network with parameters of float32 drawn from torch's random numbers, some frozen.

    Networks of torchvision take pictures of three colours, and for classification those of as
    many channels as the data have: their first convolution then has weights that were drawn for
    the three colours in turn, as likely as any.

    Args:
        network: What to build.
        task: Name of the objective that it is for.
        shape: Sizes of a picture: height, width and channels.

    Raises:
        UsageError: A network of another objective, options that are none of its, or patterns
            that freeze nothing, or all.
        NotInstalled: Its library is not there.
    """
    if task not in network.family.tasks.split():
        fitting = ", ".join(name for name, one in FAMILIES.items() if task in one.tasks.split())
        raise UsageError("model.name", f"one for {task}: {fitting}", network.name)
    try:
        if network.layers is not None:
            model = mlp(math.prod(shape), network.layers, network.classes or 0)
        else:
            model = _vision(network, shape) if network.classes else _language(network, task)
    except UsageError:
        raise
    except Exception as error:  # noqa: BLE001  -- a library's, of any kind, on what it was told
        found = f"{type(error).__name__}: {' '.join(f'{error}'.split())}"
        expected = f"what {network.name} can be built of, and memory for it"
        raise UsageError("model", expected, found) from None
    _freeze(model, network.frozen)
    return model


def mlp(inputs: int, layers: Sequence[int], classes: int) -> nn.Module:
    """
    Fully connected layers with ReLU between them, and LogSoftmax.

    It takes float32 of shape (N, …), *inputs* numbers a sample, and gives log-probabilities of
    shape (N, classes); *layers* are the hidden sizes.  With 784 inputs, layers 128 and 64, and
    ten classes it is the network of the source document.
    """
    sizes = [inputs, *layers]
    hidden = [
        part for before, after in pairwise(sizes) for part in (nn.Linear(before, after), nn.ReLU())
    ]
    return nn.Sequential(nn.Flatten(), *hidden, nn.Linear(sizes[-1], classes), nn.LogSoftmax(dim=1))


def _vision(network: Network, shape: Sequence[int]) -> nn.Module:
    make = _library("torchvision.models").get_model_builder(network.name)
    task, taken, options = network.family.tasks, signature(make), dict(network.options)
    own = taken if task == "segmentation" else signature(taken.return_annotation)
    _refuse_unknown(network, own.parameters.keys() - {"kwargs"})  # what takes all says nothing
    if network.name == "inception_v3":  # else it warns that this will not always be so
        options.setdefault("init_weights", True)
    # Said here, so that options cannot: torchvision would fetch what they name.
    fetched = {"weights", "weights_backbone"}.intersection(taken.parameters)
    model: nn.Module = make(**dict.fromkeys(fetched), num_classes=network.classes, **options)
    first = next(part for part in model.modules() if isinstance(part, nn.Conv2d))
    channels = shape[2] if shape and task == "classification" else first.in_channels
    if channels != first.in_channels:
        drawn = first.weight.detach()[:, torch.arange(channels) % first.in_channels]
        first.weight, first.in_channels = nn.Parameter(drawn.clone()), channels
    return model


def _language(network: Network, task: str) -> nn.Module:
    library = _library("transformers")
    plain = library.AutoConfig.for_model(network.name)
    _refuse_unknown(network, plain.to_dict().keys() | plain.attribute_map.keys())
    # Its own ids are of its own vocabulary, and it warns of them where that of the data is smaller.
    stated = weights.configuration(network.config, network.name) if network.config else _NO_IDS
    given = {plain.attribute_map.get(name, name): one for name, one in network.options.items()}
    kind = getattr(library, f"AutoModelFor{_LANGUAGE.get(task, 'CausalLM')}")
    config = library.AutoConfig.for_model(network.name, **{**stated, **given})
    model: nn.Module = kind.from_config(config, trust_remote_code=False).float()
    return model


def _library(name: str) -> Any:  # noqa: ANN401  -- a module
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        package, found = name.partition(".")[0], f"no {error.name}"
        raise NotInstalled("model.name", package, found, f"pip install {package}") from None


def _refuse_unknown(network: Network, known: Collection[str]) -> None:
    for name in sorted(network.options.keys() - known):
        hint = meant(name, sorted(known))
        raise UsageError("model.options", f"an option of {network.name}", name, hint)


def _freeze(model: nn.Module, patterns: Sequence[str]) -> None:
    named = dict(model.named_parameters(remove_duplicate=False))
    for pattern in patterns:
        names = fnmatch.filter(named, pattern)
        if not names:
            raise UsageError("model.frozen", "names of parameters", pattern, meant(pattern, named))
        for name in names:
            named[name].requires_grad = False
    if not any(one.requires_grad for one in named.values()):
        raise UsageError("model.frozen", "a parameter that is left to learn", "none")


def prepared(network: Network, model: nn.Module) -> str:
    """
    Put the weights that a network begins with into it; say what became of them.

    Raises:
        UsageError: They do not match, outside of its head.
    """
    return str(weights.put(model, weights.tensors_of(network.weights or ""), network.heads))


def grouped(
    model: nn.Module, rate: float, decay: float,
    heads: Collection[str] = (), head_rate: float | None = None,
) -> list[dict[str, Any]]:  # fmt: skip
    """
    The parameters of a model by learning rate and weight decay, as an optimizer takes them.

    Weights of two axes and more decay; biases, and the scales of norms, do not.  Of tied weights
    the first name counts.

    Args:
        model: The model.
        rate: The learning rate of all but the head.
        decay: The weight decay.
        heads: Patterns of the names of the head.
        head_rate: Its learning rate; none means that of all others.

    Raises:
        UsageError: The head is to have a rate of its own, and has no parameters.
    """
    named = dict(model.named_parameters())
    apart = {name for pattern in heads for name in fnmatch.filter(named, pattern)}
    if head_rate is not None and not apart:
        raise UsageError("model.head_learning_rate", "a head with parameters", "none")
    found: dict[tuple[float, float], list[nn.Parameter]] = {}
    for name, one in named.items():
        own = head_rate if head_rate is not None and name in apart else rate
        found.setdefault((own, decay if one.ndim > 1 else 0.0), []).append(one)
    return [{"params": some, "lr": lr, "weight_decay": wd} for (lr, wd), some in found.items()]


def learned(model: nn.Module, groups: Sequence[Mapping[str, Any]]) -> str:
    """Which parameters of a model are learned, in what order and how fast: in short."""
    names = {id(one): name for name, one in model.named_parameters()}
    some = [
        (group["lr"], [names.get(id(one), "") for one in group["params"] if one.requires_grad])
        for group in groups
    ]
    which = digest.of_bytes(digest.canonical(some))[:8]
    return f"{', '.join(f'{len(each)} at {rate:g}' for rate, each in some)} ({which})"
