"""Autobahn's WebSocket suite: what a client meets that breaks every rule, with an echo server behind the proxies."""

import json
import os
import re
import shutil
import subprocess

from measuring.machine import Process, Trouble, free_port

from .between import ALL_CORES, await_listener
from .cases import Case

RUN = "import site, sys; site.addsitedir(sys.argv.pop(1)); from autobahntestsuite.wstest import run; "
# The echo server wants its own port in Host, and what calls a proxy in this suite names the proxy's.
ANY_PORT = ("from autobahn.websocket.protocol import WebSocketServerFactory as f; old = f.setSessionParameters; "
            "f.setSessionParameters = lambda self, *a, **k: (old(self, *a, **k), setattr(self, 'externalPort', None)); ")
GOOD, GOOD_CLOSE = ("OK", "NON-STRICT", "INFORMATIONAL"), ("OK", "INFORMATIONAL")


class WebSocketSuite:
    waits = True  # mostly for peers that close late, so that the columns may run at the same time
    key, name, cases = "websocket", "WebSocket: Autobahn", 301
    explained = ("Every case but those of permessage-deflate (12 and 13), which is between the two ends alone. The application is the suite's "
                 "own echo server; a case has passed when what was echoed and how the connection closed are as the suite wants, or as it tolerates. "
                 "A reason that says `actual: OK` or `actual: NON-STRICT` is about the close alone. Why Envoy fails so many has not been looked "
                 "into: its configuration here may be at fault, so its figure in this row is no finding about Envoy.")

    def __init__(self, python, folder):
        self.client = [python, "-c", RUN + "run()", folder]
        self.echo = [python, "-c", RUN + ANY_PORT + "run()", folder]

    def start(self, work):
        self.port = free_port()
        self.server = Process([*self.echo, "-m", "echoserver", "-w", f"ws://127.0.0.1:{self.port}"], ALL_CORES, work.log("echo"))
        await_listener(self.port, self.server)

    def stop(self):
        self.server.stop()

    def run(self, between, work):
        link = between.start(self.port, work)
        out = os.path.join(work.folder, f"websocket-{between.key}")
        try:
            what = {"outdir": out, "servers": [{"agent": "seen", "url": f"ws://127.0.0.1:{link.port}"}],
                    "cases": ["*"], "exclude-cases": ["12.*", "13.*"], "exclude-agent-cases": {}}
            done = subprocess.run([*self.client, "-m", "fuzzingclient", "-s", work.write("websocket.json", json.dumps(what))],
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=420)
        except subprocess.TimeoutExpired:
            raise Trouble("the suite is not done after 420 s") from None
        else:
            if not os.path.exists(os.path.join(out, "index.json")):
                raise Trouble(f"the suite wrote no report: {(done.stdout + done.stderr).strip()[-500:]}")
            return list(read(out)), link.dead()
        finally:
            link.stop()
            shutil.rmtree(out, ignore_errors=True)


def read(out):
    with open(os.path.join(out, "index.json")) as f:
        index = json.load(f)["seen"]
    for name in sorted(index, key=lambda name: [int(n) for n in name.split(".")]):
        with open(os.path.join(out, index[name]["reportfile"])) as f:
            case = json.load(f)
        passed = case["behavior"] in GOOD and case["behaviorClose"] in GOOD_CLOSE
        title = re.sub(r"<[^>]*>", " ", case["description"]).split("\n")[0].strip()[:120]
        said = (f"expected: {' '.join(case['expectation'].split())}\n"
                f"actual: {case['behavior']}: {case['result']}; close {case['behaviorClose']}: {case['resultClose']}")
        yield Case(name, title, passed, "" if passed else re.sub(r"<[^>]*>", " ", said))
