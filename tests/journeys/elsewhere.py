"""Everything that is not us: the page that Leave goes to and the video room, answered by this computer."""

import ipaddress
import ssl
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

EXIT, ROOM = "www.wikipedia.org", "meet.example.org"
PAGE = b"<!doctype html><html lang=en><title>Elsewhere</title><h1>Somewhere else</h1></html>"


class DullPage(BaseHTTPRequestHandler):
    """The same page whatever is asked for."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        if self.path != "/favicon.ico":
            self.wfile.write(PAGE)

    def log_message(self, *words):
        """Says nothing."""


class Outside(ThreadingHTTPServer):
    """Does not mind that a browser first shakes its head at our papers and then comes all the same."""

    def handle_error(self, request, client_address):
        """Says nothing."""


@contextmanager
def elsewhere(folder):
    """An https server for all of the world outside. Yields what tells a browser where it stands."""
    server = Outside(("127.0.0.1", 0), DullPage)
    server.socket = _papers(folder).wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    here = f"127.0.0.1:{server.server_port}"
    yield f"MAP {EXIT} {here},MAP {ROOM} {here},MAP * ~NOTFOUND,EXCLUDE localhost,EXCLUDE 127.0.0.1"
    server.shutdown()
    thread.join()
    server.server_close()


def _papers(folder):
    """A certificate that nobody else trusts, for an hour or two."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now, hour = datetime.now(UTC), timedelta(hours=1)
    alternatives = [x509.DNSName(EXIT), x509.DNSName(ROOM), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - hour, now + 2 * hour)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "elsewhere.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
