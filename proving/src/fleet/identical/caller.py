"""A caller in Python's standard library: reads calls, makes them one after the other, says what came back."""
import http.client
import os
import socket
from urllib.parse import urlsplit

keep = socket.create_server(("", int(os.environ["PORT"])), family=socket.AF_INET6, dualstack_ipv6=True)
connections = {}


def fnv(data):
    x = 0x811C9DC5
    for b in data:
        x = (x ^ b) * 0x01000193 & 0xFFFFFFFF
    return "%08x" % x


def call(method, url, size, how):
    at = urlsplit(url)
    connection = connections.setdefault(at.netloc, http.client.HTTPConnection(at.netloc, timeout=10))
    body = bytes(97 + i % 26 for i in range(int(size))) if size != "-" else None
    headers = {"Expect": "100-continue"} if how == "expect" else {}
    if how == "chunked":
        headers, body = {"Transfer-Encoding": "chunked"}, iter([body])
    try:
        connection.request(method, at.path, body, headers, encode_chunked=how == "chunked")
        response = connection.getresponse()
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        return f"0 - none # {error!r}"
    start = f"{response.status} {response.headers.get('x-proa-reason', '-')}"
    try:
        data = response.read()
        return f"{start} {len(data)}:{fnv(data)}"
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        return f"{start} broken # {error!r}"


with open(os.environ["CALLS"]) as calls, open(os.environ["RESULTS"], "w") as results:
    for line in calls:
        print(call(*line.split()), file=results, flush=True)
