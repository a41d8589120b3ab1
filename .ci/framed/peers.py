"""Other proxies, each alone and in plaintext as its documentation has it: HTTP/1.1 and HTTP/2 in, HTTP/1.1 out."""

import json
import subprocess

from conforming.between import ALL_CORES, Link, await_listener
from measuring import peers
from measuring.machine import Process, free_port


class One:
    """One proxy between a client and the application."""

    def start(self, application, kind, work):
        port = free_port()
        process = Process(self.command(port, application, kind, work), ALL_CORES, work.log(self.key))
        link = Link(port, [process])
        try:
            await_listener(port, process)
        except BaseException:
            link.stop()
            raise
        return link


class Envoy(One):
    key = "envoy"

    def __init__(self):
        self.binary = peers.envoy()
        self.name = f"Envoy {peers.ENVOY_VERSION}"

    def command(self, port, application, kind, work):
        extension = "type.googleapis.com/envoy.extensions.filters."
        manager = {
            "@type": extension + "network.http_connection_manager.v3.HttpConnectionManager",
            "stat_prefix": "in", "codec_type": "AUTO",
            "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [{"match": {"prefix": "/"}, "route": {"cluster": "out"}}]}]},
            "http_filters": [{"name": "router", "typed_config": {"@type": extension + "http.router.v3.Router"}}],
        }
        cluster = {"name": "out", "type": "STATIC", "connect_timeout": "5s",
                   "load_assignment": {"cluster_name": "out", "endpoints": [{"lb_endpoints": [{"endpoint": {"address": _address(application)}}]}]}}
        listener = {"name": "in", "address": _address(port), "filter_chains": [{"filters": [{"name": "http", "typed_config": manager}]}]}
        path = work.write("envoy.json", json.dumps({"static_resources": {"listeners": [listener], "clusters": [cluster]}}))
        return [self.binary, "-c", path, "--concurrency", "1", "--disable-hot-restart", "-l", "error"]


class HaProxy(One):
    key = "haproxy"

    def __init__(self):
        self.binary = peers.tool("haproxy")
        self.name = "HAProxy " + _version([self.binary, "-v"])

    def command(self, port, application, kind, work):
        config = f"""
global
    maxconn 1000
    nbthread 1
defaults
    mode http
    timeout connect 5s
    timeout client 30s
    timeout server 30s
frontend in
    bind 127.0.0.1:{port}
    default_backend out
backend out
    server one 127.0.0.1:{application}
"""
        return [self.binary, "-db", "-q", "-f", work.write("haproxy.cfg", config)]


class Nginx(One):
    key = "nginx"

    def __init__(self):
        self.binary = peers.tool("nginx")
        self.name = "nginx " + _version([self.binary, "-v"])

    def command(self, port, application, kind, work):
        config = f"""
daemon off;
master_process off;
error_log stderr crit;
pid {work.folder}/nginx-{port}.pid;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {work.folder}; proxy_temp_path {work.folder}; fastcgi_temp_path {work.folder};
    uwsgi_temp_path {work.folder}; scgi_temp_path {work.folder};
    upstream out {{ server 127.0.0.1:{application}; keepalive 16; }}
    server {{
        listen 127.0.0.1:{port}{' http2' if kind == 'downgrades' else ''};
        location / {{
            proxy_pass http://out;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $http_host;
        }}
    }}
}}
"""
        return [self.binary, "-c", work.write("nginx.conf", config)]


def _version(command):
    done = subprocess.run(command, capture_output=True, text=True)
    words = (done.stdout + done.stderr).replace("/", " ").split()
    return next((word.split("-")[0] for word in words if word[:1].isdigit()), "")


def _address(port):
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}
