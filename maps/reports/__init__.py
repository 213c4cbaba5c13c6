"""The service report drawn: one list of sections, written as a page, as a PDF and as a workbook."""
