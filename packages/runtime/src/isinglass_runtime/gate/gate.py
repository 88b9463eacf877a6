"""The gate between a script and the embedded engine: a table of rules over every plan."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from isinglass_runtime.gate.plan import nodes
from isinglass_runtime.gate.verdicts import NeedsSparkError, PlanRefusedError


@dataclass(frozen=True, slots=True)
class Scope:
    """What a rule may ask about a node's surroundings."""

    #: The relation that the node is an expression of, or None.
    relation: Any
    session: Any

    def schema(self, relation: Any) -> Any:
        """Ask the engine for the columns of a relation, as a StructType."""
        from pyspark.sql.connect.proto import base_pb2

        plan = base_pb2.Plan(root=relation)
        return self.session.client.schema(plan)


@dataclass(frozen=True, slots=True)
class Rule:
    """One shape of plan that the engine gets wrong: `apply` rewrites the node in place or raises."""

    name: str
    #: The newest engine version that the fault was seen on.
    seen_on: str
    #: Node kinds, such as `relation.sort`, `expression.window`, `command.write_operation`, `config.set`.
    kinds: tuple[str, ...]
    apply: Callable[[Any, Scope], None]


class Gate:
    """Check plans before they are sent; with no rules everything passes unread."""

    def __init__(self, rules: Sequence[Rule], *, reroute: bool = False) -> None:
        self._rules: dict[str, list[Rule]] = {}
        self._reroute = reroute
        self._session: Any = None
        for rule in rules:
            for kind in rule.kinds:
                self._rules.setdefault(kind, []).append(rule)

    def attach(self, session: Any) -> None:
        """Let rules ask this session for schemas."""
        self._session = session

    def execution(self, request: Any) -> Any:
        """Give the request to send for an execution."""
        return self._checked(request)

    def analysis(self, request: Any) -> Any:
        """Give the request to send for an analysis (schema, explain …)."""
        return self._checked(request)

    def configuration(self, request: Any) -> None:
        """Check each key that a configuration request sets."""
        if request.operation.WhichOneof("op_type") != "set":
            return
        for pair in request.operation.set.pairs:
            self._judge("config.set", pair, None)

    def _checked(self, request: Any) -> Any:
        if not self._rules:
            return request
        checked = type(request)()
        checked.CopyFrom(request)
        for kind, node, enclosing in list(nodes(checked)):
            self._judge(kind, node, enclosing)
        return checked

    def _judge(self, kind: str, node: Any, enclosing: Any) -> None:
        for rule in self._rules.get(kind, ()):
            try:
                rule.apply(node, Scope(enclosing, self._session))
            except PlanRefusedError as refusal:
                if self._reroute:
                    raise NeedsSparkError(
                        rule=refusal.rule, reason=refusal.reason, instead="The run moves to Spark."
                    ) from refusal
                raise
