"""The cards of what is published, made from recorded facts and never typed: front matter for the Hub, then what readers need."""

from typing import Any

from pipeline.front_matter import front_matter
from pipeline.prompts import prompt_hash
from pipeline.registry import standing_text
from pipeline.report import summary
from pipeline.report.written import markdown_text

from .licences import Licence
from .standing import Standing

PROJECT = "Scribeloop"
NOT_A_DEVICE = "**Not a medical device.** For invented or de-identified text; a clinician must read every note before it is used."
INTENDED = (
    "Research on how clinicians' corrections make a small model write better notes: it drafts a SOAP note (subjective, "
    "objective, assessment, plan) from the transcript of a visit, in English, for a reader who knows the visit and corrects it."
)
LIMITS = (
    "It leaves things out and makes things up: names, numbers, findings and plans that nobody said. It knows no patient, no "
    "chart and no guideline. It must not be used for diagnosis, triage, treatment or billing, nor without the reading of a "
    "clinician. Other languages, other kinds of talk and transcripts longer than its context were not measured."
)


def model_card(standing: Standing, licence: Licence, published_as: str, report: dict[str, Any] | None, merged: dict) -> str:
    """``merged`` is the merged model's ``model.json``; ``report`` the latest evaluation, if there is one."""
    line, base = standing.line, standing.base
    head = front_matter({
        "license": licence.hub, "language": ["en"], "base_model": _base_name(standing), "library_name": "transformers",
        "pipeline_tag": "text-generation", "tags": ["clinical-notes", "soap", "lora", "scribeloop"],
    })  # fmt: skip
    check = merged["check"]
    return "\n".join([
        f"{head}\n# {markdown_text(published_as)}\n",
        *_built_with(licence),
        f"{markdown_text(line.name)}: a LoRA adapter of {markdown_text(base.name if base else line.base_id)}, merged into it. "
        "The adapter alone lies in `adapter/`.\n",
        f"{NOT_A_DEVICE}\n", *_use(), *_results(report),
        "## The gate's decisions\n", standing_text(line.status, standing.decisions),
        "\n## Training\n", *_training(standing), *_licence(licence), "## Weights and checks\n", "| fact | value |", "|---|---|",
        f"| base weights | `{merged['inputs']['base']['sha256']}` |",
        f"| adapter weights | `{merged['inputs']['adapter']['sha256']}` |",
        f"| merged weights | `{merged['weights_sha256']}` ({merged['dtype']}) |",
        f"| largest logit difference from base plus adapter | {check['max_abs_difference']:.2e} |",
        f"| prompt | `{merged['prompt_hash']}` |",
        f"| versions | {_versions(merged['versions'])} |", "",
    ])  # fmt: skip


def browser_card(standing: Standing, licence: Licence, title: str, manifest: dict[str, Any], headers: dict[str, str]) -> str:
    """The README of a static Space: ``headers`` are those that the page's threads ask for."""
    head = front_matter(space_facts(title, "static", licence) | {"app_file": "index.html", "custom_headers": headers})
    parity = manifest["parity"]
    rows = [
        f"| {one['name']} | {one['device']} | {one['precision']} | {one['bytes'] / 1e6:,.1f} MB "
        f"| {_divergence(parity[one['name']])} |"
        for one in manifest["variants"]
    ]
    return "\n".join([
        f"{head}\n# {markdown_text(title)}\n",
        *_built_with(licence),
        f"A page that writes notes with {markdown_text(manifest['name'])} inside the reader's browser, on WebGPU or on the "
        "processor. No word of a transcript leaves the device: there is no server behind it.\n",
        f"{NOT_A_DEVICE}\n", *_use(), "## Builds\n",
        "| build | device | weights | download | mean divergence from the model |", "|---|---|---|---|---|", *rows,
        "\n## The gate's decisions\n", standing_text(standing.line.status, standing.decisions),
        "\n## Training\n", *_training(standing), *_licence(licence),
        f"Built {manifest['made'][:10]}, build `{manifest['build']}`; `manifest.json` has every file's hash and "
        "`parity.json` how each build was compared with the model.\n",
    ])  # fmt: skip


def space_card(standing: Standing, licence: Licence, title: str, facts: dict[str, Any], app: dict[str, Any]) -> str:
    """The README of a Gradio Space; ``facts`` is its ``space.json``, ``app`` what the Hub needs to start it."""
    head = front_matter(space_facts(title, "gradio", licence) | app)
    made = facts["made_on"]
    return "\n".join([
        f"{head}\n# {markdown_text(title)}\n",
        *_built_with(licence),
        f"Two notes for an invented visit: one by {markdown_text(facts['models'][0]['name'])}, one by "
        f"{markdown_text(facts['models'][1]['name'])}. The notes that are there when the page opens were written on "
        f"{facts['made'][:10]} on {markdown_text(made['cpu'])} ({made['cores']} cores); each says how long it took, and can be "
        "made again on this Space.\n",
        f"{NOT_A_DEVICE} Do not paste a patient's words here: this Space is a shared machine.\n",
        "Nothing that a visitor types is stored or shown to another, and nothing here trains a model.\n",
        *_use(), "## The gate's decisions\n", standing_text(standing.line.status, standing.decisions),
        "\n## Training\n", *_training(standing), *_licence(licence),
    ])  # fmt: skip


