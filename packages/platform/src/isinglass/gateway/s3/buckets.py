"""Buckets come and go: a name is its account's from before the bucket is made until it is gone."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from isinglass.gateway.s3.errors import S3Error
from isinglass.gateway.s3.ownership import Ownership, own_bucket, taken
from isinglass.gateway.s3.relay import Relay


@dataclass(frozen=True, slots=True)
class Buckets:
    """Takes and gives up names; what is in the object store decides, whatever a request came to."""

    ownership: Ownership
    relay: Relay
    #: Accounts' own buckets that are known to be there.
    _made: set[str] = field(default_factory=set)
    _turns: "WeakValueDictionary[str, asyncio.Lock]" = field(default_factory=WeakValueDictionary)

    def turn(self, bucket: str) -> asyncio.Lock:
        """Give what whoever makes or deletes a bucket of this name holds meanwhile.

        Else a bucket that is made anew, while the deletion of the one before is being settled, is nobody's.
        """
        found = self._turns.get(bucket)
        if found is None:
            found = self._turns[bucket] = asyncio.Lock()
        return found

    async def check_owner(self, bucket: str, account_id: str) -> None:
        """Raise unless the bucket is there and the account's; its own is made when it is first asked for."""
        if bucket == own_bucket(account_id) and bucket not in self._made:
            async with self.turn(bucket):
                await self._make_own(bucket, account_id)
        self.ownership.check(bucket, account_id)

    async def take(self, bucket: str, account_id: str) -> None:
        """Take the name of a bucket that is to be made, or raise when it is another's.

        What is in a bucket that is there, though nobody has it, is not to be had by making it.
        """
        mine = self.ownership.owner(bucket) == account_id or bucket == own_bucket(account_id)
        if not mine:
            answer = await self.relay.look(f"/{bucket}")
            if answer.status >= 500:
                raise S3Error("ServiceUnavailable", "The object store does not say what it has.", 503)
            if answer.status != 404:
                raise taken()
        await asyncio.to_thread(self.ownership.claim, bucket, account_id)

    async def give_up(self, bucket: str, account_id: str) -> None:
        """Give up a name unless its bucket is there, or may be: nothing may be left for whoever is next."""
        with suppress(S3Error):
            if (await self.relay.look(f"/{bucket}")).status == 404:
                self._made.discard(bucket)
                await asyncio.to_thread(self.ownership.release, bucket, account_id)

    async def _make_own(self, bucket: str, account_id: str) -> None:
        if self.ownership.owner(bucket) != account_id:
            await asyncio.to_thread(self.ownership.claim, bucket, account_id)
        status = await self.relay.make_bucket(bucket)
        if status >= 400 and status != 409:
            raise S3Error("InternalError", f"The account's bucket {bucket} could not be created.", 500)
        self._made.add(bucket)
