"""An application that calls others from its first moment on, by every way it knows, and cares for no failure.

eager.py echo|call. Settings: PORT, CANARY, and for call WAYS, a file of lines NAME http|tcp ADDRESS PORT. Each try is a
line on standard output: MILLISECONDS-SINCE-1970 NAME HOW. It listens on PORT and echoes what comes, before it calls.
"""
import http.client
import os
import socket
import sys
import threading
import time

CANARY = os.environ["CANARY"]
GAP = 0.1


def echo(connection):
    with connection:
        try:
            while data := connection.recv(4096):
                connection.sendall(data)
        except OSError:
            pass


def listen():
    with socket.create_server(("::", int(os.environ["PORT"])), family=socket.AF_INET6, dualstack_ipv6=True) as door:
        while True:
            threading.Thread(target=echo, args=door.accept()[:1], daemon=True).start()


def ask(address, port):
    connection = http.client.HTTPConnection(address, port, timeout=6)
    try:
        connection.request("GET", "/" + CANARY, headers={"X-Canary": CANARY, "Host": "orders:8080"})
        answer = connection.getresponse()
        body = answer.read()
        reason = answer.getheader("x-proa-reason")
        return f"{answer.status}:{reason}" if reason else "ok" if answer.status == 200 and CANARY.encode() in body \
            else str(answer.status)
    finally:
        connection.close()


def shout(address, port):
    with socket.create_connection((address, port), timeout=6) as connection:
        text = (CANARY + "\n").encode()
        connection.sendall(text)
        heard = b""
        while len(heard) < len(text):
            more = connection.recv(4096)
            if not more:
                return "closed"
            heard += more
        return "ok" if heard == text else "WRONG"


def keep_trying(name, how, address, port):
    while True:
        began = time.time()
        try:
            outcome = (ask if how == "http" else shout)(address, int(port))
        except ConnectionRefusedError:
            outcome = "refused"
        except ConnectionResetError:
            outcome = "reset"
        except TimeoutError:
            outcome = "timeout"
        except (OSError, http.client.HTTPException) as error:
            outcome = type(error).__name__
        # In one write: print would let another thread's line in before the line's end.
        os.write(1, f"{int(began * 1000)} {name} {outcome}\n".encode())
        time.sleep(GAP)


if sys.argv[1] == "call":
    with open(os.environ["WAYS"]) as ways:
        for way in ways:
            threading.Thread(target=keep_trying, args=way.split(), daemon=True).start()
listen()
