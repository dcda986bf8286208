"""How much answers say what was asked once more."""

import numpy as np

from datastd.measures import kernel, measure
from datastd.measures.responses import Flags, rouge
from datastd.measures.responses.rouge import Said
from datastd.measures.text import Floats, Utf8
from datastd.model import Level

_MOST = 2048  # words of either that are compared: the time that two texts take has a bound
_LEAST = 3  # words: a greeting is answered by one


@measure("Q607", "response-echoes-prompt", unit="ROUGE-L F", level=Level.WARN)
def echoes_prompt(prompt_utf8: Utf8, answer_utf8: Utf8) -> Floats:
    """
    How much of each answer is its prompt, in the same order.

    Shape (N,), float64, 0 to 1.  1 where the answer begins with all words of the prompt; else
    ROUGE-L's F of both (twice the words of the longest common sequence by the words of both), of
    their first 2,048 words, where that is one half or more, and 0 where it is less.  Words are
    those of `rouge.words`; a prompt of less than three is not compared.

    Why it matters:
        A model learns to repeat the question instead of answering it.

    Remedy:
        Cut the prompt off the answer, or leave the record out.

    Source:
        datastd's own definition; Lin 2004, "ROUGE: A Package for Automatic Evaluation of
        Summaries".
    """
    asked, answered = rouge.words(*prompt_utf8), rouge.words(*answer_utf8)
    found = rouge.likenesses(asked, answered, _MOST)
    few = np.diff(asked.offsets) < _LEAST
    found[_begun(asked, answered)] = 1.0
    found[few] = 0.0
    return found


@kernel
def _begun(asked: Said, answered: Said) -> Flags:
    """Say of each text whether its other begins with its words; shape (N,), bool."""
    found = np.zeros(len(asked.offsets) - 1, np.bool_)
    for n in range(len(found)):
        first, count = asked.offsets[n], asked.offsets[n + 1] - asked.offsets[n]
        begin = answered.offsets[n]
        if answered.offsets[n + 1] - begin < count:
            continue
        found[n] = True
        for k in range(count):
            if asked.words[first + k] != answered.words[begin + k]:
                found[n] = False
                break
    return found
