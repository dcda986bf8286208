"""
Scores of what a model says, each by its published definition; none of them needs torch.

A score is a number of all samples together: what is added up over batches and processes, such as
a confusion matrix, is not itself a score.
"""

import contextlib
import io
import math
import re
import string
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from datastd.errors import NotInstalled

_OF_COCO = ("map", "map50", "map75", "map_small", "map_medium", "map_large")
"""What `COCOeval.summarize` gives first."""

_MARKS = str.maketrans("", "", string.punctuation)
_ARTICLE = re.compile(r"\b(a|an|the)\b")


def confusion(
    truth: NDArray[np.integer],
    predicted: NDArray[np.integer],
    classes: int,
    ignore: int | None = None,
) -> NDArray[np.int64]:
    """
    Count how often each class was taken for each.

    Args:
        truth: Classes from 0 to *classes* - 1, of any shape.
        predicted: Likewise, of the same shape.
        classes: How many there are.
        ignore: A value of *truth* that is left out.

    Returns:
        Shape (classes, classes): rows are the truth, columns what was predicted.

    Raises:
        ValueError: A value that is no class.
    """
    kept = np.ones_like(truth, np.bool_) if ignore is None else truth != ignore
    true, said = truth[kept].astype(np.int64), predicted[kept].astype(np.int64)
    for name, values in (("truth", true), ("predicted", said)):
        if values.size and not 0 <= values.min() <= values.max() < classes:
            found = f"{values.min()} to {values.max()}"
            msg = f"{name}: expected classes from 0 to {classes - 1}, found {found}"
            raise ValueError(msg)
    return np.bincount(true * classes + said, minlength=classes**2).reshape(classes, classes)


def accuracy(confused: NDArray[np.generic]) -> float:
    """
    Share that is right, from a confusion matrix; NaN of nothing.

    >>> accuracy(np.array([[3, 1], [0, 4]]))
    0.875
    """
    whole = confused.sum()
    return float(np.trace(confused) / whole) if whole else math.nan


def mean_iou(confused: NDArray[np.generic]) -> float:
    """
    Mean over classes of intersection over union, from a confusion matrix; NaN of nothing.

    Of a class: pixels that are of it and are said to be, of those that are either.  A class that
    neither is there nor was said is left out.

    Source:
        Everingham et al. 2015, "The Pascal Visual Object Classes Challenge: A Retrospective",
        doi:10.1007/s11263-014-0733-5, section 3.3.

    >>> mean_iou(np.array([[3, 1, 0], [0, 4, 0], [0, 0, 0]]))
    0.775
    """
    right = np.diag(confused).astype(np.float64)
    either = confused.sum(axis=0) + confused.sum(axis=1) - right
    there = either > 0
    return float(np.mean(right[there] / either[there])) if there.any() else math.nan


class Detected(NamedTuple):
    """
    The objects of one picture: those that there are, and those that were found.

    Attributes:
        key: Tells the picture from others; where scores are equal, its order decides.
        boxes: Left, top, right and bottom of each object, pixels; shape (N, 4).
        labels: The category of each; whole numbers, shape (N,).
        crowd: Whether it is of a crowd: what is found in it is neither right nor wrong; (N,).
        found: As *boxes*, of what was found; shape (M, 4).
        said: As *labels*, likewise; shape (M,).
        scores: How sure each of them is; shape (M,).
        areas: Of each object, px², by which it is small, medium or large, shape (N,): in COCO that
            of its outline.  None takes those of the boxes.
    """

    key: str
    boxes: NDArray[np.floating]
    labels: NDArray[np.integer]
    crowd: NDArray[np.generic]
    found: NDArray[np.floating]
    said: NDArray[np.integer]
    scores: NDArray[np.floating]
    areas: NDArray[np.floating] | None = None


