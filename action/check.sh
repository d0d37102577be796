#!/usr/bin/env bash
# Refuses what no App sends, and unpacks the plan into a folder of its own.
set -euo pipefail

readonly max_plan_bytes=$((4 * 1024 * 1024))

refuse() {
  echo "::error title=Leakcheck::$1"
  exit 1
}

matches() {
  # Over the whole text, so that a second line cannot hide behind a good first one.
  local LC_ALL=C
  [[ $1 =~ ^($2)$ ]]
}

matches "$REQUEST_ID" '[0-9a-f]{32}' || refuse 'request-id must be 32 hexadecimal digits.'
matches "$PYTHON" 'system|3\.(9|1[0-4])(\.[0-9]{1,2})?' || refuse 'python must be 3.9 to 3.14, or system.'
[[ ${#PLAN} -le 40000 ]] && matches "$PLAN" '[A-Za-z0-9+/]+={0,2}' || refuse 'plan must be base64 of at most 40,000 characters.'
[[ ${#INSTALL} -le 1000 ]] || refuse 'install must have at most 1,000 characters.'
for name in HEAD BASE; do
  matches "${!name}" '[A-Za-z0-9_][A-Za-z0-9_./-]*' && [[ ${!name} != *..* && -d ${!name} ]] ||
    refuse "${name,,} must be a folder in the workspace."
done

folder=$RUNNER_TEMP/leakcheck-$REQUEST_ID
mkdir -m 700 -- "$folder" || refuse 'this request was run here before.'
(base64 -d <<<"$PLAN" | gzip -dc | head -c $((max_plan_bytes + 1)) >"$folder/plan.json") 2>/dev/null || true
size=$(wc -c <"$folder/plan.json")
[[ $size -gt 0 ]] || refuse 'plan must be base64 of gzipped JSON.'
[[ $size -le $max_plan_bytes ]] || refuse 'plan must have at most 4 MiB when it is unpacked.'
echo "folder=$folder" >>"$GITHUB_OUTPUT"
