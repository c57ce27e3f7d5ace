"""Publishing to a plain folder, for any web server: written beside it, then changed over in two renames."""

import os
import shutil
import tempfile
from pathlib import Path

from annotations import Refused, Unavailable

from ..folders import change_over
from .parcel import Item, Parcel

PREVIOUS = ".previous"


def write_folder(parcel: Parcel, folder: Path, ours: bool) -> dict[str, str | None]:
    """Fill ``folder`` (an absolute path) with the parcel; what was there is kept whole as ``<folder>.previous``.

    ``ours`` says that the folder's content was published from this workspace; Refused for a folder with other files in it.
    """
    if folder.exists() and not ours and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused(f"{folder} holds files that were not published from here; name a folder that is new or empty.")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            for item in parcel.items:
                _put(item, building / item.path)
            building.chmod(0o755)
            kept = _keep(change_over(building, folder), folder)
        finally:
            shutil.rmtree(building, ignore_errors=True)
    except OSError as error:
        raise Unavailable(f"{folder} could not be written ({error.strerror}); what was there is as it was.") from error
    return {"version": parcel.made, "url": folder.as_uri(), "kept": kept and str(kept)}


def _put(item: Item, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(item.source, bytes):
        path.write_bytes(item.source)
    else:
        shutil.copyfile(item.source, path)


def _keep(retired: Path | None, folder: Path) -> Path | None:
    """The old version, beside the new one; the one before that goes."""
    if retired is None:
        return None
    previous = folder.with_name(folder.name + PREVIOUS)
    shutil.rmtree(previous, ignore_errors=True)
    os.replace(retired, previous)
    return previous
