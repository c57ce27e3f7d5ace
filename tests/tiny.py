"""A tiny but real Llama (2 layers, hidden 64, random weights, its own byte-level BPE) that every test can make in a second."""

from pathlib import Path

CHATML = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
TEXT = [
    "Doctor: Good morning, what brings you in today? Patient: I have been tired, and my thyroid tablets ran out.",
    "SUBJECTIVE\nChief complaint: fatigue.\nOBJECTIVE\nExamination: pressure 120/80.\nASSESSMENT\n1. Hypothyroidism.\nPLAN\n1.",
    "You are a clinical scribe. You write only what was said in the visit.",
    "Here is a conversation between a doctor and a patient: Write the clinical note of this visit, with the sections Subjective,",
    "Objective, Assessment and Plan. system user assistant",
]


def make_tiny_tokenizer(folder: Path):
    """Train and save the tokenizer; special tokens as SmolLM2's: bos <|im_start|> is 1, eos and pad <|im_end|> are 2."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    raw = Tokenizer(models.BPE())
    raw.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    raw.decoder = decoders.ByteLevel()
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    raw.train_from_iterator(
        TEXT,
        trainers.BpeTrainer(
            vocab_size=512, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
        ),
    )
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=raw, bos_token="<|im_start|>", eos_token="<|im_end|>", pad_token="<|im_end|>", unk_token="<|endoftext|>"
    )
    tokenizer.chat_template = CHATML
    tokenizer.save_pretrained(folder)
    return tokenizer


def make_tiny_llama(folder: Path, seed: int = 0, positions: int = 4096) -> Path:
    """A model folder in ``save_pretrained`` layout, loadable by every engine and by the ONNX builder."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    folder = Path(folder)
    tokenizer = make_tiny_tokenizer(folder)
    torch.manual_seed(seed)
    # No pad id here: PyTorch would hold that token's embedding at zero, and the end of turn could never be written.
    config = LlamaConfig(
        vocab_size=512, hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
        head_dim=16, max_position_embeddings=positions, tie_word_embeddings=True, rope_theta=10000.0,
        bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.eos_token_id,
    )  # fmt: skip
    model = LlamaForCausalLM(config)
    # The head is tied to the embeddings, which adapters leave alone: at their usual scale no logit could ever stand out.
    model.model.embed_tokens.weight.data.mul_(10)
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    model.generation_config.pad_token_id = tokenizer.pad_token_id
    model.save_pretrained(folder)
    return folder
