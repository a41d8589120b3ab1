"""client.py SERVER PORT: greets, sends messages of many sizes, some in one session, some at the same time; errs, too."""

import smtplib
import socket
import sys
from concurrent.futures import ThreadPoolExecutor

SERVER, PORT = sys.argv[1], int(sys.argv[2])


def message(size, number):
    line = f"{number} " + "x" * 60 + "\r\n"
    return f"Subject: {number}\r\n\r\n" + line * (size // len(line))


with smtplib.SMTP(SERVER, PORT, local_hostname="client", timeout=20) as smtp:
    print(smtp.ehlo())
    for number, size in enumerate((0, 100, 10_000, 3_000_000, 100)):
        print(smtp.sendmail("a@web", ["b@web", "c@web"], message(size, number)))
    print(smtp.noop(), smtp.vrfy("b@web"), smtp.docmd("NONSENSE"))


def session(number):
    with smtplib.SMTP(SERVER, PORT, local_hostname="client", timeout=20) as one:
        return one.sendmail("a@web", ["b@web"], message(20_000, 100 + number))


with ThreadPoolExecutor(20) as pool:
    print(sum(1 for refused in pool.map(session, range(20)) if not refused))

with socket.create_connection((SERVER, PORT), 10) as s:
    stream = s.makefile("rwb")
    print(stream.readline())
    stream.write(b"HELO client\r\nMAIL FROM:<a@web>\r\nRCPT TO:<b@web>\r\nDATA\r\n")
    stream.flush()
    print([stream.readline() for _ in range(4)])
    stream.write(b"by hand\r\n.\r\nQUIT\r\n")
    stream.flush()
    print(stream.read())
