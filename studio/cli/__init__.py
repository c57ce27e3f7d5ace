"""The command line: a group per noun, a command per verb. ``scribeloop --help`` answers without loading torch or Gradio."""

import importlib

import click

# One module per group; each defines its click group under the name given here.
GROUPS = {
    "transcripts": "transcripts",
    "notes": "notes",
    "reviews": "reviews",
    "dataset": "dataset",
    "model": "model",
    "runs": "runs",
    "browser": "browser",
    "publish": "publish",
    "endpoint": "endpoint",
    "judge": "judge",
    "synth": "synth",
    "db": "db",
    "users": "users",
}
COMMANDS = {"serve": "serve", "score": "score", "hints": "hints", "agreement": "agreement"}
# Modules that add a command to another module's group.
ADDITIONS = ("evaluate", "promote", "synth_generate", "synth_offline")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="scribeloop")
def main() -> None:
    """Scribeloop: blind review of clinical notes, retraining on the corrections, a model in the browser.

    \b
    The loop, once around:
      scribeloop serve --demo                              review notes in the studio
      scribeloop dataset build ROUND1                      turn submitted reviews into pairs
      scribeloop model train ROUND1 --follow               train an adapter on them
      scribeloop browser build MODEL                       merge, export, write the site
      scribeloop browser serve MODEL                       write notes in the browser
      scribeloop publish browser MODEL                     show what would leave this machine
    """


def _assemble() -> None:
    for name, attribute in (GROUPS | COMMANDS).items():
        main.add_command(getattr(importlib.import_module(f".{name}", __name__), attribute))
    for name in ADDITIONS:
        importlib.import_module(f".{name}", __name__)


_assemble()
