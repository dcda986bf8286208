"""L604."""

from typing import ClassVar

from datastd.rules.text.contamination_ngram import ContaminationNgram


class ChatBenchmarkContamination(ContaminationNgram):
    """
    Samples that share a run of n words with what users ask in an item of an evaluation set.

    As L310, of all that is said in a sample: by users, and behind that in all other turns (the
    system's and the answers, too), in the arguments of calls and in the tools that are declared.
    Bytes are counted in these, with two line feeds between two of them.  The evaluation set is
    read in the same format, or in one of texts, such as
    ``--input evaluation=jsonl:question::benchmarks``.

    Why it matters:
        A benchmark whose questions were trained on measures memory, and the score that was
        published with it cannot be compared.

    Remedy:
        Leave the records named out.

    Source:
        As for L310: Brown et al. 2020, "Language Models are Few-Shot Learners", appendix C.
    """

    code: ClassVar[str] = "L604"
    name: ClassVar[str] = "chat-benchmark-contamination"
    table: ClassVar[str] = "shared_turns"
