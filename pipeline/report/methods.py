"""The methods paragraph of a report and its findings in short, from what is recorded and nothing else."""

from typing import Any

from annotations import FEWEST_RESAMPLED, RESAMPLES

from .made import made_from
from .words import counted, metric_name

SPLITS = {
    "dev": "the development split", "dev-a": "the first half of the development split (dev-a)",
    "dev-b": "the second half of the development split (dev-b), kept for the promotion gate",
    "test": "the held-out test split",
}  # fmt: skip

HINTS = (
    "Hints were found by rules that compare numbers, doses, medicine names, sides and negations of note and transcript. They are "
    "places to look at, not errors; they are given per note and per 100 words."
)


def methods(report: dict[str, Any]) -> list[str]:
    """Paragraphs of plain text that a paper can take over: models, notes, scores, comparison, reviewers, software."""
    found = [_models(report), _notes(report), _scores(report), _comparison(report), _reviewers(report), HINTS, _software(report)]
    return [paragraph for paragraph in found if paragraph]


def in_short(report: dict[str, Any]) -> list[str]:
    """One sentence per finding that a reader should take away, with n and interval."""
    model, lines = report["model"], []
    for row in report.get("tests", ()):
        if row["measure"] in ("rouge1", "rougeLsum", "bertscore_f1") and row["ci95"]:
            lines.append(
                f"{metric_name(row['measure'])}: {model} {row['first']['mean']:.3f}, {report['against']['model']} "
                f"{row['second']['mean']:.3f}; difference {_signed(row['difference'])} ({_signed(row['ci95'][0])} to "
                f"{_signed(row['ci95'][1])}), n = {row['clusters']}: {row['verdict']}."
            )
    if not lines:
        name = report["worst"][0]["measure"]
        lines.append(f"{metric_name(name)} of {model}: {report['metrics'][name]['mean']:.3f}, n = {report['n']}.")
    for group, title in (("hallucination", "hallucination"), ("omission", "omission")):
        shares = [
            f"{name} {found[group]['major']['hits']} of {found[group]['major']['n']}"
            for name, found in report["clinical"]["models"].items()
        ]
        if shares:
            lines.append(f"Notes with at least one major {title}: {', '.join(shares)}.")
    if not report["clinical"]["models"]:
        lines.append("No review of these notes is submitted yet, so nothing is said of hallucinations and omissions.")
    return lines


def _models(report: dict[str, Any]) -> str:
    return " ".join(_model(id, facts) for id, facts in report["models"].items())


def _model(id: str, facts: dict[str, Any]) -> str:
    weights, run = f"weights sha256 {facts['weights_sha256'][:12]}", facts["run"]
    if facts["kind"] != "adapter":
        return f"{id} is a {facts['kind']} model ({weights})."
    base = (facts["base_sha256"] or "not recorded")[:12]
    told = f"{id} is a LoRA adapter ({weights}) of {facts['base_id']} (weights sha256 {base})"
    if run is None:
        return f"{told}; its training is not recorded here."
    config, data = run["config"], run["dataset"]
    parts = [f"rank {config.get('rank')}", f"alpha {config.get('alpha')}", f"learning rate {config.get('lr')}"]
    parts += [f"batch {config.get('batch')}", f"{run['step']} steps", f"seed {run['seed']}"]
    return (
        f"{told}, trained on the dataset {data['name']} ({counted(data['rows'], 'note')}, sha256 {data['sha256'][:12]}) with "
        f"{', '.join(parts)}."
    )


