"""What makes a file of SQuAD's layout, or a question in it, unreadable."""

from datastd.sources import Defect


class SquadStructure(Defect):
    """
    A file that is not JSON, or not ``{version, data: [{title, paragraphs: [{context, qas}]}]}``.

    Named is each value that is not what it has to be, and the byte at which the file stops
    being JSON.  Questions in whole paragraphs before that, or beside it, are read; those in
    a paragraph without a context are lost.

    Why it matters:
        A loader ends with a KeyError, or reads a smaller dataset.

    Remedy:
        Write the file with a JSON library, in SQuAD's layout.

    Source:
        SQuAD's evaluate-v2.0.py and BERT's run_squad.py, which read these keys.
    """

    code, name = "F501", "squad-structure"


class SquadQaFields(Defect):
    """
    A question without a string as its id, a string as its question, a list as its answers.

    Why it matters:
        Evaluators and loaders end with a KeyError, or pair a prediction with no question.

    Remedy:
        Give each question its fields; a question without an answer has an empty list.

    Source:
        SQuAD's evaluate-v2.0.py; `SquadQuestion`.
    """

    code, name, unit = "F502", "squad-qa-fields", "samples"


class SquadAnswerFields(Defect):
    """
    An answer without a string as its text, or a whole number from 0 on as its start.

    Why it matters:
        A start that is a string, or negative, slices another text, or none.

    Remedy:
        Write ``answer_start`` as a number, counted in code points from the context's first.

    Source:
        BERT's run_squad.py; `SquadAnswer`.
    """

    code, name, unit = "F503", "squad-answer-fields", "samples"
