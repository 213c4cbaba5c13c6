"""The worker of a page knows all its files, and any change of them."""

from pathlib import Path

import pytest

from maps.page_files import bodies, page_files, version_of, with_preloads


@pytest.fixture
def page(tmp_path: Path) -> Path:
    (tmp_path / "js").mkdir()
    (tmp_path / "page.html").write_text(
        '<link href="/assets/a.css"><script src="/assets/js/main.js"></script><a href="/x">'
    )
    (tmp_path / "a.css").write_text("a{}")
    (tmp_path / "js" / "main.js").write_text(
        'import { x } from "./part.js";\nimport "../top.js";\nimport { y } from "./gone.js";\n'
    )
    (tmp_path / "js" / "part.js").write_text(
        'export { z } from "/vendor/lib/index.js";\nimport { x } from "./main.js";\n'
    )
    (tmp_path / "top.js").write_text("")
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "index.js").write_text("")
    (tmp_path / "other.js").write_text("")
    return tmp_path / "page.html"


def roots(page: Path) -> dict[str, Path]:
    return {"/assets": page.parent, "/vendor/lib": page.parent / "lib"}


def version(page: Path) -> str:
    return version_of(bodies(page, page_files(page, roots(page)), roots(page)))


def test_files_are_found_through_links_and_imports_and_nothing_else(page: Path) -> None:
    assert page_files(page, roots(page)) == [
        "/assets/a.css", "/assets/js/main.js", "/assets/js/part.js", "/assets/top.js", "/vendor/lib/index.js",
    ]  # fmt: skip


def test_modules_behind_a_page_are_named_in_its_head_so_that_none_waits_for_another(page: Path) -> None:
    page.write_text(f"<head>{page.read_text()}</head><body></body>")
    head, _, body = with_preloads(page, roots(page)).partition("</head>")
    links = [
        f'<link rel="modulepreload" href="{path}">'
        for path in ("/assets/js/part.js", "/assets/top.js", "/vendor/lib/index.js")
    ]
    assert all(head.count(link) == 1 for link in links)
    assert head.count("modulepreload") == len(links)
    assert body == "<body></body>"


@pytest.mark.parametrize("changed", ["page.html", "a.css", "js/part.js", "lib/index.js"])
def test_any_change_of_a_file_is_another_version(page: Path, changed: str) -> None:
    before = version(page)
    file = page.parent / changed
    file.write_text(file.read_text() + "\n")
    assert version(page) != before


def test_a_file_the_page_does_not_use_changes_nothing(page: Path) -> None:
    before = version(page)
    (page.parent / "other.js").write_text("another")
    assert version(page) == before
