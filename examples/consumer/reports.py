"""The team's service: tells who asks for which report. It reads no tokens; the gateway has checked them."""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Reports(BaseHTTPRequestHandler):
    """Answers with what the gateway says of the caller."""

    def do_GET(self) -> None:
        """Say whose report this is."""
        length = int(self.headers.get("Content-Length") or 0)
        self.rfile.read(length)
        answer = {
            "path": self.path,
            "tier": self.headers.get("X-Consumer-Custom-ID"),
            "user": self.headers.get("TokenSubject"),
        }
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_POST = do_GET  # noqa: N815 (the standard library's form)


if __name__ == "__main__":
    host, port = sys.argv[1:3]
    ThreadingHTTPServer((host, int(port)), Reports).serve_forever()
