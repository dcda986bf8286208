"""
Weights: tensors from files, and into a model.

Nothing that is in a file is run, and nothing is fetched: a pickle holds tensors or is refused.
"""

import json
import re
import warnings
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

import torch
from safetensors import safe_open
from torch import Tensor, nn

from datastd.disk import read_whole
from datastd.errors import UsageError
from datastd.quiet import safe
from datastd.words import many

_MOST = 1 << 26  # bytes of JSON
_KINDS = (".safetensors", ".pth", ".pt", ".bin")
_WHOLE = ("model.safetensors", "pytorch_model.bin")
_INDEX = ".index.json"
_CHECKPOINT = "datastd-checkpoint/"  # how the key of its metadata begins
_TABLES = ("state_dict", "model")
_BASES = ("backbone.", "backbone.body.")  # where torchvision builds one network upon another
_WRAPPED = re.compile(r"^(?:module\.|_orig_mod\.)+")
_RENAMED = re.compile(r"(?<=LayerNorm\.)(?:gamma|beta)$")
_COUNTER = "num_batches_tracked"  # of BatchNorm: where a file has none, torch leaves it as it is
_NOT_FIELDS = {"model_type", "auto_map", "quantization_config"}  # code, and other layers
_SHOWN = 4  # names in a line


def tensors_of(path: str | Path) -> dict[str, Tensor]:
    """
    Read tensors by name, dense and on the CPU.

    They are in a checkpoint of datastd; in ``.safetensors``; in ``.pth``, ``.pt`` or ``.bin`` of
    torch, where a table ``state_dict`` or ``model`` may hold them; or in a folder of Hugging
    Face, in one file or in those that its index names.

    Raises:
        UsageError: Nothing there, something else, a damaged file, or a pickle that is to do
            more than hold tensors: it does nothing.
    """
    place = Path(path)
    if place.is_dir():
        names = [name + index for name in _WHOLE for index in ("", _INDEX)]
        place = next((place / name for name in names if (place / name).is_file()), place)
    if place.name.endswith(_INDEX):
        return _of_several(place)
    if not place.is_file() or place.suffix not in _KINDS:
        expected = f"a file {', '.join(_KINDS)}, or a folder with {' or '.join(_WHOLE)}"
        raise UsageError(str(place), expected, "another" if place.exists() else "nothing")
    try:
        found = _content(place)
    except Exception as error:  # noqa: BLE001  -- what reads a damaged file raises anything
        # Not what torch says, which goes on about how to run the code in the file.
        found, hint = f"other content ({type(error).__name__})", "save it again, as safetensors"
        raise UsageError(str(place), "tensors, whole and without code", found, hint) from None
    for table in _TABLES:
        if isinstance(found, Mapping) and isinstance(found.get(table), Mapping):
            found = found[table]
    if not isinstance(found, Mapping) or not found:
        raise UsageError(str(place), "tensors by name", f"{type(found).__name__} without any")
    for name, one in found.items():
        is_dense = isinstance(one, Tensor) and one.layout == torch.strided and one.is_cpu
        # Of such numbers torch cannot even say whether they are finite.
        is_packed = is_dense and (
            one.is_quantized or (one.is_floating_point() and one.itemsize == 1)
        )
        if not is_dense or is_packed or not isinstance(name, str):
            found = f"numbers of {one.dtype}" if is_packed else type(one).__name__
            raise UsageError(f"{place}: {name}", "a dense tensor of plain numbers", found)
    return dict(found)


def _content(place: Path) -> Any:  # noqa: ANN401  -- of any type, until it is looked at
    if place.suffix != ".safetensors":
        with warnings.catch_warnings(action="ignore"):  # of what it then refuses
            return torch.load(place, map_location="cpu", weights_only=True)
    with safe_open(place, "pt") as file:
        # Of a checkpoint the model's alone, what its optimizer keeps is twice as much; and where
        # there are averages, those, for they are what was scored.
        is_ours = any(key.startswith(_CHECKPOINT) for key in file.metadata() or ())
        parts, names = ("model.", "averages.") if is_ours else ("",), sorted(file.keys())
        return {
            name.removeprefix(part): file.get_tensor(name)
            for part in parts for name in names if name.startswith(part)
        }  # fmt: skip


