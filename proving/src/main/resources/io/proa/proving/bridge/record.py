"""Records what crosses a bridge: record.py BRIDGE. A pcap file on standard output, until standard input ends.

Each frame once, where it enters: what a pod sends as it comes in by the pod's own link, what the bridge's own machine
sends as it leaves. One socket for all links, also for those that are made later. Says "ready" and at the end
"frames N lost N" on standard error.
"""
import select
import socket
import struct
import sys
import time

OUTGOING, SO_RCVBUFFORCE, SOL_PACKET, PACKET_STATISTICS = 4, 33, 263, 6
bridge = sys.argv[1]
capture = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
try:
    capture.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20)
except OSError:  # not allowed in a user namespace; then as large as everybody may have it
    capture.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 << 20)
capture.setblocking(False)
out = open(sys.stdout.fileno(), "wb", buffering=1 << 20, closefd=False)
out.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 1 << 18, 1))
print("ready", file=sys.stderr, flush=True)

frame = bytearray(1 << 18)
frames = 0
ending = 0.0
while not ending or time.monotonic() < ending:
    readable, _, _ = select.select([capture] if ending else [capture, sys.stdin], [], [], 0.1)
    if sys.stdin in readable and not sys.stdin.buffer.raw.read(1):
        ending = time.monotonic() + 0.5
    if capture not in readable:
        out.flush()
        continue
    while True:
        try:
            n, (link, _, kind, _, _) = capture.recvfrom_into(frame)
        except BlockingIOError:
            break
        if (kind == OUTGOING) == (link == bridge) and link != "lo":
            now = time.time_ns()
            out.write(struct.pack("<IIII", now // 10**9, now % 10**9, n, n))
            out.write(memoryview(frame)[:n])
            frames += 1
out.flush()
_, lost = struct.unpack("II", capture.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))
print("frames", frames, "lost", lost, file=sys.stderr, flush=True)
