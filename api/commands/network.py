"""``gzdispatch network …``: import a road network, look into one, draw one."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Annotated, Self

import typer
from rich.console import Console
from rich.status import Status

from api.commands.network_show import show
from api.commands.network_table import network_table
from dispatch.errors import InvalidInput
from geo_data.roads import network_file as compiled
from geo_data.roads.network import Network

app = typer.Typer(help="路网 · Road networks", no_args_is_help=True)
app.command("show")(show)

out, err = Console(highlight=False), Console(stderr=True, highlight=False)

OVERPASS_URL = "https://overpass-api.de/api"
NOMINATIM_URL = "https://nominatim.openstreetmap.org/"


@app.command("import")
def import_network(
    *,
    osm: Annotated[Path | None, typer.Option(help=".osm, .osm.gz, .osm.pbf, .graphml, .graphml.gz")] = None,
    place: Annotated[str | None, typer.Option(help="地名,联网下载 · a place to download, e.g. 广州市天河区")] = None,
    out_file: Annotated[Path | None, typer.Option("--out", help="结果文件 · compiled network (.net)")] = None,
    title: Annotated[str, typer.Option(help="路网名称 · name shown to people")] = "",
    overpass_url: Annotated[str, typer.Option(help="Overpass 接口 · base address")] = OVERPASS_URL,
    nominatim_url: Annotated[str, typer.Option(help="Nominatim 接口 · base address")] = NOMINATIM_URL,
    cache: Annotated[Path, typer.Option(help="下载缓存,可续传 · finished answers, for resuming")] = Path(".cache/osm"),
) -> None:
    """导入路网 · Compile a road network from a file or a place."""
    if (osm is None) == (place is None):
        raise typer.BadParameter("give either --osm FILE or --place NAME (二选一).")
    target = out_file or Path(_stem(osm.name if osm else str(place)) + ".net")
    _check_target(target, osm)
    with Steps() as steps:
        if osm is not None:
            network = _from_file(osm, title, steps.begin)
        else:
            from geo_data.imports.overpass import Servers, import_place  # OSMnx takes seconds to load

            servers = Servers(overpass_url, nominatim_url, cache)
            network = import_place(str(place), servers, title=title, progress=steps.begin)
        steps.begin("writing")
        _save(network, target)
    out.print(network_table(network, target, steps.done))
    out.print(f"已写入 written: {target}", soft_wrap=True)
    out.print(f"使用 use it:   GZ_NETWORK={target} make run", soft_wrap=True)


@app.command("info")
def info(file: Annotated[Path, typer.Argument(help="路网文件 · compiled network (.net)")]) -> None:
    """查看路网 · Tell what a compiled network holds."""
    network = compiled.load(file)
    out.print(network_table(network, file))
    out.print(f"来源 source: {network.meta.get('source', '')}", soft_wrap=True)
    out.print(f"指纹 fingerprint: {network.fingerprint}")
    if network.schematic:
        out.print("示意路网 schematic: a drawn stand-in, not a survey of real streets.")


def _from_file(path: Path, title: str, progress: Callable[[str], None]) -> Network:
    if path.name.endswith((".graphml", ".graphml.gz")):
        from geo_data.imports.graphml import import_graphml  # keeps `gzdispatch --help` quick

        return import_graphml(path, title=title, progress=progress)
    from geo_data.imports.openstreetmap import import_osm

    return import_osm(path, title=title, progress=progress)


def _stem(name: str) -> str:
    """A file name without its known endings; what cannot stand in a file name becomes a dash."""
    for ending in (".gz", ".osm", ".pbf", ".osm", ".graphml"):
        name = name.removesuffix(ending)
    return "".join("-" if character in '/\\:*?"<>| ' else character for character in name.strip()) or "network"


def _check_target(target: Path, source: Path | None) -> None:
    """Say before the long work, not after it, that the result cannot be written."""
    if not target.parent.is_dir():
        raise InvalidInput(f"There is no folder {target.parent}: make it first, or give another --out.")
    if target.is_dir() or not os.access(target.parent, os.W_OK):
        raise InvalidInput(f"{target} cannot be written: give another file with --out.")
    if source is not None and source.exists() and target.exists() and source.samefile(target):
        raise typer.BadParameter("--out is the file to be imported: give another.")


def _save(network: Network, target: Path) -> None:
    try:
        compiled.save(network, target)
    except OSError as error:
        raise InvalidInput(f"{target} cannot be written ({error}): give another file with --out.") from None


class Steps:
    """Shows the step at work on the terminal and keeps the seconds of those done."""

    def __init__(self) -> None:
        self.done: list[tuple[str, float]] = []
        self._name = ""
        self._since = time.perf_counter()
        self._status = Status("…", console=err)

    def begin(self, name: str) -> None:
        """End the step at work, and begin the next."""
        self._end()
        self._name, self._since = name, time.perf_counter()
        self._status.update(f"{name} …")

    def _end(self) -> None:
        if self._name:
            seconds = time.perf_counter() - self._since
            self.done.append((self._name, seconds))
            err.print(f"  ✓ {self._name}  {seconds:.1f} s")
        self._name = ""

    def __enter__(self) -> Self:
        self._status.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._status.stop()
        if kind is None:
            self._end()
