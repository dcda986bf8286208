"""A record as it is read, and the sample that a pipeline gets of it."""

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from PIL import Image

from datastd.errors import NotInstalled
from datastd.sources import Batch, Column, Ragged, Shared
from datastd.sources.pictures.decode import Encoded, levelled, pixels

_UNSAID = frozenset({"encoded", "image", "mask", "instance_mask", "digest", "record", "separators"})
_SIDES = ("messages", "chosen", "rejected")
_CORNERS = ("x_px", "y_px", "w_px", "h_px")


class Answer(NamedTuple):
    """An answer of a question: its text, and where it begins, in characters of the context."""

    text: str
    start: int


class Boxes(NamedTuple):
    """
    The boxes of a picture.

    Attributes:
        corners: Left, top, right and bottom, in pixels; float64, shape (N, 4).
        labels: The number of the category of each, or its name.
        crowd: Whether it is of a crowd; int64, shape (N,).
    """

    corners: NDArray[np.float64]
    labels: tuple[int | str, ...]
    crowd: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Raw:
    """
    A record; what it has not is None.

    Attributes:
        key: Its key.
        split: Its split.
        values: Its plain values, by column; none of them is null.
        picture: Its picture, (H, W, C).
        encoded: Its picture, where each sample that is asked for decodes it.
        label: Its label: a number, or a name.
        boxes: Its boxes.
        mask: Its mask, (H, W).
        answers: The answers of a question, those that are plausible left aside.
        messages: Turns of a dialogue, by side.
        beside: What else turns have, by side, as messages of OpenAI's do: a ``weight`` of 0,
            ``tool_calls``, ``tool_call_id`` and ``name``.
    """

    key: str
    split: str
    values: Mapping[str, Any] = field(default_factory=dict)
    picture: NDArray[Any] | None = None
    label: int | str | None = None
    boxes: Boxes | None = None
    mask: NDArray[Any] | None = None
    answers: tuple[Answer, ...] | None = None
    messages: Mapping[str, tuple[tuple[str, str], ...]] | None = None
    encoded: Encoded | None = None
    beside: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)

    @property
    def context(self) -> str:
        """The text that the answers are in."""
        return str(self.values.get("context", ""))

    @property
    def nbytes(self) -> int:
        """About as many bytes as it takes in memory: pixels, and characters of texts."""
        arrays = sum(one.nbytes for one in (self.picture, self.mask) if one is not None)
        arrays += len(self.encoded.content) if self.encoded else 0
        turns = chain.from_iterable((self.messages or {}).values())
        texts = chain(self.values.values(), (text for _, text in turns))
        return arrays + sum(len(one) for one in texts if isinstance(one, str | np.ndarray))

    def sample(self) -> dict[str, Any]:
        """
        What a pipeline gets: nothing in it is shared with the record, or with another call.

        Raises:
            NotInstalled: Boxes or masks, and no torchvision.
            DataChanged: Its picture cannot be decoded.
        """
        made: dict[str, Any] = {"key": self.key, **self.values}
        if self.encoded is not None:
            decoded = self.encoded.picture(_alone)
            made |= {**decoded.said, "image": decoded.pixels}
        elif self.picture is not None:
            made["image"] = pictured(self.picture)
        if self.label is not None:
            made["label"] = self.label
        if self.boxes is not None:
            made |= self._boxed(self.boxes)
        if self.mask is not None:
            made["mask"] = _torchvision().Mask(np.ascontiguousarray(self.mask).copy())
        if self.answers is not None:
            made["question"] = made.pop("text", "")
            made["answers"] = [{"text": text, "answer_start": at} for text, at in self.answers]
        for side, turns in (self.messages or {}).items():
            made[side] = [{"role": role, "content": text} for role, text in turns]
            for turn, more in zip(made[side], self.beside.get(side, ()), strict=False):
                turn.update(copy.deepcopy(more))
        return made

    def _boxed(self, boxes: Boxes) -> dict[str, Any]:
        import torch  # noqa: PLC0415

        picture = self.picture if self.encoded is None else self.encoded
        size = (0, 0) if picture is None else picture.shape[:2]
        numbered = all(isinstance(one, int) for one in boxes.labels)
        return {
            "boxes": _torchvision().BoundingBoxes(
                torch.tensor(boxes.corners, dtype=torch.float32), format="XYXY", canvas_size=size
            ),
            "labels": torch.tensor(boxes.labels, dtype=torch.int64)
            if numbered
            else [*boxes.labels],
            "iscrowd": torch.tensor(boxes.crowd),
        }


def pictured(pixels: NDArray[Any]) -> Any:  # noqa: ANN401
    """A picture as torchvision's datasets give it; an array where PIL holds no such numbers."""
    if pixels.dtype == np.uint8 and pixels.shape[2] in {1, 3, 4}:
        return Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
    return pixels.copy()


def _alone(image: Image.Image) -> Any:  # noqa: ANN401
    """
    A picture that was just decoded as `pictured` has it: without what its file says beside.

    It keeps the memory that it was decoded in, which Pillow copies where it is written to.
    """
    image = levelled(image)
    if image.mode not in {"L", "RGB", "RGBA"}:
        return pixels(image).copy()
    try:
        return Image.fromarrow(image, image.mode, image.size)
    except ValueError:  # in several blocks: more than 16 MB
        made = image.copy()
        made.info.clear()
        return made


