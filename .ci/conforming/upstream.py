"""h2specd: what a proxy makes of an upstream that breaks the rules of HTTP/2.

h2specd listens on a port for each case and wants a client that calls it there. Here the client is a proxy that knows one
upstream, so a switch stands in the upstream's place and joins its connections to the port of the case that is on; the
command that h2specd runs for a case (caller.py) sets the switch, then sends a request through the proxy.
"""

import os
import re
import socket
import subprocess
import sys
import threading

from measuring.machine import Trouble, free_port

from .cases import Case

FIRST_PORT, CASES = 30000, 57
CALLER = os.path.join(os.path.dirname(os.path.realpath(__file__)), "caller.py")
SECTION = re.compile(r"^ +([0-9][0-9.]*)\. (.+)$")
CASE = re.compile(r"^ +(✔|×)? *([0-9]+): (.+)$")
DETAIL = re.compile(r"^ +(->|Expected:|Actual:|Error:)? *(.+)$")


class UpstreamSuite:
    """The client half of HTTP/2: only proxies have one here, so that there is no direct run."""

    key, name, cases, waits = "h2specd", "HTTP/2 towards a bad upstream: h2specd", CASES, False
    explained = ("The suite plays the application, and breaks the rules: what is judged is the second proxy's own HTTP/2 client. "
                 "Each request comes by HTTP/2 through both proxies.")

    def __init__(self, program):
        self.program = program

    def start(self, work):
        """Everything is started for each column anew."""

    def stop(self):
        """As `start`."""

    def run(self, between, work):
        with Switch() as switch:
            link = between.start(switch.port, work)
            try:
                command = [self.program, "-S", "-o", "1", "-f", str(FIRST_PORT),
                           "-e", f"{sys.executable} -S -E {CALLER} {switch.control} {link.port}"]
                done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
                found = list(read(done.stdout))
                if len(found) != CASES:
                    raise Trouble(f"h2specd told of {len(found)} cases: {done.stdout.strip()[-500:]} {done.stderr.strip()[-300:]}")
                return found, link.dead()
            except subprocess.TimeoutExpired:
                raise Trouble("h2specd is not done after 300 s") from None
            finally:
                link.stop()


def read(text):
    """The cases as h2specd prints them while it runs; what follows repeats those that failed."""
    section, found = "", []
    for line in text.split("Failures:")[0].splitlines():
        if match := SECTION.match(line):
            section = match[1]
        elif match := CASE.match(line):
            found.append([f"{section}/{match[2]}", match[3], match[1] == "✔", []])
        elif found and not found[-1][2] and line.strip():
            found[-1][3].append(line.strip())
    for name, title, passed, said in found:
        yield Case(name, title, passed, "" if passed else "\n".join(said) or "skipped")


class Switch:
    """Joins whoever connects to its port with the port that was set last; setting it ends what is joined."""

    def __enter__(self):
        self.listener, self.controller = (socket.create_server(("127.0.0.1", 0), backlog=64) for _ in range(2))
        self.port, self.control = (s.getsockname()[1] for s in (self.listener, self.controller))
        self.target, self.joined, self.lock = free_port(), [], threading.Lock()
        for served, serve in ((self.listener, self._join), (self.controller, self._set)):
            threading.Thread(target=self._accept, args=(served, serve), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()
        self.controller.close()
        self._end()

    @staticmethod
    def _accept(listener, serve):
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    def _set(self, connection):
        with connection:
            self._end()
            self.target = int(connection.recv(16))
            connection.sendall(b"set")

    def _end(self):
        with self.lock:
            ended, self.joined = self.joined, []
        for s in ended:
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def _join(self, near):
        try:
            far = socket.create_connection(("127.0.0.1", self.target), 2.0)
        except OSError:
            near.close()
            return
        far.settimeout(None)
        with self.lock:
            self.joined += [near, far]
        copies = [threading.Thread(target=copy, args=ends, daemon=True) for ends in ((near, far), (far, near))]
        for one in copies:
            one.start()
        for one in copies:
            one.join()
        near.close()
        far.close()


def copy(source, sink):
    """Bytes until the end, which is passed on as it came."""
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        for s in (source, sink):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
