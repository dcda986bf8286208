"""What can be wrong with pairs of an image and its mask, so that they are no sample."""

from datastd.sources import Defect


class MaskMissing(Defect):
    """
    An image without a mask.

    Why it matters:
        A loader that lists images ends at it in the middle of an epoch; one that lists masks
        leaves it out, and the dataset is smaller than was counted.

    Remedy:
        Put its mask under the same name, or take the image out.

    Source:
        datastd's law that nothing is dropped silently; seen in coco128, of which 100 images of
        128 have a mask.
    """

    code, name, unit = "F271", "image-without-mask", "samples"


class MaskWithoutImage(Defect):
    """
    A mask without an image.

    Why it matters:
        What was annotated is never trained on; mostly the image has another name, or was lost.

    Remedy:
        Put its image under the same name, or take the mask out.

    Source:
        datastd's law that nothing is dropped silently.
    """

    code, name, unit = "F272", "mask-without-image", "samples"


class MaskPairAmbiguous(Defect):
    """
    An image with two masks of one kind, or a mask that two images of one name could have.

    Why it matters:
        Each loader takes another one: the last in the folder, the first, or the one whose
        suffix it tries first.

    Remedy:
        Take out which is not meant; of two images of one name, rename one with its mask.

    Source:
        datastd's law that nothing ambiguous is guessed.
    """

    code, name, unit = "F273", "mask-pair-ambiguous", "samples"


class MaskListInvalid(Defect):
    """
    A list of a split that cannot be read, or a name in it that stands twice or has no files.

    Lists are ``ImageSets/Segmentation/<split>.txt``, one name a line.  ``trainval`` repeats what
    is in train and val, and none of test.

    Why it matters:
        A loader ends at a name without files; one that stands in two splits is trained on, and
        measured on.

    Remedy:
        Take the name out, or put its image and its mask in place.

    Source:
        VOC2012's development kit; torchvision voc.py.
    """

    code, name, unit = "F274", "mask-list-invalid", "samples"


class ClassListInvalid(Defect):
    """
    A list of classes that cannot be read, or a second one.

    One name a line in ``classes.txt``, ``codes.txt``, ``labels.txt`` or ``class_names.txt``, in
    front of colours in CVAT's ``labelmap.txt`` and the rows of ``class_dict.csv``, behind them
    in CamVid's ``label_colors.txt``: the first is of value 0.

    Why it matters:
        Nobody knows which values are classes, so that none can be found wrong.

    Remedy:
        Keep one list, as text, with each name once.

    Source:
        CamVid as fast.ai and Kaggle publish it; CVAT's export of segmentation masks.
    """

    code, name = "F275", "class-list-invalid"
