"""The report as one page that holds everything it shows, for a screen of any size and for paper."""

from base64 import b64encode
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from dispatch.reporting.service_report import ServiceReport
from maps.audit_report import count, percent
from maps.reports.grid import Cell, Column, Kind, Picture
from maps.reports.plots import pictures
from maps.reports.sections import sections
from maps.reports.sentences import key_sentences
from maps.reports.titles import LABEL, heading, simulated_words, title
from maps.reports.words import DASH, in_minutes, interval, moment, shown

SHORT_WORDS, SHORT_CODE = 8, 20  # characters that are never broken into two lines


def report_page(report: ServiceReport) -> str:
    """Draw a report.

    Parameters
    ----------
    report : ServiceReport

    Returns
    -------
    str
        A whole HTML page that asks for nothing outside itself; printed, it has page numbers and a running head.

    Raises
    ------
    Unavailable
        Where no font with Chinese characters is installed for the plots.
    """
    environment = Environment(
        loader=PackageLoader("maps"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"shown": shown, "moment": moment, "embedded": _embedded, "classes": _classes}
    page = environment.get_template("service_report.html").render(
        report=report,
        css=files("maps").joinpath("templates/service_report.css").read_text(encoding="utf-8"),
        title=title(report),
        heading=heading(report),
        label=LABEL if report.is_simulated else "",
        foot=_foot(report),
        simulated=simulated_words(report),
        tiles=_tiles(report),
        says=key_sentences(report),
        sections=sections(report),
        pictures=pictures(report),
    )
    return str(page)


def _foot(report: ServiceReport) -> str:
    seal = report.audit.basis.seal
    return f"封存短码 {seal.short}（第 {seal.number} 号）" if seal else ""


def _tiles(report: ServiceReport) -> list[tuple[str, str, str]]:
    if not report.lines:
        return []
    t, stars = report.audit.totals, report.satisfaction
    kept = t.share_kept
    return [
        ("受理报案", count(t.reported), f"上期 {count(report.before.totals.reported)} 起"),
        ("守时率", percent(kept.p), f"n = {count(kept.n)}，95% 区间 {interval(kept)}"),
        ("到场 P50 / P90", _times(report), f"分钟，报案 → 到场，n = {count(report.p50.n)}"),
        (
            "满意（4–5 星）",
            percent(stars.content.p),
            f"n = {count(stars.n)}，95% 区间 {interval(stars.content)}" if stars.n else "没有评分",
        ),
    ]


def _times(report: ServiceReport) -> str:
    return " / ".join(DASH if q.value_s is None else in_minutes(q.value_s) for q in (report.p50, report.p90))


def _embedded(picture: Picture) -> str:
    return "data:image/svg+xml;base64," + b64encode(picture.svg.encode()).decode()


def _classes(column: Column, cell: Cell = None) -> str:
    kind = "text" if column.kind is Kind.TEXT else "number"
    is_short = isinstance(cell, str) and len(cell) <= (SHORT_CODE if cell.isascii() else SHORT_WORDS)
    return kind + (" spare" if column.spare else "") + (" tight" if is_short else "")
