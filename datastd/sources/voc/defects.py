"""What makes a file of Pascal VOC, or a picture beside one, unreadable."""

from datastd.sources import Defect


class VocXmlStructure(Defect):
    """
    An annotation that is not XML, or not what `VocAnnotation` asks for.

    That is ``annotation`` with one ``filename``, one ``size`` of ``width``, ``height`` and
    ``depth``, and any number of ``object``, each with one ``name`` and one ``bndbox`` of ``xmin``,
    ``ymin``, ``xmax`` and ``ymax``.  Other elements are let be.  A document type is refused,
    for entities are declared in it, and so are more than 32 elements inside each other, more
    than 8 MiB, and encodings other than UTF-8, UTF-16, Latin 1 and ASCII.

    Why it matters:
        A loader ends with an AttributeError, or takes another element of the same name; a
        parser that expands entities can be made to fill the memory, or to read other files.

    Remedy:
        Write the file anew with the tool that it is of, without a document type.

    Source:
        torchvision voc.py, parse_voc_xml; Detectron2 pascal_voc.py; Python's documentation, "XML
        security".
    """

    code, name = "F241", "voc-xml-structure"


class VocImagesetMissing(Defect):
    """
    A picture that a list in ``ImageSets`` names, and that lacks its file or its annotation.

    A name in ``ImageSets/Segmentation`` asks for its mask in ``SegmentationClass`` as well, where
    there is that folder.  Each name counts once, whatever the lists that have it.

    Why it matters:
        A loader goes by the lists, and ends at the first that is not there.

    Remedy:
        Put the files back, or take the name out of the lists.

    Source:
        torchvision voc.py, which joins the names of a list with suffixes.
    """

    code, name, unit = "F248", "voc-imageset-missing", "samples"


class VocUnpaired(Defect):
    """
    A picture without an annotation, or an annotation without a picture, that no list names.

    A picture in which nothing is has an annotation without objects.  Of two pictures that
    differ in their suffix alone, the second has none: nobody could tell whose it is.

    Why it matters:
        Loaders go by the one or by the other: what has no partner is left out without a
        word, or ends them.

    Remedy:
        Annotate the picture, or move it out of the dataset; remove what is about no picture.

    Source:
        datastd's law that nothing is dropped silently.
    """

    code, name, unit = "F250", "voc-unpaired", "samples"


class VocImagesetInvalid(Defect):
    """
    A list in ``ImageSets`` that is no text, or has a picture twice, or one of another split.

    Lists of splits in ``Main`` and ``Segmentation`` name each picture once.  Compared are
    ``train``, ``val`` and ``test`` in one folder; the picture is of the first.  A list of
    ``trainval`` has pictures of train and val, and no others where there are lists of both; one
    of a class, ``dog_train``, those of its split.

    Why it matters:
        A model that is measured on what it learned from is measured on its memory; what is
        listed twice is learned twice, and counts twice.

    Remedy:
        Keep each picture in one split, once, and write the lists as UTF-8.

    Source:
        The development kit of the challenge, "image sets".
    """

    code, name, loses = "F260", "voc-imageset-invalid", False
