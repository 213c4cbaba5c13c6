"""Every notebook runs from its first cell to its last, and is kept without outputs."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from traitlets.config import Config

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PATIENCE_S = 600
BY_FILES = Config({"KernelManager": {"transport": "ipc"}})  # ports are chosen before they are bound


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def test_there_are_notebooks_to_run():
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_is_kept_without_outputs(path):
    cells = [c for c in read(path).cells if c.cell_type == "code"]
    assert not any(c.outputs or c.execution_count for c in cells)


# Jupyter's own machinery warns of its own affairs; what our code warns of is written to the notebook and found below.
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_runs_to_its_end(path):
    notebook = read(path)
    client = NotebookClient(
        notebook,
        config=BY_FILES,
        timeout=PATIENCE_S,
        startup_timeout=PATIENCE_S,
        kernel_name="python3",
        resources={"metadata": {"path": ROOT}},
    )
    client.execute()
    code = [c for c in notebook.cells if c.cell_type == "code"]
    assert all(c.execution_count for c in code)
    assert any("image/png" in o.get("data", {}) for c in code for o in c.outputs)
    complaints = [o.text for c in code for o in c.outputs if o.output_type == "stream" and o.name == "stderr"]
    assert complaints == []
