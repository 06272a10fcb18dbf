import datetime
import ipaddress
import re
import select
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from faults.scripted_cloud import Fault, ScriptedCloud

from restyle.cloud import Timeouts
from restyle.cloud.wire import ANSWER_BYTES, exchange, is_loopback
from restyle.errors import AnswerLost, CloudError, Unreachable
from restyle.settings import Secret

# For what never answers; whatever does answer is given time, however busy the machine is.
HASTY = Timeouts(read_s=0.5)
HASTY_TO_CONNECT = Timeouts(connect_s=0.5)
USUAL = Timeouts()
Talk = Callable[[socket.socket], None]


class Listener:
    """A socket that does to each connection what a test says, in a thread."""

    def __init__(self, talk: Talk) -> None:
        self.connections = 0
        self.heard = b""
        self._talk = talk
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            with connection:
                try:
                    self._talk(connection)
                except OSError:
                    continue

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@pytest.fixture
def listen() -> Iterator[Callable[[Talk], Listener]]:
    listeners: list[Listener] = []

    def start(talk: Talk) -> Listener:
        listeners.append(Listener(talk))
        return listeners[-1]

    yield start
    for listener in listeners:
        listener.close()


def close_at_once(connection: socket.socket) -> None:
    """Accepted, and closed before a byte is read."""


def reset_unread(connection: socket.socket) -> None:
    # Once something has arrived: a reset before that may still hit the connecting itself.
    select.select([connection], [], [])
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def read_request(connection: socket.socket) -> None:
    """The whole request is read: bytes left unread would make the close a reset."""
    heard = b""
    while b"\r\n\r\n" not in heard and (piece := connection.recv(65536)):
        heard += piece
    head, _, body = heard.partition(b"\r\n\r\n")
    wanted = re.search(rb"Content-Length: (\d+)", head)
    while wanted and len(body) < int(wanted[1]) and (piece := connection.recv(65536)):
        body += piece


