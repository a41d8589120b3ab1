"""steady_load.py PORT SECONDS RATE CONNECTIONS: one request every 1/RATE s, over the connections in turn.

Latency counts from the moment a request was due, so a stall is not hidden. Prints one JSON object.
"""

import collections
import json
import selectors
import socket
import sys
import time

port, seconds, rate, count = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
REQUEST = b"GET / HTTP/1.1\r\nHost: bench\r\nUser-Agent: steady\r\nAccept: */*\r\n\r\n"

selector = selectors.DefaultSelector()
idle = collections.deque()
for _ in range(count):
    s = socket.create_connection(("127.0.0.1", port))
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    s.setblocking(False)
    selector.register(s, selectors.EVENT_READ)
    idle.append(s)

waiting, due_at, got, latencies = collections.deque(), {}, {}, []
start = time.perf_counter()
next_due, sent, total = start, 0, int(rate * seconds)


def response_length(data):
    """The whole response's length once its head is complete, else None."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = bytes(data[:end]).lower()
    if not head.startswith(b"http/1.1 200"):
        sys.exit("answered: " + head.split(b"\r\n")[0].decode())
    at = head.find(b"content-length:")
    if at < 0:
        sys.exit("no content-length in the answer")
    return end + 4 + int(head[at + 15:].split(b"\r\n")[0])


while len(latencies) < total:
    now = time.perf_counter()
    if now > start + seconds + 10:
        sys.exit(f"only {len(latencies)} of {total} requests were answered")
    while sent < total and next_due <= now:
        waiting.append(next_due)
        next_due += 1.0 / rate
        sent += 1
    while waiting and idle:
        s = idle.popleft()
        due_at[s], got[s] = waiting.popleft(), bytearray()
        s.send(REQUEST)
    pause = max(0.0, next_due - time.perf_counter()) if sent < total else 1.0
    for key, _ in selector.select(pause):
        s = key.fileobj
        data = s.recv(65536)
        if not data:
            sys.exit("a connection was closed")
        if s not in got:
            sys.exit("an answer without a request")
        got[s] += data
        length = response_length(got[s])
        if length is not None and len(got[s]) >= length:
            latencies.append(time.perf_counter() - due_at[s])
            del got[s]
            idle.append(s)

latencies.sort()
print(json.dumps({"served": total, "p50_ms": round(latencies[total // 2] * 1e3, 3),
                  "p99_ms": round(latencies[total * 99 // 100] * 1e3, 3)}))
