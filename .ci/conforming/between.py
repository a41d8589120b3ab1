"""What may stand between a suite and the application: nothing, or two proxies that speak mutual TLS 1.3 to each other.

Each has start(application, work) -> Link: the suite calls link.port on loopback and speaks plaintext there, as a
caller's application does to its sidecar; the second proxy reaches the application, on loopback as well.
"""

import json
import os
import socket
import subprocess
import time

from measuring import peers
from measuring.credentials import SERVER_NAME, spiffe
from measuring.machine import CORES, Process, Trouble, free_port

ALL_CORES = set(CORES)
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))


class Link:
    """Where a suite calls, and the processes behind it."""

    def __init__(self, port, processes=()):
        self.port, self.processes = port, list(processes)

    def dead(self):
        """What processes said that are not there any more; they should be."""
        return [p.said() or "it said nothing" for p in self.processes if not p.alive()]

    def stop(self):
        for process in reversed(self.processes):
            process.stop()


class Pair:
    """Two proxies; the callee's is started first."""

    def start(self, application, work):
        mesh, entry = free_port(), free_port()
        link = Link(entry)
        try:
            for side, port, upstream in (("inbound", mesh, application), ("outbound", entry, mesh)):
                link.processes.append(Process(self.command(side, port, upstream, work), ALL_CORES, work.log(f"{self.key}-{side}")))
                await_listener(port, link.processes[-1])
        except BaseException:
            link.stop()
            raise
        return link


class Direct:
    key, name = "direct", "direct"

    def start(self, application, work):
        return Link(application)


class Proa(Pair):
    """Two sidecars as they run in pods, each with a snapshot of its own and an identity; --forward stands for the redirect."""

    def __init__(self, declared):
        self.declared = declared
        self.key, self.name = ("proa", "Proa") if declared else ("undeclared", "Proa, port undeclared")
        self.binary = os.path.join(ROOT, "app", "target", "dist", "bin", "proa-sidecar")

    def command(self, side, port, upstream, work):
        protocol = "http" if self.declared else "detect"
        own, target = ("backend", upstream) if side == "inbound" else ("client", 8080)
        ports = [{"service": "backend", "port": 8080, "targetPort": target, "protocol": protocol}]
        endpoint = {"pod": "backend-1", "addresses": ["127.0.0.1"], "meshPort": upstream, "identity": spiffe("backend")}
        service = {"name": "backend", "virtualAddresses": ["10.96.0.1"], "endpoints": [endpoint],
                   "ports": [{"port": 8080, "targetPort": target, "protocol": protocol}]}
        snapshot = {
            "self": {"pod": f"{own}-1", "identity": spiffe(own), "addresses": ["127.0.0.1"], "ports": ports if side == "inbound" else []},
            "services": [] if side == "inbound" else [service],
        }
        where = ["--mesh", f"127.0.0.1:{port}"] if side == "inbound" else ["--mesh", "off", "--forward", f"127.0.0.1:{port}=10.96.0.1:8080"]
        return [self.binary, "--snapshot", work.write("snapshot.json", json.dumps(snapshot)), "--identity", work.credentials.proa_identity(own),
                "--outbound", "off", "--inbound", "off", "--admin", "off", "--health", "off", "--metrics", "off", *where]


