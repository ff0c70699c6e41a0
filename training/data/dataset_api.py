"""Frozen datasets of a Loupe server: what people judged, by the version that never changes.

A dataset's version is the SHA-256 of its COCO file, to the byte, and every photo is named by the SHA-256 of its own
bytes; so a run that names a version can be repeated years later, and a file that is not what was frozen is refused.

    python -m training.data.dataset_api https://office.example VERSION --key KEY --out DIR
"""

import argparse
import hashlib
import json
import os
import re
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from training.data.hashing import file_hash

_HASH = re.compile(r"[0-9a-f]{64}")
_TRIES = 4
_PATIENCE_S = 60
_CHUNK_BYTES = 1 << 20


class DatasetError(Exception):
    """The server does not give what was asked for, or gives something else."""


@dataclass(frozen=True)
class Dataset:
    """A dataset on this machine: `annotations` is its COCO file, photos lie in `images` under their hash."""

    version: str
    annotations: Path
    images: Path
    photos: int


def fetch_dataset(url: str, version: str, key: str, folder: Path) -> Dataset:
    """Brings a frozen dataset into `folder`, photo by photo; what is there and whole is not fetched again."""
    if not _HASH.fullmatch(version):
        raise DatasetError(f"{version} is no version: it is the SHA-256 of the dataset, in hex")
    base = f"{url.rstrip('/')}/v1/datasets/{version}"
    images = folder / "images"
    images.mkdir(parents=True, exist_ok=True)
    annotations = folder / "annotations.json"
    _fetch(base, key, annotations, version)
    coco = json.loads(annotations.read_bytes())
    for image in coco["images"]:
        sha256 = image["loupe"]["sha256"]
        name = image["file_name"]
        # Names come from outside: nothing but our own form is written.
        if not _HASH.fullmatch(sha256) or not re.fullmatch(rf"{sha256}\.[a-z]{{3,4}}", name):
            raise DatasetError(f"{name!r} is no name of a photo")
        _fetch(f"{base}/photos/{sha256}", key, images / name, sha256)
    return Dataset(version, annotations, images, len(coco["images"]))


def _fetch(url: str, key: str, path: Path, sha256: str) -> None:
    """Writes what `url` answers to `path`, once its hash is what it has to be."""
    if path.exists() and file_hash(path) == sha256:
        return
    part = path.with_name(path.name + ".part")
    for tried in range(1, _TRIES + 1):
        try:
            found = _download(url, key, part)
            break
        except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
            if isinstance(error, urllib.error.HTTPError) and error.code < 500:
                raise DatasetError(f"{url}: {error.code} {error.reason}") from error
            if tried == _TRIES:
                raise DatasetError(f"{url}: {error}") from error
            time.sleep(2**tried / 4)
    if found != sha256:
        part.unlink()
        raise DatasetError(f"{url} gave {found}, not what was frozen")
    os.replace(part, path)


def _download(url: str, key: str, part: Path) -> str:
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer dataset:{key}"})
    digest = hashlib.sha256()
    with urllib.request.urlopen(request, timeout=_PATIENCE_S) as answer, part.open("wb") as file:
        while chunk := answer.read(_CHUNK_BYTES):
            digest.update(chunk)
            file.write(chunk)
    return digest.hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(description="Fetch a frozen dataset of a Loupe server.")
    parser.add_argument("url")
    parser.add_argument("version")
    parser.add_argument("--key", default=os.environ.get("LOUPE_DATASET_KEY"), help="or LOUPE_DATASET_KEY")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    if args.key is None:
        parser.error("give --key or set LOUPE_DATASET_KEY")
    dataset = fetch_dataset(args.url, args.version, args.key, args.out)
    print(json.dumps({"version": dataset.version, "photos": dataset.photos, "folder": str(args.out)}))


if __name__ == "__main__":
    main()