def _of_several(index: Path) -> dict[str, Tensor]:
    """Tensors of the files that an index names: files beside it, and no other index."""
    found = _object(index, "an index of tensors").get("weight_map")
    file_of: dict[str, Any] = found if isinstance(found, dict) else {}
    if not file_of or not all(map(_is_beside, file_of.values())):
        expected = '"weight_map": for each tensor a file beside this one'
        raise UsageError(str(index), expected, "something else")
    tensors: dict[str, Tensor] = {}
    for one in sorted({*file_of.values()}):
        tensors |= tensors_of(index.parent / one)
    for name in sorted(file_of.keys() - tensors.keys()):
        raise UsageError(str(index), f"{name} in {file_of[name]}", "none there")
    return tensors


def _is_beside(file: object) -> bool:
    """Say whether something is the name of a file with tensors, and no path to one."""
    return isinstance(file, str) and Path(file).name == file and Path(file).suffix in _KINDS


def configuration(path: str | Path, kind: str) -> dict[str, Any]:
    """
    Read a configuration of Hugging Face, of a kind of model: its fields, without code.

    Raises:
        UsageError: There is none, or one of another kind.
    """
    place = Path(path, "config.json") if Path(path).is_dir() else Path(path)
    fields = _object(place, "a configuration")
    if fields.get("model_type") != kind:
        raise UsageError(str(place), f'"model_type" {kind}', f"{fields.get('model_type')}")
    return {name: one for name, one in fields.items() if name not in _NOT_FIELDS}


def _object(place: Path, what: str) -> dict[str, Any]:
    """Read a JSON object."""
    try:
        found = json.loads(read_whole(place, most=_MOST, what=what))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise UsageError(str(place), f"{what}, a JSON object", "something else")
    return found


class Loaded(NamedTuple):
    """
    What became of tensors that were put into a model.

    Attributes:
        loaded: Names in the model of those that are in it now.
        new: Names of those of the model that there was nothing for.
        skipped: Names of those that there was no place for.
    """

    loaded: tuple[str, ...]
    new: tuple[str, ...]
    skipped: tuple[str, ...]

    def __str__(self) -> str:
        parts = [f"loaded {many(len(self.loaded), 'tensor')}"]
        for what, names in (("new", self.new), ("skipped", self.skipped)):
            more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
            parts.append(f"{what}: {', '.join(names[:_SHOWN]) or 'none'}{more}")
        return safe("; ".join(parts), longest=2000)


def put(model: nn.Module, tensors: Mapping[str, Tensor], head: Sequence[str] = ()) -> Loaded:
    """
    Put tensors into a model, in place, each by its name and shape.

    What does not match is an error, but for what *head* allows.  Names are those that libraries
    use today, without what wrapped the model.  Where they are of a network that *model* is built
    upon, all outside of it is new.  One of tied weights is enough.  A first convolution for
    three colours becomes one for grey as their sum: of a grey picture it makes what the three
    make of it thrice.

    Args:
        model: A network; where this raises, it may be partly changed.
        tensors: What `tensors_of` gave.
        head: Patterns of names, as of a shell: what the model may have and *tensors* lack, what
            both may have in different shapes, and what *tensors* may have beyond.

    Raises:
        UsageError: A tensor that does not match, or none that does; numbers that are not finite.
    """
    known = model.state_dict(keep_vars=True)
    base, given = _named(model, known, tensors)
    other = [name for name in known if name in given and not _is_like(given[name], known[name])]
    fitting = {name: one for name, one in given.items() if name not in other}
    _refuse_numbers(known, fitting)
    try:  # old versions of some modules are renamed by these themselves
        missing, unexpected = model.load_state_dict(fitting, strict=False)
    except RuntimeError as error:
        raise UsageError("weights", "tensors of this model", " ".join(f"{error}".split())) from None
    loaded = [n for n in known if n not in missing and (n in fitting or not n.endswith(_COUNTER))]
    if not loaded:
        wanted, found = (
            next((f"{name}, {sized(one)}" for name, one in some.items()), "none")
            for some in (known, given)
        )
        raise UsageError("weights", f"tensors such as {wanted}", found)
    there = {id(known[name]) for name in loaded}
    new = [name for name in missing if id(known[name]) not in there]
    for name in (*other, *new, *unexpected):
        is_outside = name in new and not name.startswith(base)
        if not is_outside and not any(fnmatchcase(name, one) for one in head):
            sizes = sized(known.get(name)), sized(given.get(name))
            raise UsageError(f"weights: {name}", *sizes, "only what model.head names may differ")
    return Loaded(tuple(loaded), tuple(new), (*other, *unexpected))


