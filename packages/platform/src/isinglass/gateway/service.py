"""Compiles the service models, once at start, into the table of operations that requests are looked up in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from isinglass.domain.access.redaction import Mask, MaskCompiler
from isinglass.domain.access.resources import Permission, permission_of
from isinglass.gateway.declared_errors import held_to_declared
from isinglass.gateway.protocol.inputs import InputCompiler
from isinglass.gateway.protocol.outputs import OutputCompiler
from isinglass.model.schema import SERVICES, OperationModel, ServiceModel, load
from isinglass.operations import registry
from isinglass.operations.registry import Handler


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation, ready to run; `handler` is None while nobody has implemented it."""

    name: str
    service: ServiceModel
    model: OperationModel
    parse: Callable[[Any], dict[str, Any]]
    write: Callable[[Any], Any]
    permission: Permission
    #: Which members of its requests are secrets.
    mask: Mask
    handler: Handler | None


class Catalogue:
    """Every operation of every service, found by what the wire calls it.

    Those that are real but not served at all are among them, without shapes and without handlers.
    """

    def __init__(self, operations: list[Operation]) -> None:
        self.operations = {operation.name: operation for operation in operations}
        self._targets = {
            f"{operation.service.target_prefix}.{operation.model.name}": operation
            for operation in operations
            if operation.service.target_prefix
        }
        self._actions = {
            (operation.model.name, operation.service.version): operation
            for operation in operations
            if operation.service.protocol == "query"
        }
        self._paths = {
            f"/{operation.model.name}": operation
            for operation in operations
            if operation.service.protocol == "rest-json"
        }

    def by_target(self, target: str) -> Operation | None:
        """Find an operation by its X-Amz-Target."""
        return self._targets.get(target)

    def by_action(self, action: str, version: str) -> Operation | None:
        """Find a Query operation by its Action and Version."""
        return self._actions.get((action, version))

    def by_path(self, path: str) -> Operation | None:
        """Find a REST JSON operation by its path; all that we speak are POST and carry no member in it."""
        return self._paths.get(path)

    @property
    def paths(self) -> frozenset[str]:
        """The paths of all REST JSON operations."""
        return frozenset(self._paths)


def operation_names() -> list[str]:
    """List every operation of every model, as the registry names them."""
    return [service.qualified(name) for service in map(load, SERVICES) for name in service.operations]


@cache
def served_catalogue(*, strict: bool) -> Catalogue:
    """Compile every service with all that is implemented; once per process, however many servers it runs."""
    return compile_catalogue(registry.load(operation_names()), strict=strict)


def compile_catalogue(handlers: Mapping[str, Handler], *, strict: bool = False) -> Catalogue:
    """Compile every service; `strict` refuses answers and errors that its model does not have."""
    operations = []
    for service in map(load, SERVICES):
        inputs = InputCompiler(service.shapes)
        outputs = OutputCompiler(service.shapes, strict=strict)
        masks = MaskCompiler(service.shapes)
        for model in service.operations.values():
            name = service.qualified(model.name)
            handler = handlers.get(name)
            operations.append(
                Operation(
                    name=name,
                    service=service,
                    model=model,
                    parse=inputs.compile(model.input) if model.input else _no_members,
                    write=outputs.compile(model.output) if model.output else _no_members,
                    permission=permission_of(
                        service.name,
                        model.name,
                        service.shapes[model.input]["members"] if model.input else (),
                    ),
                    mask=masks.compile(model.input) if model.input else None,
                    handler=handler and held_to_declared(name, model, handler) if strict else handler,
                )
            )
        operations += [_unserved(service, name) for name in service.unserved]
    return Catalogue(operations)


def _unserved(service: ServiceModel, name: str) -> Operation:
    """Make an operation of which clients are told that it is real, and not supported here."""
    return Operation(
        name=service.qualified(name),
        service=service,
        model=OperationModel(name, input=None, output=None, errors=(), page=None, result_wrapper=None),
        parse=_no_members,
        write=_no_members,
        permission=permission_of(service.name, name, ()),
        mask=None,
        handler=None,
    )


def _no_members(_document: Any) -> dict[str, Any]:
    return {}
