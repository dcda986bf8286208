"""
Fine-tuning data: conversations, tasks, pairs of answers, and answers with a label.

One model for each form in which such data are written down.  `record_of` says which of them a
record is, by its keys.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import ConfigDict, Field, StrictBool, model_validator

from datastd.records import Record

SHOWN = (
    "image", "image_url", "input_image", "video", "video_url", "input_video", "audio", "audio_url",
    "input_audio", "file", "input_file", "document", "refusal", "thinking", "tool_use",
    "tool_result",
)  # fmt: skip
"""Types of parts that need no text, as OpenAI, Anthropic and Hugging Face call them."""


class ChatPart(Record):
    """
    A part of a message: text, or something that is to be looked at or listened to.

    Attributes:
        type: What it is; of the type ``text``, and of one that is none of `SHOWN`, it has a text.
        text: The text.
        value: The text likewise, as LLaMA-Factory writes it.
    """

    type: str
    text: Any = None
    value: Any = None

    @model_validator(mode="after")
    def _has_its_text(self) -> Self:
        said = self.value if self.text is None else self.text
        if self.type == "text" and not isinstance(said, str):
            msg = "a part of the type text has a text"
            raise ValueError(msg)
        if self.type not in {"text", *SHOWN} and not isinstance(self.text, str):
            msg = "a part of a type that nobody knows has a text"
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
    def _says_or_calls(self) -> Self:
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


Side: TypeAlias = str | Annotated[list[ChatMessage], Field(min_length=1)] | ChatMessage
TaggedSide: TypeAlias = str | Annotated[list[ShareGptTurn], Field(min_length=1)] | ShareGptTurn


class Scores(Record):
    """
    How good the sides of a pair are.

    Attributes:
        score_chosen: A number for the better answer,
        score_rejected: and one for the other.
    """

    score_chosen: float | None = None
    score_rejected: float | None = None


class ShareGptPair(Scores, ShareGptConversation):
    """
    Two answers of which one is better, as LLaMA-Factory writes them in ShareGPT's words.

    Attributes:
        conversations: The turns before them.
        chosen: The better answer: a turn, several, or a text.
        rejected: The other.
        system: What stands before all turns.
    """

    chosen: TaggedSide
    rejected: TaggedSide

    @model_validator(mode="after")
    def _are_alike(self) -> Self:
        _alike(self.chosen, self.rejected)
        return self


class ChatPair(Scores, ChatConversation):
    """
    Two answers of which one is better, as LLaMA-Factory writes them in OpenAI's words.

    Attributes:
        messages: The turns before them.
        chosen: The better answer: a message, or a text.
        rejected: The other.
    """

    chosen: str | ChatMessage
    rejected: str | ChatMessage

    @model_validator(mode="after")
    def _are_alike(self) -> Self:
        _alike(self.chosen, self.rejected)
        return self


class AlpacaFields(Record):
    """
    What a task has in Alpaca's form; no other key stands beside.

    Attributes:
        instruction: The task.
        input: What it is about; may be empty.
        system: What stands before it.
        history: Earlier tasks, each with what solved it.
        tools: What may be called, where a trainer knows of it.
        images: Files that come with it, likewise.
        videos: See *images*.
        audios: See *images*.
    """

    model_config = ConfigDict(extra="forbid")

    instruction: str
    input: str
    system: str | None = None
    history: list[tuple[str, str]] | None = None
    tools: Any = None
    images: Any = None
    videos: Any = None
    audios: Any = None


class AlpacaTask(AlpacaFields):
    """
    A task and what solves it, as Alpaca writes it.

    Attributes:
        output: What solves it.
    """

    output: str


class AlpacaPair(AlpacaFields):
    """
    A task and two solutions of which one is better, as LLaMA-Factory writes them.

    Attributes:
        chosen: The better solution.
        rejected: The other.
    """

    chosen: Side
    rejected: Side

    @model_validator(mode="after")
    def _are_alike(self) -> Self:
        _alike(self.chosen, self.rejected)
        return self


class PromptCompletion(Record):
    """
    A prompt and what goes on from it: two texts, or two lists of messages.

    Attributes:
        prompt: What is given.
        completion: What is to be learnt.
    """

    prompt: str | Annotated[list[ChatMessage], Field(min_length=1)]
    completion: str | Annotated[list[ChatMessage], Field(min_length=1)]

    @model_validator(mode="after")
    def _are_alike(self) -> Self:
        _alike(self.prompt, self.completion)
        return self


class PreferencePair(Scores):
    """
    Two answers of which one is better, as TRL takes them.

    Without a prompt, both sides begin with it.

    Attributes:
        chosen: The better answer: a text, a list of messages, or one of these.
        rejected: The other.
        prompt: What is answered.
    """

    chosen: Side
    rejected: Side
    prompt: str | Annotated[list[ChatMessage], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _are_alike(self) -> Self:
        _alike(self.chosen, self.rejected)
        return self


class OpenAiPair(Scores):
    """
    Two answers of which one is better, as OpenAI's fine-tuning takes them.

    Attributes:
        input: What is answered.
        preferred_output: The better answer: one message of the assistant's.
        non_preferred_output: The other.
    """

    input: ChatConversation
    preferred_output: list[ChatMessage] = Field(min_length=1, max_length=1)
    non_preferred_output: list[ChatMessage] = Field(min_length=1, max_length=1)

    @model_validator(mode="after")
    def _are_the_assistants(self) -> Self:
        outputs = *self.preferred_output, *self.non_preferred_output
        if any(one.role != "assistant" for one in outputs):
            msg = "each output is the assistant's"
            raise ValueError(msg)
        return self


class KtoLabel(Record):
    """
    Whether an answer is a good one.

    Attributes:
        label: It, as TRL calls it.
        kto_tag: It, as LLaMA-Factory does.
    """

    label: StrictBool = False
    kto_tag: StrictBool = False


class KtoConversation(KtoLabel, ChatConversation):
    """A conversation in OpenAI's words, and whether it is a good one."""


