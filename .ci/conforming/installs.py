"""Where the suites come from. Their versions stand in the folder `suites` beside this file (go.mod, pom.xml,
requirements.txt), Envoy's in bench/measuring/peers.py. Each is built once into the user's cache."""

import glob
import hashlib
import os
import shutil
import subprocess
import sys

from measuring.machine import Trouble
from measuring.peers import which

HERE = os.path.join(os.path.dirname(os.path.realpath(__file__)), "suites")
CACHE = os.path.join(os.environ.get("XDG_CACHE_HOME", os.path.expanduser("~/.cache")), "proa-conformance")
GO_PROGRAMS = ["./application", "./named", "github.com/summerwind/h2spec/cmd/h2spec",
               "google.golang.org/grpc/interop/client", "google.golang.org/grpc/interop/server"]


class NotToBeHad(Trouble):
    """A suite that this machine cannot get: nothing is known of Proa by that."""


class NoPython2(Trouble):
    """The one thing that a machine may lack: hardly any has it any more."""


def go():
    """The folder with h2spec, application, client, server and named."""
    sources = ["go.mod", "go.sum", "application/main.go", "named/main.go"]

    def build(folder):
        what = "h2spec and gRPC's interop suite"
        _run(what, [_go(what), "build", "-trimpath", "-o", folder + os.sep, *GO_PROGRAMS], cwd=HERE)

    return _made("go", sources, build)


def specd():
    """h2specd, of the same module as h2spec."""
    def build(folder):
        _run("h2specd", [_go("h2specd"), "build", "-trimpath", "-o", folder + os.sep, "github.com/summerwind/h2spec/cmd/h2specd"], cwd=HERE)

    return os.path.join(_made("specd", ["go.mod", "go.sum"], build), "h2specd")


def _go(what):
    tool = which("go") or shutil.which("go", path="/usr/local/go/bin")
    if tool is None:
        raise NotToBeHad(f"{what} is built by Go, which is not installed: https://go.dev/dl")
    return tool


def java():
    """The class path of gRPC's interop suite in Java."""
    def fetch(folder):
        maven = which("mvn")
        if maven is None:
            raise Trouble("gRPC's interop suite in Java is fetched by Maven, and there is no mvn")
        _run("gRPC's interop suite in Java", [maven, "-q", "-B", "-f", os.path.join(HERE, "pom.xml"), "dependency:copy-dependencies",
                                             f"-DoutputDirectory={folder}"])

    return os.path.join(_made("java", ["pom.xml"], fetch), "*")


def autobahn():
    """A Python 2.7 and the folder with the WebSocket suite, which nobody has moved to Python 3."""
    python = which("python2.7")
    if python is None or subprocess.run([python, "-c", ""], capture_output=True).returncode != 0:
        pyenv = os.path.join(os.environ.get("PYENV_ROOT", os.path.expanduser("~/.pyenv")), "versions")
        python = next(iter(sorted(glob.glob(os.path.join(pyenv, "2.7.*", "bin", "python2.7")))), None)
    if python is None:
        raise NoPython2("the suite is written in Python 2, and there is no python2.7: pyenv install 2.7.18")

    def fetch(folder):
        _run("Autobahn's suite", [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--target", folder,
                                  "-r", os.path.join(HERE, "requirements.txt")])

    return python, _made("autobahn", ["requirements.txt"], fetch)


def version(what):
    """The version of something in go.mod, pom.xml or requirements.txt."""
    for name in ("go.mod", "requirements.txt"):
        with open(os.path.join(HERE, name)) as f:
            for line in f:
                words = line.replace("==", " ").split()
                if words and words[0] == what:
                    return words[1].removeprefix("v").removesuffix("+incompatible")
    with open(os.path.join(HERE, "pom.xml")) as f:
        return f.read().split(f"<artifactId>{what}</artifactId>")[1].split("<version>")[1].split("<")[0]


def _made(name, sources, make):
    digest = hashlib.sha256()
    for source in sources:
        with open(os.path.join(HERE, source), "rb") as f:
            digest.update(f.read())
    folder = os.path.join(CACHE, f"{name}-{digest.hexdigest()[:16]}")
    if not os.path.isdir(folder):
        part = f"{folder}.{os.getpid()}"
        os.makedirs(part)
        try:
            make(part)
            os.rename(part, folder)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    return folder


def _run(what, command, cwd=None):
    say(f"installing {what}")
    try:
        done = subprocess.run(command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=540)
    except subprocess.TimeoutExpired:
        raise NotToBeHad(f"{what} cannot be installed within 9 minutes by {' '.join(command)}") from None
    if done.returncode != 0:
        raise NotToBeHad(f"{what} cannot be installed: {' '.join(command)} says\n" + "\n".join(done.stdout.strip().splitlines()[-8:]))


def say(text):
    print(f"conformance: {text}", file=sys.stderr, flush=True)
