"""``gzdispatch geocode``: words to a place, one at a time or a whole table."""

import csv
import gc
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer
from rich.console import Console
from rich.panel import Panel
from rich.progress import track
from sqlalchemy.exc import ProgrammingError

from api import wiring
from api.commands.places import tell_bad_rows
from api.whole_file import whole_file
from dispatch.errors import InvalidInput, Unavailable
from dispatch.location import Location, NotLocated, Position
from geo_data.builtin.places import Place
from geo_data.coordinates import Datum, to_wgs84
from geo_data.places.geocoder import Geocoder
from geo_data.places.place_tables import read_table

KEYS = ("lon", "lat", "match_code", "confidence", "uncertainty_m", "matched_text", "alternatives")
NOT_FOUND = 1
WORTH_FORKING = 500  # texts
CHUNK = 50
FIRST = "天河路与体育东路交叉口"

Ask = Callable[[str], dict[str, Any]]
_forked: Ask | None = None

out, err = Console(), Console(stderr=True)


def geocode(
    text: Annotated[str | None, typer.Argument(help="报案中的地点文字 · what the caller said")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")] = False,
    lon: Annotated[float | None, typer.Option(help="手机定位经度 · longitude of the phone")] = None,
    lat: Annotated[float | None, typer.Option(help="手机定位纬度 · latitude of the phone")] = None,
    accuracy: Annotated[float | None, typer.Option(min=0, help="定位精度,米 · accuracy in metres")] = None,
    crs: Annotated[
        Datum, typer.Option(help="经纬度与地点表的坐标系 · datum of the point and the tables")
    ] = Datum.WGS84,
    network: Annotated[Path | None, typer.Option(help="路网文件 (.net) · compiled network")] = None,
    places: Annotated[
        list[Path] | None, typer.Option(help="只用这一次的地点表,可多次给出 · places for this call only, repeatable")
    ] = None,
    batch: Annotated[Path | None, typer.Option(help="批量:含 text 列的 CSV · table with a column text")] = None,
    out_file: Annotated[Path | None, typer.Option("--out", help="批量结果 · where the result goes")] = None,
) -> None:
    """找出文字所说的地点;只给经纬度时说出那里是哪里 · Find the place that words speak of, or the words for a point."""
    if batch is not None:
        if text is not None:
            raise typer.BadParameter("TEXT 与 --batch 只能给一个 (give a text or --batch, not both).")
        _run_batch(batch, out_file, network, places or [], crs)
        return
    hint = _point(lon, lat, crs)
    if text is not None and text.strip():
        answer = _geocoder(network, places or [], crs).geocode(text, hint=hint, hint_accuracy_m=accuracy)
    elif hint is not None:
        answer = _geocoder(network, places or [], crs).at_phone(hint, accuracy)
    else:
        raise typer.BadParameter("地点为空:请写明道路、路口或附近的地标,或给出经纬度 (give a text or a point).")
    if as_json:
        print(json.dumps(as_record(answer), ensure_ascii=False))
    else:
        out.print(_panel(answer))
    if isinstance(answer, NotLocated):
        raise typer.Exit(NOT_FOUND)


def as_record(answer: Location | NotLocated) -> dict[str, Any]:
    """Flatten an answer for JSON: the published keys, nulls where nothing was found."""
    if isinstance(answer, NotLocated):
        return dict.fromkeys(KEYS) | {"alternatives": [], "district": None, "reason": answer.reason}
    record = _one_place(answer)
    district = record.pop("district")
    return record | {"alternatives": [_one_place(other) for other in answer.alternatives], "district": district}


def _one_place(location: Location) -> dict[str, Any]:
    return {
        "lon": round(location.position.lon, 6),
        "lat": round(location.position.lat, 6),
        "match_code": location.match_code.value,
        "confidence": location.confidence.value,
        "uncertainty_m": location.uncertainty_m,
        "matched_text": location.matched_text,
        "district": location.district,
    }


def _geocoder(network: Path | None, tables: list[Path], datum: Datum) -> Geocoder:
    own = [place for table in tables for place in _read(table, datum)]
    return wiring.geocoder(wiring.load_network(network), [*_imported(), *own])


def _read(file: Path, datum: Datum) -> list[Place]:
    table = read_table(file, datum)
    tell_bad_rows(file, table.bad_rows)
    return table.places


def _imported() -> list[Place]:
    """The places held in the database, where one is up and set up; without it those built in have to do."""
    try:
        return wiring.imported_places()[1]
    except (Unavailable, ProgrammingError):
        return []


def _point(lon: float | None, lat: float | None, datum: Datum) -> Position | None:
    if lon is None and lat is None:
        return None
    if lon is None or lat is None:
        raise typer.BadParameter("--lon 与 --lat 须同时给出 (give both or neither).")
    return to_wgs84(Position(lon, lat), datum)


def _panel(answer: Location | NotLocated) -> Panel:
    if isinstance(answer, NotLocated):
        return Panel(answer.reason, title="未能定位", border_style="red")
    lines = [
        f"[bold]{answer.matched_text}[/bold]  {answer.district or ''}",
        f"经度 {answer.position.lon:.6f}  纬度 {answer.position.lat:.6f} (WGS-84)",
        f"{answer.match_code.label} · 可信度{answer.confidence.label} · 误差半径约 {answer.uncertainty_m:.0f} 米(九成把握)",
    ]
    lines += [
        f"  也可能是 {other.matched_text} {other.district or ''} ({other.position.lon:.5f}, {other.position.lat:.5f})"
        for other in answer.alternatives
    ]
    lines += [f"请问:{answer.question}"] if answer.question else []
    return Panel("\n".join(lines), title="地点", border_style="green")


def _run_batch(source: Path, target: Path | None, network: Path | None, tables: list[Path], datum: Datum) -> None:
    if target is None:
        raise typer.BadParameter("批量处理须用 --out 指明结果文件 (--batch needs --out).")
    table = _read_texts(source)
    geocoder = _geocoder(network, tables, datum)
    given = answers(geocoder, list(table["text"]))
    for key in (*KEYS, "reason"):
        table[key] = [answer.get(key) for answer in given]
    table["alternatives"] = [json.dumps(answer["alternatives"], ensure_ascii=False) for answer in given]
    _write_whole(table, target)
    found = sum(answer["lon"] is not None for answer in given)
    err.print(f"{len(given)} 行,已定位 {found} 行 → {target}", highlight=False)


def _write_whole(table: pd.DataFrame, target: Path) -> None:
    packing: Any = "gzip" if target.suffix == ".gz" else None
    with whole_file(target) as part:
        table.to_csv(part, index=False, quoting=csv.QUOTE_MINIMAL, compression=packing)


def _read_texts(source: Path) -> pd.DataFrame:
    try:
        table = pd.read_csv(source, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except FileNotFoundError:
        raise InvalidInput(f"找不到 {source} (no such file).") from None
    except (OSError, ValueError) as error:
        raise InvalidInput(f"{source} 无法读取:需为 UTF-8 编码的 .csv 或 .csv.gz ({str(error).strip()}).") from None
    if "text" not in table:
        raise InvalidInput(f"{source} 缺少 text 列 (no column text; it has: {', '.join(map(str, table))}).")
    return table


def answers(geocoder: Geocoder, texts: list[str]) -> list[dict[str, Any]]:
    """One answer a text, in their order; equal texts are asked for once, and all processors share the work."""
    distinct = list(dict.fromkeys(texts))
    with _mapping(partial(_answer, geocoder), len(distinct)) as mapped:
        found = track(mapped(distinct), "定位中", total=len(distinct), console=err, transient=True)
        answer_of = dict(zip(distinct, found, strict=True))
    return [answer_of[text] for text in texts]


@contextmanager
def _mapping(ask: Ask, count: int) -> Iterator[Callable[[list[str]], Iterable[dict[str, Any]]]]:
    """Maps in order: here, or for many texts in forked processes, which find the geocoder where they were forked from."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    if count < WORTH_FORKING or processors == 1:
        yield partial(map, ask)
        return
    global _forked  # noqa: PLW0603  (what is sent to a process is copied, what it is forked with is not)
    _forked = ask
    ask(FIRST)  # loads what a first answer loads, once for all
    gc.freeze()  # the collector would write into every object, and so copy what the processes share
    with get_context("fork").Pool(processors) as pool:
        yield partial(pool.imap, _ask_forked, chunksize=CHUNK)
    gc.unfreeze()
    _forked = None


def _ask_forked(text: str) -> dict[str, Any]:
    if _forked is None:
        raise RuntimeError("no geocoder: this process was not forked for a batch")
    return _forked(text)


def _answer(geocoder: Geocoder, text: str) -> dict[str, Any]:
    try:
        return as_record(geocoder.geocode(text))
    except InvalidInput as error:  # an empty or overlong cell spoils its own row only
        return as_record(NotLocated(str(error)))
