#!/usr/bin/env bash
# Lays out C++ (clang-format 14) and BUILD files (buildifier), those named or those that changed.
#   tools/format.sh [--check] [--all | FILE...]    --check only says what would change, and fails if anything would
# Buildifier comes by `npm ci --prefix tools`; without it the BUILD files are left alone, and that is said.
set -euo pipefail
check=no all=no files=()
for arg in "$@"; do
  case $arg in
    --check) check=yes ;;
    --all) all=yes ;;
    -*) echo "format: unknown flag $arg" >&2; exit 2 ;;
    *) files+=("$(realpath -- "$arg")") ;;
  esac
done
cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.."
. tools/changed.sh
kinds=('*.h' '*.cc' 'BUILD' '*/BUILD' '*.bzl' WORKSPACE)
if [ $all = yes ]; then
  mapfile -t files < <(git ls-files -- "${kinds[@]}")
elif [ ${#files[@]} -eq 0 ]; then
  mapfile -t files < <(changed_files "${kinds[@]}")
fi
cpp=() build=() code=0
for file in "${files[@]}"; do
  case $file in
    *.h | *.cc) cpp+=("$file") ;;
    *BUILD | *.bzl | *WORKSPACE) build+=("$file") ;;
  esac
done
if [ ${#cpp[@]} -gt 0 ]; then
  program=$(command -v clang-format-14 || command -v clang-format) ||
    { echo "format: needs clang-format (apt-get install clang-format-14)" >&2; exit 2; }
  if [ $check = yes ]; then "$program" --dry-run --Werror "${cpp[@]}" || code=1; else "$program" -i "${cpp[@]}"; fi
fi
if [ ${#build[@]} -gt 0 ]; then
  program=tools/node_modules/.bin/buildifier
  # The native rules are what works without a network.
  flags=(-lint=warn -warnings=-native-cc-library,-native-cc-binary,-native-cc-test,-native-sh-binary,-native-sh-test,-module-docstring,-function-docstring)
  if [ ! -x "$program" ]; then
    echo "format: BUILD files left alone (npm ci --prefix tools)" >&2
  elif [ $check = yes ]; then
    "$program" -mode=check "${flags[@]}" "${build[@]}" || code=1
  else
    "$program" -mode=fix -lint=fix "${flags[1]}" "${build[@]}" || code=1
  fi
fi
exit $code
