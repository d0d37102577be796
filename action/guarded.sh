# To be sourced. Runs code of a pull request: few variables, and no output that the runner would obey.

readonly max_output_bytes=$((64 * 1024))
readonly passed_on=(
  HOME LANG LC_ALL PATH SSL_CERT_FILE TMPDIR USER
  CUDA_HOME CUDA_PATH CUDA_VISIBLE_DEVICES LD_LIBRARY_PATH NVIDIA_DRIVER_CAPABILITIES NVIDIA_VISIBLE_DEVICES
  HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy https_proxy no_proxy
)

# guarded FOLDER NAME=VALUE... COMMAND...: the status of the command
guarded() {
  local folder=$1 status=0 name token
  shift
  local environment=()
  for name in "${passed_on[@]}"; do
    [[ -v $name ]] && environment+=("$name=${!name}")
  done
  # The token is not in the environment or the arguments of what runs, which therefore cannot end the pause.
  token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  echo "::stop-commands::$token"
  (cd -- "$folder" && exec env -i "${environment[@]}" "$@") </dev/null >"$FOLDER/output" 2>&1 || status=$?
  if [[ $(wc -c <"$FOLDER/output") -gt $max_output_bytes ]]; then
    echo "(only the last $max_output_bytes bytes of the output)"
  fi
  tail -c "$max_output_bytes" "$FOLDER/output"
  printf '\n::%s::\n' "$token"
  return "$status"
}
