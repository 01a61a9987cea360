"""A local imitation of Hugging Face's hub: the requests of `snapshot_download`, and failures."""

from __future__ import annotations

import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit


def commit(number):
    """A commit's hash."""
    return f"{number:040x}"


class HuggingFace:
    """Serves models from folders.

    Attributes:
        revisions: By `OWNER/NAME`, the commit of each branch and tag.
        folders: The folder of each (`OWNER/NAME`, commit).
        refused: By `OWNER/NAME`, the status and `X-Error-Code` of the refusal.
        gated: Each `OWNER/NAME` whose files are refused, although their names are listed.
        requests: (method, path, `Authorization`) of each request.
    """

    def __init__(self):
        self.revisions, self.folders, self.refused, self.gated, self.requests = {}, {}, {}, set(), []
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._http.owner, self._http.daemon_threads = self, True
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02})
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def push(self, repository, folder, number=1, revision="main"):
        """Make a folder a revision of a model; return its commit."""
        self.revisions.setdefault(repository, {})[revision] = commit(number)
        self.folders[repository, commit(number)] = folder
        return commit(number)

    @property
    def downloaded(self):
        """Return the files that were sent."""
        return {path.split("/", 5)[-1] for method, path, _ in self.requests if method == "GET" and "/resolve/" in path}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        hub, parts = self.server.owner, unquote(urlsplit(self.path).path).strip("/").split("/")
        hub.requests.append((self.command, self.path, self.headers.get("Authorization")))
        is_api = parts[:2] == ["api", "models"]
        owner, name, *rest = parts[2:] if is_api else parts
        repository = f"{owner}/{name}"
        if repository in hub.refused:
            status, code = hub.refused[repository]
            return self.refuse(status, code)
        if repository not in hub.revisions:
            return self.refuse(401, "RepoNotFound")
        what, revision, file = (rest[0], *self.revision(repository, rest[1:])) if rest else ("revision", "main", "")
        sha = hub.revisions[repository].get(revision, revision)
        if (repository, sha) not in hub.folders:
            return self.refuse(404, "RevisionNotFound")
        folder = hub.folders[repository, sha]
        if repository in hub.gated and not is_api:
            return self.refuse(403, "GatedRepo")
        if is_api:
            return self.answer(json.dumps(self.described(repository, sha, folder, what)).encode(), sha)
        path = folder / file
        return self.answer(path.read_bytes(), sha) if path.is_file() else self.refuse(404, "EntryNotFound")

    do_HEAD = do_GET  # noqa: N815 -- http.server calls it so

    def revision(self, repository, parts):
        """Split a path into the revision, which may contain slashes, and the file."""
        known = {*self.server.owner.revisions[repository], *self.server.owner.revisions[repository].values()}
        for end in range(len(parts), 0, -1):
            if "/".join(parts[:end]) in known:
                return "/".join(parts[:end]), "/".join(parts[end:])
        return parts[0], "/".join(parts[1:])

    def described(self, repository, sha, folder, what):
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        names = [path.relative_to(folder).as_posix() for path in paths]
        if what == "tree":
            return [
                {"type": "file", "path": name, "size": path.stat().st_size, "oid": etag(path.read_bytes())}
                for name, path in zip(names, paths, strict=True)
            ]
        return {"id": repository, "modelId": repository, "sha": sha, "siblings": [{"rfilename": n} for n in names]}

    def answer(self, body, sha):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", f'"{etag(body)}"')
        self.send_header("X-Repo-Commit", sha)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def refuse(self, status, code):
        self.send_response(status)
        self.send_header("X-Error-Code", code)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def etag(body):
    return hashlib.sha1(body).hexdigest()
