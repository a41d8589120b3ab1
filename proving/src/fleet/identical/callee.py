"""A callee in Python's standard library: http.server, which lets its socket be broken. See faults.txt."""
import os
import socket
import struct
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

RAW, CASES, attempts, lock = {}, {}, Counter(), threading.Lock()
for line in open("faults.txt"):
    word = line.rstrip("\n").split(" ", 3)
    if word[0] == "raw":
        RAW[word[1]] = word[2], (word + [""])[3].replace("\\r\\n", "\r\n").encode()
    elif word[0] == "case":
        CASES[word[1]] = line.split()[2:]


def fnv(data):
    x = 0x811C9DC5
    for b in data:
        x = (x ^ b) * 0x01000193 & 0xFFFFFFFF
    return "%08x" % x


def dice(n):
    x = n * 0x9E3779B9 & 0xFFFFFFFF
    x = (x ^ x >> 16) * 0x85EBCA6B & 0xFFFFFFFF
    x = (x ^ x >> 13) * 0xC2B2AE35 & 0xFFFFFFFF
    return CASES["dice"][(x ^ x >> 16) * len(CASES["dice"]) >> 32]


class Callee(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body leave in one write, as the others' do: see faults.txt

    def handle_expect_100(self):
        super().handle_expect_100()
        self.wfile.flush()
        return True


    def act(self):
        size = int(self.headers.get("Content-Length", 0))
        body = self.chunks() if "Transfer-Encoding" in self.headers else self.rfile.read(size)
        _, _, case, seed, number, _ = self.path.split("/")
        with lock, open(os.environ["LOG"], "a") as log:
            attempts[self.path] += 1
            n = attempts[self.path]
            log.write(f"{case} {number} {self.command} {len(body)} {fnv(body)}\n")
        step = CASES[case][min(n, len(CASES[case])) - 1]
        if step == "dice":
            step = dice(int(seed) * 1000 + int(number) * 10 + n)
        if step in RAW:
            return self.end(*RAW[step])
        if step == "stall":
            time.sleep(1.4)
        if step == "slow":
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for i in range(6):
                self.wfile.write(b"4\r\nslow\r\n" if i < 5 else b"0\r\n\r\n")
                self.wfile.flush()
                time.sleep(0.08 if i < 5 else 0)
            return
        text = f"{step}\n" if step.isdigit() else f"{self.command} {len(body)} {fnv(body)}\n"
        text = b"abcdefghijklmnop" * 65536 if step == "big" else text.encode()
        self.send_response(int(step) if step.isdigit() else 200)
        if step != "204":
            self.send_header("Content-Length", str(len(text)))
        if step == "bye":
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD" and step != "204":
            self.wfile.write(text)
        self.close_connection = self.close_connection or step == "drop"

    do_GET = do_HEAD = do_POST = do_PUT = act

    def chunks(self):
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def end(self, how, data):
        self.connection.sendall(data)
        time.sleep(0.05)
        if how == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            os.close(self.connection.detach())
        self.close_connection = True

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    address_family = socket.AF_INET6
    request_queue_size = 128


Server(("", int(os.environ["PORT"])), Callee).serve_forever()
