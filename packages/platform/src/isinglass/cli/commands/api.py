"""`isinglass api`: call any operation, checked against the model before it is sent."""

import json
import sys
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import click

from isinglass.cli.errors import INVALID, CliError, api_error, usage
from isinglass.cli.query import typed
from isinglass.cli.reading import read_text
from isinglass.cli.session import Session

if TYPE_CHECKING:
    from isinglass.model.schema import OperationModel, ServiceModel


@click.command("api")
@click.argument("operation")
@click.argument("document", default="{}")
@click.option("--paginate", is_flag=True, help="Ask for every page and join them.")
@click.option(
    "--file", "path", type=click.Path(exists=True, dir_okay=False), help="Read the document from a file."
)
@click.pass_obj
def command(session: Session, operation: str, document: str, paginate: bool, path: str | None) -> None:
    r"""Call any operation of the API with a JSON document; `-` reads it from standard input.

    Operations of Glue go by their names, those of iam, kms, lakeformation, logs, sts and isinglass with their
    service before a colon.

    \b
    Examples:
      isinglass api GetTables '{"DatabaseName": "retail"}' --paginate
      isinglass api isinglass:GetServerStatus
      isinglass api iam:ListPolicies '{"Scope": "Local"}' --paginate
      isinglass api CreateJob --file job.json
    """
    if path is not None:
        document = read_text(path)
    elif document == "-":
        document = sys.stdin.read()
    service, model = operation_of(operation)
    request = checked(service, model, _parse(document))
    answer = _call(session, service, model, request)
    if paginate:
        answer = _join(session, service, model, request, answer)
    print(json.dumps(answer, indent=2, ensure_ascii=False))


def _parse(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except ValueError as error:
        raise usage(
            f"the document is not JSON: {error}", 'isinglass api GetTables \'{"DatabaseName": "x"}\''
        ) from error
    if not isinstance(document, dict):
        raise usage("the document must be a JSON object")
    return document


def operation_of(operation: str) -> "tuple[ServiceModel, OperationModel]":
    """Find an operation, `GetTable` or `iam:ListUsers`, of any service that the server speaks."""
    from isinglass.model.schema import SERVICES, load

    service, _, name = operation.rpartition(":")
    if service and service not in SERVICES:
        close = get_close_matches(service, SERVICES, 1)
        hint = f"did you mean {close[0]}:{name}?" if close else f"one of {', '.join(SERVICES)}"
        raise usage(f'there is no service "{service}"', hint)
    model = load(service or "glue")
    if name in model.unserved:
        message = f"The operation {name} is not supported by this server yet."
        raise api_error("OperationNotSupportedException", message, "")
    if name not in model.operations:
        raise usage(f'there is no operation "{operation}"', _meant(service, name, model))
    return model, model.operations[name]


def _meant(service: str, name: str, model: "ServiceModel") -> str:
    """Say which operation may be meant by one that is not there."""
    from isinglass.model.schema import SERVICES, load

    if not service:
        if name in SERVICES:
            return f"{name} is a service; its operations follow a colon: isinglass api {name}:OPERATION"
        elsewhere = [each for each in SERVICES if name in load(each).operations]
        if elsewhere:
            return f"did you mean {' or '.join(f'{each}:{name}' for each in elsewhere)}?"
    close = get_close_matches(name, model.operations, 3)
    return f"did you mean {' or '.join(map(model.qualified, close))}?" if close else ""


def checked(service: "ServiceModel", model: "OperationModel", document: dict[str, Any]) -> dict[str, Any]:
    """Check a request against the model: its members and their constraints."""
    from isinglass.gateway.protocol.inputs import InputCompiler
    from isinglass.model.api_error import ApiError

    if model.input is None:
        return document
    members = service.shapes[model.input].get("members", {})
    unknown = sorted(set(document) - set(members))
    if unknown:
        close = get_close_matches(unknown[0], members, 1)
        raise CliError(
            f'{model.name} has no member "{unknown[0]}"',
            facts=[f"its members: {', '.join(members)}"],
            hint=f'did you mean "{close[0]}"?' if close else "",
            exit_code=INVALID,
        )
    try:
        InputCompiler(service.shapes).compile(model.input)(document)
    except ApiError as error:
        raise CliError(
            str(error), code=type(error).__name__, facts=["nothing was sent"], exit_code=INVALID
        ) from error
    return document


def _call(
    session: Session, service: "ServiceModel", model: "OperationModel", request: dict[str, Any]
) -> dict[str, Any]:
    answer = session.client.call(service.qualified(model.name), request)
    if service.protocol != "query" or model.output is None:
        return answer
    return dict(typed(answer, model.output, service.shapes))


def _join(
    session: Session,
    service: "ServiceModel",
    model: "OperationModel",
    request: dict[str, Any],
    answer: dict[str, Any],
) -> dict[str, Any]:
    page = model.page
    if page is None:
        return answer
    whole = dict(answer)
    while token := next((whole.pop(name) for name in page.outputs if whole.get(name)), None):
        for member, value in _call(session, service, model, {**request, page.input: token}).items():
            if isinstance(value, list) and isinstance(whole.get(member), list):
                whole[member] = whole[member] + value
            else:
                whole[member] = value
    return whole
