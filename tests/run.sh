#!/usr/bin/env bash
# Install what the tests need on a Debian or Ubuntu machine, then lint, type-check and test.
#   bash tests/run.sh              everything
#   bash tests/run.sh tests/page   a part; arguments go to pytest
set -euo pipefail
cd "$(dirname "$0")/.."

# A browser for the page, ffprobe as a second opinion on what was written, fonts for Chinese,
# and a PostgreSQL server that the tests start themselves.
missing=()
command -v chromium >/dev/null || missing+=(chromium)
command -v ffprobe >/dev/null || missing+=(ffmpeg)
[ -n "$(find /usr/share/fonts -name 'NotoSansCJK*' -print -quit 2>/dev/null)" ] || missing+=(fonts-noto-cjk)
compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || missing+=(postgresql)
python=${PYTHON:-python3}
"$python" -c "import ensurepip" 2>/dev/null || missing+=(python3-venv)
if [ ${#missing[@]} -gt 0 ]; then
  sudo=""
  [ "$(id -u)" -eq 0 ] || sudo=sudo
  $sudo apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}"
fi

[ -x .venv/bin/python ] || "$python" -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -r tests/requirements.txt

.venv/bin/ruff check .
.venv/bin/ruff format --check .
.venv/bin/mypy
if [ $# -gt 0 ]; then
  exec .venv/bin/python -m pytest "$@"
fi

# In three parts side by side, since many tests only wait: the page's, the jobs', all others. The
# page's have a process of their own anyway: a driven browser keeps an event loop in it.
page=(tests/page tests/test_app.py)
jobs=(tests/jobs)
said=$(mktemp -d)
beside=()
trap 'kill "${beside[@]}" 2>/dev/null || true; rm -rf "$said"' EXIT
.venv/bin/python -m pytest --durations=15 "${page[@]}" >"$said/page" 2>&1 &
beside+=($!)
.venv/bin/python -m pytest --durations=15 "${jobs[@]}" >"$said/jobs" 2>&1 &
beside+=($!)
failed=0
.venv/bin/python -m pytest --durations=15 "${page[@]/#/--ignore=}" "${jobs[@]/#/--ignore=}" || failed=1
for part in "${beside[@]}"; do
  wait "$part" || failed=1
done
cat "$said"/*
exit $failed
