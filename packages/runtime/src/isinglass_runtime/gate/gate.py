"""The gate between a script and the embedded engine: a table of rules over every plan."""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pyspark.errors import PySparkException

from isinglass_runtime.gate.plan import nodes, sql_text
from isinglass_runtime.gate.verdicts import NeedsSparkError, PlanRefusedError


@dataclass(frozen=True, slots=True)
class Scope:
    """What a rule may ask about a node's surroundings."""

    #: The relations that a node is below, nearest first; an expression's own relation is the first.
    above: tuple[Any, ...]
    #: Give the columns of a relation as a StructType, asked of the engine.
    schema: Callable[[Any], Any]
    #: Bytes of a file that the reader listed, or None.
    file_size: Callable[[str], int | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """One shape of plan that the engine gets wrong: `apply` rewrites the node in place or raises.

    `kinds` name nodes, such as `relation.sort`, `expression.window`, `command.write_operation`; `config.set`
    is a key being set, and `sql` any SQL text in a plan.
    """

    name: str
    #: The newest engine version that the fault was seen on.
    seen_on: str
    kinds: tuple[str, ...]
    apply: Callable[[Any, Scope], None]


class Gate:
    """Check plans before they are sent; with no rules everything passes unread."""

    def __init__(self, rules: Sequence[Rule], *, reroute: bool = False) -> None:
        self._rules: dict[str, list[Rule]] = {}
        self._reroute = reroute
        self._client: Any = None
        self._sizes: dict[str, int] = {}
        #: What the engine has answered, its errors included: rules ask the same for every action.
        self._schemas: dict[bytes, Any] = {}
        self._trusted: set[int] = set()
        #: Why the run has to move to Spark; kept, as a script may catch what was raised.
        self.needs_spark: NeedsSparkError | None = None
        self._asking = threading.local()
        for rule in rules:
            for kind in rule.kinds:
                self._rules.setdefault(kind, []).append(rule)

    def attach(self, client: Any) -> None:
        """Let rules ask this Spark Connect client for schemas."""
        self._client = client

    def note_sizes(self, sizes: dict[str, int]) -> None:
        """Remember how large the files of a scan are."""
        self._sizes.update(sizes)

    def trust(self, plan_ids: Iterable[int]) -> None:
        """Pass these nodes unread: unions of scans that our reader built with equal types."""
        self._trusted.update(plan_ids)

    def execution(self, request: Any) -> Any:
        """Give the request to send for an execution."""
        if request.plan.WhichOneof("op_type") == "command" or request.plan.root.HasField("catalog"):
            # It may put another view behind a name that was asked about.
            self._schemas.clear()
        return self._checked(request)

    def analysis(self, request: Any) -> Any:
        """Give the request to send for an analysis (schema, explain …)."""
        return self._checked(request)

    def configuration(self, request: Any) -> None:
        """Check each key that a configuration request sets."""
        if request.operation.WhichOneof("op_type") == "set":
            for pair in request.operation.set.pairs:
                self._judge("config.set", pair, ())

    def _checked(self, request: Any) -> Any:
        if not self._rules or getattr(self._asking, "now", False):
            return request
        checked = type(request)()
        checked.CopyFrom(request)
        for kind, node, above in list(nodes(checked)):
            text = sql_text(kind, node)
            if text is not None:
                self._judge("sql", text, above)
            if not (kind.startswith("relation.") and node.common.plan_id in self._trusted):
                self._judge(kind, node, above)
        return checked

    def _judge(self, kind: str, node: Any, above: tuple[Any, ...]) -> None:
        for rule in self._rules.get(kind, ()):
            try:
                rule.apply(node, Scope(above, self._schema, self._sizes.get))
            except PlanRefusedError as refusal:
                if self._reroute:
                    self.needs_spark = NeedsSparkError(
                        rule=refusal.rule, reason=refusal.reason, instead="The run moves to Spark."
                    )
                    raise self.needs_spark from refusal
                raise

    def _schema(self, relation: Any) -> Any:
        from pyspark.sql.connect.proto import base_pb2

        key = relation.SerializeToString(deterministic=True)
        if key not in self._schemas:
            # What is asked about has been through the rules already: inner nodes come first.
            self._asking.now = True
            try:
                self._schemas[key] = self._client.schema(base_pb2.Plan(root=relation))
            except PySparkException as error:
                self._schemas[key] = error
            finally:
                self._asking.now = False
        found = self._schemas[key]
        if isinstance(found, PySparkException):
            raise found
        return found
