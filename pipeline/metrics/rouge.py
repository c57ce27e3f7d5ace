"""ROUGE F1 as Google's ``rouge-score`` computes it (Lin, 2004), without stemming."""

import re
from collections.abc import Sequence

from annotations import BadInput

ROUGE = ("rouge1", "rouge2", "rougeL", "rougeLsum")


def rouge_scores(references: Sequence[str], predictions: Sequence[str]) -> list[dict[str, float]]:
    """F1 from 0 to 1 of each prediction against the reference at the same place; rougeLsum goes line by line.

    An empty prediction scores 0. A reference without any of a-z and 0-9, the only characters that ROUGE reads, is BadInput: its
    0 would say nothing.
    """
    from rouge_score.rouge_scorer import RougeScorer

    if len(references) != len(predictions):
        raise BadInput(f"There are {len(references)} references and {len(predictions)} predictions; expected as many of each.")
    for number, reference in enumerate(references, 1):
        if not re.search(r"[a-z0-9]", reference.lower()):
            lack = "has no Latin letter" if reference.strip() else "is empty"
            raise BadInput(f"Reference {number} {lack}, so ROUGE cannot score it; take it out or give it its note.")
    scorer = RougeScorer(ROUGE, use_stemmer=False)
    scores = (scorer.score(reference, prediction) for reference, prediction in zip(references, predictions, strict=True))
    return [{name: float(score[name].fmeasure) for name in ROUGE} for score in scores]
