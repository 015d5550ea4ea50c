"""A scripted DNS server on a UDP port of this machine: it answers for the names it knows, and is silent about others."""

import socket
import threading
from collections.abc import Mapping

import dns.message
import dns.rcode
import dns.rrset


class DnsServer:
    """Use as a context manager.

    Args:
        records: TXT records by name; None for a name that does not exist. Questions for other names are swallowed.
    """

    def __init__(self, records: Mapping[str, bytes | None]) -> None:
        self.records = dict(records)
        self.asked: list[str] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def __enter__(self) -> "DnsServer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        # Closing alone does not wake a thread that waits for a datagram.
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", ("127.0.0.1", self.port))
        self._thread.join(10)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            octets, sender = self._socket.recvfrom(4096)
            if not octets:
                return
            query = dns.message.from_wire(octets)
            name = query.question[0].name.to_text().rstrip(".").lower()
            self.asked.append(name)
            if name in self.records:
                self._socket.sendto(_answer(query, name, self.records[name]), sender)


def _answer(query: dns.message.Message, name: str, record: bytes | None) -> bytes:
    response = dns.message.make_response(query)
    if record is None:
        response.set_rcode(dns.rcode.NXDOMAIN)
    else:
        pieces = [record[start : start + 255] for start in range(0, len(record), 255)] or [b""]
        text = " ".join('"' + piece.decode("ascii") + '"' for piece in pieces)
        response.answer.append(dns.rrset.from_text(name + ".", 300, "IN", "TXT", text))
    return response.to_wire()
