"""Tiny but real encoders (2 layers, hidden 32, random weights, their own word pieces) for BERTScore tests.

RoBERTa's has the byte pairs and the layout of the published ones: ``<s>`` is 0, ``<pad>`` 1, ``</s>`` 2, ``<unk>`` 3.
"""

import json
from pathlib import Path
from typing import Any

from tests.tiny import TEXT


def make_tiny_bert(folder: Path, kind: str = "bert", positions: int = 64, stated: int | None = 64) -> Path:
    """A folder as a user would name it; ``stated`` is the tokenizer's own limit, None where it states none."""
    import torch
    from transformers import AutoModel, BertConfig, DebertaConfig, RobertaConfig

    tokenizer = (_byte_pairs if kind == "roberta" else _word_pieces)()
    tokenizer.save_pretrained(folder)
    if stated:
        path = folder / "tokenizer_config.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | {"model_max_length": stated}))
    torch.manual_seed(7)
    shape = {
        "vocab_size": len(tokenizer), "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2,
        "intermediate_size": 64, "max_position_embeddings": positions, "pad_token_id": tokenizer.pad_token_id,
    }  # fmt: skip
    if kind == "roberta":
        shape |= {"bos_token_id": 0, "eos_token_id": 2}
    if kind == "deberta":
        shape |= {"relative_attention": True, "position_biased_input": False, "pos_att_type": ["c2p", "p2c"]}
    config = {"bert": BertConfig, "roberta": RobertaConfig, "deberta": DebertaConfig}[kind]
    AutoModel.from_config(config(**shape)).save_pretrained(folder)
    return folder


def _word_pieces() -> Any:
    """Every word of the text, and its characters for any other word, numbered in the order of the alphabet: a trained list has
    another order in every process, hence another encoder, and one in some hundreds gave a word no likeness above zero."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    normalizer, cutter = normalizers.BertNormalizer(), pre_tokenizers.BertPreTokenizer()
    words = {word for text in TEXT for word, _ in cutter.pre_tokenize_str(normalizer.normalize_str(text))}
    characters = {character for word in words for character in word}
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    pieces = special + sorted(words | characters | {f"##{character}" for character in characters})
    raw = Tokenizer(models.WordPiece({piece: number for number, piece in enumerate(pieces)}, unk_token="[UNK]"))
    raw.normalizer, raw.pre_tokenizer = normalizer, cutter
    raw.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    names = dict(zip(("pad_token", "unk_token", "cls_token", "sep_token", "mask_token"), special, strict=True))
    return PreTrainedTokenizerFast(tokenizer_object=raw, **names)


def _byte_pairs() -> Any:
    from tokenizers import ByteLevelBPETokenizer
    from transformers import RobertaTokenizer

    raw = ByteLevelBPETokenizer()
    raw.train_from_iterator(
        TEXT, vocab_size=400, special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"], show_progress=False
    )
    learnt = json.loads(raw.to_str())["model"]
    return RobertaTokenizer(vocab=learnt["vocab"], merges=[tuple(pair) for pair in learnt["merges"]])
