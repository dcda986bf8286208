"""What can be wrong with the archives of WebDataset, each defect with its code."""

from typing import ClassVar

from datastd.model import Level
from datastd.sources import Defect


class TarInvalid(Defect):
    """
    An archive that is cut, or is none from some byte on; what stands before that is read.

    Each header has ``ustar`` and its checksum; names and records before a member have at
    most 64 KiB, and give it one name; two blocks of zeros end the archive, and zeros alone
    follow.  The sample in which reading ends is lost.

    Why it matters:
        ``tarfile`` takes an archive that is cut behind a member, or one that another was
        appended to, for a whole one: what is missing, nobody misses.

    Remedy:
        Fetch the archive again, or write it again; join archives with ``tar -A``.

    Source:
        POSIX.1-2017, pax: ustar interchange format; Python's `tarfile`.
    """

    code, name = "F096", "tar-archive-invalid"


class UnparsableMember(Defect):
    """
    Members whose names have no key and suffix, or are no UTF-8: they are in no sample.

    Why it matters:
        Loaders leave them out in silence.

    Remedy:
        Name members ``<key>.<suffix>``.

    Source:
        WebDataset, tariterators.py, ``base_plus_ext``; HF datasets, webdataset.py.
    """

    code, name = "F040", "wds-unparsable-member"


class DuplicateSuffix(Defect):
    """
    A sample with a suffix twice; letters are compared without their case, and texts, labels
    and JSON without the ``.gz`` behind them.

    Why it matters:
        WebDataset raises, HF datasets keeps the last one.

    Remedy:
        Write each member once; two pictures of a sample have two suffixes.

    Source:
        WebDataset, tariterators.py, ``group_by_keys``; HF datasets, webdataset.py.
    """

    code, name, unit = "F041", "wds-duplicate-suffix", "samples"


class NoncontiguousKey(Defect):
    """
    A sample whose key stands in another place of the archive too: each is a part of one.

    Why it matters:
        Loaders compare a key with the one before it only, and train on both parts.

    Remedy:
        Sort the members by their names before they are written.

    Source:
        WebDataset, tariterators.py, ``group_by_keys``.
    """

    code, name, unit = "F042", "wds-noncontiguous-key", "samples"


class SuffixSetVaries(Defect):
    """
    A sample with other suffixes than most samples of its archive have.

    Why it matters:
        HF datasets takes the columns from the first five samples: what is more is dropped
        from the others, what is less is None.

    Remedy:
        Give every sample the same members; leave the sample out, or write an empty one.

    Source:
        HF datasets, webdataset.py, NUM_EXAMPLES_FOR_FEATURES_INFERENCE.
    """

    code, name, unit = "F043", "wds-suffix-set-varies", "samples"


class HiddenMember(Defect):
    """
    Members whose names begin with a dot, or that a system left behind: they are in no sample.

    Why it matters:
        ``dir/._000.jpg`` has the key ``dir/``: a sample of junk, which parts the sample
        around it in two.

    Remedy:
        Write the archive again with ``COPYFILE_DISABLE=1``, or ``--exclude '._*'``.

    Source:
        WebDataset's pattern of names, tried.
    """

    code, name = "F044", "wds-hidden-member"


class DotInStem(Defect):
    """
    Members with more than one dot in their name, whose key ends at the first of them.

    What may stand between dots is named to the format: ``webdataset:seg`` for ``0.seg.png``.
    A text or JSON that is compressed, ``0.txt.gz``, is no such thing.

    Why it matters:
        ``img.v2.jpg`` and ``img.v3.jpg`` are one sample, ``img``, of two pictures.

    Remedy:
        Write other letters in place of the dots.

    Source:
        WebDataset, tariterators.py, ``base_plus_ext``.
    """

    code, name = "F045", "wds-dot-in-stem"
    level: ClassVar[Level] = Level.WARN
    loses: ClassVar[bool] = False


class ShardSampleCount(Defect):
    """
    An archive with fewer than half the samples of the largest of its split, or with another
    number than a list says.

    A list is a JSON object beside the archives, or around them: ``{"shardlist": [{"url":
    "000.tar", "nsamples": 100}]}`` as wids has it, ``{"000.tar": 100}``, or ``{"000":
    {"num_samples": 100}}``.

    Why it matters:
        It was cut before it was written, or lost members; workers that read whole archives
        wait for each other.

    Remedy:
        Write archives of one size, and the last one with what is left to the others.

    Source:
        datastd's own definition.
    """

    code, name = "F046", "wds-shard-sample-count"
    level: ClassVar[Level] = Level.WARN
    loses: ClassVar[bool] = False


class MemberUndecodable(Defect):
    """
    A sample with a member that cannot be read as its suffix says, or with too much of it.

    ``cls`` is a whole number of 64 bits; a text, or JSON, has at most 16 MiB; a sample has
    at most 65,536 members, and 64 MiB of what is read of them.

    Why it matters:
        A loader raises in the middle of an epoch.

    Remedy:
        Write the member anew.

    Source:
        WebDataset, autodecode.py; the sizes are datastd's own.
    """

    code, name, unit = "F095", "wds-member-undecodable", "samples"


class TextAmbiguous(Defect):
    """
    A sample with two texts that are not equal: in members ``txt`` and ``text``, or in JSON.

    Which of them is the text may be named to the format: ``webdataset:text=txt``, or ``text``,
    or ``json``.

    Why it matters:
        Each loader takes another: what was checked is not what is trained on.

    Remedy:
        Name the member that has the text, or write one text a sample.

    Source:
        datastd's own definition.
    """

    code, name, unit = "F083", "wds-text-ambiguous", "samples"