def coco_map(pictures: Sequence[Detected]) -> dict[str, float]:
    """
    COCO's mean average precision of boxes, as pycocotools has it.

    Returns:
        ``map``, over IoU from 0.50 to 0.95; ``map50`` and ``map75``, of these alone; and
        ``map_small``, ``map_medium`` and ``map_large``, of objects by area.  Each is the mean over
        the categories that have such an object; NaN where none has.

    Raises:
        NotInstalled: There is no pycocotools.

    Source:
        cocodataset.org, "Detection evaluation"; Lin et al. 2014, arXiv:1405.0312.
    """
    try:
        from pycocotools.coco import COCO  # noqa: PLC0415  -- of an extra
        from pycocotools.cocoeval import COCOeval  # noqa: PLC0415
    except ImportError:
        raise NotInstalled(
            "COCO's mean average precision", "pycocotools", "none", "pip install 'datastd[train]'"
        ) from None
    ordered = sorted(pictures, key=lambda one: one.key)
    true = [
        row | {"iscrowd": int(crowd)}
        for number, one in enumerate(ordered)
        for row, crowd in zip(
            _rows(number, one.boxes, one.labels, one.areas), one.crowd, strict=True
        )
    ]
    found = [
        row | {"score": float(score), "iscrowd": 0}
        for number, one in enumerate(ordered)
        for row, score in zip(_rows(number, one.found, one.said), one.scores, strict=True)
    ]
    sides = []
    with contextlib.redirect_stdout(io.StringIO()):  # it says what it does, and cannot be told not
        for rows in (true, found):
            side = COCO()
            side.dataset = {
                "images": [{"id": number} for number in range(len(ordered))],
                "categories": [{"id": one} for one in {row["category_id"] for row in true}],
                # Not from 0: a match of such an id counts as none.
                "annotations": [{"id": number, **row} for number, row in enumerate(rows, 1)],
            }
            side.createIndex()
            sides.append(side)
        judge = COCOeval(*sides, "bbox")
        judge.evaluate()
        judge.accumulate()
        judge.summarize()
    values = (float(one) if one >= 0 else math.nan for one in judge.stats)
    return dict(zip(_OF_COCO, values, strict=False))


def _rows(
    number: int, boxes: NDArray[Any], labels: NDArray[Any], areas: NDArray[Any] | None = None
) -> Iterator[dict[str, Any]]:
    """Boxes of a picture as COCO writes them; areas that are not said are those of the boxes."""
    boxes = boxes.astype(np.float64)
    corner, side = boxes[:, :2], boxes[:, 2:] - boxes[:, :2]
    areas = side.prod(axis=1) if areas is None else areas
    each = zip(np.hstack([corner, side]).tolist(), labels.tolist(), areas.tolist(), strict=True)
    for box, label, area in each:
        yield {"image_id": number, "category_id": label, "bbox": box, "area": area}


def normalised(answer: str) -> str:
    """
    An answer as SQuAD's evaluation compares it: small letters, no marks, no articles.

    Marks are those of ASCII; white space becomes one space, and none at the ends.

    >>> normalised("The  Eiffel-Tower, a tower!")
    'eiffeltower tower'
    """
    return " ".join(_ARTICLE.sub(" ", answer.lower().translate(_MARKS)).split())


def exact_match(answer: str, golds: Sequence[str]) -> float:
    """
    1 where an answer is one of those that are right, once they are normalised; else 0.

    Args:
        answer: What was said; empty where that is that there is no answer.
        golds: What is right; nothing, where there is no answer.  One of which normalising leaves
            nothing is left out, as by evaluate-v2.0.py; version 1.1's also lets "" be such a one,
            with an F1 of 0.

    Source:
        Rajpurkar et al. 2016, arXiv:1606.05250, section 6.1; 2018, arXiv:1806.03822;
        evaluate-v1.1.py and evaluate-v2.0.py.

    >>> exact_match("the Tower", ["Tower.", "Paris"]), exact_match("", [])
    (1.0, 1.0)
    """
    return float(normalised(answer) in _right(golds))


def f1(answer: str, golds: Sequence[str]) -> float:
    """
    The best F1 of an answer's words with those of one that is right; of nothing, 1 for nothing.

    Arguments and source as of `exact_match`.

    >>> f1("the tall tower", ["Tower of Paris"])
    0.4
    """
    return max(_overlap(normalised(answer).split(), gold.split()) for gold in _right(golds))


def _right(golds: Sequence[str]) -> list[str]:
    """What is right, normalised; the empty answer, where nothing else is."""
    return [*filter(None, map(normalised, golds))] or [""]


def _overlap(said: Sequence[str], right: Sequence[str]) -> float:
    """F1 of words, each counted as often as it stands there."""
    if not said or not right:
        return float(said == right)
    same = sum((Counter(said) & Counter(right)).values())
    return 2 * same / (len(said) + len(right))


def perplexity(loss: float) -> float:
    """
    The perplexity of a mean loss of nats per token; infinity, where no float holds it.

    Source:
        Jelinek et al. 1977, "Perplexity, a measure of the difficulty of speech recognition
        tasks", doi:10.1121/1.2016299.

    >>> perplexity(0.0)
    1.0
    """
    try:
        return math.exp(loss)
    except OverflowError:
        return math.inf
