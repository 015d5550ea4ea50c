"""The addresses that are the agent's own."""

from dataclasses import dataclass

from inbox_agent.mail.domains import lower_ascii, normalize_domain


@dataclass(frozen=True, slots=True)
class OwnAddresses:
    """``address in own`` under any tag and case.

    Attributes:
        addresses: without tag.
    """

    addresses: tuple[str, ...]
    tag_separator: str = "+"

    def __contains__(self, address: object) -> bool:
        return isinstance(address, str) and self._bare(address) in map(self._bare, self.addresses)

    def _bare(self, address: str) -> tuple[str, str]:
        local, _, domain = lower_ascii(address.strip(" \t")).rpartition("@")
        return local.split(self.tag_separator, 1)[0], normalize_domain(domain)
