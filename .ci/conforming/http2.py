"""h2spec in its strict mode: HTTP/2 and HPACK, case by case of the RFCs."""

import os
import re
import socket
import subprocess
import time
import xml.etree.ElementTree as xml
from concurrent.futures import ThreadPoolExecutor

from measuring.machine import Process, Trouble, free_port

from .between import ALL_CORES, await_listener
from .cases import Case

KEY, NAME, CASES = "h2spec", "HTTP/2: h2spec, strict", 146
UNPRINTABLE = re.compile(rb"[^\t\n -~]")
PARTS = ["generic", "http2", "hpack"]
# Preface, SETTINGS, and GET / as indexed fields with END_STREAM.
REQUEST = (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(3) + b"\x04" + bytes(5)
           + b"\x00\x00\x06\x01\x05\x00\x00\x00\x01\x82\x86\x84\x41\x01a")


class Http2Suite:
    key, name, cases = KEY, NAME, CASES
    waits = False

    def __init__(self, programs):
        self.programs = programs
        self.explained = "The application is Go's net/http. A case is named as h2spec takes it: `h2spec -S http2/3.5/2`."

    def start(self, work):
        self.port = free_port()
        self.application = Process([os.path.join(self.programs, "application"), f"127.0.0.1:{self.port}"], ALL_CORES, work.log("application"))
        await_listener(self.port, self.application)

    def stop(self):
        self.application.stop()

    def run(self, between, work):
        link = between.start(self.port, work)
        try:
            await_answer(link)
            with ThreadPoolExecutor() as pool:
                found = [case for cases in pool.map(lambda part: self._part(part, link.port, work), PARTS) for case in cases]
            return found, link.dead()
        finally:
            link.stop()

    def _part(self, part, port, work):
        report = os.path.join(work.folder, f"{port}-{part}.xml")
        command = [os.path.join(self.programs, "h2spec"), "-S", "-p", str(port), "-j", report, part]
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
        except subprocess.TimeoutExpired:
            raise Trouble(f"h2spec {part} is not done after 300 s") from None
        if not os.path.exists(report):
            raise Trouble(f"h2spec {part} wrote no report: {(done.stdout + done.stderr).strip()[-500:]}")
        return list(read(report))


def read(report):
    """The cases of a JUnit report; one that was skipped has not passed."""
    with open(report, "rb") as f:
        text = UNPRINTABLE.sub(b"?", f.read())  # h2spec hands on what a peer says in GOAWAY as it is
    for suite in xml.fromstring(text):
        for number, case in enumerate(suite.findall("testcase"), 1):
            fault = next((child for kind in ("failure", "error", "skipped") for child in case.findall(kind)), None)
            said = ""
            if fault is not None:
                lines = (fault.text or "").strip().splitlines()
                said = "skipped" if fault.tag == "skipped" else f"expected: {' | '.join(lines[:-1])}\nactual: {lines[-1] if lines else '-'}"
            yield Case(f"{suite.get('package')}/{number}", case.get("classname"), fault is None, said)


def await_answer(link, limit=15.0):
    """Until a request is answered by the application itself, through all that stands in between."""
    end = time.monotonic() + limit
    while time.monotonic() < end and not link.dead():
        if answered(link.port):
            return
        time.sleep(0.05)
    raise Trouble(f"no request was answered 200 within {limit:.0f} s: {[p.said() for p in link.processes]}")


def answered(port):
    """Whether GET / is answered 200 (the indexed field 8) on a connection of its own."""
    try:
        with socket.create_connection(("127.0.0.1", port), 1.0) as s:
            s.sendall(REQUEST)
            stream = s.makefile("rb")
            for _ in range(20):
                head = stream.read(9)
                if len(head) < 9:
                    return False
                payload = stream.read(int.from_bytes(head[:3], "big"))
                if head[3] == 1:
                    return b"\x88" in payload[:4]
    except OSError:
        pass
    return False
