"""A certificate authority for one run: EC P-256, SPIFFE ids, made with openssl."""

import hashlib
import os
import subprocess

from . import peers
from .machine import Trouble

TRUST_DOMAIN = "bench.proa"
# What sidecars call each other in SNI: <port>.<service>.<namespace>.proa
SERVER_NAME = "8080.backend.default.proa"


def spiffe(name):
    return f"spiffe://{TRUST_DOMAIN}/ns/default/sa/{name}"


class Credentials:
    """Files in one folder: ca.pem, and for each name NAME.pem, NAME.key and NAME-both.pem."""

    def __init__(self, folder):
        self.folder = folder
        self.openssl = peers.tool("openssl")
        os.makedirs(folder, mode=0o700)
        self._run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                  "-subj", "/CN=bench CA", "-keyout", "ca.key", "-out", "ca.pem",
                  "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign",
                  "-addext", f"subjectAltName=URI:spiffe://{TRUST_DOMAIN}")
        for name in ("client", "backend"):
            self._issue(name)

    def _issue(self, name):
        with open(self.path(f"{name}.ext"), "w") as f:
            f.write("basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n"
                    "extendedKeyUsage=serverAuth,clientAuth\nsubjectKeyIdentifier=hash\n"
                    f"authorityKeyIdentifier=keyid\nsubjectAltName=URI:{spiffe(name)}\n")
        self._run("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                  "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
        self._run("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                  "-days", "1", "-extfile", f"{name}.ext", "-out", f"{name}.pem")
        with open(self.path(f"{name}-both.pem"), "w") as both:
            for part in (f"{name}.pem", f"{name}.key"):
                with open(self.path(part)) as f:
                    both.write(f.read())

    def path(self, name):
        return os.path.join(self.folder, name)

    def _run(self, *args):
        done = subprocess.run([self.openssl, *args], cwd=self.folder, capture_output=True, text=True)
        if done.returncode != 0:
            raise Trouble(f"openssl {args[0]} failed: {done.stderr.strip()[-300:]}")

    def proa_identity(self, name):
        """The folder of a sidecar's identity: one file with key, chain, roots and a checksum over all of it."""
        folder = self.path(f"identity-{name}")
        if not os.path.isdir(folder):
            os.mkdir(folder, 0o700)
            key, chain, roots = (self._read(f) for f in (f"{name}.key", f"{name}.pem", "ca.pem"))
            body = (f"proa-identity 1\nid {spiffe(name)}\ntrust-domain {TRUST_DOMAIN}\nbundle-revision 1\n"
                    f"{key}chain\n{chain}roots\n{roots}")
            digest = hashlib.sha256(body.encode("ascii")).hexdigest()
            with open(os.open(os.path.join(folder, "identity.pem"), os.O_WRONLY | os.O_CREAT, 0o600), "w") as f:
                f.write(f"{body}sha256 {digest}\n")
        return folder

    def _read(self, name):
        with open(self.path(name)) as f:
            return f.read()
