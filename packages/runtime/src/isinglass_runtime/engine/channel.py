"""The client's connection: every request passes the gate on its way to the engine."""

from collections.abc import Callable
from typing import Any

import grpc
from pyspark.sql.connect.client.core import DefaultChannelBuilder
from pyspark.sql.connect.proto import base_pb2

from isinglass_runtime.gate.gate import Gate

Continuation = Callable[[grpc.ClientCallDetails, Any], Any]


class GateInterceptor(grpc.UnaryStreamClientInterceptor, grpc.UnaryUnaryClientInterceptor):  # type: ignore[misc] # grpc has no types
    """Hand plans and configuration changes to the gate before they are sent."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def intercept_unary_stream(
        self, continuation: Continuation, client_call_details: grpc.ClientCallDetails, request: Any
    ) -> Any:
        """Check the plan of an execution; other streams (reattach) carry none."""
        if isinstance(request, base_pb2.ExecutePlanRequest):
            request = self._gate.execution(request)
        return continuation(client_call_details, request)

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
