"""The candidates, set up for equal work: one worker, keep-alive pools on both sides, metrics on, access log off.

A candidate has start(mode, port, upstream, work) -> Process, where mode is
    plain      plaintext in, plaintext out
    outbound   plaintext in, mutual TLS 1.3 out (the callee's SPIFFE id is checked)
    inbound    mutual TLS 1.3 in (a client certificate is demanded), plaintext out
and work gives a scratch folder and the run's credentials. BoringSSL chooses TLS 1.3 suites by itself, so the other
end of each connection is pinned to AES-128-GCM.
"""

import json
import os
import subprocess

from . import peers
from .credentials import SERVER_NAME, spiffe
from .machine import OTHER_CORE, PROXY_CORE, Process, Trouble, free_port


class Work:
    """The scratch folder of one run and what is in it."""

    def __init__(self, folder, credentials):
        self.folder, self.credentials, self.count = folder, credentials, 0

    def pem(self, name):
        return self.credentials.path(name)

    def write(self, name, text):
        self.count += 1
        path = os.path.join(self.folder, f"{self.count}-{name}")
        with open(path, "w") as f:
            f.write(text)
        return path

    def log(self, name):
        self.count += 1
        return os.path.join(self.folder, f"{self.count}-{name}.log")


class Proa:
    name = "proa"

    def __init__(self):
        self.binary = os.environ.get("PROA_SIDECAR")  # another build's start script, to compare two
        if self.binary:
            return
        root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
        built = subprocess.run([os.path.join(root, "proa"), "version"], capture_output=True, text=True, timeout=600)
        if built.returncode != 0:
            raise Trouble("./proa does not start: " + (built.stderr.strip().splitlines() or ["no reason given"])[-1])
        self.binary = os.path.join(root, "app", "target", "dist", "bin", "proa-sidecar")

    def start(self, mode, port, upstream, work, speaks="http1"):
        protocol = "tcp" if speaks == "tcp" else "http"
        own, peer = ("backend", "client") if mode == "inbound" else ("client", "backend")
        endpoint = {"pod": f"{peer}-1", "addresses": ["127.0.0.1"], "meshPort": upstream}
        endpoint |= {"identity": spiffe("backend")} if mode == "outbound" else {"plaintext": True}
        snapshot = {
            "self": {"pod": f"{own}-1", "identity": spiffe(own), "addresses": ["127.0.0.1"],
                     "ports": [{"service": "backend", "port": 8080, "targetPort": upstream, "protocol": protocol}] if mode == "inbound" else []},
            "services": [] if mode == "inbound" else [{
                "name": "backend", "virtualAddresses": ["10.96.0.1"],
                "ports": [{"port": 8080, "targetPort": upstream, "protocol": protocol}], "endpoints": [endpoint]}],
        }
        argv = [self.binary, "--snapshot", work.write("snapshot.json", json.dumps(snapshot)), "--identity", work.credentials.proa_identity(own),
                "--outbound", "off", "--inbound", "off", "--admin", "off", "--health", "off", "--metrics", f"127.0.0.1:{free_port()}",
                "--loops", "1", "--access-log", "off"]
        argv += ["--mesh", f"127.0.0.1:{port}"] if mode == "inbound" else ["--mesh", "off", "--forward", f"127.0.0.1:{port}=10.96.0.1:8080"]
        return Process(argv, PROXY_CORE, work.log("proa"))


class HaProxy:
    name = "haproxy"

    def __init__(self):
        self.binary = peers.tool("haproxy")

    def start(self, mode, port, upstream, work, speaks="http1", core=PROXY_CORE, sni=None):
        ca = work.pem("ca.pem")
        bind, server = f"127.0.0.1:{port}", f"127.0.0.1:{upstream}"
        tls = f"ssl ca-file {ca} verify required alpn http/1.1 ssl-min-ver TLSv1.3 ciphersuites TLS_AES_128_GCM_SHA256"
        if mode == "inbound":
            bind += f" {tls} crt {work.pem('backend-both.pem')} curves X25519"
        if mode == "outbound":
            server += f" {tls} crt {work.pem('client-both.pem')}" + (f" sni str({sni}) verifyhost {sni}" if sni else "")
        server += " proto h2" if speaks == "http2" else ""
        if sni:
            server = server.replace("verify required", "verify none")
        config = f"""
global
    nbthread 1
    maxconn 4000
    stats socket {os.path.join(work.folder, f'haproxy-{port}.sock')}
defaults
    mode {'tcp' if speaks == 'tcp' else 'http'}
    timeout connect 5s
    timeout client 60s
    timeout server 60s
    {'' if speaks == 'tcp' else 'http-reuse always'}
    retries 0
frontend in
    bind {bind}
    default_backend out
backend out
    server one {server}
"""
        return Process([self.binary, "-db", "-q", "-f", work.write("haproxy.cfg", config)], core, work.log("haproxy"))


