"""Files that are written whole or not at all, and the one error that the command shows for files."""

import os
import secrets
import shutil
from contextlib import suppress
from pathlib import Path


class FileError(Exception):
    """A file that cannot be read or written; the message is one line that names the file."""


def check_target(path: Path) -> None:
    """Refuses a path that no file can be written to, before any work is done."""
    if path.is_dir():
        msg = f"{path} is a directory; name a file"
        raise FileError(msg)
    if not path.parent.is_dir():
        msg = f"cannot write {path}: there is no directory {path.parent}"
        raise FileError(msg)


def write_atomically(path: Path, data: bytes) -> None:
    """Writes ``data`` to ``path``: afterwards the file is complete, or what it was before.

    The bytes go to a temporary file in the same directory, reach the disk, and take the name in one
    step. A link is followed, and a file that is replaced leaves its permissions to the new one.

    Raises:
      FileError: the operating system refused; the temporary file is gone and ``path`` untouched.
    """
    target = path.resolve()
    temporary = target.parent / f".jax-resample-{secrets.token_hex(8)}.tmp"
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, temporary)
        os.replace(temporary, target)  # noqa: PTH105 - the call that is atomic, under its own name
    except OSError as error:
        msg = f"cannot write {path}: {error.strerror or error}"
        raise FileError(msg) from error
    finally:  # after success the name is already gone; after an interrupt it must go too
        with suppress(OSError):
            temporary.unlink()
