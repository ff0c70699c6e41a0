"""Data named by content: what a pack was trained on can be checked file by file."""

import hashlib
from collections.abc import Iterable
from pathlib import Path


def file_hash(path: Path) -> str:
    """SHA-256 of a file, as hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def folder_hash(folders: Iterable[Path], root: Path) -> tuple[str, int]:
    """One SHA-256 over the sorted lines `hash  path` of all files, paths relative to root; and their number."""
    files = sorted(p for folder in folders for p in folder.rglob("*") if p.is_file())
    lines = [f"{file_hash(path)}  {path.relative_to(root).as_posix()}\n" for path in files]
    return hashlib.sha256("".join(lines).encode()).hexdigest(), len(files)
