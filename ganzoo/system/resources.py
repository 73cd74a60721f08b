"""How much memory and disk there is, asked before it is taken."""

import errno
import pathlib
import shutil

import psutil

# What a system answers where a disk takes no more.
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


def check_memory(size, what, instead, received):
    """Raise a ValueError if so much memory is not there.

    Args:
        size: int. Bytes.
        what: str. What needs them, for the message.
        instead: str. What to do instead.
        received: str. What was received, as `name=value`.
    """
    free = psutil.virtual_memory().available
    if size > free:
        raise ValueError(
            f"{what} {format_bytes(size)} of memory, and {format_bytes(free)} are "
            f"free here: {instead}. Received: {received}."
        )


def check_disk(path, size):
    """Raise an error as of a full disk if it has no room for a file of so many bytes.

    HDF5 does not survive a disk that becomes full while it writes.

    Raises:
        OSError: If there is less.
    """
    free = free_disk(path)
    if size > free:
        why = f"{format_bytes(size)} are needed, and {format_bytes(free)} are left"
        raise OSError(errno.ENOSPC, why, str(path))


def free_disk(path):
    """Bytes that are left where a file is to be, whose folder need not be there yet."""
    folders = pathlib.Path(path).absolute().parents
    return shutil.disk_usage(next(p for p in folders if p.exists())).free


def format_bytes(size):
    """Bytes as people tell them: "3.2 GB", "450 MB"."""
    return f"{size / 1e9:,.1f} GB" if size >= 1e9 else f"{size / 1e6:,.0f} MB"
