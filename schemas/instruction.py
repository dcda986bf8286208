"""Instructions and what answers them: Alpaca's tasks, prompts and completions, conversations."""

from datastd import Standard, limit
from datastd.measures.responses.answer_blank import answer_blank
from datastd.measures.responses.answer_ends import answer_ends
from datastd.measures.responses.answer_placeholder import answer_placeholder
from datastd.measures.responses.answer_points import answer_points
from datastd.measures.responses.answer_repeats import answer_repeats
from datastd.measures.responses.dialogues import dialogues
from datastd.measures.responses.echoes_prompt import echoes_prompt
from datastd.measures.responses.final_answer import final_answer
from datastd.measures.responses.instruction_words import instruction_words
from datastd.measures.responses.lacks_context import lacks_context
from datastd.measures.responses.merged_instructions import merged_instructions
from datastd.measures.responses.prompt_digest import prompt_digest
from datastd.measures.responses.refusal import refusal
from datastd.measures.responses.said_digest import said_digest
from datastd.measures.responses.shared_turns import shared_turns
from datastd.measures.responses.spoken import spoken
from datastd.rules.responses.chat_benchmark_contamination import ChatBenchmarkContamination
from datastd.rules.responses.conversation_prefix_leak import ConversationPrefixLeak
from datastd.rules.responses.instruction_near_duplicate import InstructionNearDuplicate
from datastd.rules.responses.prompt_conflicting_response import PromptConflictingResponse
from datastd.rules.responses.prompt_duplicate import PromptDuplicate
from datastd.rules.responses.response_edge_whitespace import ResponseEdgeWhitespace
from datastd.rules.responses.response_language_mismatch import ResponseLanguageMismatch
from datastd.rules.responses.response_repetition import ResponseRepetition
from datastd.rules.responses.response_truncated import ResponseTruncated
from datastd.rules.turns.chat_other_form import ChatOtherForm
from datastd.schemas import chat

OF_ANSWERS = (
    answer_blank, answer_ends, answer_placeholder, answer_points, answer_repeats, dialogues,
    echoes_prompt, lacks_context, merged_instructions, refusal, said_digest, shared_turns, spoken,
)  # fmt: skip
"""What is measured of any answer, and of what it answers."""

ABOUT_ANSWERS = (
    ResponseTruncated(),
    ResponseLanguageMismatch(),
    ResponseRepetition(),
    ResponseEdgeWhitespace(),
    ChatBenchmarkContamination(),
    ConversationPrefixLeak(),
    *chat.ACROSS_SPLITS,
)
"""What any answers are asked."""


class Answers(chat.Rows):  # type: ignore[misc]
    """One row per sample."""

    answer_blank: int = limit(eq=0)
    answer_placeholder: int = limit(eq=0)
    merged_instructions: int = limit(eq=0)
    refusal: int = limit(eq=0, tolerate=0.01, because="one in a hundred may well be a refusal")
    lacks_context: int = limit(eq=0)
    echoes_prompt: float = limit(lt=0.9)


standard = Standard(
    name="instruction/1",
    about="Tasks and conversations that a trainer reads, none twice, and answers that are answers.",
    formats=("chat",),
    measures=(*chat.MEASURES, *OF_ANSWERS, final_answer, instruction_words, prompt_digest),
    rows=Answers,
    annotations=chat.Turns,
    rules=(
        *chat.RULES,
        ChatOtherForm(forms=("alpaca", "completion", "openai", "sharegpt")),
        PromptDuplicate(),
        InstructionNearDuplicate(),
        PromptConflictingResponse(),
        *ABOUT_ANSWERS,
    ),
)
