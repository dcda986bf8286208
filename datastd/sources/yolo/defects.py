"""What makes a file of YOLO's layout unreadable."""

from datastd.sources import Defect


class YoloRowFields(Defect):
    """
    A label file with a row of another number of fields than its task has, or that is no text.

    A row is a class and a box of four numbers, or a polygon of three points or more, two numbers
    each; all rows of a file are of one kind.  Where the configuration has a ``kpt_shape``, it is
    a class, a box, and so many numbers more.  A file has at most 8 MiB, in UTF-8 without a byte
    order mark.

    Why it matters:
        Loaders leave such a file out with a warning that nobody reads, for a byte order mark is
        part of their first number; of a box among polygons Ultralytics makes a polygon of two
        points.

    Remedy:
        Write the rows of the file anew; confidences, a sixth field, are for predictions.

    Source:
        Ultralytics, data/utils.py, verify_image_label.
    """

    code, name, unit = "F261", "yolo-row-fields", "samples"


class YoloValueNoNumber(Defect):
    """
    A label file with a field that is no number.

    Why it matters:
        Loaders leave the file out, or end.

    Remedy:
        Write the rows of the file anew: numbers with a point, parted by spaces.

    Source:
        Ultralytics, data/utils.py, verify_image_label.
    """

    code, name, unit = "F262", "yolo-value-no-number", "samples"


class YoloValueNonfinite(Defect):
    """
    A label file with a number that is NaN or infinite, or too large to be another.

    Why it matters:
        NaN passes every comparison that looks for what is out of range, and makes the loss
        NaN, too.

    Remedy:
        Find out what was divided by 0, and write the row anew.

    Source:
        datastd's own definition.
    """

    code, name, unit = "F263", "yolo-value-nonfinite", "samples"


class YoloClassNoInteger(Defect):
    """
    A label file with a class that is not written as a whole number.

    Why it matters:
        Darknet reads it with ``%d``, and takes the rest of the number for the next field;
        Ultralytics rounds it down.

    Remedy:
        Write the number of the class, from 0 on, without a point.

    Source:
        Darknet, src/data.c, read_boxes; Ultralytics, data/utils.py.
    """

    code, name, unit = "F264", "yolo-class-no-integer", "samples"


class YoloLabelWithoutImage(Defect):
    """
    A label file to which there is no picture.

    Labels of ``images/….jpg`` are in ``labels/….txt``: the last folder of that name changes, and
    nothing else.  Outside of ``images`` they are beside the picture.

    Why it matters:
        Loaders go by the pictures: what was annotated is not trained on, and nothing says so.

    Remedy:
        Put the picture back, or remove the labels.

    Source:
        Ultralytics, data/utils.py, img2label_paths.
    """

    code, name, unit = "F268", "yolo-label-without-image", "samples"


class YoloConfigInvalid(Defect):
    """
    A configuration or a list that cannot be read, or that contradicts the data or another.

    One that is not YAML of this kind: keys at the margin, of which ``names`` is a list or names
    by number, ``nc`` so many, ``train``, ``val`` and ``test`` folders, ``kpt_shape`` two numbers.
    Or two classes of the same name, but for case, width and marks that nobody sees; two splits
    that are the same folder, or one in the other; other names than another file says; a list of
    pictures with one that is not there, that stands twice, or that another split has; labels
    without any names; a list or a folder that is not there.  All folders of val, or of test, may
    be elsewhere, where every picture that is here is in one that is named: so is coco128, of
    which val is not here.

    Why it matters:
        A class under another's name, or a split that is another, trains and measures
        something else than was meant.

    Remedy:
        Write one configuration, as Ultralytics' documentation shows it.

    Source:
        Ultralytics, data/utils.py, check_det_dataset; darknet's ``.names``.
    """

    code, name, loses = "F270", "yolo-config-invalid", False


class YoloPictureTwice(Defect):
    """
    A picture of which another has the name and the labels: they differ in their suffix.

    Why it matters:
        Both are trained on with the same boxes, which are about one of them at most, or
        count twice.

    Remedy:
        Keep the picture that the labels are about.

    Source:
        Ultralytics, data/utils.py, img2label_paths, which drops the suffix.
    """

    code, name, unit, loses = "F299", "yolo-picture-twice", "samples", False
