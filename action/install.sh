#!/usr/bin/env bash
# Makes an environment for the code, and runs the install command in it.
set -euo pipefail
# shellcheck source=action/guarded.sh
. "$GITHUB_ACTION_PATH/guarded.sh"

refuse() {
  echo "::error title=Leakcheck::$1"
  exit 1
}

# What the runner or its container brings can be seen from inside. To add pip takes seconds.
options=(--system-site-packages)
[[ -n $INSTALL ]] || options+=(--without-pip)
python3 -m venv "${options[@]}" "$FOLDER/python" ||
  refuse 'python3 cannot make a virtual environment here.'
[[ -n $INSTALL ]] || exit 0

# Without its history, a package that takes its version from git needs another one.
guarded "$HEAD" PATH="$FOLDER/python/bin:$PATH" VIRTUAL_ENV="$FOLDER/python" SETUPTOOLS_SCM_PRETEND_VERSION=0 \
  PIP_DISABLE_PIP_VERSION_CHECK=1 bash -euo pipefail -c "$INSTALL" ||
  refuse "The install command failed with exit status $?: mend probe.install in .github/leakcheck.yml."
