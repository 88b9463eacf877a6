"""`isinglass completion`: what a shell needs to complete commands and names."""

import click
from click.shell_completion import get_completion_class

_SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    r"""Print the script that lets a shell complete commands, options and names of tables.

    \b
    Examples:
      isinglass completion bash >> ~/.bashrc
      isinglass completion zsh >> ~/.zshrc
      isinglass completion fish > ~/.config/fish/completions/isinglass.fish
    """
    found = get_completion_class(shell)
    assert found is not None
    print(found(ctx.find_root().command, {}, "isinglass", "_ISINGLASS_COMPLETE").source())
