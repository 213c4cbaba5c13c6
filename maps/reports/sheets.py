"""Sections and long lists written to sheets of a workbook, with formats, widths, frozen heads and native charts."""

from datetime import datetime
from typing import Any

from dispatch.unit import GUANGZHOU_TIME
from maps.palette import INK, KEPT, MISSED
from maps.reports.grid import Cell, Chart, Column, Grid, Kind, Section

DAY_S = 86_400
NUMBER_FORMATS = {
    Kind.TEXT: "@",
    Kind.COUNT: "#,##0",
    Kind.SHARE: "0.0%",
    Kind.POINTS: "+0.0;-0.0;0.0",
    Kind.DURATION: "[m]:ss",
    Kind.LONG: "#,##0.00",
    Kind.NUMBER: "0.00",
    Kind.YUAN: "#,##0.00",
    Kind.MOMENT: "yyyy-mm-dd hh:mm:ss",
}
CHINESE_WIDTH = 2.1  # of a Chinese character, in those of a digit
LEAST_WIDTH, MOST_WIDTH, MOMENT_WIDTH = 9.0, 44.0, 19.0
SAYS_COLUMNS, SAYS_CHARACTERS = 8, 56
CHART_ROWS, CHART_WIDTH, CHART_HEIGHT = 16, 640, 300
BAD = {"超时", "偏乐观"}
CHART_COLOURS = (KEPT, MISSED)


