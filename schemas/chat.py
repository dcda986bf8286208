"""Conversations, tasks and pairs of answers to fine-tune a language model with."""

import pandera.polars as pa

from datastd import Standard, limit
from datastd.measures.responses.said_digest import said_digest
from datastd.measures.turns.blank_turns import blank_turns
from datastd.measures.turns.control_strings import control_strings
from datastd.measures.turns.conversation_tokens import conversation_tokens
from datastd.measures.turns.doubled_ids import doubled_ids
from datastd.measures.turns.foreign_calls import foreign_calls
from datastd.measures.turns.lacking_messages import lacking_messages
from datastd.measures.turns.last_not_assistant import last_not_assistant
from datastd.measures.turns.late_systems import late_systems
from datastd.measures.turns.media_gap import media_gap
from datastd.measures.turns.misplaced_turns import misplaced_turns
from datastd.measures.turns.mixed_forms import mixed_forms
from datastd.measures.turns.no_assistant import no_assistant
from datastd.measures.turns.odd_arguments import odd_arguments
from datastd.measures.turns.odd_thinking import odd_thinking
from datastd.measures.turns.odd_turns import odd_turns
from datastd.measures.turns.odd_weight import odd_weight
from datastd.measures.turns.own_control_strings import own_control_strings
from datastd.measures.turns.placeholder_input import placeholder_input
from datastd.measures.turns.repeated_users import repeated_users
from datastd.measures.turns.step_gap import step_gap
from datastd.measures.turns.turns_in_text import turns_in_text
from datastd.measures.turns.unasked_answers import unasked_answers
from datastd.measures.turns.undeclared_tools import undeclared_tools
from datastd.measures.turns.unknown_keys import unknown_keys
from datastd.measures.turns.unknown_role import unknown_role
from datastd.measures.turns.unmatched_calls import unmatched_calls
from datastd.measures.turns.zero_weights import zero_weights
from datastd.rules.responses.chat_record_cross_split import ChatRecordCrossSplit
from datastd.rules.turns.chat_answer_cut import ChatAnswerCut
from datastd.rules.turns.chat_tokenizer_token import ChatTokenizerToken
from datastd.rules.turns.chat_too_few_examples import ChatTooFewExamples
from datastd.rules.turns.chat_too_long import ChatTooLong
from datastd.schemas.norms import NORMS
from datastd.schemas.raw_text import FILES
from datastd.schemas.versions import against_reference

MEASURES = (
    blank_turns,
    control_strings,
    conversation_tokens,
    doubled_ids,
    foreign_calls,
    lacking_messages,
    last_not_assistant,
    late_systems,
    media_gap,
    misplaced_turns,
    mixed_forms,
    no_assistant,
    odd_arguments,
    odd_thinking,
    odd_turns,
    odd_weight,
    own_control_strings,
    placeholder_input,
    repeated_users,
    step_gap,
    turns_in_text,
    unasked_answers,
    undeclared_tools,
    unknown_keys,
    unknown_role,
    unmatched_calls,
    zero_weights,
)

RULES = (
    ChatTooFewExamples(),
    ChatTooLong(),
    ChatAnswerCut(),
    ChatTokenizerToken(),
    *FILES,
    *against_reference("turns", kinds=("form",)),
    *NORMS,
)


ACROSS_SPLITS = (ChatRecordCrossSplit(),)
"""What is asked of the `said_digest` of records, which may be in several splits."""


class Rows(pa.DataFrameModel):
    """One row per record."""

    blank_turns: int = limit(eq=0)
    control_strings: int = limit(eq=0)
    lacking_messages: int = limit(eq=0)
    last_not_assistant: int = limit(eq=0)
    late_systems: int = limit(eq=0)
    media_gap: int = limit(eq=0)
    misplaced_turns: int = limit(eq=0)
    mixed_forms: int = limit(eq=0)
    no_assistant: int = limit(eq=0)
    odd_thinking: int = limit(eq=0)
    odd_turns: int = limit(eq=0)
    placeholder_input: int = limit(eq=0)
    repeated_users: int = limit(eq=0)
    step_gap: int = limit(eq=0)
    unasked_answers: int = limit(eq=0)
    undeclared_tools: int = limit(eq=0)
    zero_weights: int = limit(eq=0)


class Turns(pa.DataFrameModel):
    """One row per turn."""

    doubled_ids: int = limit(eq=0)
    foreign_calls: int = limit(eq=0)
    odd_arguments: int = limit(eq=0)
    odd_weight: int = limit(eq=0)
    turns_in_text: int = limit(eq=0)
    unknown_keys: int = limit(eq=0)
    unknown_role: int = limit(eq=0)
    unmatched_calls: int = limit(eq=0)


standard = Standard(
    name="chat/1",
    about="Fine-tuning data: conversations, tasks and pairs of answers that a trainer reads.",
    formats=("chat",),
    measures=(*MEASURES, said_digest),
    rows=Rows,
    annotations=Turns,
    rules=(*RULES, *ACROSS_SPLITS),
    proposed=("chat",),
)
