#!/usr/bin/env bash
# Install what is missing, quietly and once: Debian packages, the virtual environment, browser libraries.
# usage: tools/setup.sh run|test
set -euo pipefail
cd "$(dirname "$0")/.."
VENV=${VENV:-.venv}
WANT=${1:-run}

say() { printf '· %s\n' "$*"; }

# Debian packages that are not there yet.
missing_packages() {
  if [ -z "${DATABASE_URL:-}" ] && ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && ! command -v pg_config >/dev/null; then
    echo postgresql-15-postgis-3 postgresql-15-postgis-3-scripts
  elif [ -z "${DATABASE_URL:-}" ] && ! ls /usr/share/postgresql/*/extension/postgis.control >/dev/null 2>&1 && [ -d /usr/lib/postgresql ]; then
    echo postgresql-15-postgis-3 postgresql-15-postgis-3-scripts
  fi
  python3 -c 'import ensurepip, venv' 2>/dev/null || [ -x "$VENV/bin/python" ] || echo python3 python3-venv
  command -v npm >/dev/null || echo nodejs npm
  # Of the service reports: what sets type for PDF, and a font with Chinese characters.
  has_library pango-1.0 || echo libpango-1.0-0
  has_library pangoft2-1.0 || echo libpangoft2-1.0-0
  has_library harfbuzz-subset || echo libharfbuzz-subset0
  has_chinese_font || echo fonts-wqy-microhei
  if [ "$WANT" = test ]; then
    command -v chromium >/dev/null || [ -n "${CHROMIUM:-}" ] || echo chromium
  fi
}

has_library() { python3 -c 'import sys; from ctypes.util import find_library; sys.exit(find_library(sys.argv[1]) is None)' "$1" 2>/dev/null; }

has_chinese_font() {
  ls /usr/share/fonts/truetype/wqy/wqy-microhei.ttc >/dev/null 2>&1 ||
    { [ "$WANT" != test ] && command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh-cn family 2>/dev/null)" ]; }
}

install_packages() {
  local packages
  packages=$(missing_packages | tr '\n' ' ')
  [ -n "${packages// /}" ] || return 0
  local become=""
  if [ "$(id -u)" != 0 ]; then
    if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then become=sudo; else
      echo "Missing: $packages — install them first: sudo apt-get install $packages" >&2
      exit 1
    fi
  fi
  command -v apt-get >/dev/null || { echo "Missing: $packages — install them with your system's package manager." >&2; exit 1; }
  say "installing $packages(a few minutes) …"
  export DEBIAN_FRONTEND=noninteractive
  local log; log=$(mktemp)
  # The system's own cluster is not wanted: ours is private.
  $become mkdir -p /etc/postgresql-common
  [ -e /etc/postgresql-common/createcluster.conf ] || echo 'create_main_cluster = false' | $become tee /etc/postgresql-common/createcluster.conf >/dev/null
  # shellcheck disable=SC2086
  { $become apt-get update -q && $become env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $packages; } >"$log" 2>&1 ||
    { tail -20 "$log" >&2; echo "apt-get failed (all of its words: $log)." >&2; exit 1; }
}

find_python() {
  local candidate
  for candidate in python3 python3.13 python3.12 python3.11; do
    if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
      echo "$candidate"; return
    fi
  done
  echo "Python 3.11, 3.12 or 3.13 is needed." >&2
  exit 1
}

# A step is done again only when what it is made from has changed.
stale() { [ ! -e "$2" ] || [ "$(cat "$2")" != "$(cat "${@:3}" | sha256sum)" ]; }
done_with() { cat "${@:3}" | sha256sum >"$2"; }

install_python() {
  stale python "$VENV/.installed" requirements.lock pyproject.toml || return 0
  [ -x "$VENV/bin/python" ] || { say "making $VENV …"; "$(find_python)" -m venv "$VENV"; }
  say "installing Python packages from requirements.lock (hashes checked) …"
  # uv first, by its own line of the lock: it does the rest in a tenth of pip's time.
  "$VENV/bin/python" -m pip install -qq --disable-pip-version-check --require-hashes \
    -r <(awk '/^uv==/ { on = 1 } on { print } on && !/\\$/ { exit }' requirements.lock)
  "$VENV/bin/uv" pip sync --quiet --python "$VENV/bin/python" --compile-bytecode --require-hashes requirements.lock
  "$VENV/bin/uv" pip install --quiet --python "$VENV/bin/python" --no-deps --no-build-isolation -e .
  done_with python "$VENV/.installed" requirements.lock pyproject.toml
}

install_browser_libraries() {
  stale npm maps/web/node_modules/.installed maps/web/package-lock.json || return 0
  say "installing browser libraries from package-lock.json …"
  (cd maps/web && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
  done_with npm maps/web/node_modules/.installed maps/web/package-lock.json
}

compile_searches() {
  local sources=(geo_data/roads/compiled.py geo_data/roads/kernels.py geo_data/roads/doors.py geo_data/roads/reached_roads.py geo_data/roads/hierarchy/*.py
    geo_data/places/name_search.py geo_data/map_matching/distances.py)
  stale searches "$VENV/.searches" "${sources[@]}" || return 0
  say "compiling the road searches (about half a minute, once) …"
  "$VENV/bin/python" -c 'import geo_data.roads.reached_roads, geo_data.roads.routing, geo_data.roads.hierarchy.update
import geo_data.places.name_search, geo_data.map_matching.distances'
  done_with searches "$VENV/.searches" "${sources[@]}"
}

install_packages
install_python
install_browser_libraries
compile_searches
