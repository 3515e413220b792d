#!/usr/bin/env bash
# One minute of fuzzing for continuous integration: the fuzz target whose turn it is, by the number of commits, gets altered inputs that
# this number decides, from its kept inputs on. Runs the programs that `./glacis test` has built; nothing watches what an input
# reaches there (tests/fuzz/long.sh has libFuzzer do that).
#   tests/fuzz/rotate.sh [SECONDS]   60 unless given
#   tests/fuzz/rotate.sh --which     prints the source of the target whose turn it is
# Exit code 1: the target did not bear an input, which is printed as a line for its .corpus.
set -euo pipefail
home=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../..
cd -- "$home"
mapfile -t sources < <(find . -name '*_fuzz.cc' -not -path './out/*' | sed 's|^\./||' | sort)
# A clone without history counts days instead.
turn=$(git rev-list --count HEAD 2>/dev/null || echo 0)
[ "$turn" -gt 1 ] || turn=$(($(date +%s) / 86400))
source=${sources[turn % ${#sources[@]}]}
if [ "${1:-}" = --which ]; then echo "$source"; exit; fi

folder=$(dirname -- "$source") name=$(basename -- "$source" .cc)
program=out/bazel-bin/$folder/fuzz
if [ ! -x "$program" ]; then echo "rotate.sh: no $program: ./glacis test builds it; nothing was fuzzed"; exit; fi
echo "rotate.sh: $folder/$name, turn $turn"
export GLACIS_VTPM=${GLACIS_VTPM:-$home/out/bazel-bin/tsm/vtpm/process}
"$program" --target="$name" --seconds="${1:-60}" --random="$turn" "$folder"/*.corpus
