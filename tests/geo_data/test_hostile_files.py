"""Files from outside that are broken, or made to do harm: refused in words, within bounds of memory."""

import gzip
import resource
import subprocess
import sys
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from fuzz_targets import TARGETS, run
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.errors import InvalidInput
from geo_data.imports.graphml import read_graph
from geo_data.places.place_tables import read_table
from geo_data.unpacking import AT_LEAST

QUICK = sorted(set(TARGETS) - {"xlsx", "address"})  # a workbook costs 20 ms; words have tests of their own
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", QUICK)
@settings(max_examples=25)
@given(data=st.data())
def test_a_broken_file_is_refused_in_words(name: str, data: st.DataObject) -> None:
    seed = bytearray(data.draw(st.sampled_from(TARGETS[name][1]())))
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(seed)))
        seed[at : at + data.draw(st.integers(0, 8))] = data.draw(st.binary(max_size=8))
    run(name, bytes(seed))


@pytest.mark.parametrize("cut", [30, 200, 2000])
def test_a_workbook_that_was_cut_short_is_refused(tmp_path: Path, cut: int) -> None:
    (tmp_path / "places.xlsx").write_bytes(TARGETS["xlsx"][1]()[0][:-cut])
    with pytest.raises(InvalidInput):
        read_table(tmp_path / "places.xlsx")


def test_a_small_file_that_unpacks_without_end_is_refused_early(tmp_path: Path) -> None:
    bomb = tmp_path / "places.csv.gz"
    with gzip.open(bomb, "wb") as packed:
        packed.write(b"name,lon,lat\n")
        for _ in range(8 * AT_LEAST // 1_000_000):
            packed.write(b"x," * 500_000)
    with pytest.raises(InvalidInput, match="解压"):
        read_table(bomb)
    graph = bomb.rename(tmp_path / "x.graphml.gz")
    with pytest.raises(InvalidInput):
        read_graph(graph)


def test_a_workbook_that_unpacks_without_end_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    bomb = tmp_path / "places.xlsx"
    with ZipFile(bomb, "w", ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"<c/>" * (2 * AT_LEAST))
    with pytest.raises(InvalidInput, match="解压"):
        read_table(bomb)


def test_entities_that_stand_for_each_other_a_thousandfold_do_no_harm(tmp_path: Path) -> None:
    lol = '<!ENTITY l0 "lol">' + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    for name, text in (
        ("x.graphml", f"<!DOCTYPE g [{lol}]><graphml><graph><data>&l9;</data></graph></graphml>"),
        (
            "x.osm",
            f'<!DOCTYPE o [{lol}]><osm version="0.6"><node id="1" lat="1" lon="1"><tag k="a" v="&l9;"/></node></osm>',
        ),
    ):
        (tmp_path / name).write_text(text)
    program = (
        "import resource, sys; from pathlib import Path; from tools.fuzz_targets import run\n"
        "resource.setrlimit(resource.RLIMIT_DATA, (2 << 30, 2 << 30))\n"
        "for name in ('graphml', 'osm'): run(name, (Path(sys.argv[1]) / f'x.{name}').read_bytes())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss > 0
