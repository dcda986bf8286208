"""What a user's pipeline is: three plain callables, and what they are to come to."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from datastd.errors import UsageError

PARTS: Mapping[str, tuple[str, ...]] = {
    "picture": ("image", "pixel_values", "picture", "images", "inputs", "input", "x"),
    "label": ("label", "labels", "target", "y"),
    "boxes": ("boxes", "bboxes"),
    "box_labels": ("labels", "class_labels"),
    "mask": ("mask", "masks", "labels", "target"),
    "ids": ("input_ids", "ids", "tokens"),
    "targets": ("labels", "targets"),
    "start": ("start_positions", "start_position"),
    "end": ("end_positions", "end_position"),
    "offsets": ("offset_mapping", "offsets"),
    "sequences": ("sequence_ids", "token_type_ids"),
    "attention": ("attention_mask",),
}
"""Parts of an item that are looked at, and the names that each is looked for under."""

TOLD = frozenset({"offsets", "sequences", "attention"})
"""Parts that tell of others: a batch may do without."""

BESIDE = ("offset_mapping", "offsets", "sequence_ids", "overflow_to_sample_mapping")
"""Names of what an item has for a preview alone: collate does not get it."""

LEAVES = ("picture", "label", "boxes", "mask", "answer", "tokens")
"""What an objective may do without."""


_CHOICES: Mapping[str, tuple[object, ...]] = {
    "boxes": ("xyxy", "xywh", "cxcywh"),
    "channels": ("rgb", "bgr"),
    "context": (0, 1),
    "shift": (None, 0, 1),
}


class StepFailed(Exception):  # noqa: N818
    """A step of a user's that raised, or gave nothing: which, and what."""

    def __init__(self, step: str, error: BaseException) -> None:
        first = str(error).partition("\n")[0]
        super().__init__(f"{step}: {type(error).__name__}" + (f": {first}" if first else ""))


