"""A terminal and the shell in it: runs a command as its foreground job and follows steps.

    terminal.py N STEP... COMMAND...    with N steps of:

    type:TEXT      types it        expect:TEXT   waits until it is on the screen
    size:R:C       resizes         pause         waits a little
    stopped        waits until the job has stopped, and takes the terminal back, as a shell does
    continue       what `fg` does  wait          waits until the job has ended, and says how
"""
import fcntl, os, pty, signal, struct, sys, termios, threading, time

PATIENCE = 20
count = int(sys.argv[1])
steps, command = sys.argv[2:2 + count], sys.argv[2 + count:]
screen = bytearray()


def resize(fd, rows, columns):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def until(what, condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise SystemExit("waited in vain for " + what + "; seen: " + screen.decode())
        time.sleep(0.01)


def shell():
    """In the terminal's session; a signal pipe is not needed, a shell polls its job here."""
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    for name in ("SIGINT", "SIGQUIT", "SIGTSTP"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    job = os.fork()
    if job == 0:
        os.setpgid(0, 0)
        os.tcsetpgrp(0, os.getpid())
        for name in ("SIGINT", "SIGQUIT", "SIGTSTP", "SIGTTOU", "SIGPIPE"):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
        os.execvp(command[0], command)
    os.close(orders[1])
    os.close(news[0])
    while True:
        order = os.read(orders[0], 1)
        if order == b"w" or order == b"s":
            _, status = os.waitpid(job, os.WUNTRACED)
            os.tcsetpgrp(0, os.getpgrp())
            if os.WIFSTOPPED(status):
                os.write(news[1], b"stopped\n")
            else:
                told = "exited %d\n" if os.WIFEXITED(status) else "killed %d\n"
                code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else os.WTERMSIG(status)
                os.write(news[1], (told % code).encode())
                os._exit(0)
        elif order == b"c":
            os.tcsetpgrp(0, job)
            os.killpg(job, signal.SIGCONT)
            os.write(news[1], b"continued\n")
        else:
            os.killpg(job, signal.SIGKILL)
            os._exit(1)


def watch():
    try:
        while data := os.read(master, 4096):
            screen.extend(data)
    except OSError:
        pass  # the terminal's end


def order(letter, expected):
    os.write(orders[1], letter)
    told = bytearray()

    def heard():
        told.extend(os.read(news[0], 100))
        return told.endswith(b"\n")

    os.set_blocking(news[0], False)

    def quietly():
        try:
            return heard()
        except BlockingIOError:
            return False

    until(expected, quietly)
    if expected not in told.decode():
        raise SystemExit("expected " + expected + ", saw " + told.decode() + screen.decode())
    return told.decode()


orders, news = os.pipe(), os.pipe()
for fd in orders + news:
    os.set_inheritable(fd, False)
master, slave = pty.openpty()
resize(master, 33, 99)
pid = os.fork()
if pid == 0:
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for fd in (0, 1, 2):
        os.dup2(slave, fd)
    os.close(slave)
    os.close(master)
    shell()
os.close(orders[0])
os.close(news[1])
os.close(slave)
threading.Thread(target=watch, daemon=True).start()
end = ""
for step in steps:
    word, _, rest = step.partition(":")
    rest = rest.encode().decode("unicode_escape")
    if word == "type":
        os.write(master, rest.encode())
    elif word == "expect":
        until(rest, lambda: rest.encode() in screen)
    elif word == "size":
        resize(master, *map(int, rest.split(":")))
    elif word == "pause":
        time.sleep(0.5)
    elif word == "stopped":
        order(b"s", "stopped")
    elif word == "continue":
        order(b"c", "continued")
    elif word == "wait":
        end = order(b"w", "e")
print(screen.decode().replace("\r\n", "\n") + end, end="")