class Sheets:
    """Writes one workbook.

    Parameters
    ----------
    book : xlsxwriter.Workbook
    label : str
        Stands at the head of every sheet and page; empty for none.
    """

    def __init__(self, book: Any, label: str) -> None:
        self._book = book
        self._label = label
        base = {"font_name": "微软雅黑", "font_size": 10, "valign": "top"}
        self._base = book.add_format(base)
        self._big = book.add_format(base | {"font_size": 16, "bold": True})
        self._mid = book.add_format(base | {"font_size": 12, "bold": True})
        self._note = book.add_format(base | {"font_color": "#5a6470", "text_wrap": True})
        self._warn = book.add_format(base | {"font_color": "#8a4b00", "bold": True, "bg_color": "#fff3d6"})
        self._says = book.add_format(base | {"text_wrap": True})
        self._head = book.add_format(
            base | {"bold": True, "font_color": "#ffffff", "bg_color": INK, "text_wrap": True, "valign": "vcenter"}
        )
        self._cells = {kind: book.add_format(base | {"num_format": form}) for kind, form in NUMBER_FORMATS.items()}
        self._wrapped = book.add_format(base | {"num_format": "@", "text_wrap": True})
        self._bad = book.add_format({"font_color": "#8a4b00", "bg_color": "#fff3d6"})

    def add(self, part: Section) -> None:
        """Write a section: sentences, then each table with its chart beside it."""
        sheet = self._sheet(part.title if part.key != "cover" else "要点")
        self._set_widths(sheet, part.grids)
        row = self._top(sheet, part.title)
        for sentence in part.says:
            row = self._sentence(sheet, row, sentence, self._says)
        for grid in part.grids:
            row = self._grid(sheet, row + 1, grid)
        if part.note:
            self._sentence(sheet, row + 1, part.note, self._note)

    def add_list(self, grid: Grid) -> None:
        """Write a long table on a sheet of its own: heads frozen, a filter on every column."""
        sheet = self._sheet(grid.title)
        self._set_widths(sheet, (grid,))
        head = self._top(sheet, grid.title)
        self._table(sheet, head, grid)
        sheet.freeze_panes(head + 1, 1)
        sheet.autofilter(head, 0, head + max(1, len(grid.rows)), len(grid.columns) - 1)
        sheet.repeat_rows(head)

    def _sheet(self, name: str) -> Any:
        sheet = self._book.add_worksheet(name[:31])
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.hide_gridlines(2)
        sheet.set_footer(f"&L{self._label}&R第 &P 页，共 &N 页")
        return sheet

    def _top(self, sheet: Any, title: str) -> int:
        sheet.write_string(0, 0, title, self._big)
        sheet.set_row(0, 26)
        if self._label:
            sheet.write_string(1, 0, self._label, self._warn)
            return 3
        return 2

    def _sentence(self, sheet: Any, row: int, words: str, form: Any) -> int:
        sheet.merge_range(row, 0, row, SAYS_COLUMNS - 1, "", form)
        sheet.write_string(row, 0, words, form)
        sheet.set_row(row, 16.0 * (1 + len(words) // SAYS_CHARACTERS))
        return row + 1

    def _grid(self, sheet: Any, row: int, grid: Grid) -> int:
        sheet.write_string(row, 0, grid.title, self._mid)
        head = row + 1
        end = self._table(sheet, head, grid)
        if grid.note:
            end = self._sentence(sheet, end, grid.note, self._note)
        if grid.chart is None or not grid.rows:
            return end + 1
        sheet.insert_chart(end + 1, 0, self._chart(sheet.get_name(), head, grid, grid.chart))
        return end + 1 + CHART_ROWS

    def _table(self, sheet: Any, head: int, grid: Grid) -> int:
        sheet.set_row(head, 30)
        for at, column in enumerate(grid.columns):
            sheet.write_string(head, at, _named(column), self._head)
        for down, cells in enumerate(grid.rows, head + 1):
            for at, (cell, column) in enumerate(zip(cells, grid.columns, strict=True)):
                self._write(sheet, down, at, cell, column)
        end = head + 1 + len(grid.rows)
        for at, column in enumerate(grid.columns):
            self._mark(sheet, head + 1, end - 1, at, column)
        return end

    def _write(self, sheet: Any, row: int, at: int, cell: Cell, column: Column) -> None:
        form = self._cells[column.kind]
        if cell is None:
            sheet.write_blank(row, at, None, form)
        elif isinstance(cell, str):
            sheet.write_string(row, at, cell, self._wrapped if len(cell) > MOST_WIDTH / CHINESE_WIDTH else form)
        elif isinstance(cell, datetime):
            sheet.write_datetime(row, at, cell.astimezone(GUANGZHOU_TIME).replace(tzinfo=None, microsecond=0), form)
        else:
            sheet.write_number(row, at, _value(cell, column.kind), form)

    def _mark(self, sheet: Any, first: int, last: int, at: int, column: Column) -> None:
        if last < first:
            return
        if column.scaled:
            bar = {"type": "data_bar", "bar_color": KEPT, "min_type": "num", "min_value": 0}
            whole = {"max_type": "num", "max_value": 1} if column.kind is Kind.SHARE else {}
            sheet.conditional_format(first, at, last, at, bar | whole)
        if column.name in {"结果", "比较"}:
            for word in sorted(BAD):
                rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": self._bad}
                sheet.conditional_format(first, at, last, at, rule)

    def _chart(self, name: str, head: int, grid: Grid, wanted: Chart) -> Any:
        kind = {"type": wanted.form} | ({"subtype": "stacked"} if wanted.stacked else {})
        chart = self._book.add_chart(kind)
        first, last = head + 1, head + len(grid.rows)
        for colour, at in zip(CHART_COLOURS, wanted.of, strict=False):
            chart.add_series(
                {
                    "name": [name, head, at],
                    "categories": [name, first, wanted.over, last, wanted.over],
                    "values": [name, first, at, last, at],
                    "fill": {"color": colour},
                    "gap": 60,
                }
            )
        chart.set_title({"name": wanted.title, "name_font": {"size": 11}})
        chart.set_size({"width": CHART_WIDTH, "height": CHART_HEIGHT})
        if len(wanted.of) == 1:
            chart.set_legend({"none": True})
        if wanted.form == "bar":
            chart.set_y_axis({"reverse": True})
        if grid.columns[wanted.of[0]].kind is Kind.SHARE:
            chart.set_x_axis({"min": 0, "max": 1}) if wanted.form == "bar" else chart.set_y_axis({"min": 0, "max": 1})
        return chart

    def _set_widths(self, sheet: Any, grids: tuple[Grid, ...]) -> None:
        widths: dict[int, float] = {}
        for grid in grids:
            for at, column in enumerate(grid.columns):
                cells = [row[at] for row in grid.rows[:2000] if isinstance(row[at], str)]
                longest = max((_width(str(cell)) for cell in cells), default=0.0)
                known = MOMENT_WIDTH if column.kind is Kind.MOMENT else _width(column.name)
                widths[at] = max(widths.get(at, LEAST_WIDTH), min(MOST_WIDTH, max(longest, known) + 1.5))
        for at in range(max([SAYS_COLUMNS, *(at + 1 for at in widths)])):
            sheet.set_column(at, at, widths.get(at, LEAST_WIDTH + 3), self._base)


def _named(column: Column) -> str:
    return f"{column.name}（百分点）" if column.kind is Kind.POINTS else column.name


def _value(cell: float, kind: Kind) -> float:
    if kind is Kind.DURATION:
        return cell / DAY_S
    if kind is Kind.LONG:
        return cell / 3600
    return 100 * cell if kind is Kind.POINTS else cell


def _width(words: str) -> float:
    return sum(CHINESE_WIDTH if ord(c) > 0x2E7F else 1.0 for c in words)
