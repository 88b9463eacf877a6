"""`isinglass exec`: run a program with the variables of `env`."""

import os

import click

from isinglass.cli.commands.env import TOKENS, variables
from isinglass.cli.errors import CliError, usage
from isinglass.cli.session import Session


@click.command("exec", context_settings={"ignore_unknown_options": True})
@click.argument("program", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def command(session: Session, program: tuple[str, ...]) -> None:
    r"""Run a program that uses the server, in this process's place.

    \b
    Examples:
      isinglass exec -- aws glue get-databases
      isinglass exec -- python my_pipeline.py
    """
    if not program:
        raise usage("exec needs a program", "isinglass exec -- aws glue get-databases")
    environment = {name: value for name, value in os.environ.items() if name not in _SHADOWING}
    try:
        os.execvpe(program[0], list(program), environment | variables(session))  # noqa: S606 - that is what it is for
    except OSError as error:
        raise CliError(f"{program[0]} cannot be run: {error.strerror}", exit_code=127) from error


#: A profile or token of AWS would win over, or clash with, the keys that are set here.
_SHADOWING = frozenset({"AWS_PROFILE", *TOKENS})
