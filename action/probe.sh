#!/usr/bin/env bash
# Runs the plan and leaves one file, the report.
set -euo pipefail
# shellcheck source=action/guarded.sh
. "$GITHUB_ACTION_PATH/guarded.sh"

readonly max_report_bytes=$((1024 * 1024))

refuse() {
  echo "::error title=Leakcheck::$1"
  exit 1
}

head=$(realpath -- "$HEAD")
base=$(realpath -- "$BASE")
runner=$(realpath -- "$GITHUB_ACTION_PATH/../python-runner/src")
written=$FOLDER/written.json

guarded "$FOLDER" PYTHONPATH="$runner" PYTHONDONTWRITEBYTECODE=1 PYTHONSAFEPATH=1 \
  "$FOLDER/python/bin/python" -m leakcheck_probe \
  --plan "$FOLDER/plan.json" --head "$head" --base "$base" --report "$written" --progress ||
  refuse "The probe failed with exit status $?; its last words are above."

# The probed code could have put anything there, such as a link to a file of the runner.
[[ -f $written && ! -L $written ]] || refuse 'The probe left no report.'
mkdir -m 700 -- "$FOLDER/report"
head -c $((max_report_bytes + 1)) -- "$written" >"$FOLDER/report/report.json"
[[ $(wc -c <"$FOLDER/report/report.json") -le $max_report_bytes ]] || refuse 'The report is larger than 1 MiB.'
echo "report=$FOLDER/report/report.json" >>"$GITHUB_OUTPUT"
