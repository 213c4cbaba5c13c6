"""Fixtures shared by all tests."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real data kept outside the repository; tests that need it skip where there is none."""
    folder = Path(os.environ.get("GZ_SHARED", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("no shared data: set GZ_SHARED to the folder that holds osm/, guangzhou/ and response_logs/")
    return folder
