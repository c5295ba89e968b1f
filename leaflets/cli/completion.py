"""`leaflet completion`: the line that teaches a shell to complete leaflet's commands, flags and names."""

from __future__ import annotations

import argparse
from typing import Any

from leaflets.cli.help_page import HelpPage

_EXAMPLES = """\
examples:
  eval "$(leaflet completion bash)"      in .bashrc; zsh the same in .zshrc
  leaflet completion fish | source       in config.fish
"""


def add_parser(commands: Any, help_line: str) -> None:
    """Add `completion` to the command line."""
    parser = commands.add_parser(
        "completion", help=help_line, description=__doc__,
        epilog=_EXAMPLES, formatter_class=HelpPage,
    )  # fmt: skip
    parser.add_argument("shell", choices=["bash", "zsh", "fish"], help="which shell")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the script."""
    from argcomplete.shell_integration import shellcode  # here, as only this command needs it

    print(shellcode(["leaflet"], shell=args.shell))
    return 0
