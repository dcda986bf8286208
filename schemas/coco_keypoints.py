"""Pictures with people, or other things with joints: COCO's key points."""

from datastd import Standard, limit
from datastd.measures.boxes.keypoints_miscounted import keypoints_miscounted
from datastd.measures.boxes.keypoints_off import keypoints_off
from datastd.measures.boxes.keypoints_wrong import keypoints_wrong
from datastd.rules.boxes.coco_keypoint_list_differs import CocoKeypointListDiffers
from datastd.rules.boxes.coco_keypoint_names import CocoKeypointNames
from datastd.rules.boxes.coco_keypoints_none import CocoKeypointsNone
from datastd.rules.boxes.coco_skeleton_index import CocoSkeletonIndex
from datastd.schemas.coco_instances import OF_OBJECTS, OF_PICTURES, RULES, Objects, Rows


class Peopled(Rows):  # type: ignore[misc]
    """One row per picture, of which many show nobody."""

    objects: int = limit(
        ge=1,
        tolerate=0.47,
        because="COCO lists 54,172 of 118,287 pictures of train2017, and 2,307 of 5,000 of val2017 "
        "which show nobody: kapao#46",
    )


class Jointed(Objects):  # type: ignore[misc]
    """One row per object that has key points, or should."""

    keypoints_off: int = limit(eq=0)
    keypoints_miscounted: int = limit(eq=0)
    keypoints_wrong: int = limit(eq=0)


standard = Standard(
    name="coco-keypoints/1",
    about="Objects in pictures, in boxes and outlined, with key points, in COCO's layout.",
    formats=("coco",),
    measures=(*OF_PICTURES, *OF_OBJECTS, keypoints_miscounted, keypoints_off, keypoints_wrong),
    rows=Peopled,
    annotations=Jointed,
    rules=(
        *RULES, CocoSkeletonIndex(), CocoKeypointNames(), CocoKeypointListDiffers(),
        CocoKeypointsNone(),
    ),
)  # fmt: skip
