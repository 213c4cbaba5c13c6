#!/usr/bin/env bash
# Run every test and end with one plain line. Each worker has a half of the files in their order, so that what a file
# shares is made once; who is done first takes over from the other.
set -uo pipefail
cd "$(dirname "$0")/.."
"${VENV:-.venv}/bin/python" -m pytest -n auto --dist worksteal -q "$@"
status=$?
if [ $status = 0 ]; then echo "PASS: all tests passed"; else echo "FAIL: pytest ended with $status"; fi
exit $status
