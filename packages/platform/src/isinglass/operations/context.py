"""What every operation receives besides its request: who asks, when, and what it may use."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, Protocol

from isinglass.domain.catalog_changes import DIRECTLY, Change, Origin, Through
from isinglass.jobs.permitted import Copied, PermittedPart
from isinglass.jobs.queries import Rows, Statement
from isinglass.model.edge_errors import AccessDeniedException
from isinglass.store.keys import Key
from isinglass.store.paging import PageRequest
from isinglass.store.sealing import Sealer
from isinglass.store.store import Store, Transaction


@dataclass(frozen=True, slots=True)
class Principal:
    """The authenticated caller; everything it can reach belongs to its account."""

    account_id: str
    arn: str
    access_key_id: str
    #: What acts with its key: a job run, or nothing in particular.
    origin: Origin = DIRECTLY
    #: Whose policies decide: a role session's role, and every other caller itself.
    identity_arn: str = ""
    #: Whether policies limit it: not the account itself, nor a role that nobody defined.
    limited: bool = False


@dataclass(frozen=True, slots=True)
class StorageAccess:
    """How to reach object storage as one account; connectors.storage opens `s3://` with it."""

    endpoint: str | None
    region: str
    access_key_id: str
    secret_access_key: str
    session_token: str | None = None


@dataclass(frozen=True, slots=True)
class Component:
    """How one part of the server is."""

    name: str
    state: Literal["RUNNING", "STARTING", "STOPPED", "FAILED"]
    detail: str = ""
    endpoint: str = ""


class Services(Protocol):
    """What operations may use beyond the store; app.wiring provides it."""

    def storage_access(self, account_id: str) -> StorageAccess:
        """Credentials that reach exactly the objects of one account."""
        ...

    def storage_of(self, principal: Principal) -> StorageAccess:
        """Credentials that reach the objects which a caller may reach, and no others."""
        ...

    @property
    def has_own_objects(self) -> bool:
        """Whether objects lie in the embedded store, which encrypts them with the keys of accounts here."""
        ...

    def log_directory(self, account_id: str) -> str:
        """The folder that holds one account's logs."""
        ...

    def may_use_local_files(self, account_id: str) -> bool:
        """Tell whether an account may name files of the server's own disk; only the root account may."""
        ...

    def is_root(self, account_id: str) -> bool:
        """Whether the account is the first, which makes the others."""
        ...

    def own_ports(self) -> frozenset[int]:
        """List the ports that parts of this server listen on: nobody reaches them through it."""
        ...

    def issue_key(self, tx: Transaction, account_id: str, now: float) -> tuple[str, str]:
        """Make a key for an account: its id and its secret, in the clear this once."""
        ...

    @property
    def sealer(self) -> Sealer:
        """Seals what must not lie in the clear in the database, and opens it again."""
        ...

    @property
    def started_at(self) -> float:
        """When the server started (epoch seconds)."""
        ...

    @property
    def deleted_retention(self) -> float:
        """How many seconds deleted tables and databases are kept for."""
        ...

    @property
    def components(self) -> Callable[[], list[Component]]:
        """Tell how the server's parts are."""
        ...

    def copy_permitted(self, part: PermittedPart) -> Copied:
        """Copy the permitted part of a table for one access key; raises jobs.permitted.CopyFailedError."""
        ...

    def run_query(self, statement: Statement) -> Rows:
        """Run a reading statement; raises jobs.queries.StatementFailedError."""
        ...


class UseKey(Protocol):
    """Decides whether the caller may use an encryption key."""

    def __call__(
        self,
        action: str,
        key: Key | None,
        context: Mapping[str, str] = ...,
        *,
        via: str = "",
        alias: str = "",
        named: bool = True,
    ) -> None:
        """Let the caller do `kms:Decrypt`, for example, with an encryption context; raises that it may not.

        `via` is the service that uses the key for it: `glue`, `s3` or `logs`; `alias` is the name it used.
        Whose key it is that the caller did not name, or that there is none, is not told when it is denied.
        """
        ...


FIRST_PAGE = PageRequest(size=100)
_NO_CONTEXT: Mapping[str, str] = MappingProxyType({})


def _reach_nothing(_account_id: str, resources: Sequence[str]) -> None:
    """Refuse what nobody decides about."""
    raise AccessDeniedException(f"Nothing decides here whether {resources[0]} may be reached.")


def _use_no_key(
    action: str,
    key: Key | None,
    context: Mapping[str, str] = _NO_CONTEXT,  # noqa: ARG001 - as UseKey has it
    *,
    via: str = "",  # noqa: ARG001
    alias: str = "",  # noqa: ARG001
    named: bool = True,  # noqa: ARG001
) -> None:
    """Refuse what nobody decides about."""
    raise AccessDeniedException(f"Nothing decides here whether {action} is allowed on {key and key.arn}.")


@dataclass(frozen=True, slots=True)
class Context:
    """One request's surroundings. `now` is epoch seconds, read once; `page` is set for paged operations."""

    principal: Principal
    region: str
    request_id: str
    now: float
    store: Store
    services: Services
    page: PageRequest = FIRST_PAGE
    #: The other account that lets this request use its catalog; None when there is none.
    admitted_by: str | None = None
    #: The client's user agent, and what it says its change is for.
    client: str = ""
    note: str = ""
    #: What the client imports a catalog from.
    imported_from: str = ""
    #: What conditions of policies may ask for; only operations that decide themselves are told.
    facts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: Let the request touch ARNs of an account that it did not name, or raise that it may not.
    reach: Callable[[str, Sequence[str]], None] = _reach_nothing
    #: Let the request use an encryption key, or raise that it may not.
    use_key: UseKey = _use_no_key

    @property
    def account_id(self) -> str:
        """The caller's account: the first key of every row it may see."""
        return self.principal.account_id

    @property
    def may_use_local_files(self) -> bool:
        """Whether the caller may name files of the server's own disk."""
        return not self.principal.limited and self.services.may_use_local_files(self.account_id)

    def change(self, operation: str, origin: Origin | None = None, note: str = "") -> Change:
        """Say who changes the catalog now, for what is kept of the past."""
        if origin is None and self.imported_from:
            origin = Origin(Through.IMPORT, self.imported_from)
        return Change(
            self.now,
            self.principal.arn,
            operation,
            self.request_id,
            self.client,
            origin or self.principal.origin,
            note or self.note,
        )

    def token(self, after: tuple[Any, ...] | None) -> Any:
        """Mark where the listing goes on; the framework seals it into NextToken, and drops None."""
        return after
