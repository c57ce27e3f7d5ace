"""What keeps a review blind: sides left to chance, and notes that name a model known before they are shown."""

import re

from .store import Store
from .values import Model, sha256

# Families and makers that a note may name, and the ways in which a model speaks of itself.
_FAMILIES = (
    "smollm", "llama", "qwen", "mistral", "mixtral", "gemma", "gemini", "phi-?[1-9]", "gpt", "chatgpt", "openai", "anthropic",
    "claude", "deepseek", "meditron", "unsloth", "hugging ?face",
)  # fmt: skip
_KINDS = ("(?:large |small )?language model", "(?:an|as) ai", "ai (?:model|assistant|language)", "llm", "fine-?tuned", "chatbot")


def blind_order(reviewer_id: str, encounter_id: str, output_ids: list[str]) -> tuple[str, str | None]:
    """Which note stands left: a coin per reviewer and encounter, the same on every machine, whatever order they came in."""
    first, *rest = sorted(output_ids)
    if not rest:
        return first, None
    swapped = int(sha256(f"{reviewer_id}\n{encounter_id}\n{first}\n{rest[0]}"), 16) % 2
    return (rest[0], first) if swapped else (first, rest[0])


def names_a_model(text: str, models: list[Model]) -> bool:
    """Whether a note names a known model, by name or id, a well-known family, or calls its writer a model.

    Whole words count, whatever their case; a family's name also with a version behind it ("Llama3.2", "GPT-4"). A name of letters
    alone, such as "Base", counts only as it is written, for it may be a word of any note. A needless warning costs one click.
    """
    families = re.search(rf"\b(?:{'|'.join(_FAMILIES)})(?=\b|[\d_])", text, re.IGNORECASE)
    kinds = re.search(rf"\b(?:{'|'.join(_KINDS)})s?\b", text, re.IGNORECASE)
    return bool(families or kinds) or any(_holds(text, name) for model in models for name in (model.name, model.id))


def _holds(text: str, name: str) -> bool:
    how = 0 if name.isalpha() else re.IGNORECASE
    return bool(name.strip()) and re.search(rf"(?<!\w){re.escape(name.strip())}(?!\w)", text, how) is not None


def agreed_to_read(store: Store, review_id: str) -> set[str]:
    """The notes of this review that name a model and that the reviewer agreed to read all the same."""
    sql = "SELECT subject FROM events WHERE subject > ? AND subject < ? AND verb = 'read_named'"
    found = store.db.execute(sql, [f"{review_id}/", f"{review_id}0"])
    return {row[0].removeprefix(f"{review_id}/") for row in found}
