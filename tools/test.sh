#!/usr/bin/env bash
# Run every test and end with one plain line. Each worker has its share of the files in their order, so that what a file
# shares is made once; who is done first takes over from the others. A third of the time a test waits, for a page, a
# restart or the database: there is one worker more than processors.
# A test that fails is run once more, three of them at most, and told with its trace at the end (RERUN): what passes only then is
# a fault to be found, and no reason to hold back what the other thousands say.
set -uo pipefail
cd "$(dirname "$0")/.."
unset PYTHONDONTWRITEBYTECODE # dozens of processes of ours are started: none need compile every module anew
"${VENV:-.venv}/bin/python" -m pytest -n "$(($(nproc) + 1))" --dist worksteal --reruns 1 --max-suite-reruns 3 --rerun-show-tracebacks -q "$@"
status=$?
if [ $status = 0 ]; then echo "PASS: all tests passed"; else echo "FAIL: pytest ended with $status"; fi
exit $status
