"""``gzdispatch audit calibration``: whether the probabilities that another system's log carries came true."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer


def calibration(
    log: Annotated[Path, typer.Option(help="Another system's log, csv or csv.gz, with a column of probabilities.")],
    map_: Annotated[
        Path, typer.Option("--map", help="TOML file that names its columns, p_kept among them (docs/prediction.md).")
    ],
) -> None:
    """Check another system's predictions against what came, as JSON with n and intervals (检验他方系统的预测)."""
    from api.views.calibration_json import as_document
    from geo_data.logs.log_map import load_map
    from geo_data.logs.log_predictions import read_predictions
    from geo_data.logs.response_logs import read_log

    now, log_map = datetime.now(UTC), load_map(map_)
    statements = read_predictions(log, log_map, read_log(log, log_map, judged_at=now), now)
    typer.echo(json.dumps(as_document(statements, None), ensure_ascii=False, indent=2))
