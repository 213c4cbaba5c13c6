"""The command line: `gzdispatch …`. A command's libraries are imported when it is called, so each starts quickly."""

import sys
from importlib import import_module
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape
from typer.core import TyperGroup

from dispatch.errors import DispatchError

COMMANDS = {
    "run": "service:run",
    "setup": "service:setup",
    "reload": "reload:reload",
    "migrate": "migrate:migrate",
    "report": "report:report",
    "geocode": "geocode:geocode",
    "places": "places:app",
    "device": "device:app",
    "organisation": "organisation:app",
    "user": "user:app",
    "network": "network:app",
    "audit": "audit_batch:app",  # the app of audit.py with two commands more
    "judged": "judged:app",
    "simulate": "simulate:simulate",
    "plan": "plan:app",
    "learn": "learn:learn",
    "backup": "backup:app",
    "bench": "bench:app",
    "privacy": "privacy:app",
}
OLD_SCHEMA = ("UndefinedTable", "UndefinedColumn")  # of psycopg.errors, not imported for every command


class LazyCommands(TyperGroup):
    """Commands by name, each imported when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        """Name all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        """Import one command; None when there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        found = getattr(import_module(f"api.commands.{module}"), attribute)
        if not isinstance(found, typer.Typer):
            alone = typer.Typer(add_completion=False)
            alone.command(cmd_name)(found)
            found = alone
        command = typer.main.get_command(found)
        command.name = cmd_name
        return command


app = typer.Typer(
    name="gzdispatch",
    cls=LazyCommands,
    help="广州调度 Guangzhou Dispatch: from an accident report to an audited arrival.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@app.callback()
def _root() -> None:
    """广州调度 Guangzhou Dispatch: from an accident report to an audited arrival."""


def main() -> None:
    """Run a command; an expected error is one line on stderr and exit code 1."""
    try:
        app()
    except DispatchError as error:
        _fail(str(error))
    except OSError as error:
        _fail(f"{error.strerror}: {error.filename}" if error.filename else str(error))
    except Exception as error:
        if type(getattr(error, "orig", None)).__name__ not in OLD_SCHEMA:
            raise
        _fail(
            "The database's schema is older than this program: run `gzdispatch migrate` (or start the service) first."
        )


def _fail(message: str) -> None:
    Console(stderr=True, highlight=False).print(f"[red]错误 error:[/] {escape(message.strip())}", soft_wrap=True)
    sys.exit(1)


if __name__ == "__main__":
    main()
