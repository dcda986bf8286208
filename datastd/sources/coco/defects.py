"""What makes a file of COCO's layout, or something in it, unreadable."""

from datastd.sources import Defect


class CocoTopLevel(Defect):
    """
    A file that is not JSON, or not ``{images: [], annotations: [], categories: []}``.

    Captions have no categories, and results are a list of them; there is at least one picture.
    Named is each value that is not what it has to be, and the byte at which the file stops being
    JSON; whatever is whole before that is read, but for the picture of an annotation that is no
    JSON.  A picture's annotations may take 256 MiB together, 32 MiB where its pixels are read, and
    what is in no list 64.

    Why it matters:
        pycocotools ends with an error, or evaluates on a smaller dataset.

    Remedy:
        Write the file with a JSON library, in COCO's layout.

    Source:
        cocodataset.org, "Data format"; pycocotools, coco.py: ``assert type(dataset) == dict``.
    """

    code, name = "F201", "coco-top-level"


class CocoImageFields(Defect):
    """
    A picture without a string as its file's name, or whole numbers from 1 on as its sides.

    Why it matters:
        Boxes are scaled by the sides that are stated; loaders end with a KeyError.

    Remedy:
        Give each picture its ``id``, ``file_name``, ``width`` and ``height``.

    Source:
        cocodataset.org, "Data format"; `CocoImage`.
    """

    code, name, unit = "F202", "coco-image-fields", "samples"


class CocoAnnotationFields(Defect):
    """
    An annotation that lacks a field, or in which one is of another type.

    An object needs ``id``, ``image_id``, ``category_id``, ``bbox``, ``area`` and ``iscrowd``, a
    caption ``id``, ``image_id`` and ``caption``, a result ``image_id``, ``category_id`` and
    ``score``.  Its picture is lost with it; of one that names none, nobody knows which that is.

    Why it matters:
        Evaluators read ``iscrowd`` and ``area`` of every object, and end without.

    Remedy:
        Give each annotation its fields, in their types.

    Source:
        cocodataset.org, "Data format"; pycocotools, cocoeval.py; `CocoAnnotation`.
    """

    code, name, unit = "F203", "coco-annotation-fields", "samples"


class CocoAnnotationsCut(Defect):
    """
    A picture whose annotations may be missing: their list does not end, or is none.

    Annotations lie in any order, so that of a list that breaks off nobody knows whose are gone:
    all pictures that its file lists are lost with it, whatever else lists them; where it is of
    results, which list no pictures, those of its split.

    Why it matters:
        Objects that are gone are learned as background, and nothing says so.

    Remedy:
        Fetch or write the file again.

    Source:
        datastd's law that nothing is dropped silently.
    """

    code, name, unit = "F293", "coco-annotations-cut", "samples"


class CocoIdType(Defect):
    """
    An id, of a picture, an annotation or a category, that is no whole number of 64 bits.

    Why it matters:
        Nothing is found under ``"7"`` where 7 was meant; as float64, large ids fall together.

    Remedy:
        Write ids as whole numbers, without quotes, point or exponent.

    Source:
        cocodataset.org, "Data format"; ids such as 9.084e11 stood in COCO's minival.
    """

    code, name, unit = "F204", "coco-id-type", "samples"


class CocoBboxMalformed(Defect):
    """
    A box that is not four numbers.

    Why it matters:
        Detectron2 ends with an error; others read past it, or take the box of another.

    Remedy:
        Write left and top edge, width and height; leave out what has no box.

    Source:
        Detectron2, data/datasets/coco.py.
    """

    code, name, unit = "F211", "coco-bbox-malformed", "samples"


class CocoRleNegativeCount(Defect):
    """
    A mask with a run that is no whole number from 0 on, below 2^32.

    Why it matters:
        pycocotools takes its lowest 32 bits for a length, and reads or writes past its memory.

    Remedy:
        Encode the mask again, with pycocotools or from polygons.

    Source:
        pycocotools, _mask.pyx: frUncompressedRLE.
    """

    code, name, unit = "F229", "coco-rle-negative-count", "samples"


class CocoRleStringInvalid(Defect):
    """
    A packed mask with a character outside ASCII 48 to 111, or one that ends inside a run.

    Or whose runs are longer than 32 bits, or shorter than nothing, when they are added up.

    Why it matters:
        pycocotools reads past the end of the string, or decodes another mask.

    Remedy:
        Encode the mask again; write the bytes that pycocotools gives as ASCII.

    Source:
        pycocotools, maskApi.c: rleFrString.
    """

    code, name, unit = "F230", "coco-rle-string-invalid", "samples"


class CocoOrphanImageId(Defect):
    """
    A picture that annotations name, and that no list of pictures has.

    Why it matters:
        Objects that somebody drew are never trained on; Detectron2 warns that only some match.

    Remedy:
        Add the picture to the list, or take its annotations out.

    Source:
        Detectron2, data/datasets/coco.py.
    """

    code, name, unit = "C201", "coco-orphan-image-id", "samples"


class CocoImageFileMissing(Defect):
    """
    A picture whose file is not there, or of which there are two that it may be.

    Its ``file_name`` is looked for below the folder of the file that lists it and each folder
    around that, up to the dataset's: in the folder itself, in ``images``, in folders called as
    the split, ``train2017`` or ``train``, and in such in ``images``.

    Why it matters:
        A loader ends at it in the middle of an epoch, or leaves it out without a word.

    Remedy:
        Put the file in its place; keep splits that share names of files in folders of their own.
        Where the pictures are elsewhere, say so: ``--format coco:annotations``.

    Source:
        datastd's law that nothing is dropped silently.
    """

    code, name, unit = "C206", "coco-image-file-missing", "samples"
