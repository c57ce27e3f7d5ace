"""BERTScore (Zhang et al., ICLR 2020) with the arithmetic of bert-score, encoded in batches of like length.

Each text is encoded once, and references stay in memory, so that a second model's notes cost only their own encoding.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from pipeline.quiet import lean_transformers, quiet_transformers

from .bert_model import BertModel

BERTSCORE = ("bertscore_precision", "bertscore_recall", "bertscore_f1")
# Padded tokens in one batch times the encoder's width: a GPU likes large batches; on a processor each core works on one of its
# own, and smaller ones share the work better.
_NUMBERS = {"cpu": 2**21, "cuda": 2**25}
# Pairs that are encoded in one go.
_PAIRS = 64
# Goes up whenever the same encoder and texts get other values, so that remembered scores of before are not found.
# 2: a framing token whose id is 0, RoBERTa's <s>, no longer counts as a word.
_ARITHMETIC = 2
# Bytes of encoded references that are kept.
_KEPT = 2**30


class BertScore:
    """One loaded encoder; it loads at the first text, so that a run whose scores are all known loads nothing."""

    name, columns = "bertscore", BERTSCORE

    def __init__(self, model: BertModel) -> None:
        self.model = model
        self._encoder: Any = None
        self._known: dict[str, Any] = {}

    def details(self) -> dict[str, Any]:
        return {**self.model.details(), "arithmetic": _ARITHMETIC}

    def score(self, pairs: Sequence[tuple[str, str]]) -> Iterator[tuple[int, dict[str, float]]]:
        """Index and scores of each (reference, prediction), longest first. An empty text on either side scores 0.

        ``bertscore_cut`` is 1 when one of the two was longer than the model reads, so that only its beginning was compared.
        """
        empty = [number for number, pair in enumerate(pairs) if not all(text.strip() for text in pair)]
        for number in empty:
            yield number, dict.fromkeys((*BERTSCORE, "bertscore_cut"), 0.0)
        waiting = set(range(len(pairs))) - set(empty)
        if not waiting:
            return
        tokens = self._tokens({text for number in waiting for text in pairs[number]})
        order = sorted(waiting, key=lambda number: -max(len(tokens[text][0]) for text in pairs[number]))
        for some in _groups(order, _PAIRS):
            encoded = self._encoded({text: tokens[text][0] for number in some for text in pairs[number]})
            for number in some:
                reference, prediction = pairs[number]
                cut = float(tokens[reference][1] or tokens[prediction][1])
                yield number, self._compare(encoded[reference], encoded[prediction]) | {"bertscore_cut": cut}
            self._keep({pairs[number][0]: encoded[pairs[number][0]] for number in some})

    def _load(self) -> tuple[Any, Any]:
        if self._encoder is None:
            import torch

            lean_transformers()
            from transformers import AutoModel, AutoTokenizer

            device = "cuda" if torch.cuda.is_available() else "cpu"
            with quiet_transformers():
                tokenizer = AutoTokenizer.from_pretrained(self.model.folder)
                # Built with the layers that are used and no more, which is what bert-score cuts it down to.
                encoder = AutoModel.from_pretrained(self.model.folder, num_hidden_layers=self.model.layer, dtype=torch.float32)
            self._encoder = tokenizer, encoder.to(device).eval()
        return self._encoder

    def _tokens(self, texts: set[str]) -> dict[str, tuple[list[int], bool]]:
        """Each text's token ids, special ones included, and whether it was cut."""
        tokenizer, _ = self._load()
        with quiet_transformers():
            whole = {text: tokenizer.encode(text.strip()) for text in texts}
            cut = {
                text: tokenizer.encode(text.strip(), max_length=self.model.max_tokens, truncation=True)
                for text, ids in whole.items()
                if len(ids) > self.model.max_tokens
            }
        return {text: (cut.get(text, ids), text in cut) for text, ids in whole.items()}

    def _encoded(self, tokens: dict[str, list[int]]) -> dict[str, Any]:
        """Of each text its vectors and the weight of each token, which is 1, and 0 for those that frame the text."""
        _, encoder = self._load()
        found = {text: self._known[text] for text in tokens if text in self._known}
        fresh = sorted((text for text in tokens if text not in found), key=lambda text: -len(tokens[text]))
        batches = list(_batches(fresh, tokens, _NUMBERS[encoder.device.type] // encoder.config.hidden_size))
        for batch in _mapped(partial(self._encode, tokens), batches, encoder.device.type):
            found |= batch
        return found

    def _encode(self, tokens: dict[str, list[int]], batch: list[str]) -> dict[str, Any]:
        import torch

        tokenizer, encoder = self._load()
        ids = [torch.tensor(tokens[text]) for text in batch]
        padded = torch.nn.utils.rnn.pad_sequence(ids, batch_first=True, padding_value=_id(tokenizer.pad_token_id, 0))
        mask = torch.arange(padded.shape[1]) < torch.tensor([len(each) for each in ids]).unsqueeze(1)
        # Without padding no mask is needed, and attention is quicker without one.
        masked = {} if mask.all() else {"attention_mask": mask.long().to(encoder.device)}
        found = {}
        with torch.inference_mode():
            vectors = encoder(padded.to(encoder.device), **masked)[0]
            for text, each, row in zip(batch, ids, vectors, strict=True):
                frame = (each == _id(tokenizer.cls_token_id, -1)) | (each == _id(tokenizer.sep_token_id, -1))
                found[text] = (torch.nn.functional.normalize(row[: len(each)], dim=-1), (~frame).float().to(encoder.device))
        return found

    def _compare(self, reference: tuple[Any, Any], prediction: tuple[Any, Any]) -> dict[str, float]:
        """Each token's best cosine in the other text, framing tokens included, averaged over the text's own tokens.

        bert-score takes 0 for a token whose best cosine is negative if longer texts stood in its batch, whose padding is 0. Here
        a text's score never depends on the texts beside it.
        """
        similar = prediction[0] @ reference[0].T
        precision = float(similar.amax(1) @ prediction[1] / prediction[1].sum()) if prediction[1].any() else 0.0
        recall = float(similar.amax(0) @ reference[1] / reference[1].sum()) if reference[1].any() else 0.0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        scores = precision, recall, f1
        if self.model.baseline:
            scores = tuple((score - zero) / (1 - zero) for score, zero in zip(scores, self.model.baseline, strict=True))
        return dict(zip(BERTSCORE, scores, strict=True))

    def _keep(self, references: dict[str, Any]) -> None:
        """Remember encoded references until their share of memory is used up; the oldest go first."""
        self._known |= references
        while sum(vectors.nbytes for vectors, _ in self._known.values()) > _KEPT:
            self._known.pop(next(iter(self._known)))


def _id(token: int | None, without: int) -> int:
    """The id of a special token, which may be 0 (RoBERTa's ``<s>`` is), or ``without`` for a tokenizer that has none."""
    return without if token is None else token


def _mapped(work: Callable[[list[str]], dict], batches: list[list[str]], device: str) -> Iterator[dict]:
    """The work on each batch; on a processor every core has a batch of its own, so that none waits for another in each small
    step of the encoder."""
    import torch

    threads = torch.get_num_threads()
    if device != "cpu" or threads == 1 or len(batches) < 2:
        yield from map(work, batches)
        return
    try:
        with ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,)) as pool:
            yield from pool.map(work, batches)
    finally:
        # MKL's number of threads is the whole process's.
        torch.set_num_threads(threads)


def _groups(items: list[int], size: int) -> Iterator[list[int]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _batches(texts: list[str], tokens: dict[str, list[int]], budget: int) -> Iterator[list[str]]:
    """Texts, already sorted by length, in batches whose padded size stays within ``budget``; a longer text goes alone."""
    batch: list[str] = []
    for text in texts:
        if batch and len(tokens[text]) * (len(batch) + 1) > budget:
            yield batch
            batch = []
        batch.append(text)
    if batch:
        yield batch
