"""
Marks in what is said: control strings of chat templates, places for media, thinking.

A control string is found as a tokenizer makes one of it that normalises first (NFKC), and as
whoever cleans a text leaves it: letters and brackets of full width are those of ASCII, and what
nobody sees does not part it.
"""

import re
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from datastd.measures import helper
from datastd.measures.text.pieces import Bytes, code_point
from datastd.measures.text.unseen import is_ignored

_NAMED = (
    "im_start im_end im_sep endoftext endofprompt "  # ChatML, GPT, Qwen, Phi 4
    "begin_of_text end_of_text start_header_id end_header_id eot_id eom_id python_tag "  # Llama 3
    "header_start header_end eot eom "  # Llama 4
    "system user assistant end observation prompter "  # Zephyr, Phi 3, GLM, Open Assistant
    "start message channel constrain call return "  # Harmony
    "begin_of_sentence end_of_sentence tool_calls_begin tool_calls_end tool_call_begin "  # DeepSeek
    "tool_call_end tool_sep tool_outputs_begin tool_outputs_end tool_output_begin tool_output_end "
    "start_of_turn_token end_of_turn_token user_token chatbot_token system_token "  # Command R
    "start_of_role end_of_role"  # Granite
)

ANY_CASE = (
    *(f"<|{name}|>" for name in _NAMED.split()),
    "<<SYS>>", "<</SYS>>", "<start_of_turn>", "<end_of_turn>", "<BOS_TOKEN>", "<EOS_TOKEN>",
    "### Instruction:", "### Human:", "### Assistant:",
)  # fmt: skip
"""Control strings that nobody writes for anything else, in whatever case."""

SMALL = "<s>", "</s>", "<bos>", "<eos>"
"""Control strings in small letters alone: in capitals they are tags of HTML."""

CAPITAL = (
    "[INST]", "[/INST]", "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]", "[AVAILABLE_TOOLS]",
    "[/AVAILABLE_TOOLS]", "[TOOL_CALLS]", "[TOOL_RESULTS]", "[/TOOL_RESULTS]",
)  # fmt: skip
"""Control strings of Llama 2 and Mistral, in capitals alone."""

CONTROLS = (*ANY_CASE, *SMALL, *CAPITAL)
"""What chat templates put between turns."""

HEADINGS = "USER:", "ASSISTANT:"
"""
Headings of Vicuna's template.  They are words that anyone may write, in a log or a Dockerfile: a
turn that begins as the template does (`BEGUN`) and has the second one behind it (`ANSWERED`) is one
that was never taken apart.  Between turns the template has ``</s>``, which counts wherever it is.
"""

_SYSTEM = r"A chat between a curious user and an artificial intelligence assistant\."
BEGUN = rf"^[ \n]?(?:USER:|{_SYSTEM})"
FIRST, SECOND = (np.isin(np.arange(256), [*some]) for some in (b"UA \n", b"S UA"))  # bytes of it
ANSWERED = r"\sASSISTANT:"

MEDIA = "<image>", "<video>", "<audio>"
"""Where LLaMA-Factory puts a picture, a film, or sound."""

THINKING = "<think>", "</think>"

CONTROL, IMAGE, VIDEO, AUDIO, OPENS, CLOSES = range(1, 7)
"""What stands somewhere; 0 for no mark."""

_ESCAPES = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|.)", re.DOTALL)


def unescaped(text: str) -> str:
    r"""
    What is JSON, with what its escapes by number stand for; halves of pairs are left out.

    >>> unescaped(r'{"a": "\u003c|im_end|> \n \\u003c"}')
    '{"a": "<|im_end|> \\n \\\\u003c"}'
    """

    def read(escape: re.Match[str]) -> str:
        if not escape[1]:
            return escape[0]
        letter = chr(int(escape[1], 16))
        return "" if "\ud800" <= letter <= "\udfff" else letter

    return _ESCAPES.sub(read, text)


_KIND = 7
_CAPITAL, _SMALL, _CHANGED = 8, 16, 32  # what was read on the way; of a mark, what it is not with
_STEP = 64  # of a transition that ends no mark


def _grown(marks: Iterable[tuple[str, int]]) -> NDArray[np.int64]:
    """
    A tree of letters: of each node what follows on each byte of ASCII; 0 for nothing.

    That is a node's number times `_STEP`, or what a mark is that ends there.
    """
    nodes = [[0] * 128]
    for mark, kind in marks:
        node, letters = 0, mark.lower().encode()
        for letter in letters[:-1]:
            if not nodes[node][letter]:
                nodes[node][letter] = len(nodes) * _STEP
                nodes.append([0] * 128)
            node = nodes[node][letter] // _STEP
        nodes[node][letters[-1]] = kind
    return np.array(nodes)


_TREE = _grown([
    *((mark, CONTROL) for mark in ANY_CASE),
    *((mark, CONTROL | _CAPITAL) for mark in SMALL),
    *((mark, CONTROL | _SMALL) for mark in CAPITAL),
    *((mark, IMAGE + n | _CAPITAL | _CHANGED) for n, mark in enumerate((*MEDIA, *THINKING))),
])  # fmt: skip

BEGINS = "<[#"
"""What marks begin with, in ASCII; of full width the first byte is `WIDE`."""

WIDE = 0xEF
_WIDTH, _LINE = 0xFEE0, 0x2581  # how far wide letters are from ASCII; a low line of tokenizers
_BEYOND, _UNDERSCORE, _A, _Z, _LOWER = 0x80, 0x5F, 0x41, 0x5A, 0x20


@helper
def mark_at(content: Bytes, at: int, stop: int) -> int:
    """What mark begins at a byte."""
    node, how = 0, 0
    while at < stop:
        point, at = code_point(content, at)
        if point >= _BEYOND:
            how |= _CHANGED
            if node and is_ignored(point):
                continue
            point = _UNDERSCORE if point == _LINE else point - _WIDTH
            if not 0 <= point < _BEYOND:
                return 0
        if _A <= point <= _Z:
            how |= _CAPITAL
            point += _LOWER
        elif _A <= point - _LOWER <= _Z:
            how |= _SMALL
        found = _TREE[node, point]
        if found < _STEP:
            return 0 if found & how else int(found & _KIND)
        node = found // _STEP
    return 0
