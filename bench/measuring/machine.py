"""Processes and what they cost, read from /proc."""

import ctypes
import os
import re
import signal
import socket
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")
CORES = sorted(os.sched_getaffinity(0))
# The proxy has a core of its own; the load generator and the backend share the other.
PROXY_CORE = {CORES[0]}
OTHER_CORE = {CORES[1]} if len(CORES) > 1 else PROXY_CORE

# HTTP/2's preface, SETTINGS, and GET / as indexed fields; an answer has HEADERS of stream 1 with :status 200 in front.
HTTP2_REQUEST = (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(3) + b"\x04" + bytes(5)
                 + b"\x00\x00\x06\x01\x05\x00\x00\x00\x01\x82\x86\x84\x41\x01a")
# The same as a call of gRPC that nobody knows: POST /, content-type application/grpc, te trailers.
GRPC_REQUEST = (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(3) + b"\x04" + bytes(5)
                + b"\x00\x00\x26\x01\x05\x00\x00\x00\x01\x83\x86\x84\x41\x01a\x0f\x10\x10application/grpc\x00\x02te\x08trailers")
HTTP2_ANSWERED = re.compile(rb".*\x01[\x04\x05]\x00\x00\x00\x01[\x20-\x3f]*\x88", re.DOTALL)

_libc = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1


class Trouble(Exception):
    """Something the user can mend; the message says how."""


class Process:
    """A child of ours, pinned, that dies with us."""

    def __init__(self, argv, core, log, env=None):
        def in_child():
            _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            os.sched_setaffinity(0, core)

        self.log = log
        self.started = time.monotonic()
        with open(log, "wb") as out:
            self.child = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out, preexec_fn=in_child, env=env)
        self.pid = self.child.pid

    def stop(self):
        if self.child.poll() is None:
            self.child.terminate()
            try:
                self.child.wait(5)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()

    def alive(self):
        return self.child.poll() is None

    def said(self):
        with open(self.log, errors="replace") as f:
            return f.read()[-2000:].strip()


class Cpu:
    """CPU time of all threads of some processes, from now on."""

    def __init__(self, pids):
        self.pids = pids
        self.threads, self.user, self.system = self._read()

    def _read(self):
        threads, user, system = {}, 0, 0
        for pid in self.pids:
            with open(f"/proc/{pid}/stat") as f:
                fields = f.read().rsplit(")", 1)[1].split()
            user += int(fields[11])
            system += int(fields[12])
            for tid in os.listdir(f"/proc/{pid}/task"):
                try:
                    with open(f"/proc/{pid}/task/{tid}/schedstat") as f:
                        threads[tid] = int(f.read().split()[0])
                except FileNotFoundError:
                    pass
        return threads, user, system

    def spent(self):
        """Microseconds (all, of it user) since the start."""
        threads, user, system = self._read()
        exact = sum(t - self.threads.get(tid, 0) for tid, t in threads.items()) / 1e3
        user = (user - self.user) * 1e6 / TICKS
        ticks = user + (system - self.system) * 1e6 / TICKS
        # Ticks are coarse but include threads that have ended since (compiler threads do).
        total = ticks if ticks > exact * 1.03 + 20_000 else exact
        return total, total * user / ticks if ticks else 0.0


def memory_mb(pids):
    """Rss, Pss and Private_Dirty of some processes together."""
    sums = {"Rss": 0, "Pss": 0, "Private_Dirty": 0}
    for pid in pids:
        with open(f"/proc/{pid}/smaps_rollup") as f:
            for line in f:
                key = line.split(":")[0]
                if key in sums:
                    sums[key] += int(line.split()[1])
    return {key: round(kb / 1024, 1) for key, kb in sums.items()}


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def _received(s, answered):
    """What comes until it is the answer, or the end."""
    got = b""
    while not answered.match(got):
        data = s.recv(4096)
        if not data or len(got) > 65536:
            break
        got += data
    return got


def wait_for_200(port, process, shape="closed", host="bench", limit=15.0):
    """Polls every 2 ms; returns ms from the process's start to the first 200."""
    request = f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
    request = {"http2": HTTP2_REQUEST, "grpc": GRPC_REQUEST}.get(shape, request)
    answered = HTTP2_ANSWERED if request in (HTTP2_REQUEST, GRPC_REQUEST) else re.compile(rb"HTTP/1\.1 200")
    end = process.started + limit
    while time.monotonic() < end:
        try:
            with socket.create_connection(("127.0.0.1", port), 1.0) as s:
                s.sendall(request)
                if answered.match(_received(s, answered)):
                    return (time.monotonic() - process.started) * 1e3
        except OSError:
            pass
        if not process.alive():
            raise Trouble(f"the process ended: {process.said() or 'it said nothing'}")
        time.sleep(0.002)
    raise Trouble(f"no 200 within {limit:.0f} s: {process.said() or 'it said nothing'}")
