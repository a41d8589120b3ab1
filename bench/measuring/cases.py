"""The cases, and how one is measured: interleaved rounds, ratios per round, medians."""

import statistics

from . import load
from .credentials import SERVER_NAME
from .machine import OTHER_CORE, Cpu, Trouble, free_port, memory_mb, wait_for_200
from .proxies import HaProxy

# name -> (sides of the mesh that the proxy plays, load shape)
CASES = {
    "plain": (("plain",), "closed"),
    "plain-1000rps": (("plain",), "steady"),
    "outbound": (("outbound",), "closed"),
    "inbound": (("inbound",), "closed"),
    "pair": (("outbound", "inbound"), "closed"),
    "pair-1000rps": (("outbound", "inbound"), "steady"),
    "http2": (("plain",), "http2"),
    "grpc": (("plain",), "grpc"),
    "tcp": (("plain",), "tcp"),
}
# load shape -> what the proxy is to speak, where that is not HTTP/1.1
SPOKEN = {"http2": "http2", "grpc": "http2", "tcp": "tcp"}
EXPLAINED = {
    "plain": "plaintext HTTP/1.1, closed loop, 32 connections",
    "plain-1000rps": "plaintext HTTP/1.1, 1000 requests a second over 8 connections",
    "outbound": "plaintext in, mutual TLS out, closed loop, 32 connections",
    "inbound": "mutual TLS in, plaintext out, closed loop, 32 connections",
    "pair": "two proxies with mutual TLS between them, CPU and memory of both together",
    "pair-1000rps": "the same pair at 1000 requests a second",
    "http2": "plaintext HTTP/2 on both sides, closed loop, 4 connections with 8 streams each",
    "grpc": "gRPC's own benchmark: unary calls, 100 B there and 1 KB back, closed loop, 4 connections with 8 calls each",
    "tcp": "opaque bytes: requests and responses of 1 KB that the proxy does not read, closed loop, 32 connections",
}


class Candidate:
    """One proxy (or pair) set up for one case, and its samples."""

    def __init__(self, proxy, sides, backend, work, helper, shape):
        self.shape, self.speaks = shape, SPOKEN.get(shape, "http1")
        self.name, self.processes, self.rounds = proxy.name, [], []
        try:
            self._start(proxy, sides, backend, work, helper)
        except Exception:
            self.stop()
            raise

    def _start(self, proxy, sides, backend, work, helper):
        upstream = backend.tls_port if sides == ("outbound",) else backend.of(self.shape)
        for side in reversed(sides):  # the callee's first, so that "ready" is the caller's own time
            port = free_port()
            self.processes.append(proxy.start(side, port, upstream, work, self.speaks))
            upstream = port
            if side == "inbound" and len(sides) == 1:
                upstream = self._through(helper, port, work)
            elif side == "inbound":
                probe = self._through(helper, port, work)
                self._first_200(probe, self.processes[-1], proxy)
        self.port = upstream
        self.pids = [p.pid for p in self.processes if p is not getattr(self, "helper", None)]
        measured = [p for p in self.processes if p is not getattr(self, "helper", None)][-1]
        self.ready_ms = self._first_200(self.port, measured, proxy)

    def _through(self, helper, port, work):
        """A client that speaks mutual TLS, on the other core: the load generators do not."""
        entry = free_port()
        self.helper = helper.start("outbound", entry, port, work, core=OTHER_CORE, sni=SERVER_NAME)
        self.processes.append(self.helper)
        return entry

    def _first_200(self, port, process, proxy):
        try:
            return wait_for_200(port, process, self.shape)
        except Trouble as trouble:
            raise Trouble(f"{proxy.name}: {trouble}") from None

    def stop(self):
        for process in reversed(self.processes):
            process.stop()


def measure(case, proxies, backend, work, wrk, rounds, seconds, warm_up, note):
    """One row per candidate; a candidate that fails is left out, by name."""
    sides, shape = CASES[case]
    helper = None
    if "inbound" in sides:
        helper = HaProxy()

    def run(candidate, duration, how):
        if candidate.shape == "http2":
            return load.streams(candidate.port, duration)
        if candidate.shape == "grpc":
            return load.calls(candidate.port, duration, work)
        if how in ("closed", "tcp"):
            return load.closed_loop(wrk, candidate.port, duration)
        return load.steady(candidate.port, duration)

    candidates = []

    def leave_out(name, trouble):
        note(f"{case}: {name} left out: {trouble}")
        for candidate in [c for c in candidates if c.name == name]:
            candidates.remove(candidate)
            candidate.stop()

    try:
        for proxy in proxies:
            try:
                candidate = Candidate(proxy, sides, backend, work, helper, shape)
                candidates.append(candidate)
                run(candidate, warm_up, "closed")
            except (Trouble, OSError) as trouble:
                leave_out(proxy.name, trouble)
        for _ in range(rounds):
            for candidate in list(candidates):
                try:
                    cpu = Cpu(candidate.pids)
                    served, p99 = run(candidate, seconds, shape)
                    total, user = cpu.spent()
                except (Trouble, OSError) as trouble:
                    leave_out(candidate.name, trouble)
                    continue
                candidate.rounds.append({"cpu": total / served, "user": user / served, "rps": served / seconds, "p99": p99})
        return [_row(case, c, candidates) for c in candidates]
    finally:
        for candidate in candidates:
            candidate.stop()


def _row(case, candidate, candidates):
    def median(key):
        return statistics.median(r[key] for r in candidate.rounds)

    def ratio(other):
        pairs = [(mine["cpu"], theirs["cpu"]) for c in candidates if c.name == other for mine, theirs in zip(candidate.rounds, c.rounds)]
        return round(statistics.median(a / b for a, b in pairs), 2) if pairs and other != candidate.name else None

    memory = memory_mb(candidate.pids)
    return {
        "case": case, "proxy": candidate.name,
        "cpu_us": round(median("cpu"), 1), "user_us": round(median("user"), 1),
        "rss_mb": memory["Rss"], "pss_mb": memory["Pss"], "private_dirty_mb": memory["Private_Dirty"],
        "ready_ms": round(candidate.ready_ms), "rps": round(median("rps")), "p99_ms": None if candidate.shape == "http2" else round(median("p99"), 2),
        "vs_envoy": ratio("envoy"), "vs_haproxy": ratio("haproxy"),
    }
