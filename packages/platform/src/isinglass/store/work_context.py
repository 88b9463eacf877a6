"""What a handler of queued work receives, whatever its kind."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from isinglass.store.store import Store
from isinglass.store.work import WorkItem


@dataclass(frozen=True, slots=True)
class WorkContext:
    """The surroundings of one piece of claimed work.

    A handler ends its work itself: it commits its outcome in the transaction in which `tx.work.finish(item)`
    answered True. It gives up without writing when `lost` is set, for the work then has another holder, and
    gives back what it can when `stopping` is set.
    """

    store: Store
    clock: Callable[[], float]
    stopping: threading.Event = field(default_factory=threading.Event)
    lost: threading.Event = field(default_factory=threading.Event)

    @property
    def now(self) -> float:
        """Epoch seconds at this moment."""
        return self.clock()


#: What daemons.worker maps a kind of work to.
Handler = Callable[[WorkContext, WorkItem], None]
