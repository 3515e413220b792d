#!/usr/bin/env bash
# Runs clang-tidy on the sources named, or on those that changed: a source takes some ten seconds. Needs clang-tidy.
#   tools/tidy.sh [FILE.cc...]
set -euo pipefail
[ $# -eq 0 ] || mapfile -t named < <(realpath -- "$@")
cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.."
. tools/changed.sh
command -v clang-tidy >/dev/null || { echo "tidy: needs clang-tidy (apt-get install clang-tidy)" >&2; exit 2; }
if [ $# -gt 0 ]; then files=("${named[@]}"); else mapfile -t files < <(changed_files '*.cc'); fi
[ ${#files[@]} -gt 0 ] || { echo "tidy: nothing changed"; exit 0; }
tools/compile_commands.py >&2
printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "$(nproc)" clang-tidy -p . --quiet
