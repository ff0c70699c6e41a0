"""Fetching a frozen dataset, against a small server that answers as Loupe's does, or does not."""

import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from training.data.dataset_api import DatasetError, fetch_dataset

PHOTO = b"not a photo, and no reader here looks into it"


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def coco(name: str | None = None) -> bytes:
    photo = sha256(PHOTO)
    image = {"id": 1, "file_name": name or f"{photo}.jpg", "width": 4, "height": 3, "loupe": {"sha256": photo}}
    return json.dumps({"images": [image], "annotations": [], "categories": []}).encode()


class Server:
    """Answers from `files` by path; remembers what was asked for; fails `failures` times first."""

    def __init__(self):
        self.files: dict[str, bytes] = {}
        self.asked: list[tuple[str, str | None]] = []
        self.failures = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked.append((self.path, self.headers["Authorization"]))
                if outer.failures > 0:
                    outer.failures -= 1
                    self.send_error(503)
                    return
                body = outer.files.get(self.path)
                if body is None:
                    self.send_error(404)
                    return
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def freeze(self, text: bytes) -> str:
        version = sha256(text)
        self.files[f"/v1/datasets/{version}"] = text
        self.files[f"/v1/datasets/{version}/photos/{sha256(PHOTO)}"] = PHOTO
        return version


@pytest.fixture
def server():
    server = Server()
    yield server
    server.http.shutdown()
    server.http.server_close()


def test_fetches_by_version_and_checks_every_hash(server, tmp_path):
    version = server.freeze(coco())
    dataset = fetch_dataset(server.url, version, "secret", tmp_path)
    assert dataset.photos == 1
    assert sha256(dataset.annotations.read_bytes()) == version
    assert (dataset.images / f"{sha256(PHOTO)}.jpg").read_bytes() == PHOTO
    assert {key for _, key in server.asked} == {"Bearer dataset:secret"}


def test_what_is_here_is_not_fetched_again(server, tmp_path):
    version = server.freeze(coco())
    fetch_dataset(server.url, version, "k", tmp_path)
    asked = len(server.asked)
    fetch_dataset(server.url, version, "k", tmp_path)
    assert len(server.asked) == asked


def test_a_server_that_fails_for_a_while_is_asked_again(server, tmp_path):
    version = server.freeze(coco())
    server.failures = 2
    assert fetch_dataset(server.url, version, "k", tmp_path).photos == 1


@pytest.mark.parametrize("part", ["", f"/photos/{sha256(PHOTO)}"])
def test_other_bytes_than_were_frozen_are_refused_and_not_kept(server, tmp_path, part):
    version = server.freeze(coco())
    server.files[f"/v1/datasets/{version}{part}"] = b"{}" + PHOTO
    with pytest.raises(DatasetError, match="not what was frozen"):
        fetch_dataset(server.url, version, "k", tmp_path)
    whole = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "annotations.json"]
    assert whole == []


@pytest.mark.parametrize("name", ["../../outside.jpg", "/etc/passwd", f"{sha256(PHOTO)}.jpg/..", "photo.jpg"])
def test_a_name_that_leads_elsewhere_is_refused(server, tmp_path, name):
    version = server.freeze(coco(name))
    with pytest.raises(DatasetError, match="no name of a photo"):
        fetch_dataset(server.url, version, "k", tmp_path)


@pytest.mark.parametrize("version", ["latest", "../" * 20 + "a" * 4])
def test_only_a_hash_is_a_version(server, tmp_path, version):
    with pytest.raises(DatasetError, match="no version"):
        fetch_dataset(server.url, version, "k", tmp_path)
    assert server.asked == []


def test_an_unknown_version_is_told(server, tmp_path):
    with pytest.raises(DatasetError, match="404"):
        fetch_dataset(server.url, "0" * 64, "k", tmp_path)
