"""To whom permissions are given, and which of these names a caller goes by."""

import re
from dataclasses import dataclass

from isinglass.domain.access.principals import is_root, read_principal
from isinglass.model.lakeformation.errors import InvalidInputException

#: Everyone whom IAM policies let through: what carries ALL for it is not restricted by permissions.
IAM_ALLOWED = "IAM_ALLOWED_PRINCIPALS"
#: A short name for all identities of the catalog's own account.
_ALL_HERE = "ALLIAMPrincipals"

_ACCOUNT = re.compile(r"\d{12}")
_EVERYONE = re.compile(r"(\d{12}):IAMPrincipals")
_ROOT = re.compile(r"arn:aws:iam::(\d{12}):root")
_IDENTITY = re.compile(r"arn:aws:iam::\d{12}:(user|role)/[\w+=,.@/-]+")


def check_principal(text: str, account_id: str) -> str:
    """Give the name a principal is kept under, or refuse what permissions cannot be given to."""
    if text == IAM_ALLOWED or _EVERYONE.fullmatch(text) or _IDENTITY.fullmatch(text):
        return text
    if text == _ALL_HERE:
        return everyone_of(account_id)
    account = text if _ACCOUNT.fullmatch(text) else (match[1] if (match := _ROOT.fullmatch(text)) else "")
    if account:
        return account
    raise InvalidInputException(
        f"Invalid principal {text!r}: permissions are given to users and roles "
        "(arn:aws:iam::ACCOUNT:user/NAME, arn:aws:iam::ACCOUNT:role/NAME), an account's id, "
        f"ACCOUNT:IAMPrincipals or {IAM_ALLOWED}"
    )


def check_administrator(text: str) -> str:
    """Give the name of an administrator back, or refuse what names more than one identity.

    An account's root rules its data lake anyway; it is kept by its ARN, as its id would name everyone in it.
    """
    if _IDENTITY.fullmatch(text) or _ROOT.fullmatch(text):
        return text
    raise InvalidInputException(
        f"Invalid principal {text!r}: administrators are users and roles "
        "(arn:aws:iam::ACCOUNT:user/NAME, arn:aws:iam::ACCOUNT:role/NAME) or arn:aws:iam::ACCOUNT:root"
    )


def everyone_of(account_id: str) -> str:
    """Name all identities of an account."""
    return f"{account_id}:IAMPrincipals"


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks for something of a catalog."""

    account_id: str
    principal_arn: str
    identity_arn: str

    def owns(self, owner: str) -> bool:
        """Tell whether this is the root of the account that owns a catalog: nothing is hidden from it."""
        return self.account_id == owner and is_root(self.principal_arn)

    @property
    def names(self) -> tuple[str, ...]:
        """The names whose permissions the caller has.

        A role goes by its short ARN too, for a session does not tell its role's path. What is given to an
        account holds for all its identities: its own policies say which of them may use it.
        """
        names = [self.identity_arn, everyone_of(self.account_id), self.account_id, IAM_ALLOWED]
        who = read_principal(self.identity_arn)
        if who.kind == "role":
            names.append(f"arn:aws:iam::{who.account_id}:role/{who.name}")
        return tuple(dict.fromkeys(names))
