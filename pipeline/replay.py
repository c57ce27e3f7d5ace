"""Original data beside the corrections: a share of the rows of an older dataset, so that a round does not unlearn the last."""

import random

from annotations import Refused

from .dataset_files import DatasetFiles, Row, read_dataset
from .run_files import Run
from .train_config import TrainConfig
from .workspace import Workspace


def replayed_rows(workspace: Workspace, run: Run, config: TrainConfig, rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """The rows to add to ``rows``; none when the run replays nothing. Refused when the dataset is not the one of the start.

    An encounter that ``rows`` has is not replayed: its corrected note is the better one.
    """
    if not run.replay:
        return ()
    data = read_dataset(workspace, run.replay["name"])
    if data.sha256 != run.replay["sha256"]:
        raise Refused(
            f"Dataset {data.name!r}, whose rows run {run.id} replays, is not the one that it was started with; start a new run."
        )
    return drawn(data, rows, config)


def drawn(data: DatasetFiles, rows: tuple[Row, ...], config: TrainConfig) -> tuple[Row, ...]:
    """So many rows of ``data`` that they are the wished share of all: n / (n + len(rows)) = share, rounded."""
    have = {row.encounter_id for row in rows}
    offered = [row for row in data.rows if row.encounter_id not in have]
    wanted = round(len(rows) * config.replay_share / (1 - config.replay_share))
    chosen = random.Random(f"{config.seed} replay").sample(range(len(offered)), min(wanted, len(offered)))
    return tuple(offered[index] for index in sorted(chosen))