class KtoShareGpt(KtoLabel, ShareGptConversation):
    """A conversation in ShareGPT's words, and whether it is a good one."""


class KtoTask(KtoLabel, AlpacaTask):
    """A task in Alpaca's form, and whether its solution is a good one."""


class KtoCompletion(KtoLabel, PromptCompletion):
    """A prompt, what goes on from it, and whether that is good."""


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


def record_of(record: Mapping[str, Any]) -> type[Record] | None:  # noqa: C901, PLR0911
    """
    The form of a record, by its keys; None where it has those of no form.

    What says most comes first: outputs of OpenAI's pairs, sides of a pair, a label, steps; then
    how its turns are written.  A value of null is none, but for a label.
    """
    keys = {key for key, value in record.items() if value is not None}
    if keys & {"preferred_output", "non_preferred_output"}:
        return OpenAiPair
    has_turns = keys & {"messages", "conversations"}
    if keys & {"chosen", "rejected"}:
        if (
            "messages" in keys
            and "prompt" not in keys
            and not isinstance(record.get("chosen"), list)
        ):
            return ChatPair
        if "conversations" in keys:
            return ShareGptPair
        return AlpacaPair if "instruction" in keys else PreferencePair
    is_kto = "label" in record and (has_turns or keys & {"instruction", "prompt", "completion"})
    if "kto_tag" in record or (is_kto and "completions" not in keys):
        if "messages" in keys:
            return KtoConversation
        if "conversations" in keys:
            return KtoShareGpt
        return KtoTask if "instruction" in keys else KtoCompletion
    if "completions" in keys:
        return StepwiseAnswer
    if "messages" in keys:
        return ChatConversation
    if "conversations" in keys:
        return ShareGptConversation
    if "instruction" in keys:
        return AlpacaTask
    return PromptCompletion if keys & {"prompt", "completion"} else None


def _alike(one: object, other: object) -> None:
    if type(one) is not type(other):
        msg = "both are texts, or both are messages"
        raise ValueError(msg)
