"""Which addresses the server connects to for somebody."""

import pytest

from isinglass.domain.network_limits import ForbiddenAddress, check_address

OWN = {"own_addresses": ["10.0.0.5", "fd00::5"], "own_ports": [5500]}


@pytest.mark.parametrize(
    ("address", "port"),
    [
        ("10.0.0.6", 5432),
        ("10.0.0.6", 5500),  # another machine
        ("10.0.0.5", 5432),  # this one, and no part of the server
        ("127.0.0.1", 5432),
        ("93.184.216.34", 443),
        ("fd00::6", 5500),
    ],
)
def test_private_and_public_addresses_are_allowed(address: str, port: int) -> None:
    check_address(address, port, **OWN)


@pytest.mark.parametrize(
    ("address", "port"),
    [
        ("169.254.169.254", 80),
        ("169.254.170.2", 80),
        ("fe80::1%eth0", 80),
        ("::ffff:169.254.169.254", 80),
        ("64:ff9b::a9fe:a9fe", 80),  # as a gateway from IPv6 to IPv4 has it
        ("2002:a9fe:a9fe::1", 80),
        ("fd00:ec2::254", 80),
        ("100.100.100.200", 80),
        ("0.0.0.0", 80),
        ("::", 80),
        ("224.0.0.1", 80),
        ("255.255.255.255", 80),
        ("127.0.0.1", 5500),
        ("127.9.9.9", 5500),
        ("::1", 5500),
        ("::ffff:127.0.0.1", 5500),
        ("10.0.0.5", 5500),
        ("::ffff:10.0.0.5", 5500),
        ("fd00::5", 5500),
        ("fd00:0::5", 5500),
    ],
)
def test_credentials_of_clouds_and_the_server_itself_are_not(address: str, port: int) -> None:
    with pytest.raises(ForbiddenAddress):
        check_address(address, port, **OWN)


def test_own_address_is_known_however_it_is_written() -> None:
    with pytest.raises(ForbiddenAddress):
        check_address("10.0.0.5", 5500, own_addresses=["::ffff:10.0.0.5"], own_ports=[5500])
