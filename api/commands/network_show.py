"""``gzdispatch network show``: a network as a picture."""

import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.status import Status

out, err = Console(highlight=False), Console(stderr=True, highlight=False)


class Labels(StrEnum):
    """Language of the names on the picture."""

    ZH = "zh"
    EN = "en"


def show(
    *,
    out_file: Annotated[Path, typer.Option("--out", help="图片文件 · picture, .png or .svg")] = Path("network.png"),
    area: Annotated[str, typer.Option(help="全市、区名或 西,南,东,北 · all, a district or lon,lat,lon,lat")] = "全市",
    width: Annotated[int, typer.Option(help="宽,像素 · width in pixels")] = 1600,
    labels: Annotated[Labels, typer.Option(help="注记语言 · language of names")] = Labels.ZH,
    network_file: Annotated[
        Path | None,
        typer.Option("--network", help="路网文件,缺省为正在使用的 · compiled network (.net), else the one in use"),
    ] = None,
) -> None:
    """绘制路网 · Draw a road network as a map picture."""
    since = time.perf_counter()
    from api import wiring  # they take seconds to load
    from api.picture import network_picture  # they take seconds to load

    network_picture.picture_form(out_file)
    with Status("…", console=err):
        network = wiring.load_network(network_file)
        view = network_picture.view_of(network, area, width)
        network_picture.write_picture(network, out_file, view, labels.value)
    size, seconds = out_file.stat().st_size / 1e6, time.perf_counter() - since
    out.print(
        f"已写入 written: {out_file}  {view.width} × {view.height}, {size:.1f} MB, {seconds:.1f} s", soft_wrap=True
    )
    if network.schematic:
        out.print("示意路网 schematic: a drawn stand-in, not a survey of real streets.")
