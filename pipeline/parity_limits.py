"""How far a build may stray from its model. Written down before builds are searched, the same for every variant and model."""

from dataclasses import asdict, dataclass
from typing import Any

from annotations import Refused


@dataclass(frozen=True)
class Limits:
    """``max_kl``: mean Kullback-Leibler divergence of the next token, in nats. Of two builds of SmolLM2-135M one that reads well
    has 0.143, and one that babbles ("dran dran dran") 0.667.

    ``min_agreement``: the share of equal first choices, counted where the model's first choice leads its second by at least
    ``lead`` in probability; elsewhere rounding decides, and a flip says nothing. The same two builds: 94 % and 74 %.

    The notes that the build writes by itself have no limit of their own but this: they must be more like the model's notes of the
    same visits (mean ROUGE-1) than the model's notes of other visits are. Two notes that part at a word where rounding decides go
    on in other words, a small model's soon: SmolLM2-135M in bfloat16 has 0.51 with itself, and 0.28 between visits.

    ``more_degenerate``: by how much the share of degenerate notes may exceed the model's own. One of the six held-out notes may
    tip over by such a flip (0.17), two may not.
    """

    max_kl: float = 0.25
    min_agreement: float = 0.85
    lead: float = 0.1
    more_degenerate: float = 0.2


LIMITS = Limits()


def stated() -> dict[str, float]:
    """The limits as data, for the record."""
    return asdict(LIMITS)


def unfit(found: dict[str, Any]) -> str | None:
    """What keeps a build that was measured as ``found`` from being shipped, in words; None when nothing does."""
    if "unmeasured" in found:
        return f"could not be measured ({found['unmeasured']})"
    worst = found["model_degenerate"] + LIMITS.more_degenerate
    # Each written so that a NaN is refused too.
    if not found["mean_kl"] <= LIMITS.max_kl:
        return f"has a mean divergence of {found['mean_kl']:.3f} nats (at most {LIMITS.max_kl})"
    if found["agreement"] is not None and not found["agreement"] >= LIMITS.min_agreement:
        return f"agrees on {found['agreement']:.0%} of the decided tokens (at least {LIMITS.min_agreement:.0%})"
    if not found["rouge1"] > found["others_rouge1"]:
        return (
            f"writes notes with a ROUGE-1 of {found['rouge1']:.2f} against the model's (those of other visits have "
            f"{found['others_rouge1']:.2f})"
        )
    if not found["degenerate"] <= worst:
        return f"loops or writes nothing in {found['degenerate']:.0%} of its notes (at most {worst:.0%})"
    return None


def refuse_unfit(variants: dict[str, dict[str, Any]]) -> None:
    """Raise Refused, with the numbers, when a variant was not measured or lies beyond a limit."""
    reasons = [f"{name} {why}" for name, found in variants.items() if (why := unfit(found))]
    if reasons:
        raise Refused(
            f"The build does not match the model closely enough: {'; '.join(reasons)}. Leave the variant out with --variant, "
            "or accept it with --force."
        )
