"""How much memory this process has taken at most, of the machine and of the GPU."""

import sys


def peak_memory_mb() -> float | None:
    """Of the machine's memory, in MB; None on a system that does not say."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024**2 if sys.platform == "darwin" else 1024), 1)


def gpu_memory_mb() -> float | None:
    """Of the GPU's, as PyTorch has reserved it, in MB; None without one. Imports torch."""
    import torch

    return round(torch.cuda.max_memory_reserved() / 2**20, 1) if torch.cuda.is_available() else None
