"""What ended a run, in the one or two sentences that the command line and the page show, and what to try."""

import errno
from collections.abc import Iterator

from annotations import ScribeloopError

from .run_files import Run


def explain(error: BaseException, run: Run) -> str:
    """One sentence or two for what ended the run, and what to try."""
    if isinstance(error, ScribeloopError):
        return str(error)
    text = f"{type(error).__name__}: {error}"
    causes = list(_causes(error))
    reasons = "\n".join(str(cause) for cause in causes)
    resume = f"then continue with: scribeloop runs resume {run.id}"
    if any(getattr(cause, "errno", None) in FULL for cause in causes) or any(word in reasons for word in DISK_FULL):
        return f"The disk is full, so step {run.step} of {run.steps} could not be saved. Free some space, {resume}"
    if "CUDA out of memory" in reasons:
        return (
            f"The GPU's memory ran out at step {run.step} of {run.steps}. Free it of other programs, {resume}; or train again "
            f"with fewer rows read together, which is slower and learns the same: {run.command} --set rows_at_once={_fewer(run)}"
        )
    if isinstance(error, MemoryError) or any(word in reasons for word in NO_MEMORY):
        return (
            f"Memory ran out at step {run.step} of {run.steps}. Close other programs, or leave the longest rows out "
            f"(scribeloop dataset build --without ENCOUNTER), {resume}"
        )
    return f"Training stopped because of an unexpected error ({text.splitlines()[0][:200]}). train.log has the details."


FULL = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
# safetensors and torch.save have their own errors, with their own words, for a write that found no room.
DISK_FULL = (
    "No space left", "os error 28", "File too large", "os error 27", "Disk quota", "PytorchStreamWriter failed", "unexpected pos",
)  # fmt: skip
NO_MEMORY = ("out of memory", "can't allocate memory", "not enough memory", "Cannot allocate memory", "bad_alloc")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _fewer(run: Run) -> int:
    """Half as many rows together as the run had: no more than a step's batch, and eight on a GPU where none are named."""
    return max(1, min(run.config.get("rows_at_once") or 8, run.config.get("batch", 2)) // 2)
