"""
Fine-tuning data: conversations, tasks, pairs of answers, and answers with a label.

One model for each form in which such data are written down.  `record_of` says which of them a
record is, by its keys.
"""

from collections.abc import Collection
from typing import Any, Literal

from pydantic import ConfigDict, Field, StrictBool, model_validator

from datastd.records import Record

SPEAKERS = ("system", "developer", "user", "assistant", "tool", "function")
"""Roles of OpenAI's messages; any other is as it is written."""

TAGS = ("human", "gpt", "system", "observation", "function_call")
"""Who speaks in ShareGPT's turns."""


class ChatPart(Record):
    """
    A part of a message: text, or something that is to be looked at or listened to.

    Attributes:
        type: What it is; of the type ``text`` it has a text.
        text: The text.
        value: The text likewise, as LLaMA-Factory writes it.
    """

    type: str
    text: Any = None
    value: Any = None

    @model_validator(mode="after")
    def _has_its_text(self) -> "ChatPart":
        if self.type == "text" and not isinstance(self.text, str):
            if self.text is not None or not isinstance(self.value, str):
                msg = "a part of the type text has a text"
                raise ValueError(msg)
        return self


class ChatFunction(Record):
    """
    What is called, and with what.

    Attributes:
        name: Of the function.
        arguments: A JSON object, as a string or as it is.
    """

    name: str
    arguments: str | dict[str, Any]


class ChatCall(Record):
    """
    A call of a tool.

    Attributes:
        function: What is called.
        id: By which the answer names it.
    """

    function: ChatFunction
    id: str | None = None


class ChatMessage(Record):
    """
    A turn of a conversation as OpenAI writes it.

    Attributes:
        role: Who speaks.
        content: What is said; null, or not there, where a tool is called instead.
        tool_calls: The calls.
        function_call: The call, as it was written before there were tools.
        tool_call_id: The call that this answers.
        name: Of who speaks, or of the function that this answers.
    """

    role: str
    content: str | list[ChatPart] | None = None
    tool_calls: list[ChatCall] | None = None
    function_call: ChatFunction | None = None
    tool_call_id: str | None = None
    name: str | None = None

    @model_validator(mode="after")
    def _says_or_calls(self) -> "ChatMessage":
        if self.content is None and not self.tool_calls and self.function_call is None:
            msg = "a message without a call has content"
            raise ValueError(msg)
        return self


class ChatConversation(Record):
    """
    A conversation as OpenAI's fine-tuning takes it, one a line.

    Attributes:
        messages: The turns.
    """

    messages: list[ChatMessage] = Field(min_length=1)


class ShareGptTurn(Record):
    """
    A turn of a conversation as ShareGPT writes it.

    Attributes:
        tag: Who speaks.
        value: What is said.
    """

    tag: Literal["human", "gpt", "system", "observation", "function_call"] = Field(alias="from")
    value: str


class ShareGptConversation(Record):
    """
    A conversation as ShareGPT writes it.

    Attributes:
        conversations: The turns.
        system: What stands before them.
    """

    conversations: list[ShareGptTurn] = Field(min_length=1)
    system: str | None = None


class ShareGptPair(Record):
    """
    Two answers of which one is better, as LLaMA-Factory writes them in ShareGPT's words.

    Attributes:
        conversations: The turns before them.
        chosen: The better answer.
        rejected: The other.
        system: What stands before all turns.
    """

    conversations: list[ShareGptTurn] = Field(min_length=1)
    chosen: ShareGptTurn
    rejected: ShareGptTurn
    system: str | None = None


class AlpacaTask(Record):
    """
    A task and what solves it, as Alpaca writes it.

    Attributes:
        instruction: The task.
        input: What it is about; may be empty.
        output: What solves it.
        system: What stands before it.
        history: Earlier tasks, each with what solved it.
        tools, images, videos, audios: What comes with it, where a trainer knows of it.
    """

    model_config = ConfigDict(extra="forbid")

    instruction: str
    input: str
    output: str
    system: str | None = None
    history: list[tuple[str, str]] | None = None
    tools: Any = None
    images: Any = None
    videos: Any = None
    audios: Any = None


class AlpacaPair(Record):
    """
    A task and two solutions of which one is better, as LLaMA-Factory writes them.

    Attributes:
        instruction: The task.
        input: What it is about; may be empty.
        chosen: The better solution.
        rejected: The other.
        system: What stands before it.
        history: Earlier tasks, each with what solved it.
        tools, images, videos, audios: What comes with it, where a trainer knows of it.
    """

    model_config = ConfigDict(extra="forbid")

    instruction: str
    input: str
    chosen: str
    rejected: str
    system: str | None = None
    history: list[tuple[str, str]] | None = None
    tools: Any = None
    images: Any = None
    videos: Any = None
    audios: Any = None


class PromptCompletion(Record):
    """
    A prompt and what goes on from it: two texts, or two lists of messages.

    Attributes:
        prompt: What is given.
        completion: What is to be learnt.
    """

    prompt: str | list[ChatMessage]
    completion: str | list[ChatMessage]

    @model_validator(mode="after")
    def _are_alike(self) -> "PromptCompletion":
        _alike(self.prompt, self.completion)
        return self


class PreferencePair(Record):
    """
    Two answers of which one is better, as TRL takes them.

    Without a prompt, both sides begin with it.

    Attributes:
        chosen: The better answer: a text, a list of messages, or one of these.
        rejected: The other.
        prompt: What is answered.
        score_chosen, score_rejected: How good both are.
    """

    chosen: str | list[ChatMessage] | ChatMessage
    rejected: str | list[ChatMessage] | ChatMessage
    prompt: str | list[ChatMessage] | None = None
    score_chosen: Any = None
    score_rejected: Any = None

    @model_validator(mode="after")
    def _are_alike(self) -> "PreferencePair":
        _alike(self.chosen, self.rejected)
        return self


class OpenAiInput(Record):
    """
    What two answers answer, as OpenAI writes it.

    Attributes:
        messages: The turns.
    """

    messages: list[ChatMessage] = Field(min_length=1)


class OpenAiPair(Record):
    """
    Two answers of which one is better, as OpenAI's fine-tuning takes them.

    Attributes:
        input: What is answered.
        preferred_output: The better answer: one message of the assistant's.
        non_preferred_output: The other.
    """

    input: OpenAiInput
    preferred_output: list[ChatMessage] = Field(min_length=1, max_length=1)
    non_preferred_output: list[ChatMessage] = Field(min_length=1, max_length=1)

    @model_validator(mode="after")
    def _are_the_assistants(self) -> "OpenAiPair":
        if {one.role for one in (*self.preferred_output, *self.non_preferred_output)} != {
            "assistant"
        }:
            msg = "each output is the assistant's"
            raise ValueError(msg)
        return self


class StepwiseAnswer(Record):
    """
    An answer in steps, each with a label, as TRL takes it.

    Attributes:
        prompt: What is answered.
        completions: The steps.
        labels: Whether each is right.
    """

    prompt: str
    completions: list[str] = Field(min_length=1)
    labels: list[StrictBool]


def _alike(one: object, other: object) -> None:
    if type(one) is not type(other):
        msg = "both are texts, or both are messages"
        raise ValueError(msg)
