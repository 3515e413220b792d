#!/usr/bin/env bash
# Fuzzes with libFuzzer, from the kept inputs on, and keeps what reaches more.
#   tests/fuzz/long.sh [HOURS] [TARGETS...]   HOURS: in all, 0.5 is thirty minutes, 1 unless given; TARGETS: names (quote_fuzz) or
#                                             parts of paths (tsm/tdx), all unless given. They take turns in equal parts.
#   tests/fuzz/long.sh --today [MINUTES]      the target whose turn it is (rotate.sh), for a minute unless given
# Needs clang (Debian: apt-get install clang). Exit code 1: some target did not bear an input; the file that holds it is named, and
# `tests/fuzz/corpus.py` and the target's .corpus say how it becomes a test.
set -euo pipefail
home=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../..
cd -- "$home"
work=out/fuzz
kept_bytes_max=24000   # of text, for each target
clang --version >/dev/null 2>&1 || { echo "long.sh: no clang: apt-get install clang" >&2; exit 2; }

hours=1 wanted=()
if [ "${1:-}" = --today ]; then
  hours=$(awk -v minutes="${2:-1}" 'BEGIN { print minutes / 60 }')
  wanted=("$(tests/fuzz/rotate.sh --which)")
else
  if [[ ${1:-} =~ ^[0-9]+(\.[0-9]+)?$ ]]; then hours=$1; shift; fi
  wanted=("$@")
fi

mapfile -t all < <(find . -name '*_fuzz.cc' -not -path './out/*' | sed 's|^\./||' | sort)
sources=()
for source in "${all[@]}"; do
  [ ${#wanted[@]} = 0 ] && sources+=("$source")
  for word in "${wanted[@]}"; do [[ $source == *"$word"* ]] && { sources+=("$source"); break; }; done
done
[ ${#sources[@]} -gt 0 ] || { echo "long.sh: no target has ${wanted[*]} in its path" >&2; exit 2; }

label() { echo "//$(dirname -- "$1"):fuzz"; }
labels=$(for source in "${sources[@]}"; do label "$source"; done | sort -u)
# shellcheck disable=SC2086
bazel build --config=fuzz --curses=no --noshow_progress $labels
bin=$(bazel info --config=fuzz bazel-bin 2>/dev/null)

seconds=$(awk -v hours="$hours" -v count=${#sources[@]} 'BEGIN { s = int(hours * 3600 / count); print s < 5 ? 5 : s }')
failed=()
for source in "${sources[@]}"; do
  folder=$(dirname -- "$source") name=$(basename -- "$source" .cc)
  program=$bin/$folder/fuzz kept=$folder/$name.corpus place=$work/$folder/$name
  rm -rf -- "$place/corpus" "$place/merged" && mkdir -p -- "$place/corpus" "$place/merged"
  tests/fuzz/corpus.py unpack "$kept" "$place/corpus"
  "$program" --target="$name" --seed-to="$place/corpus/seed"
  echo "long.sh: $folder/$name for $seconds s, log $place/log"
  if ! "$program" --target="$name" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=3000 -max_len=16384 -artifact_prefix="$place/" \
      -print_final_stats=1 "$place/corpus" >"$place/log" 2>&1; then
    failed+=("$name")
    grep -E '^(==.*ERROR|SUMMARY|Test unit written|.*what\(\))|does not|artifact_prefix' -- "$place/log" | head -n 8 || true
  fi
  grep -E '^#[0-9]+.*DONE|^stat::number_of_executed_units' -- "$place/log" | tail -n 2 || true
  if "$program" --target="$name" -merge=1 -timeout=20 -max_len=16384 "$place/merged" "$place/corpus" >"$place/merge.log" 2>&1; then
    rm -f -- "$place/merged/$(sha1sum <"$place/corpus/seed" | cut -d' ' -f1)"   # the target has it
    tests/fuzz/corpus.py pack "$place/merged" "$kept" "$kept_bytes_max"
  else
    echo "long.sh: $kept stays as it was: merging failed, see $place/merge.log"
  fi
done
if [ ${#failed[@]} -gt 0 ]; then echo "long.sh: did not bear an input: ${failed[*]}"; exit 1; fi
echo "long.sh: ${#sources[@]} targets bore all their inputs"
