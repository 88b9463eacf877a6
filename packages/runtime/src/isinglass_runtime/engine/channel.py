"""The client's connection: every request passes the gate on its way to the engine, and no answer comes back
that lacks the rows of files which have vanished.
"""

from collections.abc import Callable, Iterator
from typing import Any

import grpc
from pyspark.sql.connect.client.core import DefaultChannelBuilder
from pyspark.sql.connect.proto import base_pb2

from isinglass_runtime.engine.scanned_files import ScannedFiles, check_present
from isinglass_runtime.gate.gate import Gate

Continuation = Callable[[grpc.ClientCallDetails, Any], Any]


class GateInterceptor(grpc.UnaryStreamClientInterceptor, grpc.UnaryUnaryClientInterceptor):  # type: ignore[misc] # grpc has no types
    """Hand plans and configuration changes to the gate before they are sent."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._scanned = ScannedFiles()
        #: Files of the executions that are under way, by their operation.
        self._under_way: dict[str, frozenset[str]] = {}

    def intercept_unary_stream(
        self, continuation: Continuation, client_call_details: grpc.ClientCallDetails, request: Any
    ) -> Any:
        """Check the plan of an execution, and afterwards its files; a stream that goes on with one carries
        no plan.
        """
        if isinstance(request, base_pb2.ExecutePlanRequest):
            if files := self._scanned.of(request.plan):
                self._under_way[request.operation_id] = files
            request = self._gate.execution(request)
        answers = continuation(client_call_details, request)
        return (
            self._complete(answers, request.operation_id)
            if request.operation_id in self._under_way
            else answers
        )

    def _complete(self, answers: Any, operation: str) -> Iterator[Any]:
        from isinglass_runtime.io.read import storage

        try:
            for answer in answers:
                if answer.HasField("result_complete"):
                    check_present(storage(), self._under_way.pop(operation, frozenset()))
                yield answer
        except grpc.RpcError:
            # A file that goes while it is scanned fails the engine, in words of its own.
            check_present(storage(), self._under_way.get(operation, frozenset()))
            raise

    def intercept_unary_unary(
        self, continuation: Continuation, client_call_details: grpc.ClientCallDetails, request: Any
    ) -> Any:
        """Check plans that are only analysed, and configuration changes."""
        if isinstance(request, base_pb2.AnalyzePlanRequest):
            request = self._gate.analysis(request)
        elif isinstance(request, base_pb2.ConfigRequest):
            self._gate.configuration(request)
        return continuation(client_call_details, request)


class GatedChannelBuilder(DefaultChannelBuilder):  # type: ignore[misc] # pyspark is not followed
    """A channel to `sc://…` whose plans pass the gate."""

    def __init__(self, url: str, gate: Gate) -> None:
        super().__init__(url)
        self.add_interceptor(GateInterceptor(gate))