def dataset_card(manifest: dict[str, Any], licence: Licence, body: str | None) -> str:
    """``body`` is the card that the set came with (the sets that were invented have one), taken over below the facts."""
    counts = manifest["counts"]
    size = next(
        (name for most, name in ((1e3, "n<1K"), (1e4, "1K<n<10K"), (1e5, "10K<n<100K")) if counts["rows"] < most), "100K<n<1M"
    )
    head = front_matter({
        "license": licence.hub, "language": ["en"], "task_categories": ["summarization", "text-generation"],
        "tags": ["synthetic", "clinical-notes", "soap", "scribeloop"], "size_categories": [size],
        "configs": [{"config_name": "default", "data_files": [{"split": "train", "path": "train.jsonl"}]}],
    })  # fmt: skip
    lines = [
        f"{head}\n# {markdown_text(manifest['name'])}\n",
        f"{counts['rows']:,} pairs of transcript and note from {counts['encounters']:,} encounters, all marked as invented: no "
        "person in them exists.\n",
        "**Not medical advice, and not for a medical device.**\n", "## Intended use and limits\n",
        "To teach and to measure models that draft clinical notes. Invented visits are tidier than real ones; a model that does "
        "well on them has shown nothing about patients.\n",
        "## What is in it\n", "| fact | value |", "|---|---|",
        f"| kind | {manifest['kind']}, from {manifest['from']} |",
        f"| sources | {_counted(counts['by_source'])} |", f"| specialties | {_counted(counts['by_specialty'])} |",
        f"| built | {manifest['created'][:10]} with `{manifest['command']}` |",
        *(f"| {name} | {one['rows']:,} rows, `{one['sha256']}` |" for name, one in manifest["files"].items()),
        "",
    ]  # fmt: skip
    return "\n".join([*lines, *([body.strip(), ""] if body else []), *_licence(licence)])


def space_facts(title: str, sdk: str, licence: Licence) -> dict[str, Any]:
    return {
        "title": title, "emoji": "📝", "colorFrom": "green", "colorTo": "gray", "sdk": sdk, "pinned": False,
        "license": licence.hub, "short_description": "Clinical notes from invented visits; research only",
    }  # fmt: skip


def _base_name(standing: Standing) -> str | None:
    """The Hub's name of the base, where it came from there; a local id would lead nowhere."""
    return standing.base.meta.get("repo") if standing.base else None


def _built_with(licence: Licence) -> list[str]:
    return ["**Built with Llama.**\n"] if licence.llama else []


def _use() -> list[str]:
    return ["## Intended use\n", f"{INTENDED}\n", "## Limits\n", f"{LIMITS}\n"]


def _results(report: dict[str, Any] | None) -> list[str]:
    if report is None:
        return ["## Results\n", "No evaluation is recorded for this model.\n"]
    # One heading deeper than a report of its own.
    return [summary(report).replace("\n### ", "\n#### ").replace("## Evaluation", "## Results: evaluation", 1)]


def _training(standing: Standing) -> list[str]:
    learnt = "; ".join(_learnt(one) for one in standing.learnt) or "not recorded"
    lines = ["| fact | value |", "|---|---|", f"| data | {learnt} |", f"| base model | {_base_text(standing)} |"]
    run = standing.facts["run"]
    if run:
        lines += [
            f"| steps, tokens | {run['step']:,}, {run['tokens_seen']:,} |",
            f"| settings | {', '.join(f'{name} {value}' for name, value in (run['config'] or {}).items())} |",
            f"| versions | {_versions(run['versions'] or {})} |", f"| command | `{run['command']}` |",
        ]  # fmt: skip
    return [*lines, f"| prompt | `{prompt_hash()}` |", ""]


def _learnt(one: dict[str, Any]) -> str:
    if one["real"] is None:
        marked = "not known whether they are invented"
    else:
        marked = "all invented" if one["real"] == 0 else f"{one['real']} not marked as invented"
    return f"{markdown_text(one['name'])}: {one['rows']} rows, {marked}"


def _base_text(standing: Standing) -> str:
    if standing.base is None:
        return markdown_text(standing.line.base_id or "none")
    return f"{markdown_text(standing.base.name)}, weights `{standing.base.weights_sha256}`"


def _licence(licence: Licence) -> list[str]:
    notice = [f"{licence.notice.strip()} See `LICENSE` and `NOTICE`.\n"] if licence.notice else []
    return ["## Licence\n", f"{licence.name}.\n", *notice]


def _divergence(found: dict[str, Any]) -> str:
    return "not measured" if "unmeasured" in found else f"{found['mean_kl']:.4f} nats"


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{markdown_text(name)} {count:,}" for name, count in counts.items())


def _versions(found: dict[str, str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in found.items())
