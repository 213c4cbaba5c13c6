#!/usr/bin/env bash
# Run every test and end with one plain line.
set -uo pipefail
cd "$(dirname "$0")/.."
"${VENV:-.venv}/bin/python" -m pytest -n auto --dist loadgroup -q "$@"
status=$?
if [ $status = 0 ]; then echo "PASS: all tests passed"; else echo "FAIL: pytest ended with $status"; fi
exit $status