def _notes(report: dict[str, Any]) -> str:
    sides = [report, *([report["against"]] if "against" in report else [])]
    sources = ", ".join(f"{name} ({part['n']})" for name, part in report["by_source"].items())
    parameters = "; ".join(sorted({_parameters(each) for side in sides for each in side["parameters"]}))
    engines = ", ".join(sorted({engine for side in sides for engine in side["engines"]}))
    lengths = ", ".join(f"{side['model']} {side['words']['notes']:.0f}" for side in sides)
    told = (
        f"The evaluation covers {counted(report['n'], 'encounter')} of {SPLITS[report['split']]} that have a reference note; "
        f"sources: {sources}. Of each encounter the latest finished note counts that was made with the present prompt (sha256 "
        f"{report['prompt_hash'][:12]}). Notes were written with the engine {engines} ({parameters}); mean length in words: "
        f"{lengths}, references {report['words']['references']:.0f}."
    )
    if report["times_test_was_scored"]:
        told += f" The test split has been scored {counted(report['times_test_was_scored'], 'time')} in this workspace."
    return told


def _parameters(parameters: dict[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in sorted(parameters.items())) or "no parameters recorded"


def _scores(report: dict[str, Any]) -> str:
    settings, told = report["settings"], []
    if "rouge" in settings:
        told.append(
            f"ROUGE F1 has the values of rouge-score {settings['rouge'].get('rouge-score', '')} without stemming; ROUGE-Lsum is "
            "taken over the note's own line breaks."
        )
    if "bertscore" in settings:
        bert = settings["bertscore"]
        baseline = "rescaled with the library's baseline" if bert["baseline"] else "not rescaled"
        told.append(
            f"BERTScore has the values of bert-score with {bert['model']}, layer {bert['layer']}, {baseline}, at most "
            f"{bert['max_tokens']} tokens of each text (hash {bert['hash']}; weights sha256 {bert['weights_sha256'][:12]})."
        )
    if "bleurt" in settings:
        told.append(
            f"BLEURT was computed with the checkpoint {settings['bleurt']['checkpoint']} (bleurt {settings['bleurt']['bleurt']})."
        )
    told.append(
        f"Figures are means over notes with 95 % intervals over encounters: Student's t below {FEWEST_RESAMPLED} of them, the "
        f"studentised bootstrap ({RESAMPLES:,} resamples) from there on."
    )
    return " ".join(told)


def _comparison(report: dict[str, Any]) -> str:
    tests = report.get("tests")
    if not tests:
        return ""
    told = (
        f"{report['model']} and {report['against']['model']} were compared on the same encounters: mean paired difference, 95 % "
        f"interval, and a two-sided paired permutation test, Holm's adjustment over {counted(len(tests), 'score')}. "
    )
    if report["clinical"]["compared"]:
        told += (
            "What reviewers found was compared with McNemar's exact test (notes with a major error), Wilcoxon's signed-rank test "
            "(ratings) and the sign test (preference), one family, and with permutation tests (errors and edits), another; "
            "reviewers of one encounter are one cluster. "
        )
    if report.get("wished"):
        told += (
            f"A difference of {report['wished']:g} in a score is what was looked for; the number of encounters that show it with "
            "80 % power is the paired t test's at the standard deviation found here. "
        )
    return told + (
        "“Too few to tell” is said of fewer than 6 encounters, and of a result that is not significant from fewer encounters "
        "than show the difference looked for (half a standard deviation where none is named) with 80 % power."
    )


def _reviewers(report: dict[str, Any]) -> str:
    clinical = report["clinical"]
    if not clinical["models"]:
        return ""
    return (
        f"{counted(clinical['reviewers'], 'reviewer')} made {counted(clinical['reviews'], 'blind review')} of "
        f"{counted(clinical['encounters'], 'encounter')} of these; only submitted first versions count (label set "
        f"{clinical['labels']}). A note counts as having an error when one of its reviewers marked one; major is an error that, "
        "left uncorrected, could change the patient's diagnosis or management. Shares carry 95 % Wilson intervals."
    )


def _software(report: dict[str, Any]) -> str:
    made = made_from(report["made"])
    return f"Software: {', '.join(f'{name} {number}' for name, number in made.versions.items())}."


def _signed(value: float) -> str:
    return f"{value:+.3f}".replace("-", "−")
