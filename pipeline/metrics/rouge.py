"""ROUGE F1 (Lin, 2004) with the values of Google's ``rouge-score``, without stemming.

Its words are rouge-score's own. Its counting is done here, because rouge-score's tables take seconds for a long note; a test
holds both against each other.
"""

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from annotations import BadInput
from pipeline.versions import versions

from .lcs import lcs_indices, lcs_length

ROUGE = ("rouge1", "rouge2", "rougeL", "rougeLsum")


class Rouge:
    """ROUGE as one of several metrics: no stemming, rougeLsum over the note's own lines, as ACI-Bench's tables have it."""

    name, columns = "rouge", ROUGE

    def details(self) -> dict[str, Any]:
        return {"stemming": False, "lsum": "own lines", **versions("rouge-score")}

    def score(self, pairs: Sequence[tuple[str, str]]) -> Iterator[tuple[int, dict[str, float]]]:
        """Index and F1 of each (reference, prediction)."""
        return ((number, _scores(*pair)) for number, pair in enumerate(pairs))

    def score_beside(self, pairs: Sequence[tuple[str, str]]) -> Callable[[], Iterator[tuple[int, dict[str, float]]]]:
        """Begin the same in a process of its own, which uses the core that stands idle while an encoder is loaded; call what
        comes back for the scores. Whatever happens to that process, the scores come."""
        pool = ThreadPoolExecutor(1)
        done = pool.submit(
            subprocess.run, [sys.executable, "-m", __name__], input=json.dumps(list(pairs)).encode(), stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, cwd=Path(__file__).resolve().parents[2], check=False,
        )  # fmt: skip
        pool.shutdown(wait=False)

        def scores() -> Iterator[tuple[int, dict[str, float]]]:
            answer = done.result()
            return enumerate(json.loads(answer.stdout)) if answer.returncode == 0 else self.score(pairs)

        return scores


def check_reference(reference: str, name: str) -> None:
    """Raise BadInput for a reference without any of a-z and 0-9, the only characters that ROUGE reads: 0 would say nothing."""
    if not re.search(r"[a-z0-9]", reference.lower()):
        lack = "has no Latin letter" if reference.strip() else "is empty"
        raise BadInput(f"Reference {name} {lack}, so ROUGE cannot score it; take it out or give it its note.")


def rouge_scores(references: Sequence[str], predictions: Sequence[str]) -> list[dict[str, float]]:
    """F1 from 0 to 1 of each prediction against the reference at the same place; an empty prediction scores 0."""
    if len(references) != len(predictions):
        raise BadInput(f"There are {len(references)} references and {len(predictions)} predictions; expected as many of each.")
    for number, reference in enumerate(references, 1):
        check_reference(reference, str(number))
    return [_scores(reference, prediction) for reference, prediction in zip(references, predictions, strict=True)]


def _scores(reference: str, prediction: str) -> dict[str, float]:
    wanted, made = _tokens(reference), _tokens(prediction)
    shared = {
        "rougeL": lcs_length(wanted, made),
        "rougeLsum": _shared_by_line(*([_tokens(line) for line in text.split("\n")] for text in (reference, prediction))),
    }
    scores = {name: _f1(hits, len(wanted), len(made)) for name, hits in shared.items()}
    for n in (1, 2):
        pairs = [Counter(zip(*(tokens[k:] for k in range(n)), strict=False)) for tokens in (wanted, made)]
        scores[f"rouge{n}"] = _f1((pairs[0] & pairs[1]).total(), *(count.total() for count in pairs))
    return {name: scores[name] for name in ROUGE}


def _shared_by_line(wanted: list[list[str]], made: list[list[str]]) -> int:
    """Tokens of the reference's lines that lie on a longest common subsequence with any line of the prediction; each token of
    either text counts once at most, as in ROUGE 1.5.5."""
    left_wanted, left_made = (Counter(token for line in lines for token in line) for lines in (wanted, made))
    # A line that comes again finds the same places, so it is asked once.
    different, hits = sorted({tuple(line) for line in made}), 0
    for line in wanted:
        for place in sorted(set().union(*(lcs_indices(line, other) for other in different))):
            token = line[place]
            if left_wanted[token] > 0 and left_made[token] > 0:
                hits += 1
                left_wanted[token] -= 1
                left_made[token] -= 1
    return hits


def _f1(hits: int, wanted: int, made: int) -> float:
    """The harmonic mean of precision and recall, in rouge-score's own order of operations; 0 when either text is empty."""
    if not hits:
        return 0.0
    precision, recall = hits / made, hits / wanted
    return 2 * precision * recall / (precision + recall)


def _tokens(text: str) -> list[str]:
    from rouge_score.tokenize import tokenize

    return tokenize(text, None)


if __name__ == "__main__":
    json.dump([_scores(*pair) for pair in json.load(sys.stdin)], sys.stdout)