class Envoy:
    name = "envoy"

    def __init__(self):
        self.binary = peers.envoy()

    def start(self, mode, port, upstream, work, speaks="http1"):
        options = {"typed_extension_protocol_options": {"envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
            "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
            "explicit_http_config": {"http2_protocol_options": {}}}}} if speaks == "http2" else {}
        config = {
            "admin": {"address": _address(free_port())},
            "static_resources": {
                "listeners": [{
                    "name": "in", "address": _address(port),
                    "filter_chains": [{"filters": [self._tcp() if speaks == "tcp" else self._http(speaks)]} | (self._tls(work, "backend", "client", "Downstream") if mode == "inbound" else {})],
                }],
                "clusters": [{
                    "name": "out", "type": "STATIC", "connect_timeout": "5s",
                    "load_assignment": {"cluster_name": "out", "endpoints": [{"lb_endpoints": [{"endpoint": {"address": _address(upstream)}}]}]},
                } | options | (self._tls(work, "client", "backend", "Upstream") if mode == "outbound" else {})],
            },
        }
        path = work.write("envoy.json", json.dumps(config))
        return Process([self.binary, "-c", path, "--concurrency", "1", "--disable-hot-restart", "-l", "error"], PROXY_CORE, work.log("envoy"))

    @staticmethod
    def _tcp():
        return {"name": "tcp", "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy",
                                                "stat_prefix": "in", "cluster": "out"}}

    @staticmethod
    def _http(speaks):
        kind = "type.googleapis.com/envoy.extensions.filters."
        return {
            "name": "http",
            "typed_config": {
                "@type": kind + "network.http_connection_manager.v3.HttpConnectionManager",
                "stat_prefix": "in", "codec_type": "HTTP2" if speaks == "http2" else "HTTP1",
                "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [{"match": {"prefix": "/"}, "route": {"cluster": "out"}}]}]},
                "http_filters": [{"name": "router", "typed_config": {"@type": kind + "http.router.v3.Router"}}],
            },
        }

    @staticmethod
    def _tls(work, own, peer, side):
        common = {
            "tls_params": {"tls_minimum_protocol_version": "TLSv1_3", "tls_maximum_protocol_version": "TLSv1_3", "ecdh_curves": ["X25519"]},
            "alpn_protocols": ["http/1.1"],
            "tls_certificates": [{"certificate_chain": {"filename": work.pem(f"{own}.pem")}, "private_key": {"filename": work.pem(f"{own}.key")}}],
            "validation_context": {
                "trusted_ca": {"filename": work.pem("ca.pem")},
                "match_typed_subject_alt_names": [{"san_type": "URI", "matcher": {"exact": spiffe(peer)}}],
            },
        }
        context = {"@type": f"type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.{side}TlsContext", "common_tls_context": common}
        context |= {"sni": SERVER_NAME} if side == "Upstream" else {"require_client_certificate": True}
        return {"transport_socket": {"name": "tls", "typed_config": context}}


def _address(port):
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}


class Backend:
    """nginx answering 1 KB, in plaintext and behind mutual TLS, and gRPC's own server where it is asked for."""

    def __init__(self, work):
        self.work, self.grpc, self.grpc_port = work, None, 0
        self.port, self.tls_port, self.http2_port = free_port(), free_port(), free_port()
        config = f"""
daemon off;
master_process off;
error_log stderr crit;
pid {work.folder}/nginx.pid;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    keepalive_requests 1000000000;
    http2_max_concurrent_streams 1024;
    keepalive_timeout 600s;
    client_body_temp_path {work.folder}; proxy_temp_path {work.folder}; fastcgi_temp_path {work.folder};
    uwsgi_temp_path {work.folder}; scgi_temp_path {work.folder};
    server {{
        listen 127.0.0.1:{self.port} backlog=4096;
        listen 127.0.0.1:{self.tls_port} ssl backlog=4096;
        listen 127.0.0.1:{self.http2_port} http2 backlog=4096;
        ssl_certificate {work.pem('backend.pem')};
        ssl_certificate_key {work.pem('backend.key')};
        ssl_client_certificate {work.pem('ca.pem')};
        ssl_verify_client on;
        ssl_protocols TLSv1.3;
        ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256;
        ssl_ecdh_curve X25519;
        location / {{ default_type text/plain; return 200 "{'x' * 1024}"; }}
    }}
}}
"""
        self.process = Process([peers.tool("nginx"), "-c", work.write("nginx.conf", config)], OTHER_CORE, work.log("nginx"))

    def of(self, shape):
        """The port for plaintext load of that shape."""
        if shape == "grpc" and self.grpc is None:
            self.grpc_port = free_port()
            server = os.path.join(peers.grpc(), "server")
            self.grpc = Process([server, f"-port={self.grpc_port}", f"-test_name={self._profile()}"], OTHER_CORE, self.work.log("grpc"))
        return {"grpc": self.grpc_port, "http2": self.http2_port}.get(shape, self.port)

    def _profile(self):
        return f"proa-bench-server-{os.getpid()}"

    def stop(self):
        self.process.stop()
        if self.grpc is not None:
            self.grpc.stop()
            # It writes its profile there, whatever TMPDIR says.
            if os.path.exists(f"/tmp/{self._profile()}.cpu"):
                os.remove(f"/tmp/{self._profile()}.cpu")
