#!/usr/bin/env bash
# Run every test and end with one plain line. Each worker has its share of the files in their order, so that what a file
# shares is made once; who is done first takes over from the others. A third of the time a test waits, for a page, a
# restart or the database: there is one worker more than processors.
set -uo pipefail
cd "$(dirname "$0")/.."
unset PYTHONDONTWRITEBYTECODE # dozens of processes of ours are started: none need compile every module anew
"${VENV:-.venv}/bin/python" -m pytest -n "$(($(nproc) + 1))" --dist worksteal -q "$@"
status=$?
if [ $status = 0 ]; then echo "PASS: all tests passed"; else echo "FAIL: pytest ended with $status"; fi
exit $status
