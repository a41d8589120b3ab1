#!/usr/bin/env python3
"""A demo service in Python's standard library. No retry, no TLS, no metrics, no timeout: that is the sidecar's work.

Settings: NAME, PORT, UPSTREAMS (URLs), FANOUT, PROPAGATE, PAGE and, to misbehave on purpose, FAIL_PERCENT,
FAIL_STATUS, STALL_PERCENT, STALL_MS, SEED. All services of this folder behave the same; see README.md.
"""
import itertools
import json
import os
import socket
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def setting(name, default):
    return int(os.environ.get(name) or default)


NAME = os.environ.get("NAME", "python")
UPSTREAMS = os.environ.get("UPSTREAMS", "").split()
FANOUT, PROPAGATE = setting("FANOUT", 0), setting("PROPAGATE", 0)
PAGE = os.environ.get("PAGE")
FAIL_PERCENT, FAIL_STATUS = setting("FAIL_PERCENT", 0), setting("FAIL_STATUS", 503)
STALL_PERCENT, STALL_MS = setting("STALL_PERCENT", 0), setting("STALL_MS", 1000)
SEED = setting("SEED", 1)
TRACE_HEADERS = ("x-request-id", "traceparent", "tracestate", "baggage")
requests = itertools.count(1)


def dice(n):
    """0 to 99, the same in every language for the n-th request (the 32-bit finalizer of MurmurHash3)."""
    x = (SEED + n) * 0x9E3779B9 & 0xFFFFFFFF
    x = (x ^ x >> 16) * 0x85EBCA6B & 0xFFFFFFFF
    x = (x ^ x >> 13) * 0xC2B2AE35 & 0xFFFFFFFF
    return (x ^ x >> 16) * 100 >> 32


def call(url, headers):
    """The upstream's body where it answers 200, else what went wrong."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, None
    except OSError:
        return 0, None


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def do_GET(self):
        if self.path == "/healthz":
            return self.answer(200, {"name": NAME, "ok": True})
        if PAGE and "text/html" in self.headers.get("Accept", ""):
            with open(PAGE, "rb") as page:
                return self.send(200, "text/html; charset=utf-8", page.read())
        luck = dice(next(requests))
        if luck < FAIL_PERCENT:
            return self.answer(FAIL_STATUS, {"name": NAME, "language": "python", "error": "fails on purpose"})
        if luck < FAIL_PERCENT + STALL_PERCENT:
            time.sleep(STALL_MS / 1000)
        headers = {h: self.headers[h] for h in TRACE_HEADERS if PROPAGATE and h in self.headers}
        with ThreadPoolExecutor(len(UPSTREAMS) if FANOUT and UPSTREAMS else 1) as pool:
            answers = list(pool.map(lambda url: call(url, headers), UPSTREAMS))
        nested = [body if status == 200 else {"url": url, "status": status}
                  for url, (status, body) in zip(UPSTREAMS, answers)]
        status = 200 if all(status == 200 for status, _ in answers) else 502
        self.answer(status, {"name": NAME, "language": "python", "upstreams": nested})

    def answer(self, status, body):
        self.send(status, "application/json", json.dumps(body, separators=(",", ":")).encode())

    def send(self, status, content_type, body):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    address_family = socket.AF_INET6 if socket.has_dualstack_ipv6() else socket.AF_INET
    request_queue_size = 128


Server(("", setting("PORT", 8080)), Handler).serve_forever()