class Envoy(Pair):
    """Envoy as its documentation has it, with HTTP/2 on every side where the client speaks it, and with WebSocket."""

    key = "envoy"

    def __init__(self):
        self.binary = peers.envoy()
        self.name = f"Envoy {peers.ENVOY_VERSION}"

    def command(self, side, port, upstream, work):
        cluster = {
            "name": "out", "type": "STATIC", "connect_timeout": "5s",
            "load_assignment": {"cluster_name": "out", "endpoints": [{"lb_endpoints": [{"endpoint": {"address": _address(upstream)}}]}]},
            "typed_extension_protocol_options": {"envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
                "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
                "use_downstream_protocol_config": {"http_protocol_options": {}, "http2_protocol_options": {}},
            }},
        }
        chain = {"filters": [self._http()]}
        if side == "inbound":
            chain |= self._tls(work, "backend", "client", "Downstream")
        else:
            cluster |= self._tls(work, "client", "backend", "Upstream")
        config = {"static_resources": {"listeners": [{"name": "in", "address": _address(port), "filter_chains": [chain]}], "clusters": [cluster]}}
        path = work.write("envoy.json", json.dumps(config))
        return [self.binary, "-c", path, "--concurrency", "1", "--disable-hot-restart", "-l", "error"]

    @staticmethod
    def _http():
        kind = "type.googleapis.com/envoy.extensions.filters."
        route = {"match": {"prefix": "/"}, "route": {"cluster": "out", "timeout": "0s"}}
        return {
            "name": "http",
            "typed_config": {
                "@type": kind + "network.http_connection_manager.v3.HttpConnectionManager",
                "stat_prefix": "in", "codec_type": "AUTO", "upgrade_configs": [{"upgrade_type": "websocket"}],
                "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [route]}]},
                "http_filters": [{"name": "router", "typed_config": {"@type": kind + "http.router.v3.Router"}}],
            },
        }

    @staticmethod
    def _tls(work, own, peer, side):
        common = {
            "tls_params": {"tls_minimum_protocol_version": "TLSv1_3", "tls_maximum_protocol_version": "TLSv1_3"},
            "alpn_protocols": ["h2", "http/1.1"] if side == "Downstream" else [],
            "tls_certificates": [{"certificate_chain": {"filename": work.pem(f"{own}.pem")}, "private_key": {"filename": work.pem(f"{own}.key")}}],
            "validation_context": {
                "trusted_ca": {"filename": work.pem("ca.pem")},
                "match_typed_subject_alt_names": [{"san_type": "URI", "matcher": {"exact": spiffe(peer)}}],
            },
        }
        context = {"@type": f"type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.{side}TlsContext", "common_tls_context": common}
        context |= {"sni": SERVER_NAME} if side == "Upstream" else {"require_client_certificate": True}
        return {"transport_socket": {"name": "tls", "typed_config": context}}


class HaProxy(Pair):
    """HAProxy chooses by configuration what it speaks to a server: HTTP/2, or HTTP/1.1 for the WebSocket suite."""

    key = "haproxy"

    def __init__(self, http2=True):
        self.binary, self.http2 = peers.tool("haproxy"), http2
        said = subprocess.run([self.binary, "-v"], capture_output=True, text=True).stdout.split()
        self.name = "HAProxy " + next((w.split("-")[0] for w in said if w[:1].isdigit()), "")

    def command(self, side, port, upstream, work):
        tls = f"ssl ca-file {work.pem('ca.pem')} verify required alpn {'h2,' if self.http2 else ''}http/1.1 ssl-min-ver TLSv1.3"
        bind, server = f"127.0.0.1:{port}", f"127.0.0.1:{upstream}"
        if side == "inbound":
            bind += f" {tls} crt {work.pem('backend-both.pem')}"
            server += " proto h2" if self.http2 else ""
        else:
            server += f" {tls} crt {work.pem('client-both.pem')}"
        config = f"""
global
    maxconn 4000
defaults
    mode http
    timeout connect 5s
    timeout client 60s
    timeout server 60s
    timeout tunnel 60s
frontend in
    bind {bind}
    default_backend out
backend out
    server one {server}
"""
        return [self.binary, "-db", "-q", "-f", work.write("haproxy.cfg", config)]


def await_listener(port, process, limit=20.0):
    end = time.monotonic() + limit
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1.0).close()
            return
        except OSError:
            pass
        if not process.alive():
            raise Trouble(f"the process ended: {process.said() or 'it said nothing'}")
        time.sleep(0.02)
    raise Trouble(f"nobody listens on port {port} after {limit:.0f} s: {process.said() or 'it said nothing'}")


def _address(port):
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}
