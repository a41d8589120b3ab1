"""A client without a certificate: knock.py CANARY SECONDS MARK, and on standard input lines of ADDRESS PORT SPEECH.

Tries each line once, many at the same time; with SECONDS > 0 all of them again and again for so long. MARK other than
0 is set on its sockets (only who has the power may). SPEECH is http, bytes, silent or hello (a TLS one, by hand).
For each try a line: ADDRESS PORT SPEECH OWN-PORT MILLISECONDS HOW, where HOW is one of
  refused (no connection)   unreachable   reset   closed   timeout   tls-alert   tls-cut   told:STATUS:REASON   SERVED:what
"""
import socket
import struct
import sys
import time
from concurrent.futures import ThreadPoolExecutor

canary, seconds, mark = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
targets = [line.split() for line in sys.stdin if line.strip()]
PATIENCE = {"silent": 8.0, "hello": 8.0}  # longer than a handshake may take


def hello(name):
    """A ClientHello of TLS 1.3 that wants no more than to be answered."""
    host = name.encode()
    def ext(kind, body):
        return struct.pack("!HH", kind, len(body)) + body
    extensions = ext(0, struct.pack("!HBH", len(host) + 3, 0, len(host)) + host) + ext(43, b"\x02\x03\x04") \
        + ext(10, b"\0\2\0\x1d") + ext(13, b"\0\2\4\3") + ext(51, struct.pack("!HHH", 36, 0x1D, 32) + b"\x09" + b"\0" * 31)
    body = b"\3\3" + b"\7" * 32 + b"\0" + b"\0\2\x13\1" + b"\1\0" + struct.pack("!H", len(extensions)) + extensions
    handshake = b"\1" + struct.pack("!I", len(body))[1:] + body
    return b"\x16\3\1" + struct.pack("!H", len(handshake)) + handshake


def judge(answer):
    if answer[:1] == b"\x15" and answer[1:2] == b"\3":
        return "tls-alert"
    if answer[:2] == b"\x16\3":
        return "tls-cut"  # a handshake, never finished
    if answer.startswith(b"HTTP/1.") and answer[9:12] == b"403":
        for line in answer.split(b"\r\n\r\n")[0].split(b"\r\n"):
            if line.lower().startswith(b"x-proa-reason:"):
                return "told:403:" + line[14:].strip().decode()
    return "SERVED:" + repr(answer[:60]).replace(" ", "_")


def knock(address, port, speech):
    began = time.monotonic()
    own = 0
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM) as client:
        client.settimeout(PATIENCE.get(speech, 3.0))
        if mark:
            client.setsockopt(socket.SOL_SOCKET, 36, mark)
        try:
            client.connect((address, int(port)))
        except ConnectionRefusedError:
            return own, began, "refused"
        except ConnectionResetError:  # it stood for a moment, in the queue of a listener that was killed
            return own, began, "reset"
        except (TimeoutError, OSError) as error:
            return own, began, "timeout" if isinstance(error, TimeoutError) else "unreachable"
        own = client.getsockname()[1]
        answer = b""
        try:
            if speech == "http":
                client.sendall(f"POST /{canary} HTTP/1.1\r\nHost: {canary}\r\nConnection: close\r\n"
                               f"Content-Length: {len(canary)}\r\n\r\n{canary}".encode())
            elif speech == "bytes":
                client.sendall(b"\0\1\2\3" + canary.encode() + b"\n")
            elif speech == "hello":
                client.sendall(hello("nobody.invalid"))
            while len(answer) < 4096:
                more = client.recv(4096)
                if not more:
                    break
                answer += more
            return own, began, judge(answer) if answer else "closed"
        except ConnectionResetError:
            return own, began, judge(answer) if answer else "reset"
        except TimeoutError:
            return own, began, "timeout"
        except OSError:
            return own, began, "reset"


def line(target):
    own, began, how = knock(*target)
    return " ".join(target) + f" {own} {(time.monotonic() - began) * 1000:.0f} {how}"


end = time.monotonic() + seconds
with ThreadPoolExecutor(max(1, min(64, len(targets)))) as pool:
    while True:
        for text in pool.map(line, targets):
            print(text, flush=seconds > 0)
        if time.monotonic() >= end:
            break
        time.sleep(0.02)
