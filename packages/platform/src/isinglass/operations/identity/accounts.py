"""Accounts: the first one makes the others."""

import secrets

from isinglass.model.isinglass.errors import AccessDeniedException, AlreadyExistsException
from isinglass.model.isinglass.shapes import (
    CreateAccountRequest,
    CreateAccountResponse,
    ListAccountsRequest,
    ListAccountsResponse,
)
from isinglass.operations.context import Context
from isinglass.operations.registry import implements
from isinglass.store.accounts import Account


@implements("isinglass:CreateAccount")
def create_account(ctx: Context, request: CreateAccountRequest) -> CreateAccountResponse:
    """Make an account and its first key; the secret is told this once."""
    _require_root(ctx)
    given = request.get("AccountId")
    account_id = given or _random_id()
    with ctx.store.begin() as tx:
        while not tx.accounts.insert(Account(account_id, request["Name"], ctx.now)):
            if given is not None:
                raise AlreadyExistsException(f"The account {account_id} exists already.")
            account_id = _random_id()
        key_id, secret = ctx.services.issue_key(tx, account_id, ctx.now)
    return {
        "AccountId": account_id,
        "Name": request["Name"],
        "AccessKeyId": key_id,
        "SecretAccessKey": secret,
    }


@implements("isinglass:ListAccounts")
def list_accounts(ctx: Context, _request: ListAccountsRequest) -> ListAccountsResponse:
    """List every account."""
    _require_root(ctx)
    with ctx.store.read() as tx:
        accounts, after = tx.accounts.list(ctx.page)
    return {
        "Accounts": [
            {"AccountId": account.account_id, "Name": account.name, "CreatedAt": account.created_at}
            for account in accounts
        ],
        "NextToken": ctx.token(after),
    }


def _require_root(ctx: Context) -> None:
    # A run of the root account carries keys of its own; they act as a role and make no accounts.
    if not ctx.services.is_root(ctx.account_id) or not ctx.principal.arn.endswith(":root"):
        raise AccessDeniedException(
            f"{ctx.principal.arn} is not allowed to manage accounts: only the first account is."
        )


def _random_id() -> str:
    return str(secrets.randbelow(9 * 10**11) + 10**11)
