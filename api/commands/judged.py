"""``gzdispatch judged``: the projection that maps and tables are read from; it can be thrown away at any time."""

import typer

from api import wiring
from api.service.keeping_judged import catch_up
from geo_data.database import engine, migrate, transaction
from geo_data.stores.judged_store import PostgisJudged

app = typer.Typer(add_completion=False, help="Verdicts kept in columns (统计汇总): a projection of the events.")


@app.command()
def rebuild() -> None:
    """Throw all verdicts away and judge every incident anew (重建统计汇总)."""
    _work(anew=True)


@app.command()
def refresh() -> None:
    """Judge what is behind, as the running service does by itself (更新统计汇总)."""
    _work(anew=False)


def _work(*, anew: bool) -> None:
    with wiring.database_running() as url:
        migrate(url)
        database = engine(url, pool_size=1)
        try:
            if anew:
                with transaction(database) as connection:
                    PostgisJudged(connection, wiring.policy().audit).clear()
            done = catch_up(database)
        finally:
            database.dispose()
    typer.echo(f"已判定 {done} 起 (judged {done} incidents)")
