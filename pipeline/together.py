"""Several processes that train one run, one per GPU: who they are, and what they must agree on.

``accelerate launch`` (on a CPU the ``torchrun`` that it is made of) starts them with their number in the environment. Process 0
keeps the run's record; the others only compute. Nothing here imports torch before it is asked to.
"""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from .backends import has_gpu
from .run_files import read_run

POLL = 0.1


def launcher(python: str, processes: int) -> list[str]:
    """The command that runs a module in so many processes of this machine."""
    if processes == 1:
        return [python]
    if not has_gpu():
        # accelerate launch starts several processes on GPUs only; without them it would want MPI.
        return [python, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
    return [
        python, "-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes", str(processes), "--num_machines", "1",
        "--mixed_precision", "no", "--dynamo_backend", "no", "--main_process_port", "0",
    ]  # fmt: skip


def rank() -> int:
    """This process's number; 0 where there is but one."""
    return int(os.environ.get("RANK", 0))


def await_start(folder: Path, stop: Callable[[], bool]) -> bool:
    """Wait until process 0 says that the run has begun; False when it ended, or this process was told to stop."""
    while not stop():
        run = read_run(folder)
        if run.status != "queued":
            return run.status == "running"
        time.sleep(POLL)
    return False


def agreed(asked: Callable[[], bool]) -> bool:
    """Whether process 0 was asked to stop: all must hear it at the same step, or the others would wait for it for ever."""
    if "torch" not in sys.modules:
        return asked()
    import torch
    from torch import distributed

    if not (distributed.is_available() and distributed.is_initialized()):
        return asked()
    device = torch.device("cuda", torch.cuda.current_device()) if distributed.get_backend() == "nccl" else "cpu"
    word = torch.tensor([asked()], dtype=torch.uint8, device=device)
    distributed.broadcast(word, 0)
    return bool(word.item())
