"""A finished folder takes the place of an older one."""

import os
from pathlib import Path


def change_over(building: Path, final: Path) -> Path | None:
    """Two renames: a reader sees the old folder or the new one, but for the moment between them, and a failure puts the old one
    back. Returns where the old one is now, for the caller to keep or delete."""
    retired = building.with_name(building.name + "-old")
    if final.exists():
        os.replace(final, retired)
    try:
        os.replace(building, final)
    except OSError:
        if retired.exists():
            os.replace(retired, final)
        raise
    return retired if retired.exists() else None
