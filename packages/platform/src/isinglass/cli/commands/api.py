"""`isinglass api`: call any operation, checked against the model before it is sent."""

import json
import sys
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

from isinglass.cli.errors import INVALID, CliError, usage
from isinglass.cli.session import Session


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

    \b
    Examples:
      isinglass api GetTables '{"DatabaseName": "retail"}' --paginate
      isinglass api isinglass:GetServerStatus
      isinglass api CreateJob --file job.json
    """
    if path is not None:
        document = Path(path).read_text(encoding="utf-8")
    elif document == "-":
        document = sys.stdin.read()
    request = checked(operation, _parse(document))
    answer = session.client.call(operation, request)
    if paginate:
        answer = _join(session, operation, request, answer)
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


def checked(operation: str, document: dict[str, Any]) -> dict[str, Any]:
    """Check a request against the model: its operation, its members and their constraints."""
    from isinglass.gateway.protocol.inputs import InputCompiler
    from isinglass.model.api_error import ApiError
    from isinglass.model.schema import load

    service, _, name = operation.rpartition(":")
    if service not in {"", "glue", "lakeformation", "logs", "isinglass"}:
        hint = "glue, lakeformation, logs and isinglass can"
        raise usage(f'the service "{service}" cannot be called this way', hint)
    model = load(service or "glue")
    if name not in model.operations:
        close = get_close_matches(name, model.operations, 3)
        raise usage(
            f'there is no operation "{operation}"', f"did you mean {' or '.join(close)}?" if close else ""
        )
    shape = model.operations[name].input
    if shape is None:
        return document
    members = model.shapes[shape].get("members", {})
    unknown = sorted(set(document) - set(members))
    if unknown:
        close = get_close_matches(unknown[0], members, 1)
        raise CliError(
            f'{name} has no member "{unknown[0]}"',
            facts=[f"its members: {', '.join(members)}"],
            hint=f'did you mean "{close[0]}"?' if close else "",
            exit_code=INVALID,
        )
    try:
        InputCompiler(model.shapes).compile(shape)(document)
    except ApiError as error:
        raise CliError(
            str(error), code=type(error).__name__, facts=["nothing was sent"], exit_code=INVALID
        ) from error
    return document


def _join(
    session: Session, operation: str, request: dict[str, Any], answer: dict[str, Any]
) -> dict[str, Any]:
    whole = dict(answer)
    while token := whole.pop("NextToken", None):
        page = session.client.call(operation, {**request, "NextToken": token})
        for member, value in page.items():
            if isinstance(value, list) and isinstance(whole.get(member), list):
                whole[member] = whole[member] + value
            else:
                whole[member] = value
    return whole
