"""Where each request runs, so that it holds up nobody else: the only list of operations that need care."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial

from isinglass.gateway.chain import Chain, Contended
from isinglass.gateway.cores import Cores, allowed, stay_on
from isinglass.gateway.pool import Pool
from isinglass.gateway.protocol.messages import HttpRequest, HttpResponse
from isinglass.gateway.turns import Turns
from isinglass.gateway.writer import Writer
from isinglass.model.edge_errors import ThrottlingException

#: Operations that may take minutes, each with a pool of its own of so many threads: in the common pool, a few
#: of them would keep everybody waiting, and a query would wait for its own calls of GetTable. Those of many
#: threads only wait for other machines.
SLOW = {
    "isinglass:RunQuery": 4,
    "isinglass:ReadPermittedTable": 4,
    "isinglass:PreviewCrawl": 2,
    "TestConnection": 8,
    "ListEntities": 8,
    "DescribeEntity": 8,
    "GetEntityRecords": 8,
}
#: How many requests of one slow operation an account may have running or waiting; more are told to come back.
MOST_SLOW = 16

#: Reads of a few rows by their keys. From an embedded database they take less time than handing them to
#: another thread would; nothing that waits for a lock or a network, or lists, may be among them.
POINT_READS = frozenset({
    "DescribeConnectionType", "GetAssetType", "GetCatalog", "GetColumnStatisticsTaskRun",
    "GetColumnStatisticsTaskSettings", "GetConnection", "GetCrawler", "GetDataCatalogEncryptionSettings",
    "GetDataCatalogExportConfiguration", "GetDatabase", "GetFormType", "GetGlossary", "GetGlossaryTerm",
    "GetJob", "GetJobRun", "GetPartition", "GetPartitionIndexes", "GetResourcePolicy",
    "GetSecurityConfiguration", "GetTable", "GetTableVersion", "GetTags", "GetUserDefinedFunction",
    "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext",
    "kms:GenerateRandom", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ReEncrypt",
    "sts:GetCallerIdentity",
})  # fmt: skip

#: Writes of one short transaction and nothing else. In an embedded database one thread runs all that wait and
#: commits once.
SHORT_WRITES = frozenset({
    "AssociateGlossaryTerms", "BatchCreatePartition", "BatchDeletePartition", "BatchDeleteTable",
    "BatchUpdatePartition", "CreateCatalog", "CreateConnection", "CreateCrawler", "CreateDatabase",
    "CreateGlossary", "CreateGlossaryTerm", "CreateJob", "CreatePartition", "CreateSecurityConfiguration",
    "CreateTable", "CreateUserDefinedFunction", "DeleteConnection", "DeleteConnectionType", "DeleteCrawler",
    "DeleteDatabase", "DeleteJob", "DeletePartition", "DeleteResourcePolicy", "DeleteSecurityConfiguration",
    "DeleteTable", "DeleteTableVersion", "DeleteUserDefinedFunction", "PutDataCatalogEncryptionSettings",
    "PutDataCatalogExportConfiguration", "PutResourcePolicy", "RegisterConnectionType", "StartCrawler",
    "StartJobRun", "StopCrawler", "TagResource", "UntagResource", "UpdateCatalog", "UpdateConnection",
    "UpdateCrawler", "UpdateDatabase", "UpdateJob", "UpdatePartition", "UpdateTable",
    "UpdateUserDefinedFunction", "isinglass:RestoreTable", "isinglass:RestoreTableVersion",
    "kms:CancelKeyDeletion", "kms:CreateAlias", "kms:CreateKey", "kms:DeleteAlias", "kms:DisableKey",
    "kms:DisableKeyRotation", "kms:EnableKey", "kms:EnableKeyRotation", "kms:PutKeyPolicy",
    "kms:RotateKeyOnDemand", "kms:ScheduleKeyDeletion", "kms:TagResource", "kms:UntagResource",
    "kms:UpdateAlias", "kms:UpdateKeyDescription",
})  # fmt: skip

#: Reads of many rows and nothing else. In an embedded database one thread runs them: each row lets go of the
#: interpreter, and several threads at it spend half of their time on handing it to and fro.
LISTINGS = frozenset({
    "BatchGetCrawlers", "BatchGetJobs", "BatchGetPartition", "GetConnections", "GetCrawlers",
    "GetDatabases", "GetJobRuns", "GetJobs", "GetPartitions", "GetSecurityConfigurations",
    "GetTableVersions", "GetTables", "GetUserDefinedFunctions", "ListCrawlers", "ListCrawls", "ListJobs",
    "SearchTables", "isinglass:ListJobRuns",
})  # fmt: skip

#: How many seconds a listing that is ready may wait for the next: a page takes about as long.
_LISTINGS_KEPT = 0.002

#: Point reads and short writes that say this read or write files besides, so that they run in the pool.
_TOUCHES_FILES = (b"OpenTableFormatInput", b"LATEST_ICEBERG_METADATA")

#: Point reads and short writes with larger bodies run in the pool: hashing and parsing them takes its time.
_LARGEST_AT_ONCE = 128 * 1024
#: Requests beyond this many are told to come back: a queue without end only hides the overload.
_MOST_WAITING = 2000


def most_of_one(threads: int) -> int:
    """Tell how many threads of a slow operation one account may have: the last is for the others."""
    return threads - 1


def _is_brief(body: bytes) -> bool:
    """Tell whether a request may run where it holds up others, if its operation may."""
    return len(body) <= _LARGEST_AT_ONCE and not any(word in body for word in _TOUCHES_FILES)


class Lanes:
    """Answers requests on the event loop, in the writer's or the lister's thread, or in a pool of several."""

    def __init__(self, chain: Chain, *, threads: int, embedded: bool) -> None:
        """`embedded` says that the database is in this process."""
        self._chain = chain
        self._embedded = embedded
        self._writer = Writer(chain)
        self._lister = Pool(1, "listing", _LISTINGS_KEPT)
        self._pool = Pool(threads, "operation")
        # Their threads are started by the event loop's, but do not share its core.
        anywhere = partial(stay_on, allowed())
        self._slow = {
            name: ThreadPoolExecutor(most, thread_name_prefix=name, initializer=anywhere)
            for name, most in SLOW.items()
        }
        self._waiting = 0
        self._turns = {
            name: Turns(name.rpartition(":")[2], at_once=most_of_one(threads), most=MOST_SLOW)
            for name, threads in SLOW.items()
        }

    def start(self, beside: Cores) -> None:
        """Start all threads but those of slow operations, which start when needed.

        Those that take turns with the event loop run beside it, on its core.
        """
        self._writer.start(beside)
        self._lister.start(beside)
        self._pool.start()

    def stop(self) -> None:
        """Finish what was taken on, but do not wait for what may take minutes."""
        self._writer.stop()
        self._lister.stop()
        self._pool.stop()
        for pool in self._slow.values():
            pool.shutdown(wait=False, cancel_futures=True)  # what runs there ends with its child process

    async def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer one request; raises ThrottlingException when too many wait."""
        operation = self._chain.operation_of(request)
        if operation in SLOW:
            return await self._answer_slowly(operation, request)
        if self._embedded and _is_brief(request.body):
            if operation in POINT_READS:
                with suppress(Contended):  # then it is tried again where it may wait
                    return self._chain.handle(request, patient=False)
            elif operation in SHORT_WRITES:
                return await self._counted(self._writer.submit, request)
            elif operation in LISTINGS:
                return await self._counted(partial(self._lister.submit, self._chain.handle), request)
        return await self._counted(partial(self._pool.submit, self._chain.handle), request)

    async def _counted(
        self, submit: Callable[[HttpRequest], Awaitable[HttpResponse]], request: HttpRequest
    ) -> HttpResponse:
        if self._waiting >= _MOST_WAITING:
            raise ThrottlingException("Rate exceeded")
        self._waiting += 1
        try:
            return await submit(request)
        finally:
            self._waiting -= 1

    async def _answer_slowly(self, operation: str, request: HttpRequest) -> HttpResponse:
        # What nobody signed must not take a place in the queue.
        checked: HttpResponse | str = await self._pool.submit(self._chain.check, request)
        if isinstance(checked, HttpResponse):
            return checked
        async with self._turns[operation].turn(checked):
            return await self._in(self._slow[operation], request)

    def _in(self, pool: ThreadPoolExecutor, request: HttpRequest) -> Awaitable[HttpResponse]:
        return asyncio.get_running_loop().run_in_executor(pool, self._chain.handle, request)
