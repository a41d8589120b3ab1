"""One application of the chain: /HEADER/ENDING/NUMBER asks NEXT the same and answers with its status.

HEADER is the one header that is handed on, or "nothing". ENDING says what the end of the chain does: 503, half (every
second one is 503), refused (it is asked on a port where nobody listens). /counts tells how many requests have come to
each application from here on, and the most for one path.
"""

import collections
import http.client
import http.server
import json
import os
import threading

NEXT = os.environ.get("NEXT", "")
arrived = collections.Counter()
lock = threading.Lock()


class Hop(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def setup(self):
        super().setup()
        self.next = {}

    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/counts":
            return self.answer(200, json.dumps(self.counts()).encode())
        with lock:
            arrived[self.path] += 1
            count = sum(arrived.values()) if not NEXT else 0
        header, ending = self.path.split("/")[1:3]
        if NEXT:
            value = self.headers.get(header)
            status, _ = self.ask(ending, self.path, {header: value} if value else {}, body)
        else:
            status = 200 if ending == "half" and count % 2 == 0 else 503
        self.answer(status, b"")

    do_POST = do_GET

    def counts(self):
        with lock:
            mine = [sum(arrived.values()), max(arrived.values(), default=0)]
            arrived.clear()
        if not NEXT:
            return [mine]
        return [mine] + json.loads(self.ask("", "/counts", {}, b"", "GET")[1])

    def ask(self, ending, path, headers, body, method=None):
        port = 8081 if ending == "refused" and NEXT == "end" else 8080
        if port not in self.next:
            self.next[port] = http.client.HTTPConnection(NEXT, port)
        connection = self.next[port]
        method = method or self.command
        connection.request(method, path, body if method == "POST" else None, headers)
        response = connection.getresponse()
        return response.status, response.read()

    def answer(self, status, body):
        self.send_response_only(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True


Server(("", int(os.environ["PORT"])), Hop).serve_forever()
