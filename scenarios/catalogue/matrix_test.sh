#!/bin/sh
# `glacis matrix ARGS` as a Bazel test: what it says is the test's log, its JUnit the test's result, and Bazel's shards are its own.
export GLACIS_HOME="$PWD" GLACIS_VTPM="$PWD/tsm/vtpm/process"
if [ "${TEST_TOTAL_SHARDS:-0}" -gt 0 ]; then
  touch "$TEST_SHARD_STATUS_FILE"
  set -- "$@" --shard "$((TEST_SHARD_INDEX + 1))/$TEST_TOTAL_SHARDS"
fi
exec scenarios/glacis/glacis matrix "$@" --jobs 1 --junit "$XML_OUTPUT_FILE"
