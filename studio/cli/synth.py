"""``scribeloop synth``: invented encounters."""

import click


@click.group("synth")
def synth() -> None:
    """Invent encounters: transcripts with notes, by a stronger model or by the offline author."""
