"""Better and worse answers: pairs for DPO, and answers with a label for KTO."""

from datastd import Standard, limit
from datastd.measures.responses.blank_sides import blank_sides
from datastd.measures.responses.case_alone import case_alone
from datastd.measures.responses.judged_first import judged_first
from datastd.measures.responses.judged_pair import judged_pair
from datastd.measures.responses.length_lead import length_lead
from datastd.measures.responses.not_assistant_last import not_assistant_last
from datastd.measures.responses.prompt_repeated import prompt_repeated
from datastd.measures.responses.prompts_differ import prompts_differ
from datastd.measures.responses.score_inverted import score_inverted
from datastd.measures.responses.score_tied import score_tied
from datastd.measures.responses.sides_alike import sides_alike
from datastd.rules.responses.kto_one_label import KtoOneLabel
from datastd.rules.responses.pref_contradicted import PrefContradicted
from datastd.rules.responses.pref_length_bias import PrefLengthBias
from datastd.rules.text.doc_exact_duplicate import DocExactDuplicate
from datastd.rules.turns.chat_other_form import ChatOtherForm
from datastd.schemas import chat
from datastd.schemas.instruction import ABOUT_ANSWERS, OF_ANSWERS, Answers


class Rows(Answers):  # type: ignore[misc]
    """One row per pair, or per answer with a label."""

    sides_alike: int = limit(eq=0)
    case_alone: int = limit(eq=0)
    prompts_differ: int = limit(eq=0)
    not_assistant_last: int = limit(eq=0)
    prompt_repeated: int = limit(eq=0)
    blank_sides: int = limit(eq=0)
    score_inverted: int = limit(eq=0)
    score_tied: int = limit(eq=0)


standard = Standard(
    name="preference/1",
    about="Answers of which one is better, in pairs or by a label.  A prompt may have several.",
    formats=("chat",),
    measures=(
        *chat.MEASURES, *OF_ANSWERS, blank_sides, case_alone, judged_first, judged_pair,
        length_lead, not_assistant_last, prompt_repeated, prompts_differ, score_inverted,
        score_tied, sides_alike,
    ),
    rows=Rows,
    annotations=chat.Turns,
    rules=(
        *chat.RULES,
        ChatOtherForm(forms=("preference", "kto", "openai-dpo")),
        KtoOneLabel(),
        PrefLengthBias(),
        PrefContradicted(),
        DocExactDuplicate(),
        *ABOUT_ANSWERS,
    ),
)  # fmt: skip
