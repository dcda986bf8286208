"""Pictures, boxes, masks, keypoints and captions as COCO writes them down."""

from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, Discriminator, Field, Tag

from datastd.records import Record

Number: TypeAlias = Annotated[int, Field(ge=-(1 << 63), lt=1 << 63)]
"""A whole number, as an id is one: of 64 bits."""

Run: TypeAlias = Annotated[int, Field(ge=0, lt=1 << 32)]
"""How many pixels are alike, one below the other: a mask's runs are 0s and 1s in turn."""

_ALPHABET = 48  # where it begins: 64 characters, of which the last 32 say that more follow
_GROUPS = 7  # of five bits each, in a run


def _decodes(packed: str) -> str:
    """Ask that every run that is written as a difference is one, too."""
    runs = list[int]()
    value = groups = 0
    for letter in packed:
        six = ord(letter) - _ALPHABET
        value |= (six & 0x1F) << 5 * groups
        groups += 1
        if six & 0x20:
            continue
        if six & 0x10:
            value |= -1 << 5 * groups
        if len(runs) > 2:  # noqa: PLR2004  -- the first three are what they are
            value += runs[-2]
        if not 0 <= value < 1 << 32:
            msg = "runs from 0 on"
            raise ValueError(msg)
        runs.append(value)
        value = groups = 0
    return packed


Packed: TypeAlias = Annotated[
    str, Field(pattern=rf"^([P-o]{{0,{_GROUPS - 1}}}[0-O])*$"), AfterValidator(_decodes)
]
"""Runs as pycocotools packs them: differences, five bits a character, the lowest first."""


def _shaped(value: Any) -> str:  # noqa: ANN401  -- whatever JSON can hold
    """Tell what a shape is meant for."""
    return "mask" if isinstance(value, CocoMask | dict) else "list"


def _counted(value: Any) -> str:  # noqa: ANN401  -- likewise
    """Tell what runs are meant for."""
    return "packed" if isinstance(value, str) else "list"


class CocoMask(Record):
    """
    A mask by its runs, column after column from the left, each from its top.

    Attributes:
        size: Its height and width, in pixels.
        counts: Its runs, the first of 0s; as numbers, or packed.
    """

    size: Annotated[list[Number], Field(min_length=2, max_length=2)]
    counts: Annotated[
        Annotated[list[Run], Tag("list")] | Annotated[Packed, Tag("packed")],
        Discriminator(_counted),
    ]


Shape: TypeAlias = Annotated[
    Annotated[list[list[float]], Tag("list")] | Annotated[CocoMask, Tag("mask")],
    Discriminator(_shaped),
]
"""Polygons, each x and y in turn, in pixels; or a mask."""


class CocoImage(Record):
    """
    A picture: a sample.

    Attributes:
        id: What annotations call it.
        file_name: Its file, below the folder of pictures.
        width: In pixels.
        height: In pixels.
    """

    id: Number
    file_name: str
    width: Annotated[int, Field(gt=0, lt=1 << 31)]
    height: Annotated[int, Field(gt=0, lt=1 << 31)]


Box: TypeAlias = Annotated[list[float], Field(min_length=4, max_length=4)]
"""Left and top edge, width and height, in pixels; the picture's own edges are at 0."""


class CocoMark(Record):
    """
    What every annotation is, of whatever kind: a field that is there has its type.

    Attributes:
        id: What evaluators call it.
        image_id: The picture.
        category_id: The category.
        bbox: Left and top edge, width and height, in pixels; the picture's own edges are at 0.
        area: Of the mask, in square pixels.
        iscrowd: 1 for many objects in one mask.
        segmentation: Polygons or a mask.
        keypoints: Of each point x and y in pixels, and whether it is seen: 0 not stated, 1 hidden,
            2 seen.
        num_keypoints: How many are stated.
        caption: What somebody says of the picture.
        score: How sure a model is.
    """

    id: Number = 0
    image_id: Number
    category_id: Number = 0
    bbox: Box = Field(default_factory=list)
    area: float = 0.0
    iscrowd: Number = 0
    segmentation: Shape = Field(default_factory=list)
    keypoints: list[float] = Field(default_factory=list)
    num_keypoints: Number = 0
    caption: str = ""
    score: float = 0.0


class CocoAnnotation(CocoMark):
    """An object in a picture: it has an id, a category, a box, an area, and is a crowd or not."""

    id: Number
    category_id: Number
    bbox: Box
    area: float
    iscrowd: Number


class CocoCaption(CocoMark):
    """What somebody says of a picture: it has an id and words."""

    id: Number
    caption: str


class CocoResult(CocoMark):
    """What a model found in a picture: it has a category and a score; a list is of these."""

    category_id: Number
    score: float


class CocoCategory(Record):
    """
    What an object can be.

    Attributes:
        id: What annotations call it.
        name: What people call it.
        supercategory: What it is a kind of.
        keypoints: What its points are called.
        skeleton: Which points are joined, each two by their numbers, from 1 on.
        isthing: 1 for what can be counted, 0 for what cannot; panoptic lists alone say it.
    """

    id: Number
    name: str
    supercategory: str = ""
    keypoints: list[str] = Field(default_factory=list)
    skeleton: list[list[Number]] = Field(default_factory=list)
    isthing: Any = None


class CocoFile(Record):
    """
    A file of boxes, masks, keypoints or captions in COCO's layout.

    Attributes:
        images: The pictures, at least one.
        annotations: What is in them, or what is said of them.
        categories: What objects can be; captions have none.
    """

    images: Annotated[list[CocoImage], Field(min_length=1)]
    annotations: list[CocoAnnotation] | list[CocoCaption]
    categories: list[CocoCategory] = Field(default_factory=list)