@dataclass(frozen=True, slots=True)
class Pipeline:
    """
    What makes of a sample what the model gets.

    ``collate([tokenizer(transform(sample)), …])`` is a batch; each of the three may be left out.
    A sample is a dict, made anew for each call: every column of its record by name, and
    ``key``; of pictures ``image`` as torchvision's datasets give it, a PIL image (an array
    (H, W, C) where that holds no such numbers), and ``label``; of boxes ``boxes``
    (``tv_tensors.BoundingBoxes``, XYXY), ``labels`` (int64, or a list of names), ``iscrowd``; of
    masks ``mask`` (``tv_tensors.Mask``); of questions ``question``, ``context`` and ``answers``, a
    list of ``text`` and ``answer_start``; of dialogues ``messages``, a list of ``role`` and
    ``content`` (and, where they have them, ``tool_calls``, ``tool_call_id``, ``name`` and a
    ``weight`` of 0), and ``chosen`` and ``rejected`` likewise.

    An item is what the model gets of a sample: a dict, a pair of input and target (whose
    target may be a dict), or an input alone.  A list of dicts, or a dict of lists of ids, is
    several: windows.  Parts are looked for under the usual names (`PARTS`); offsets of tokens
    are characters of the context, and of tokens of the question none, or told apart by
    ``sequence_ids`` or ``token_type_ids``.

    Attributes:
        transform: Takes a sample.
        tokenizer: Takes what *transform* gave, or a sample.
        collate: Takes a list of items, less `BESIDE`; gives a batch.
        batch: Items of a batch.
        classes: How many classes the model tells apart.
        vocabulary: How many token ids it has.
        labels: What the label of a record (its number, or its name) is to the model; none
            means that they are the same.
        pad: The id that sequences are padded with.
        shift: How far labels of tokens are ahead: 0, where the model shifts them, and 1, where they
            are those of the next token.  None is 0 of ``input_ids`` and ``labels``, as models of
            Hugging Face take them, and else one of both.
        ignore: Targets that the loss leaves out.
        no_answer: The span of a window without an answer, or what gives it of an item.
        context: Which of two texts in a window is the context: the second one is 1.
        boxes: What four numbers of a plain tensor of boxes are.
        channels: The order of colours that the model takes.
        leaves: Parts of the record that the objective does without, of `LEAVES`.
        names: Where a part of `PARTS` has another name.
        decode: What ids spell to the model, such as ``decode`` of the tokenizer that it was trained
            with, loaded for itself: then it is seen where *tokenizer* is another.

    Raises:
        UsageError: A field is none of these.
    """

    transform: Callable[[Any], Any] | None = None
    tokenizer: Callable[[Any], Any] | None = None
    collate: Callable[[list[Any]], Any] | None = None
    batch: int = 8
    classes: int | None = None
    vocabulary: int | None = None
    labels: Mapping[Any, int] | None = None
    pad: int | None = None
    shift: Literal[0, 1] | None = None
    ignore: tuple[int, ...] = (-100, 255)
    no_answer: tuple[int, int] | Callable[[Any], tuple[int, int]] = (0, 0)
    context: Literal[0, 1] = 1
    boxes: Literal["xyxy", "xywh", "cxcywh"] = "xyxy"
    channels: Literal["rgb", "bgr"] = "rgb"
    leaves: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    decode: Callable[[list[int]], str] | None = None

    def __post_init__(self) -> None:
        for name in ("transform", "tokenizer", "collate", "decode"):
            if not (getattr(self, name) is None or callable(getattr(self, name))):
                found = type(getattr(self, name)).__name__
                raise UsageError(f"pipeline: {name}", "something to call", found)
        for name in ("batch", "classes", "vocabulary"):
            number = getattr(self, name)
            if not (number is None and name != "batch") and (type(number) is not int or number < 1):
                raise UsageError(f"pipeline: {name}", "a whole number from 1", f"{number!r}")
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                known = " or ".join(f"{one}" for one in choices)
                raise UsageError(f"pipeline: {name}", known, f"{getattr(self, name)!r}")
        if not (self.pad is None or type(self.pad) is int):
            raise UsageError("pipeline: pad", "a token id", f"{self.pad!r}")
        for what, some in (("leaves", LEAVES), ("names", tuple(PARTS))):
            if strange := [one for one in getattr(self, what) if one not in some]:
                raise UsageError(f"pipeline: {what}", f"some of {', '.join(some)}", f"{strange}")

    def items(self, sample: dict[str, Any]) -> list[Any]:
        """
        What the model gets of a sample.

        Raises:
            StepFailed: A step raised, or nothing came out.
        """
        made: Any = sample
        for name in ("transform", "tokenizer"):
            if getattr(self, name):
                made = self.run(name, made)
        try:
            found = [*_windows(made)]
        except Exception as error:  # whatever it is, it is no item
            raise StepFailed("pipeline", error) from error
        if not found or any(one is None for one in found):
            raise StepFailed("pipeline", LookupError("nothing came out"))
        return found

    def run(self, step: str, given: Any) -> Any:  # noqa: ANN401
        """
        What one step makes of what it is given.

        Raises:
            StepFailed: It raised.
        """
        try:
            return getattr(self, step)(given)
        except BaseException as error:
            # Rust, in which tokenizers are written, panics with one that derives from none.
            panics = type(error).__name__ == "PanicException"
            if not (isinstance(error, Exception | SystemExit) or panics):
                raise
            raise StepFailed(step, error) from error

    def named(self, part: str) -> tuple[str, ...]:
        """The names under which a part is looked for."""
        return (self.names[part],) if part in self.names else PARTS[part]

    def label(self, known: object) -> int | None:
        """What a label of a record is to the model; none where that is not said."""
        if self.labels is not None:
            return self.labels.get(known)
        return known if isinstance(known, int) else None


def _windows(made: object) -> Iterator[Any]:
    """The items in what came out: one, or several windows."""
    if isinstance(made, list) and all(isinstance(one, Mapping) for one in made):
        yield from made
        return
    ids = made.get("input_ids") if isinstance(made, Mapping) else None
    if isinstance(made, Mapping) and ids is not None and _is_nested(ids):
        several = {
            name: some for name, some in made.items() if _has_length(some) and len(some) == len(ids)
        }
        for number in range(len(ids)):
            yield {name: some[number] for name, some in several.items()}
        return
    yield made


def _is_nested(ids: Any) -> bool:  # noqa: ANN401
    """Say whether there is a list of ids for each of several windows."""
    return _has_length(ids) and len(ids) > 0 and _has_length(ids[0])


def _has_length(some: Any) -> bool:  # noqa: ANN401
    """Say whether there are several of something: an array of no dimensions only looks like it."""
    return hasattr(some, "__len__") and getattr(some, "ndim", 1) > 0
