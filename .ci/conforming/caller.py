"""caller.py CONTROL ENTRY URL: sets the switch to the URL's port, then sends a request by HTTP/2 to the port ENTRY."""

import socket
import sys
import time

# Preface, SETTINGS, and GET / as indexed fields with END_STREAM.
REQUEST = (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(3) + b"\x04" + bytes(5)
           + b"\x00\x00\x06\x01\x05\x00\x00\x00\x01\x82\x86\x84\x41\x01a")
PATIENCE = 1.8  # h2specd gives a case three seconds in all

control, entry, port = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3].rstrip("/").rsplit(":", 1)[1]
with socket.create_connection(("127.0.0.1", control), 1.0) as s:
    s.sendall(port.encode())
    s.recv(3)
time.sleep(0.03)  # until the proxy has noticed that its connection is gone

end = time.monotonic() + PATIENCE
try:
    with socket.create_connection(("127.0.0.1", entry), 1.0) as s:
        s.sendall(REQUEST)
        got = b""
        over = False
        while not over and (left := end - time.monotonic()) > 0:
            s.settimeout(left)
            data = s.recv(65536)
            got, over = got + data, not data
            while len(got) >= 9 and len(got) >= 9 + (size := int.from_bytes(got[:3], "big")):
                kind, flags, stream = got[3], got[4], int.from_bytes(got[5:9], "big")
                over |= kind == 7 or stream == 1 and (kind == 3 or kind <= 1 and flags & 1)
                got = got[9 + size:]
except OSError:
    pass
