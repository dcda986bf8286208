"""Words that fine-tuning data are written in: keys, roles and tags, as numbers for kernels."""

from datastd.kernels import helper
from datastd.records.chat import SHOWN
from datastd.sources.encoding import Bytes
from datastd.sources.jsonl.grammar import BACKSLASH, escape, put
from datastd.sources.jsonl.keys import joined

NAMES = (
    "role", "content", "from", "value", "type", "text", "messages", "conversations", "chosen",
    "rejected", "prompt", "completion", "instruction", "input", "output", "system", "history",
    "tools", "functions", "name", "arguments", "function", "tool_calls", "function_call",
    "tool_call_id", "id", "weight", "thinking", "refusal", "label", "kto_tag", "completions",
    "labels", "preferred_output", "non_preferred_output", "images", "videos", "audios",
    "score_chosen", "score_rejected", "reasoning", "reasoning_content",
)  # fmt: skip
"""Keys that are looked for, wherever they stand."""

(
    ROLE, CONTENT, FROM, VALUE, TYPE, TEXT, MESSAGES, CONVERSATIONS, CHOSEN,
    REJECTED, PROMPT, COMPLETION, INSTRUCTION, INPUT, OUTPUT, SYSTEM, HISTORY,
    TOOLS, FUNCTIONS, NAME, ARGUMENTS, FUNCTION, TOOL_CALLS, FUNCTION_CALL,
    TOOL_CALL_ID, ID, WEIGHT, THINKING, REFUSAL, LABEL, KTO_TAG, COMPLETIONS,
    LABELS, PREFERRED, NON_PREFERRED, IMAGES, VIDEOS, AUDIOS,
    SCORE_CHOSEN, SCORE_REJECTED, REASONING, REASONING_CONTENT,
) = range(len(NAMES))  # fmt: skip

SPEAKERS = ("system", "developer", "user", "assistant", "tool", "function")
"""Roles as OpenAI calls them; each tag of ShareGPT's is one of them."""

BY_SYSTEM, BY_DEVELOPER, BY_USER, BY_ASSISTANT, BY_TOOL, BY_FUNCTION = range(len(SPEAKERS))
BY_ANOTHER = -1

_TAGS = ("human", "gpt", "observation", "function_call")
HUMAN, GPT, OBSERVATION, CALLS, PLAIN = range(len(SPEAKERS), len(SPEAKERS) + len(_TAGS) + 1)
"""Tags of ShareGPT's, behind the roles, and the type of a part that is text."""

FIRST_SHOWN, LAST_SHOWN = PLAIN + 1, PLAIN + len(SHOWN)
WORDS, BOUNDS = joined([*SPEAKERS, *_TAGS, "text", *SHOWN])


@helper
def is_word(line: Bytes, at: int, stop: int, escaped: int, which: int, scratch: Bytes) -> bool:  # noqa: PLR0913, PLR0917
    """Say whether a string is one of the words, however it is written."""
    begin, length, same = BOUNDS[which], BOUNDS[which + 1] - BOUNDS[which], 0
    if not escaped:
        if stop - at != length:
            return False
        while same < length and line[at + same] == WORDS[begin + same]:
            same += 1
        return bool(same == length)
    while at < stop:
        size, behind = 1, at + 1
        scratch[0] = line[at]
        if line[at] == BACKSLASH:
            _, point, behind = escape(line, at + 1, stop)
            size = put(scratch, 0, point)
        for n in range(size):
            if same >= length or WORDS[begin + same] != scratch[n]:
                return False
            same += 1
        at = behind
    return bool(same == length)
