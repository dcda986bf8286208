"""L504."""

from typing import ClassVar

from datastd.banding import Banding
from datastd.model import Level
from datastd.rules.text.train_val_near_overlap import TrainValNearOverlap


class QaQuestionParaphraseLeak(TrainValNearOverlap):
    """
    Share of the questions of a split that are asked in nearly the same words in another.

    Compared are the sets of words of two questions, whatever they are about, as `simplify_text`
    leaves them.  Candidates agree in one of 10 bands of 4 hashes, which of pairs of a Jaccard
    similarity of 0.7 finds 94 %, of 0.8 all but one in 200; they count if the similarity is
    `similarity` at least.  Observed is the share of the worst split, as for L398.

    Why it matters:
        A question that was answered in training is answered from memory.

    Remedy:
        State the share beside the score, or leave these questions out of what is measured with.

    Source:
        Lewis et al. 2021, "Question and Answer Test-Train Overlap in Open-Domain Question
        Answering Datasets", arXiv:2008.02637: 30 % of the test questions of three.
    """

    code: ClassVar[str] = "L504"
    name: ClassVar[str] = "qa-question-paraphrase-leak"
    unit: ClassVar[str] = "fraction of questions"

    banding: Banding = Banding(words=1, bands=10, rows=4)
    level: Level = Level.WARN
    limit: float = 0.3
    because: str = "Lewis et al. 2021: 30 % in open-domain question answering"
