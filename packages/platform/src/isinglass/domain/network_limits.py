"""Which addresses the server connects to when somebody asks it to try a connection."""

from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

#: Where clouds tell a machine its credentials, beyond the link-local ones.
_METADATA = frozenset(
    {ip_address("fd00:ec2::254"), ip_address("100.100.100.200"), ip_address("168.63.129.16")}
)
#: What stands before an IPv4 address that a gateway between the two kinds of network leads to.
_TRANSLATED = IPv6Network("64:ff9b::/96")


@dataclass(eq=False)
class ForbiddenAddress(Exception):
    """An address that the server does not connect to on anybody's behalf."""

    address: str
    reason: str

    def __str__(self) -> str:
        return f"The server does not connect to {self.address}: {self.reason}."


def check_address(
    address: str, port: int, *, own_addresses: Collection[str], own_ports: Collection[int]
) -> None:
    """Refuse an address that a caller must not reach through the server; private networks are allowed.

    `own_addresses` are those of this machine, the loopback aside, and `own_ports` where the server's parts
    listen.
    """
    found = _plain(address)
    if found.is_link_local or found in _METADATA:
        raise ForbiddenAddress(
            address, "link-local addresses are where clouds hand out a machine's credentials"
        )
    if found.is_multicast or found.is_unspecified or str(found) == "255.255.255.255":
        raise ForbiddenAddress(address, "it is the address of no single machine")
    if port in own_ports and (found.is_loopback or found in map(_plain, own_addresses)):
        raise ForbiddenAddress(f"{address} port {port}", "a part of the server itself listens there")


def _plain(text: str) -> IPv4Address | IPv6Address:
    """Read an address; one that only writes an IPv4 address as IPv6 does, or leads to one, is that one."""
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv4Address):
        return address
    if address in _TRANSLATED:
        return IPv4Address(address.packed[12:])
    return address.ipv4_mapped or address.sixtofour or address
