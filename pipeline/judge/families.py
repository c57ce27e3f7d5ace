"""Which family a model is of, by its name: a judge may favour its own family's notes, so reports say where the two share one."""

import re

from annotations import Model, Store

# What a name must hold, in the order of asking: a distilled model is named for both, and the first is whose weights it has.
_FAMILIES = (
    "smollm", "llama", "qwen", "qwq", "mixtral", "mistral", "ministral", "magistral", "gemma", "gemini", "medgemma", "phi",
    "granite", "olmo", "falcon", "deepseek", "command", "nemotron", "glm", "kimi", "minimax", "claude", "gpt", "chatgpt",
)  # fmt: skip
_SAME = {
    "qwq": "qwen", "mixtral": "mistral", "ministral": "mistral", "magistral": "mistral", "chatgpt": "gpt", "medgemma": "gemma",
}  # fmt: skip


def family_of(name: str) -> str:
    """Such as ``llama`` for ``unsloth/Llama-3.2-1B-Instruct``; ``o3-mini`` is of gpt. An unknown name is its own first word."""
    low = name.casefold()
    if re.search(r"(^|/)o\d\b", low):
        return "gpt"
    known = next((family for family in _FAMILIES if re.search(rf"(?<![a-z]){family}", low)), None)
    if known:
        return _SAME.get(known, known)
    words = re.findall(r"[a-z]+", low.rsplit("/", 1)[-1])
    return words[0] if words else low


def model_family(store: Store, model: Model) -> str:
    """The family of a model of the workspace; an adapter's is its base's, a merged model's that of what it was merged from."""
    base = store.find_model(model.base_id) if model.base_id else None
    return model_family(store, base) if base else family_of(str(model.meta.get("repo") or model.name))
