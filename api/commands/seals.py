"""``gzdispatch audit seal``, ``bundle`` and ``verify``: evidence that the facts are still those that were sealed."""

from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from dispatch.days import in_order

if TYPE_CHECKING:
    from dispatch.auditing.audit import Audit
    from dispatch.seals import Seal

DAY = ["%Y-%m-%d"]
First = Annotated[
    datetime | None, typer.Option("--from", formats=DAY, help="First day (Guangzhou); else the first ever.")
]
Last = Annotated[datetime | None, typer.Option("--to", formats=DAY, help="Last day, included; else the latest.")]
Published = Annotated[
    Path | None, typer.Option(help="The published seals.txt, best a copy kept elsewhere; else that of our own folder.")
]


def seal() -> None:
    """Seal every event that is not sealed yet, and publish the seal (立即封存)."""
    from api import wiring
    from api.sealing import keeping

    made = keeping.seal(wiring.database())
    typer.echo(f"{_line(made)}\n根值 root {made.root}\n封存码 code {made.hash}\n已公布 published: {keeping.folder()}")


def bundle(
    out: Annotated[Path, typer.Option(help="The zip file to write.")], first: First = None, last: Last = None
) -> None:
    """Write what a counterparty needs to recompute the audit, verifier included (导出可核验的审计包).

    Whatever is not sealed yet is sealed first; the audit is judged at the last seal.
    """
    from api import wiring
    from api.sealing import keeping

    keeping.seal_what_waits(wiring.database())
    found, end = _write(out, first, last)
    typer.echo(f"{out}: {found.totals.reported:,} 起案件 incidents, {_line(end)}", err=True)


def verify(first: First = None, last: Last = None, published: Published = None) -> None:
    """Check the live database against its seals and those published (核验本库)."""
    from api import wiring
    from api.sealing import keeping
    from api.sealing.publish import LINES, last_code
    from api.sealing.verify import main
    from geo_data.database import transaction
    from geo_data.stores.ledger_store import strayed

    lines = published or keeping.folder() / LINES
    code = last_code(lines)  # a database restored from before it must not pass for the live one
    roots = ["--root", code] if code else []
    with TemporaryDirectory() as folder:
        path = Path(folder, "bundle.zip")
        _write(path, first, last)
        found = main([str(path), "--published", str(lines), *roots])
    with transaction(wiring.database()) as connection:
        wrong = strayed(connection)  # a bundle holds no facts of the ledger
    for key in wrong:
        typer.echo(f"✗ 服务台账 {key} 与封存不符 · fact {key} of the ledger is not what was sealed")
    raise typer.Exit(1 if wrong else found)


def _write(out: Path, first: datetime | None, last: datetime | None) -> "tuple[Audit, Seal]":
    from api import wiring
    from api.sealing.bundle import write_bundle
    from geo_data.database import transaction
    from geo_data.stores.seal_store import PostgisSeals

    since, until = _date(first), _date(last)
    in_order(since, until)  # before a connection is asked for
    with transaction(wiring.database()) as connection:
        return write_bundle(out, PostgisSeals.at_one_moment(connection), since, until, wiring.policy().audit)


def _date(given: datetime | None) -> date | None:
    return given.date() if given else None


def _line(seal: "Seal") -> str:
    return f"封存第 {seal.number} 号 seal {seal.number} · {seal.events:,} 条事件 events · {seal.short}"
