"""A tiny web app: it answers every request with a greeting. Python alone is enough to run it."""

import os
import signal
import socket
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

TOKEN = "@TOKEN@"  # yours alone: by it the checks know that this app is yours
PORT = 8000
BUILT = Path(__file__).with_name("built.txt")  # prepare.py writes it


class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        lines = [
            os.environ.get("GREETING", "(nobody set GREETING)"),
            f"I am {TOKEN}, in the container {socket.gethostname()}.",
            BUILT.read_text().strip() if BUILT.exists() else "(prepare.py has not run)",
        ]
        body = "\n".join([*lines, ""]).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def stop(_number, _frame):
    sys.exit(0)


signal.signal(signal.SIGTERM, stop)  # docker stop asks with this signal
print(f"serving on port {PORT}", flush=True)
ThreadingHTTPServer(("", PORT), Page).serve_forever()
