"""Publishing to the Hugging Face Hub with its own client: large files first, then one commit that adds and deletes.

The token is the client's business: it comes from HF_TOKEN or from ``hf auth login``, and is neither read nor written here.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from annotations import Refused, Unavailable

from .parcel import Item, Parcel
from .targets import Target

Say = Callable[[str], None]
# From here on a file is sent by itself, with a word on how far things are; smaller ones go with the commit.
LARGE = 5_000_000
# What the Hub itself puts into a repository.
HUBS_OWN = (".gitattributes",)


def upload(parcel: Parcel, target: Target, say: Say) -> dict[str, Any]:
    """Bring the repository to exactly the parcel's files and return ``{"version", "url", "deleted", "replaced"}``; ``version`` is
    the commit, ``replaced`` the one before it.

    A large file that an interrupted upload has left at the Hub is not sent again. A commit goes through whole or not at all.
    Unavailable, in a sentence, for a Hub that cannot be reached or says no; Refused when the repository is seen by others than
    was asked for.
    """
    import httpx
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi, get_token
    from huggingface_hub.errors import HfHubHTTPError
    from huggingface_hub.utils import disable_progress_bars

    if os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE"):
        raise Unavailable("The Hub is switched off here (HF_HUB_OFFLINE is set); unset it to publish.")
    if get_token() is None:
        raise Unavailable("No token for the Hub is here; log in with: hf auth login, or set HF_TOKEN to one that may write.")
    if not sys.stderr.isatty():
        # The client's own bars, within a file, are for a person who looks on.
        disable_progress_bars()
    api = HfApi(endpoint=target.endpoint)
    try:
        there = _repository(api, target, parcel.space_sdk, say)
        adds = [CommitOperationAdd(item.path, _source(item)) for item in parcel.items]
        _send_large(api, target, parcel, adds, say)
        gone = sorted({each.rfilename for each in there.siblings} - {item.path for item in parcel.items} - set(HUBS_OWN))
        say(f"Committing {len(adds)} files" + (f", {len(gone)} old ones go" if gone else ""))
        done = api.create_commit(
            target.repo, [*adds, *(CommitOperationDelete(path, is_folder=False) for path in gone)], repo_type=target.repo_type,
            commit_message=f"Scribeloop: {parcel.kind} {parcel.id}, {parcel.made[:12]}", parent_commit=there.sha,
        )  # fmt: skip
    except (HfHubHTTPError, httpx.HTTPError, OSError) as error:
        raise Unavailable(_reason(error, target)) from error
    return {"version": done.oid, "url": target.place, "deleted": len(gone), "replaced": there.sha}


def _repository(api: Any, target: Target, space_sdk: str | None, say: Say) -> Any:
    """What is there now; made when nothing is."""
    from huggingface_hub.errors import RepositoryNotFoundError

    try:
        there = api.repo_info(target.repo, repo_type=target.repo_type, timeout=20)
    except RepositoryNotFoundError:
        say(f"Making the {target.visibility} repository {target.repo}")
        api.create_repo(target.repo, repo_type=target.repo_type, private=not target.public, space_sdk=space_sdk)
        return api.repo_info(target.repo, repo_type=target.repo_type)
    if bool(there.private) == target.public:
        is_now, wanted = ("private", "public") if there.private else ("public", "private")
        raise Refused(
            f"{target.repo} is {is_now} and this was to be {wanted}; change that on its settings page, which concerns its older "
            f"versions too, or take another name{'' if target.public else ', or say --public'}."
        )
    return there


def _send_large(api: Any, target: Target, parcel: Parcel, adds: list, say: Say) -> None:
    """Send large files one by one; the Hub takes each at once and for good, whatever becomes of the commit."""
    large = [add for add, item in zip(adds, parcel.items, strict=True) if item.bytes >= LARGE]
    total, done = sum(add.upload_info.size for add in large), 0
    for add in large:
        api.preupload_lfs_files(target.repo, [add], repo_type=target.repo_type, free_memory=False)
        done += add.upload_info.size
        say(f"  {done / 1e6:,.0f} of {total / 1e6:,.0f} MB: {add.path_in_repo}")


def _source(item: Item) -> str | bytes:
    return str(item.source) if isinstance(item.source, Path) else item.source


def _reason(error: Exception, target: Target) -> str:
    """In a sentence; what the Hub says is cut to its first line, and holds no token."""
    status = getattr(getattr(error, "response", None), "status_code", None)
    first = next(iter(str(error).splitlines()), "")[:200] or type(error).__name__
    whole, again = "nothing was changed at the target", "Run the command again: what was sent is not sent twice."
    if status in (401, 403):
        return f"The Hub does not let this token write to {target.repo} ({status}); {whole}. Log in anew with: hf auth login"
    if status in (409, 412):
        return f"{target.repo} was changed by someone else meanwhile ({status}); {whole}. Run the command again."
    if status:
        return f"The Hub answered {status} ({first}); {whole}. {again}"
    return f"The Hub at {target.endpoint} cannot be reached ({first}); {whole}. {again}"
