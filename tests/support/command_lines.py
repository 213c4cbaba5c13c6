"""Whether a line of a page or of a unit is a command that `gzdispatch` has, options and all; nothing is run."""

import shlex
from typing import Any

import typer

from api.cli import app


def fault(line: str) -> str:
    """What is wrong with ``gzdispatch …``; empty when it parses."""
    _, *words = shlex.split(line)
    command: Any = typer.main.get_command(app)
    parent = None
    while True:
        try:
            context = command.make_context(command.name or "gzdispatch", list(words), parent=parent)
            words = [*getattr(context, "_protected_args", []), *context.args]
            if not hasattr(command, "resolve_command") or not words:
                return f"{line}: {' '.join(words)}?" if words else ""
            _, command, words = command.resolve_command(context, words)
        except Exception as error:
            if type(error).__name__ == "Exit":  # it was asked for its help
                return ""
            return f"{line}: {error.format_message()}" if hasattr(error, "format_message") else repr(error)
        parent = context