def _torchvision() -> Any:  # noqa: ANN401
    try:
        from torchvision import tv_tensors  # noqa: PLC0415  -- as slow to load as torch
    except ImportError:
        raise NotInstalled(
            "a preview of boxes or masks", "torchvision", "none", "pip install 'datastd[train]'"
        ) from None
    return tv_tensors


def records(batch: Batch, split: str) -> Iterator[Raw]:
    """The records of a batch, in order."""
    # Of arrays beside a picture, a palette for one, a transform of dicts would make pictures.
    columns = {name: values_of(column) for name, column in batch.columns.items()
               if name not in _UNSAID and not isinstance(column, list)}  # fmt: skip
    pictures = batch.pictures if "image" in batch.columns else None
    encoded: Any = batch.columns.get("encoded")
    masks: Any = batch.columns.get("mask")
    turned = _by_row(batch.annotations, len(batch))
    kind = _kind(batch)
    for row, key in enumerate(batch.keys):
        values = {name: some[row] for name, some in columns.items() if some[row] is not None}
        mask = None if masks is None else masks[row]
        yield Raw(
            key=key,
            split=split,
            label=values.pop("label", None),
            values=values,
            picture=None if pictures is None else pictures[row],
            encoded=None if encoded is None else encoded[row],
            mask=mask if mask is not None and mask.size else None,
            boxes=_boxes(turned[row]) if kind == "boxes" else None,
            answers=_answers(turned[row]) if kind == "answers" else None,
            messages=_messages(turned[row]) if kind == "turns" else None,
            beside=_beside(turned[row]) if kind == "turns" else {},
        )


def _kind(batch: Batch) -> str:
    """What the annotations of a batch are."""
    names = () if batch.annotations is None else batch.annotations.columns
    if {*_CORNERS} <= {*names}:
        return "boxes"
    if "role" in names:
        return "turns"
    return "answers" if "start" in names and "context" in batch.columns else ""


def values_of(column: Column) -> Sequence[Any]:
    """A column as plain values, one a sample."""
    if isinstance(column, Shared):
        return column.values.gather(column.which).to_list()
    if isinstance(column, Ragged):
        ends = column.offsets.tolist()
        return [column.values[a:b] for a, b in pairwise(ends)]
    if isinstance(column, pl.Series | np.ndarray):
        return column.to_list() if isinstance(column, pl.Series) else column.tolist()
    return column


def _by_row(annotations: pl.DataFrame | None, count: int) -> list[list[dict[str, Any]]]:
    """The annotations of each sample."""
    found: list[list[dict[str, Any]]] = [[] for _ in range(count)]
    for one in () if annotations is None else annotations.iter_rows(named=True):
        found[one["row"]].append(one)
    return found


def _boxes(annotations: list[dict[str, Any]]) -> Boxes:
    known = [one for one in annotations if None not in {one[name] for name in _CORNERS}]
    sides = np.array([[one[name] for name in _CORNERS] for one in known], np.float64)
    sides = sides.reshape(-1, 4)
    corners = np.concatenate([sides[:, :2], sides[:, :2] + sides[:, 2:]], axis=1)
    labels = tuple(
        one["class_name"] if one.get("category") is None else one["category"] for one in known
    )
    crowd = np.array([one.get("crowd") or 0 for one in known], np.int64)
    return Boxes(corners, labels, crowd)


def categories(annotations: pl.DataFrame) -> tuple[int | str, ...]:
    """What boxes are of, each once: `Boxes.labels` of them all."""
    names = [name for name in ("category", "class_name") if name in annotations.columns]
    return _boxes(annotations.drop_nulls(_CORNERS).unique(names).to_dicts()).labels


def _answers(annotations: list[dict[str, Any]]) -> tuple[Answer, ...]:
    return tuple(Answer(one["text"], one["start"]) for one in annotations if not one["plausible"])


def _messages(annotations: list[dict[str, Any]]) -> dict[str, tuple[tuple[str, str], ...]]:
    turns: dict[str, list[tuple[str, str]]] = {}
    for one in annotations:
        turns.setdefault(_SIDES[one.get("side") or 0], []).append((one["role"], one["text"] or ""))
    return {side: tuple(some) for side, some in turns.items()}


def _beside(annotations: list[dict[str, Any]]) -> dict[str, tuple[dict[str, Any], ...]]:
    turns: dict[str, list[dict[str, Any]]] = {}
    for one in annotations:
        turns.setdefault(_SIDES[one.get("side") or 0], []).append(_more(one))
    return {side: tuple(some) for side, some in turns.items() if any(some)}


def _more(turn: dict[str, Any]) -> dict[str, Any]:
    """What a turn has beside its role and its text."""
    made: dict[str, Any] = {"weight": 0} if turn.get("weight") == 0 else {}
    if turn.get("call_names"):
        calls = zip(*(turn[f"call_{what}"] for what in ("ids", "names", "arguments")), strict=True)
        made["tool_calls"] = [
            {"type": "function", "function": {"name": name, "arguments": _given(given)}}
            | ({} if known is None else {"id": known})
            for known, name, given in calls
        ]
    for name, column in (("tool_call_id", "answers"), ("name", "called")):
        if turn.get(column) is not None:
            made[name] = turn[column]
    return made


def _given(arguments: str | None) -> Any:  # noqa: ANN401
    """Arguments of a call as templates take them: an object, and text where they are none."""
    try:
        found = json.loads(arguments or "")
    except (ValueError, RecursionError):
        return arguments
    return found if isinstance(found, dict) else arguments
