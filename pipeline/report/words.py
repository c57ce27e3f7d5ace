"""The words of reports that stand in more than one place: names of metrics and sections."""

METRICS = {
    "rouge1": "ROUGE-1", "rouge2": "ROUGE-2", "rougeL": "ROUGE-L", "rougeLsum": "ROUGE-Lsum",
    "bertscore_precision": "BERTScore P", "bertscore_recall": "BERTScore R", "bertscore_f1": "BERTScore F1", "bleurt": "BLEURT",
}  # fmt: skip
# What tables by section, specialty and source show, where it was measured.
CHIEF = ("rouge1", "rouge2", "rougeL", "rougeLsum", "bertscore_f1", "bleurt")
SECTIONS = {
    "subjective": "Subjective", "objective_exam": "Objective exam", "objective_results": "Objective results",
    "assessment_and_plan": "Assessment and plan",
}  # fmt: skip
INTERVAL = "In brackets the 95 % interval of the mean."


def metric_name(name: str) -> str:
    return METRICS.get(name, name)


def counted(n: int, one: str, many: str = "") -> str:
    """``1 note``, ``1,200 notes``."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"
