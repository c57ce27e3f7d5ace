"""Tokenizers as the project uses them: the repair of the one that comes out of a GGUF file, and loading any model folder's."""

from pathlib import Path
from typing import Any

from annotations import BadInput

ENDOFTEXT, START, END = "<|endoftext|>", "<|im_start|>", "<|im_end|>"


def repaired(raw: Any) -> Any:
    """SmolLM2's tokenizer from the one that transformers reads out of the GGUF file.

    That one keeps vocabulary, merges and special tokens but is wrong around them: digits are merged, the decoder is
    SentencePiece's, bytes fall back, and the end of turn is taken for ``<|im_start|>``.
    """
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    backend = raw.backend_tokenizer
    state = backend.model.__getstate__()
    fixed = Tokenizer(models.BPE(**_vocabulary(state), unk_token=ENDOFTEXT, fuse_unk=False, byte_fallback=False))
    fixed.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    fixed.decoder = decoders.ByteLevel()
    special = [token for _, token in sorted(backend.get_added_tokens_decoder().items())]
    fixed.add_special_tokens(special)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=fixed, bos_token=START, eos_token=END, pad_token=END, unk_token=ENDOFTEXT,
        model_max_length=8192, clean_up_tokenization_spaces=False,
    )  # fmt: skip
    tokenizer.chat_template = raw.chat_template
    return tokenizer


def load_tokenizer(folder: str | Path) -> Any:
    """The tokenizer of a model folder, never asking the network; BadInput when it cannot render a chat.

    A tokenizer without a padding token pads with its end of turn.
    """
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, clean_up_tokenization_spaces=False)
    except (OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise BadInput(f"The tokenizer in {folder} cannot be read ({reason}); expected a whole tokenizer.json.") from error
    if not tokenizer.chat_template:
        raise BadInput(f"The tokenizer in {folder} has no chat template; use an instruction-tuned model, or add one.")
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def _vocabulary(state: bytes) -> dict[str, Any]:
    import json

    model = json.loads(state)
    return {"vocab": model["vocab"], "merges": [tuple(pair) for pair in model["merges"]]}
