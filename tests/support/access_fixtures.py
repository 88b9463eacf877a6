"""Users with the policies that a test gives them, and clients that sign as them."""

import json
import secrets
import time
from dataclasses import dataclass
from typing import Any

from api_fixtures import REGION, ROOT_ACCOUNT, Api
from botocore.config import Config

from isinglass.domain.signature import Credentials
from isinglass.store.access_keys import AccessKey
from isinglass.store.identities import Identity
from isinglass.store.sealing import Sealer


@dataclass(frozen=True)
class User:
    """A user of an account, and its key."""

    api: Api
    identity: Identity
    credentials: Credentials

    @property
    def arn(self) -> str:
        return self.identity.arn

    def client(self, service: str, **options: Any) -> Any:
        """Make a boto3 client that signs as the user."""
        return self.api.session.client(
            service,
            endpoint_url=self.api.url,
            region_name=REGION,
            aws_access_key_id=self.credentials.access_key_id,
            aws_secret_access_key=self.credentials.secret_access_key,
            config=Config(retries={"total_max_attempts": 1}, **options),
        )


def make_user(
    api: Api, name: str = "ana", account_id: str = ROOT_ACCOUNT, *statements: dict[str, Any], path: str = "/"
) -> User:
    """Make a user whose one policy has these statements; without any it has no policy."""
    api.credentials_of(account_id)
    credentials = Credentials(f"AKIA{secrets.token_hex(8).upper()}", secrets.token_urlsafe(30))
    sealed = Sealer(api.server_key).seal(credentials.secret_access_key.encode(), credentials.access_key_id)
    identity = Identity(
        account_id, "user", f"AIDA{secrets.token_hex(8).upper()}", name, path, created_at=time.time()
    )
    with api.store.begin() as tx:
        tx.identities.insert(identity)
        if statements:
            tx.identity_policies.put_inline(identity, "only", policy(*statements))
        tx.access_keys.insert(
            AccessKey(
                credentials.access_key_id,
                account_id,
                sealed,
                identity.arn,
                time.time(),
                identity_id=identity.id,
            )
        )
    return User(api, identity, credentials)


def policy(*statements: dict[str, Any]) -> str:
    """Write a policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(*actions: str, on: Any = "*", **more: Any) -> dict[str, Any]:
    """Write a statement that allows."""
    return {"Effect": "Allow", "Action": list(actions), "Resource": on, **more}


def deny(*actions: str, on: Any = "*", **more: Any) -> dict[str, Any]:
    """Write a statement that denies."""
    return {**allow(*actions, on=on, **more), "Effect": "Deny"}
