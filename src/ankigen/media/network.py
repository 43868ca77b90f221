"""One file from the network, and never more than was asked for: the only module that opens a connection.

An address is resolved once, checked, and connected to by number, so that no second answer can lead elsewhere; each
redirect is checked as if it were the first. Proxies are not used, for they would look the name up again.
"""

import ipaddress
import os
import socket
import ssl
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import quote, urljoin, urlsplit

from ankigen.frozen import dataclass

__all__ = ["ALLOW_PRIVATE", "Refused", "Reply", "download"]

ALLOW_PRIVATE = "ANKIGEN_FETCH_PRIVATE"
"""The environment variable that lists, by commas, ``host:port`` of servers that may lie in a private network."""

_REDIRECTS = 5
_SECONDS = 30  # for one file, redirects included
_PIECE = 64 * 1024
_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the clothes of IPv6


class Refused(Exception):
    """A file was not fetched. The message says why."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the bytes, and the content type without parameters, in lower case."""

    content: bytes
    type: str


def download(url: str, largest: int, *, is_wanted: Callable[[str], bool]) -> Reply:
    """Fetch ``url``, at most ``largest`` bytes of a content type that ``is_wanted``. Raises `Refused`."""
    deadline = time.monotonic() + _SECONDS
    try:
        for _ in range(_REDIRECTS + 1):
            answer = _ask(url, largest, is_wanted, deadline)
            if isinstance(answer, Reply):
                return answer
            url = answer
    except TimeoutError:
        raise Refused(f"the server took more than {_SECONDS} seconds") from None
    except (OSError, HTTPException, UnicodeError, ValueError) as error:
        raise Refused(f"it cannot be fetched: {getattr(error, 'strerror', None) or error}") from None
    raise Refused(f"it leads from place to place more than {_REDIRECTS} times")


def _ask(url: str, largest: int, is_wanted: Callable[[str], bool], deadline: float) -> Reply | str:
    """The file at ``url``, or where it says that the file is."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Refused(f"only http and https are fetched, not {parts.scheme or url}")
    if parts.username is not None or parts.password is not None:
        raise Refused("it holds a name or a password")
    port: int = parts.port or (443 if parts.scheme == "https" else 80)
    connection = _connection(parts.scheme, parts.hostname, port, _left(deadline))
    target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~") + (
        f"?{quote(parts.query, safe='/?%:@!$&()*+,;=~')}" if parts.query else ""
    )
    try:
        connection.request("GET", target, headers={"User-Agent": "ankigen", "Accept": "image/*, audio/*, video/*"})
        with connection.getresponse() as response:
            where = response.headers.get("Location")
            if response.status in (301, 302, 303, 307, 308) and where:
                return urljoin(url, str(where))
            if response.status != 200:
                raise Refused(f"the server answers {response.status} {response.reason}".rstrip())
            kind = response.headers.get_content_type().lower()
            if not is_wanted(kind):
                raise Refused(f"it is {kind}, neither a picture nor sound nor video")
            return Reply(_body(connection, response, largest, deadline), kind)
    finally:
        connection.close()


def _body(connection: HTTPConnection, response: HTTPResponse, largest: int, deadline: float) -> bytes:
    too_large = f"it has more than {largest / 2**20:g} MB"
    if (response.length or 0) > largest:
        raise Refused(too_large)
    content = bytearray()
    while True:
        if connection.sock:
            connection.sock.settimeout(_left(deadline))
        piece = response.read1(_PIECE)  # as it comes: a slow server is stopped at the deadline
        if not piece:
            break
        content += piece
        if len(content) > largest:
            raise Refused(too_large)
    if response.length:
        raise Refused("the server broke off before the end")
    return bytes(content)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _connection(scheme: str, host: str, port: int, seconds: float) -> HTTPConnection:
    """A connection to the address that ``host`` has now, if it is one that everybody may ask."""
    addresses = _addresses(host, port)
    allowed = os.environ.get(ALLOW_PRIVATE, "").replace(" ", "").split(",")
    if f"{host}:{port}" not in allowed:
        for address in addresses:
            if not _is_public(address):
                raise Refused(f"{host} lies in a private network ({address})")
    if scheme == "http":
        return _Plain(host, port, addresses[0], seconds)
    return _Secure(host, port, addresses[0], seconds)


def _addresses(host: str, port: int) -> list[str]:
    return list(dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


def _is_public(address: str) -> bool:
    """Whether an address is one of the open network, also when it wraps another one."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        wrapped = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
        if ip in _NAT64:
            wrapped.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
        inner = [one for one in wrapped if one is not None]
        if inner:
            return all(_is_public(str(one)) for one in inner)
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


class _Plain(HTTPConnection):
    """A connection to one address, whatever its host is called by then."""

    def __init__(self, host: str, port: int, address: str, seconds: float) -> None:
        super().__init__(host, port, timeout=seconds)
        self._address = address

    def connect(self) -> None:
        """Connect to the address that was checked."""
        self.sock = socket.create_connection((self._address, self.port), self.timeout)


class _Secure(HTTPSConnection):
    """The same with TLS; the certificate has to be the host's."""

    def __init__(self, host: str, port: int, address: str, seconds: float) -> None:
        self._tls = ssl.create_default_context()
        super().__init__(host, port, timeout=seconds, context=self._tls)
        self._address = address

    def connect(self) -> None:
        """Connect to the address that was checked."""
        plain = socket.create_connection((self._address, self.port), self.timeout)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)
