"""The tiny Llama as a GGUF file, laid out as llama.cpp's converter does it, and as a wheel that carries it."""

import json
import zipfile
from pathlib import Path
from typing import Any


def make_tiny_gguf(model_dir: Path, file: Path) -> Path:
    """Write the model folder as one GGUF file with unquantised weights."""
    import gguf
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model, tokenizer = AutoModelForCausalLM.from_pretrained(model_dir), AutoTokenizer.from_pretrained(model_dir)
    writer = gguf.GGUFWriter(file, "llama")
    _add_shape(writer, model.config)
    _add_tokenizer(writer, tokenizer)
    for name, tensor in model.state_dict().items():
        place = _place(name, model.config.num_hidden_layers)
        if place:
            writer.add_tensor(place, _permuted(name, tensor.numpy(), model.config))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return file


def make_wheel(folder: Path, package: str, version: str, inside: Path) -> Path:
    """A wheel with the one file in it, as pip accepts it."""
    module = package.replace("-", "_")
    wheel = folder / f"{module}-{version}-py3-none-any.whl"
    info = f"{module}-{version}.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.write(inside, f"{module}/{inside.name}")
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return wheel


def _add_shape(writer: Any, config: Any) -> None:
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(10000.0)
    writer.add_rope_dimension_count(config.head_dim)
    writer.add_vocab_size(config.vocab_size)


def _add_tokenizer(writer: Any, tokenizer: Any) -> None:
    import gguf

    model = json.loads(tokenizer.backend_tokenizer.to_str())["model"]
    special = set(tokenizer.all_special_tokens)
    tokens = sorted(model["vocab"], key=model["vocab"].get)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(tokens)
    writer.add_token_types([gguf.TokenType.CONTROL if token in special else gguf.TokenType.NORMAL for token in tokens])
    writer.add_token_merges([" ".join(pair) for pair in model["merges"]])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_chat_template(tokenizer.chat_template)


def _place(name: str, layers: int) -> str | None:
    import gguf

    stem, _, kind = name.rpartition(".")
    found = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, layers).get_name(stem)
    # The head is tied to the embedding and not written a second time.
    return None if found in (None, "output") else f"{found}.{kind}"


def _permuted(name: str, weights: Any, config: Any) -> Any:
    """Rotary pairs lie side by side in GGUF and half a head apart in transformers."""
    heads = {"q_proj": config.num_attention_heads, "k_proj": config.num_key_value_heads}.get(name.split(".")[-2])
    if not heads:
        return weights
    return weights.reshape(heads, 2, weights.shape[0] // heads // 2, -1).swapaxes(1, 2).reshape(weights.shape).copy()
