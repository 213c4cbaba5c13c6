"""Which files a page is made of, found by following its own links and imports; for a worker that keeps them."""

import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from posixpath import dirname, join, normpath

_LINKS = re.compile(r'(?:src|href)="(/(?:assets|vendor)/[^"]+)"')
_IMPORTS = re.compile(r'^(?:import|export)\b[^"\n]*"([^"]+)";', re.MULTILINE)


def page_files(page: Path, roots: Mapping[str, Path]) -> list[str]:
    """Name every file a page needs, by its path on the server.

    Parameters
    ----------
    page : Path
        The HTML file.
    roots : mapping of str to Path
        Folder behind each path, e.g. ``/assets`` to the folder of the pages.

    Returns
    -------
    list of str
        Sorted; those that do not exist are left out: a browser would not find them either.
    """
    found: set[str] = set()
    queue = _LINKS.findall(page.read_text(encoding="utf-8"))
    while queue:
        path = queue.pop()
        file = _file(path, roots)
        if path in found or file is None:
            continue
        found.add(path)
        if path.endswith(".js"):
            queue += _imports(path, file.read_text(encoding="utf-8"))
    return sorted(found)


def with_preloads(page: Path, roots: Mapping[str, Path]) -> str:
    """Text of a page that names all its modules in its head.

    A browser then fetches them at once, not only as it meets each import.

    Parameters
    ----------
    page : Path
        The HTML file.
    roots : mapping of str to Path
        As for `page_files`.

    Returns
    -------
    str
    """
    text = page.read_text(encoding="utf-8")
    modules = [path for path in page_files(page, roots) if path.endswith((".js", ".mjs")) and path not in text]
    links = "".join(f'  <link rel="modulepreload" href="{path}">\n' for path in modules)
    return text.replace("</head>", f"{links}</head>", 1)


def version_of(files: Iterator[bytes]) -> str:
    """Mark of the contents of files, in order: another byte anywhere is another version."""
    digest = sha256()
    for body in files:
        digest.update(sha256(body).digest())
    return digest.hexdigest()[:16]


def bodies(page: Path, paths: list[str], roots: Mapping[str, Path]) -> Iterator[bytes]:
    """The page, then its files."""
    yield page.read_bytes()
    for path in paths:
        file = _file(path, roots)
        if file is not None:
            yield file.read_bytes()


def _imports(path: str, text: str) -> list[str]:
    return [
        found if found.startswith("/") else normpath(join(dirname(path), found)) for found in _IMPORTS.findall(text)
    ]


def _file(path: str, roots: Mapping[str, Path]) -> Path | None:
    for prefix, folder in roots.items():
        if path.startswith(f"{prefix}/"):
            file = folder / path.removeprefix(f"{prefix}/")
            return file if file.is_file() else None
    return None