def read_and_reset(connection: socket.socket) -> None:
    connection.recv(1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def hear_and_close(connection: socket.socket) -> None:
    connection.recv(65536)


def answer_in_clear(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def read_and_be_silent(connection: socket.socket) -> None:
    while connection.recv(65536):
        pass


def says(answer: bytes) -> Talk:
    def talk(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(answer)

    return talk


JSON = b"Content-Type: application/json\r\n"
AFTER_SENDING = {
    "closed before a byte was read": close_at_once,
    "reset before a byte was read": reset_unread,
    "closed after the request": read_request,
    "reset after the request": read_and_reset,
    "silence": read_and_be_silent,
    "half a status line": says(b"HTTP/1.1 20"),
    "what is not HTTP": says(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "headers alone": says(b"HTTP/1.1 200 OK\r\n" + JSON + b"Content-Length: 9\r\n\r\n"),
    "half the body": says(b"HTTP/1.1 200 OK\r\n" + JSON + b'Content-Length: 9\r\n\r\n{"a"'),
    "half a chunk": says(b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{"a"'),
    "no last chunk": says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"),
}


@pytest.mark.parametrize("talk", AFTER_SENDING.values(), ids=AFTER_SENDING)
def test_what_breaks_once_connected_may_have_arrived(
    listen: Callable[[Talk], Listener], talk: Talk
) -> None:
    listener = listen(talk)
    with pytest.raises(AnswerLost):
        exchange("POST", f"http://127.0.0.1:{listener.port}/x", HASTY, json={"a": 1})
    assert listener.connections == 1


@pytest.mark.parametrize("cut", [b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Le"])
def test_an_answer_that_breaks_off_in_its_headers_is_no_json(
    listen: Callable[[Talk], Listener], cut: bytes
) -> None:
    listener = listen(says(cut))
    assert exchange("POST", f"http://127.0.0.1:{listener.port}/", USUAL, json={}).json() is None


def test_an_answer_without_a_length_is_read_to_its_end(
    listen: Callable[[Talk], Listener],
) -> None:
    listener = listen(says(b'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{"a": 1}'))
    assert exchange("GET", f"http://127.0.0.1:{listener.port}/", USUAL).json() == {"a": 1}


def test_an_errors_status_counts_even_when_its_body_breaks_off(
    listen: Callable[[Talk], Listener],
) -> None:
    listener = listen(says(b'HTTP/1.1 429 Slow\r\nContent-Length: 99\r\n\r\n{"code"'))
    reply = exchange("POST", f"http://127.0.0.1:{listener.port}/", USUAL, json={})
    assert (reply.status, reply.json()) == (429, None)


@pytest.mark.parametrize("body", [b"", b"null", b"[1]", b'"text"', b"{", b"\xff\xfe", b"{}x"])
def test_what_is_not_a_json_object_is_none(listen: Callable[[Talk], Listener], body: bytes) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    listener = listen(says(head + body))
    assert exchange("GET", f"http://127.0.0.1:{listener.port}/", USUAL).json() is None


def test_an_answer_without_end_is_given_up(listen: Callable[[Talk], Listener]) -> None:
    def flood(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(2 * ANSWER_BYTES // 100_000):
            connection.sendall(b" " * 100_000)

    listener = listen(flood)
    with pytest.raises(AnswerLost):
        exchange("GET", f"http://127.0.0.1:{listener.port}/", USUAL)


def test_an_answer_that_drips_is_given_up(listen: Callable[[Talk], Listener]) -> None:
    done = threading.Event()

    def drip(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while not done.wait(0.05):
            connection.sendall(b" ")

    listener = listen(drip)
    slow = Timeouts(connect_s=0.5, read_s=5, whole_s=0.3)
    with pytest.raises(AnswerLost, match="in time"):
        exchange("GET", f"http://127.0.0.1:{listener.port}/", slow)
    done.set()


# Before sending


def test_a_closed_port_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(Unreachable, match="refused"):
        exchange("POST", f"http://127.0.0.1:{port}/", USUAL, json={})


def test_an_unknown_name_is_unreachable() -> None:
    with pytest.raises(Unreachable, match="its name is not known"):
        exchange("POST", "http://no-such-host.invalid/", USUAL, json={})


def test_a_full_backlog_is_unreachable() -> None:
    with socket.socket() as server, socket.socket() as first, socket.socket() as second:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for filler in (first, second):
            filler.setblocking(False)
            filler.connect_ex(server.getsockname())
        with pytest.raises(Unreachable, match="in time"):
            exchange(
                "POST", f"http://127.0.0.1:{server.getsockname()[1]}/", HASTY_TO_CONNECT, json={}
            )


@pytest.mark.parametrize("address", ["ftp://example.com/", "http://", "nonsense", "http://[::1/"])
def test_what_is_no_web_address_is_unreachable(address: str) -> None:
    with pytest.raises(Unreachable):
        exchange("GET", address, USUAL)


# TLS: the same faults, before and after the handshake


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "restyle test")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


def within_tls(certificate: Path, talk: Talk) -> Talk:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def wrapped(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            talk(secure)

    return wrapped


@pytest.mark.parametrize(
    "talk",
    [close_at_once, read_and_reset, hear_and_close, read_and_be_silent, answer_in_clear],
    ids=["closed", "reset", "closed in the middle", "silence", "no TLS at all"],
)
def test_a_handshake_that_breaks_is_unreachable(
    listen: Callable[[Talk], Listener], talk: Talk
) -> None:
    listener = listen(talk)
    with pytest.raises(Unreachable):
        exchange("POST", f"https://127.0.0.1:{listener.port}/", HASTY_TO_CONNECT, json={})


def test_a_certificate_that_is_not_trusted_is_unreachable(
    listen: Callable[[Talk], Listener], certificate: Path
) -> None:
    listener = listen(within_tls(certificate, read_request))
    with pytest.raises(Unreachable, match="secure"):
        exchange("POST", f"https://127.0.0.1:{listener.port}/", HASTY, json={})


@pytest.mark.parametrize("talk", AFTER_SENDING.values(), ids=AFTER_SENDING)
def test_what_breaks_after_the_handshake_may_have_arrived(
    listen: Callable[[Talk], Listener],
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
    talk: Talk,
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    listener = listen(within_tls(certificate, talk))
    with pytest.raises(AnswerLost):
        exchange("POST", f"https://127.0.0.1:{listener.port}/", HASTY, json={})
    assert listener.connections == 1


# Proxies, and what else the environment holds


@pytest.fixture
def proxied(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    def through(port: int) -> None:
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{port}")

    return through


@pytest.mark.parametrize(
    ("scheme", "talk", "kind"),
    [
        ("https", close_at_once, Unreachable),
        ("https", read_request, Unreachable),
        ("https", read_and_be_silent, Unreachable),
        ("https", says(b"HTTP/1.1 407 Login\r\nContent-Length: 0\r\n\r\n"), Unreachable),
        ("https", says(b"HTTP/1.1 200 Go on\r\n\r\n"), Unreachable),
        ("http", read_request, AnswerLost),
    ],
)
def test_a_proxy_that_makes_no_tunnel_leaves_the_service_unreachable(
    listen: Callable[[Talk], Listener],
    proxied: Callable[[int], None],
    scheme: str,
    talk: Talk,
    kind: type[CloudError],
) -> None:
    proxied(listen(talk).port)
    with pytest.raises(CloudError) as caught:
        exchange("POST", f"{scheme}://service.example/", HASTY_TO_CONNECT, json={})
    assert type(caught.value) is kind


def test_loopback_is_never_asked_through_a_proxy(
    cloud: ScriptedCloud, proxied: Callable[[int], None]
) -> None:
    proxied(9)
    assert exchange("GET", f"{cloud.base_url}/tasks/x", USUAL).status == 401


def test_netrc_does_not_take_the_place_of_the_key(
    cloud: ScriptedCloud, api_key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    url = f"{cloud.base_url}/tasks/x"
    assert exchange("GET", url, USUAL, key=Secret(api_key)).status == 200


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_the_key_stays_home(
    cloud: ScriptedCloud, api_key: str, listen: Callable[[Talk], Listener], status: int
) -> None:
    elsewhere = listen(says(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"))
    headers = {"Location": f"http://127.0.0.1:{elsewhere.port}/"}
    cloud.once("query", Fault("answer", status=status, headers=headers))
    reply = exchange("POST", f"{cloud.base_url}/tasks/x", USUAL, key=Secret(api_key), json={})
    assert reply.status == status
    assert elsewhere.connections == 0


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://127.0.0.1:7860", True),
        ("http://127.8.8.8/", True),
        ("http://[::1]:7860/", True),
        ("http://localhost/", True),
        ("https://dashscope.aliyuncs.com/api/v1", False),
        ("http://127.0.0.1.example.com/", False),
        ("http://10.0.0.1/", False),
    ],
)
def test_loopback_is_told_from_the_world(url: str, loopback: bool) -> None:
    assert is_loopback(url) is loopback
