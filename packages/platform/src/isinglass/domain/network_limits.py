"""Which addresses the server connects to when somebody asks it to try a connection."""

from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

#: Where clouds tell a machine its credentials, beyond the link-local ones.
_METADATA = frozenset(
    {ip_address("fd00:ec2::254"), ip_address("100.100.100.200"), ip_address("168.63.129.16")}
)


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
    found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    if found.is_link_local or found in _METADATA:
        raise ForbiddenAddress(
            address, "link-local addresses are where clouds hand out a machine's credentials"
        )
    if found.is_multicast or found.is_unspecified or str(found) == "255.255.255.255":
        raise ForbiddenAddress(address, "it is the address of no single machine")
    if port in own_ports and (found.is_loopback or str(found) in own_addresses):
        raise ForbiddenAddress(f"{address} port {port}", "a part of the server itself listens there")
