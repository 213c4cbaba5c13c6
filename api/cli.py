"""The command line: `gzdispatch …`."""

import sys

import typer
from rich.console import Console
from rich.markup import escape

from api.commands import audit, geocode, network, report, service
from dispatch.errors import DispatchError

app = typer.Typer(
    name="gzdispatch",
    help="广州调度 Guangzhou Dispatch: from an accident report to an audited arrival.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

app.command("run")(service.run)
app.command("setup")(service.setup)
app.command("background", hidden=True)(service.background)
app.command("report")(report.report)
app.command("geocode")(geocode.geocode)
app.command("audit")(audit.audit)
app.add_typer(network.app, name="network")


def main() -> None:
    """Run a command; an expected error is one line on stderr and exit code 1."""
    try:
        app()
    except DispatchError as error:
        Console(stderr=True, highlight=False).print(f"[red]错误 error:[/] {escape(str(error))}", soft_wrap=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
