"""Writes registry.pyi: one overload of `implements` per operation, so that mypy checks every handler."""

from modelgen.python_types import MARK, request_type, response_type
from modelgen.source import Service

_HEAD = """\
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, TypeAlias, TypeVar, overload

from isinglass.operations.context import Context

"""

_BODY = """\

_Request = TypeVar("_Request")
_Response = TypeVar("_Response")
_Handler: TypeAlias = Callable[[Context, _Request], _Response]
_Registrar: TypeAlias = Callable[[_Handler[_Request, _Response]], _Handler[_Request, _Response]]

Handler: TypeAlias = Callable[[Context, Any], Any]
MODULES: tuple[str, ...]

class UnknownOperation(Exception):
    operation: str
    def __init__(self, operation: str) -> None: ...

class DuplicateOperation(Exception):
    operation: str
    def __init__(self, operation: str) -> None: ...

def load(known: Iterable[str]) -> Mapping[str, Handler]: ...
def registered() -> Mapping[str, Handler]: ...
"""


def qualified(service: Service, operation: str) -> str:
    """Name an operation as `implements` takes it: Glue's bare, all others behind their service."""
    return operation if service.name == "glue" else f"{service.name}:{operation}"


def write_registry_stub(services: list[Service]) -> str:
    """Write the stub beside operations/registry.py."""
    lines = [f"# {MARK}\n{_HEAD.rstrip()}"]
    lines += [
        f"from isinglass.model.{s.name} import shapes as {s.name}"
        for s in sorted(services, key=lambda s: s.name)
    ]
    lines += [_BODY.rstrip(), ""]
    for service in services:
        for operation, entry in service.operations.items():
            name = qualified(service, operation)
            request = f"{service.name}.{request_type(operation, entry)}"
            response = f"{service.name}.{response_type(operation, entry)}"
            lines += [
                "@overload",
                f'def implements(name: Literal["{name}"]) -> _Registrar[{request}, {response}]: ...',
            ]
    return "\n".join(lines) + "\n"
