"""The report on paper: the same page, set by WeasyPrint."""

from dispatch.errors import Unavailable
from dispatch.reporting.service_report import ServiceReport
from maps.picture_fonts import font_for
from maps.reports.page import report_page


def report_pdf(report: ServiceReport) -> bytes:
    """Set a report as PDF.

    Nothing is fetched while it is set: the page holds all it shows.

    Raises
    ------
    Unavailable
        Where the libraries that set type, or a font with Chinese characters, are not installed.
    """
    font_for(report.period.label)  # or the paper would show empty boxes
    page = report_page(report)
    try:
        from weasyprint import HTML  # noqa: PLC0415  (slow to import, and needs libraries of the system)
        from weasyprint.urls import URLFetcher  # noqa: PLC0415
    except OSError as error:
        raise Unavailable(
            f"PDF needs Pango, which is missing ({error}): install libpango-1.0-0, libpangoft2-1.0-0 and "
            "libharfbuzz-subset0, or ask for html or xlsx."
        ) from None
    return bytes(HTML(string=page, url_fetcher=URLFetcher(allowed_protocols=("data",))).write_pdf())
