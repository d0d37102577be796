#!/usr/bin/env bash
# Writes the trees of two exact commits into source/head and source/base. Nothing of them is run.
set -euo pipefail

refuse() {
  echo "::error title=Leakcheck::$1"
  exit 1
}

for name in HEAD_SHA BASE_SHA; do
  [[ ${!name} =~ ^[0-9a-f]{40}$ ]] || refuse "${name,,} must be 40 hexadecimal digits."
done
[[ $GITHUB_REPOSITORY =~ ^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$ ]] || refuse 'GITHUB_REPOSITORY must be owner/name.'

# No hooks, no filters such as LFS, no settings of the machine, no other protocols, no questions.
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null GIT_TERMINAL_PROMPT=0
export GIT_ALLOW_PROTOCOL=${GIT_ALLOW_PROTOCOL:-https}
export GIT_DIR
GIT_DIR=$(mktemp -d)
trap 'rm -rf -- "$GIT_DIR"' EXIT
git init --quiet --bare --template= "$GIT_DIR"
git config core.hooksPath /dev/null

if [[ -n ${TOKEN:-} ]]; then
  # By the environment, because arguments can be seen by every process of the machine.
  export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=http.extraHeader
  GIT_CONFIG_VALUE_0="Authorization: Basic $(printf 'x-access-token:%s' "$TOKEN" | base64 | tr -d '\n')"
  export GIT_CONFIG_VALUE_0
fi

mkdir -p source
for side in head base; do
  sha=${side^^}_SHA
  git fetch --quiet --depth=1 --no-tags --no-recurse-submodules \
    "$GITHUB_SERVER_URL/$GITHUB_REPOSITORY" "${!sha}" || refuse "The commit ${!sha} ($side) cannot be fetched."
  mkdir "source/$side"
  GIT_WORK_TREE="source/$side" git read-tree "${!sha}"
  GIT_WORK_TREE="source/$side" git checkout-index --all --force --quiet
done
