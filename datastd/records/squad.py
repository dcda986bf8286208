"""Questions about texts as SQuAD writes them down: versions 1.1 and 2.0, and XQuAD."""

from pydantic import Field

from datastd.records import Record

LARGEST = 1 << 31
"""No offset is as large: no context is as long."""


class SquadAnswer(Record):
    """
    What answers a question: a span of the context, and where it begins.

    Attributes:
        text: The span.
        answer_start: Code points of the context before it.
    """

    text: str
    answer_start: int = Field(ge=0, lt=LARGEST)


class SquadQuestion(Record):
    """
    A question and its answers: a sample.

    Attributes:
        id: What an evaluator calls it.
        question: It.
        answers: Spans that answer it; more than one where several people were asked.
        is_impossible: Whether the context answers it: in version 2.0 alone.
        plausible_answers: Spans that seem to answer one that has none: in version 2.0 alone.
    """

    id: str
    question: str
    answers: list[SquadAnswer]
    is_impossible: bool | None = None
    plausible_answers: list[SquadAnswer] = Field(default_factory=list)


class SquadParagraph(Record):
    """
    A text and the questions about it.

    Attributes:
        context: The text.
        qas: The questions.
    """

    context: str
    qas: list[SquadQuestion]


class SquadArticle(Record):
    """
    An article of an encyclopedia, cut into paragraphs.

    Attributes:
        title: What it is called.
        paragraphs: The paragraphs.
    """

    title: str
    paragraphs: list[SquadParagraph]


class SquadFile(Record):
    """
    A file of questions and answers in the layout of SQuAD.

    Attributes:
        version: Of the layout: 1.1, or 2.0 with questions that have no answer.
        data: The articles.
    """

    version: str
    data: list[SquadArticle]