def _named(
    model: nn.Module, known: Mapping[str, Tensor], tensors: Mapping[str, Tensor]
) -> tuple[str, dict[str, Tensor]]:
    """What most names lack to be those of *model*, and the tensors by such names."""
    given = {name if name in known else _today(name): one for name, one in tensors.items()}
    bases = ("", f"{getattr(model, 'base_model_prefix', '')}.", *_BASES)
    base = max(bases, key=lambda start: sum(start + name in known for name in given))
    given = {base + n if base + n in known else n: one for n, one in given.items()}
    if len(given) < len(tensors):
        raise UsageError("weights", "one tensor of each name", "several, by names of old and today")
    return base, {name: _for_grey(one, known.get(name)) for name, one in given.items()}


def _today(name: str) -> str:
    """The name of a tensor without what wrapped the model, as transformers has it today."""
    name = _WRAPPED.sub("", name)
    return _RENAMED.sub(lambda old: {"gamma": "weight", "beta": "bias"}[old[0]], name)


def _for_grey(given: Tensor, known: Tensor | None) -> Tensor:
    grey = (*given.shape[:1], 1, *given.shape[2:])
    is_of_colours = given.ndim == 4 and given.shape[1] == 3  # noqa: PLR2004  -- out, RGB, H, W
    is_meant = known is not None and is_of_colours and tuple(known.shape) == grey
    return given.sum(1, keepdim=True) if is_meant else given


def _is_like(given: Tensor, known: Tensor) -> bool:
    return given.shape == known.shape and given.is_floating_point() == known.is_floating_point()


def _refuse_numbers(known: Mapping[str, Tensor], fitting: Mapping[str, Tensor]) -> None:
    """Refuse numbers that are not finite, and several for weights that are one."""
    first: dict[int, Tensor] = {}
    for name, one in fitting.items():
        if one.is_floating_point() and not one.isfinite().all():
            raise UsageError(f"weights: {name}", "finite numbers", "others")
        if not torch.equal(first.setdefault(id(known.get(name, one)), one), one):
            raise UsageError(f"weights: {name}", "those that it is tied to", "others")


def sized(one: Tensor | None) -> str:
    """Shape and type of a tensor, in words."""
    return "none" if one is None else f"{tuple(one.shape)} of {one.dtype}"


def refuse_others(
    what: str, here: Mapping[str, Tensor], found: Mapping[str, Tensor], hint: str = ""
) -> None:
    """
    Refuse tensors that have not the names, shapes and types of those that are here.

    Raises:
        UsageError: They are those of another network.
    """
    for name in sorted({*here, *found}):
        own, other = sized(here.get(name)), sized(found.get(name))
        if own != other:
            raise UsageError(f"checkpoint: {name}", f"{what} of this network: {own}", other, hint)


def refuse_infinite(where: str, parameters: Mapping[str, Tensor], hint: str = "") -> None:
    """
    Refuse parameters that are no finite numbers: nothing can be learned with them any more.

    Raises:
        UsageError: There are some; the first of them is named.
    """
    for name, one in parameters.items():
        if not bool(one.isfinite().all()):
            raise UsageError(f"{where}: {name}", "parameters of finite numbers", "others", hint)
