"""What stands before Kong in a cluster: ends TLS, and says in headers from where and how a request came."""

import ssl
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast

import httpx

_OF_THE_CONNECTION = {"connection", "content-length", "keep-alive", "transfer-encoding", "date", "server"}


class TlsFront:
    """The front, while it runs."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.client = "203.0.113.9"
        """The address that it says requests come from."""
        self.scheme = "https"
        """The scheme that it says they came by."""


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that are refused."""


@contextmanager
def tls_front(behind: str, certificate: Path, key: Path, *, clients_of: Path | None = None) -> Generator[TlsFront]:
    """A front before a URL. With `clients_of`, an authority's file, it lets those pass whose certificates it signed.

    Others it answers as nginx does with `ssl_verify_client on`: those without a certificate after the handshake.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    if clients_of is not None:
        context.load_verify_locations(clients_of)
        context.verify_mode = ssl.CERT_OPTIONAL
    with httpx.Client(base_url=behind, trust_env=False) as upstream:
        server = _Server(("127.0.0.1", 0), BaseHTTPRequestHandler)
        front = TlsFront(server.server_address[1])
        server.RequestHandlerClass = _handler(front, upstream, asks=clients_of is not None)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield front
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


_NO_CERTIFICATE = b"""<html>
<head><title>400 No required SSL certificate was sent</title></head>
<body>
<center><h1>400 Bad Request</h1></center>
<center>No required SSL certificate was sent</center>
</body>
</html>
"""


def _handler(front: TlsFront, upstream: httpx.Client, *, asks: bool) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _forward(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if asks and not cast("ssl.SSLSocket", self.connection).getpeercert():
                self._answer(400, {"Content-Type": "text/html"}, _NO_CERTIFICATE)
                return
            kept = {name: value for name, value in self.headers.items() if name.lower() not in _OF_THE_CONNECTION}
            told = {"X-Forwarded-For": front.client, "X-Forwarded-Proto": front.scheme}
            answer = upstream.request(self.command, self.path, content=body, headers=kept | told)
            self._answer(answer.status_code, answer.headers, answer.content)

        def _answer(self, status: int, headers: Mapping[str, str], content: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                if name.lower() not in _OF_THE_CONNECTION:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = do_OPTIONS = _forward  # noqa: N815 - http.server's names

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name in the standard library
            del format, args

    return Handler
