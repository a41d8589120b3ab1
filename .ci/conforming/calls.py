"""gRPC's interop suite: the cases that need no credentials, of clients and servers in Go and in Java."""

import os
import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

from measuring.machine import Process, Trouble, free_port

from .between import ALL_CORES, await_listener
from .cases import Case

TITLES = {
    "empty_unary": "empty request and response",
    "large_unary": "a large request and response",
    "client_streaming": "many requests, one response",
    "server_streaming": "one request, many responses",
    "ping_pong": "requests and responses in turns",
    "empty_stream": "a stream without a message",
    "timeout_on_sleeping_server": "a deadline that passes",
    "cancel_after_begin": "cancelled before the first message",
    "cancel_after_first_response": "cancelled after the first response",
    "status_code_and_message": "the server's status reaches the client",
    "special_status_message": "a status message with blanks and Unicode",
    "custom_metadata": "metadata in headers and trailers, text and binary",
    "unimplemented_method": "a method that there is not",
    "unimplemented_service": "a service that there is not",
    "pick_first_unary": "100 calls reach one server",
    "orca_per_rpc": "load metrics in trailers",
    "orca_oob": "load metrics in a stream of their own",
    "rpc_soak": "many large calls on a channel",
    "channel_soak": "many channels, a large call on each",
}
ORCA = '{"loadBalancingConfig":[{"test_backend_metrics_load_balancer":{}}]}'
NAMED = ("The case pick_first_unary wants a server that says who it is. Go's own never does, so that the case would fail even "
         "directly: for this case alone Go's is extended by that (`.ci/conforming/suites/named`).")
EXPLAINED = {
    ("Go", "Go"): NAMED,
    ("Go", "Java"): "Java's server does not say who it is, which pick_first_unary wants of it: that case fails with nothing in between.",
    ("Java", "Go"): NAMED,
    ("Java", "Java"): "",
}
PATIENCE = 60
# Java's colours, times and stack frames are not what went wrong.
NOISE = re.compile(r"^\s+at |^WARNING|^$|^\s*\.\.\. \d+ more")


class CallSuite:
    """A client in one language and a server in another (or the same)."""

    waits = False

    def __init__(self, client, server, programs, class_path=None, java=None):
        self.key = f"grpc-{client.lower()}-{server.lower()}"
        self.name = f"gRPC interop: client in {client}, server in {server}"
        self.client, self.server, self.programs, self.class_path, self.java = client, server, programs, class_path, java
        self.cases = len(TITLES)
        self.explained = EXPLAINED[client, server]
        self.servers = []

    def start(self, work):
        self.port = free_port()
        command = [os.path.join(self.programs, "server"), f"-port={self.port}"]
        if self.server == "Java":
            command = self._java("TestServiceServer", f"--port={self.port}", "--use_tls=false")
        self._serve(command, self.port, work)
        self.named = self.port
        if self.server == "Go":
            self.named = free_port()
            self._serve([os.path.join(self.programs, "named"), f"127.0.0.1:{self.named}"], self.named, work)

    def _serve(self, command, port, work):
        self.servers.append(Process(command, ALL_CORES, work.log("server")))
        await_listener(port, self.servers[-1])

    def stop(self):
        for server in self.servers:
            server.stop()

    def run(self, between, work):
        links = {}
        try:
            for port in {self.port, self.named}:
                links[port] = between.start(port, work)
            self._await_answer(links[self.port])
            with ThreadPoolExecutor(2) as pool:
                found = list(pool.map(lambda name: self._case(name, links[self.named if name == "pick_first_unary" else self.port].port), TITLES))
            return found, [said for link in links.values() for said in link.dead()]
        finally:
            for link in links.values():
                link.stop()

    def _await_answer(self, link, limit=15.0):
        end = time.monotonic() + limit
        while time.monotonic() < end:
            case = self._case("empty_unary", link.port)
            if case.passed:
                return
            time.sleep(0.1)
        raise Trouble(f"no call succeeded within {limit:.0f} s: {case.said} {[p.said() for p in link.processes]}")

    def _case(self, name, port):
        dash = "--" if self.client == "Java" else "-"
        options = [f"{dash}server_host=127.0.0.1", f"{dash}server_port={port}", f"{dash}use_tls=false", f"{dash}test_case={name}"]
        if name.startswith("orca"):
            options.append(f"{dash}service_config_json={ORCA}")
        command = self._java("TestServiceClient", *options) if self.client == "Java" else [os.path.join(self.programs, "client"), *options]
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                  errors="replace", timeout=PATIENCE, env=dict(os.environ, NO_PROXY="*", no_proxy="*"))
        except subprocess.TimeoutExpired:
            return Case(name, TITLES[name], False, f"expected: exit code 0\nactual: not done after {PATIENCE} s")
        lines = [line for line in done.stdout.splitlines() if not NOISE.search(line)]
        return Case(name, TITLES[name], done.returncode == 0,
                    "" if done.returncode == 0 else f"expected: exit code 0\nactual: exit code {done.returncode}: {' | '.join(lines[-3:])[-600:]}")

    def _java(self, main, *options):
        # One collector thread and no second compiler: a client lives for a second.
        return [self.java, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m", "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow", "-cp", self.class_path, f"io.grpc.testing.integration.{main}", *options]
