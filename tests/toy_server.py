"""A web server on this machine, right or wrong in every way that a download meets."""

import contextlib
import functools
import http.server
import os
import socket
import threading


@contextlib.contextmanager
def serve(pages):
    """Run a server until the end of the block.

    Args:
        pages: dict of functions by path, which answer through a request handler.

    Yields:
        The server, with its `url`, its `pages`, and the `paths` it was asked for.
    """
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.url = f"http://127.0.0.1:{server.server_port}"
    server.pages = pages
    server.paths = []
    server.over = threading.Event()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):  # noqa: N802
        self.server.paths.append(self.path)
        self.server.pages[self.path](self)

    def log_message(self, *_):
        pass


def without_proxies(monkeypatch):
    """Let requests go to this machine itself."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


def closed_url():
    """An address at which nobody listens."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{unused.getsockname()[1]}"


# === Answers ===


def send(handler, content, status=200, length=None, **headers):
    handler.send_response(status)
    handler.send_header("Content-Length", str(length or len(content)))
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(content)


html = functools.partial(send, **{"Content-Type": "text/html"})


def answers(content):
    """What may come where `content` should, by names that stand in the path."""

    def stall(handler):
        send(handler, content[:100], length=len(content))
        handler.wfile.flush()
        handler.server.over.wait(60)

    def endless(handler):
        handler.send_response(200)
        handler.end_headers()
        with contextlib.suppress(OSError):
            while not handler.server.over.is_set():
                handler.wfile.write(content)

    def passing(handler, status):
        first = handler.server.paths.count(handler.path) == 1
        send(handler, b"" if first else content, status if first else 200)

    def moved(handler, name):
        location = handler.path.replace("/moved", f"/{name}", 1)
        send(handler, b"", 302, Location=location)

    return {
        "right": lambda handler: send(handler, content),
        "404": lambda handler: send(handler, b"Not Found", 404),
        "500": lambda handler: send(handler, b"", 500),
        "wrong": lambda handler: send(handler, bytes(len(content))),
        "page": lambda handler: html(handler, b"<html>Log in</html>"),
        "empty": lambda handler: send(handler, b""),
        "short": lambda handler: send(handler, content[:-1], length=len(content)),
        "cut": lambda handler: send(handler, content[:-1]),
        "long": lambda handler: send(handler, content + b"."),
        "endless": endless,
        "stall": stall,
        "moved": lambda handler: moved(handler, "right"),
        "circle": lambda handler: moved(handler, "circle"),
        "away": lambda handler: send(handler, b"", 302, Location="file:///etc/passwd"),
        "flaky": lambda handler: passing(handler, 503),
        "busy": lambda handler: passing(handler, 429),
    }
