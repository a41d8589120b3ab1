"""The load: wrk for closed loops; for a fixed rate, requests evenly spaced over a few connections."""

import json
import os
import re
import subprocess
import sys

from . import peers
from .machine import OTHER_CORE, Trouble


def _pinned():
    os.sched_setaffinity(0, OTHER_CORE)


def closed_loop(wrk, port, seconds, connections=32):
    """Requests answered with 2xx within a closed loop."""
    done = subprocess.run(
        [wrk, "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", f"http://127.0.0.1:{port}/"],
        capture_output=True, text=True, preexec_fn=_pinned, timeout=seconds + 20)
    served = re.search(r"(\d+) requests in", done.stdout)
    if served is None:
        raise Trouble(f"wrk failed: {done.stderr.strip() or done.stdout.strip()}")
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", done.stdout)
    errors = re.search(r"Socket errors: (.*)", done.stdout)
    if bad or errors:
        raise Trouble("not all answers were good: " + "; ".join(m.group(0).strip() for m in (bad, errors) if m))
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)", done.stdout)
    unit = {"us": 1e-3, "ms": 1.0, "s": 1e3}
    return int(served.group(1)), float(p99.group(1)) * unit[p99.group(2)]


def steady(port, seconds, rate=1000, connections=8):
    """Requests answered at a fixed rate, and the 99th percentile in ms."""
    done = subprocess.run(
        [sys.executable, os.path.join(os.path.dirname(__file__), "steady_load.py"),
         str(port), str(seconds), str(rate), str(connections)],
        capture_output=True, text=True, preexec_fn=_pinned, timeout=seconds + 20)
    if done.returncode != 0:
        raise Trouble(f"the steady load failed: {done.stderr.strip()[-300:]}")
    result = json.loads(done.stdout)
    return result["served"], result["p99_ms"]


def streams(port, seconds, connections=4, at_once=8):
    """Requests answered with 2xx by HTTP/2 within a closed loop; h2load tells no 99th percentile."""
    done = subprocess.run([peers.tool("h2load"), "-t1", f"-c{connections}", f"-m{at_once}", f"-D{seconds}", f"http://127.0.0.1:{port}/"],
                          capture_output=True, text=True, timeout=seconds + 30, preexec_fn=_pinned)
    found = re.search(r"status codes: (\d+) 2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx", done.stdout)
    if done.returncode != 0 or not found or not int(found[1]) or any(int(found[i]) for i in (2, 3, 4)):
        raise Trouble(f"h2load was not answered 2xx: {(done.stdout + done.stderr).strip()[-300:]}")
    return int(found[1]), 0.0


def calls(port, seconds, work, connections=4, at_once=8):
    """Unary calls of gRPC answered, and the 99th percentile in ms; one that fails ends it."""
    profiles = f"proa-bench-load-{os.getpid()}"  # it writes two files under /tmp, whatever TMPDIR says
    try:
        done = subprocess.run(
            [os.path.join(peers.grpc(), "client"), f"-port={port}", f"-c={connections}", f"-r={at_once}", "-w=0", f"-d={seconds}",
             "-req=100", "-resp=1024", f"-test_name={profiles}"],
            capture_output=True, text=True, cwd=work.folder, timeout=seconds + 30, preexec_fn=_pinned)
    finally:
        for end in (".cpu", ".mem"):
            if os.path.exists(f"/tmp/{profiles}{end}"):
                os.remove(f"/tmp/{profiles}{end}")
    rate = re.search(r"qps: ([\d.]+)", done.stdout)
    p99 = re.search(r"%ile\): .*/([\d.]+)(ns|µs|ms|s)\n", done.stdout)
    if done.returncode != 0 or rate is None or p99 is None:
        raise Trouble(f"gRPC's client failed: {(done.stdout + done.stderr).strip()[-300:]}")
    unit = {"ns": 1e-6, "µs": 1e-3, "ms": 1.0, "s": 1e3}
    return round(float(rate[1]) * seconds), float(p99[1]) * unit[p99[2]]
