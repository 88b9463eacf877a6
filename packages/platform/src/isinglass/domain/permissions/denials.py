"""The words of a denial: which permission is missing, and on what."""

from collections.abc import Iterable


def missing(permissions: Iterable[str], on: str, *, grantable: bool = False) -> str:
    """Write a denial, for example `Insufficient Lake Formation permission(s): Required Select on orders`."""
    words = [name.replace("_", " ").title() for name in sorted(permissions)]
    required = ", ".join(f"Grantable {word}" if grantable else word for word in words)
    return f"Insufficient Lake Formation permission(s): Required {required} on {on}"
