"""Ids of catalogs: an account's own is `123456789012`, one nested in it `123456789012:sales/emea`.

A catalog's id is the first key of all that it holds, and begins with the account it belongs to.
"""

from isinglass.domain import arns

_ACCOUNT_DIGITS = 12


def is_account(text: str) -> bool:
    """Tell whether a text is an account's id, and so the id of the account's own catalog."""
    return len(text) == _ACCOUNT_DIGITS and text.isascii() and text.isdigit()


def split(text: str, own_account: str) -> tuple[str, str]:
    """Take an id apart: the account, and the path from its own catalog; `sales/emea` is one's own."""
    account_id, _, path = text.partition(":")
    return (account_id, path) if is_account(account_id) else (own_account, text)


def join(account_id: str, path: str) -> str:
    """Build the id of the catalog that a path leads to; an empty one to the account's own."""
    return f"{account_id}:{path}" if path else account_id


def account_of(catalog_id: str) -> str:
    """Return the account that a catalog belongs to."""
    return catalog_id[:_ACCOUNT_DIGITS]


def path_of(catalog_id: str) -> tuple[str, ...]:
    """Return the names that lead to a catalog from its account's own, which has none."""
    path = catalog_id[_ACCOUNT_DIGITS + 1 :]
    return tuple(path.split("/")) if path else ()


def resource(catalog_id: str, kind: str, *names: str) -> str:
    """Build the part of an ARN that names something in a catalog: `database/sales/emea/orders`."""
    return arns.resource(kind, *path_of(catalog_id), *names)


def arn(region: str, catalog_id: str, kind: str, *names: str) -> str:
    """Build the ARN of something in a catalog."""
    return arns.build(region, account_of(catalog_id), kind, *path_of(catalog_id), *names)
