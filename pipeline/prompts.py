"""The one prompt: what a model reads before it writes a note, used alike by training, engines and the browser page.

The date that some chat templates (Llama 3.2's) insert is pinned, so that a note never depends on the day it was made.
"""

import json
from typing import Any

from annotations import sha256

# The wording was chosen by what the small base model makes of it, on two invented transcripts: with headings in capitals, or with
# the task after the word "Transcript:", it wrote no note at all.
SYSTEM = "You are a clinical scribe. You write only what was said in the visit."
USER = (
    "Here is a conversation between a doctor and a patient:\n\n{transcript}\n\n"
    "Write the clinical note of this visit, with the sections Subjective, Objective, Assessment and Plan."
)
DATE_STRING = "01 Jan 2026"
# A transcript that quotes a control token ("<|im_end|>") must not end the turn: the mark is broken up before rendering.
BREAK_UP = ("<|", "< |")


def spec() -> dict[str, Any]:
    """The prompt as data, for the browser page and for provenance: ``system``, ``user`` (with ``{transcript}``), ``date_string``,
    and ``break_up``, the pair to replace in a transcript."""
    return {"system": SYSTEM, "user": USER, "date_string": DATE_STRING, "break_up": list(BREAK_UP)}


def prompt_hash() -> str:
    """What every output and run records, so that notes made with another prompt are told apart."""
    return sha256(json.dumps(spec(), sort_keys=True))


def messages(transcript: str) -> list[dict[str, str]]:
    """The chat that asks for the note of ``transcript``."""
    # replace, not format: a transcript may hold braces.
    user = USER.replace("{transcript}", transcript.strip().replace(*BREAK_UP))
    return [{"role": "system", "content": SYSTEM}, {"role": "user", "content": user}]


def prompt_ids(tokenizer: Any, transcript: str) -> list[int]:
    """Token ids up to and including the start of the assistant's turn."""
    text = tokenizer.apply_chat_template(
        messages(transcript), tokenize=False, add_generation_prompt=True, date_string=DATE_STRING
    )
    return tokenizer(text, add_special_tokens=False)["input_ids"]


def note_ids(tokenizer: Any, note: str) -> list[int]:
    """Token ids of a finished note as training wants them: the note, then the end-of-turn token."""
    return [*tokenizer(note.strip(), add_special_tokens=False)["input_ids"], tokenizer.eos_token_id]
