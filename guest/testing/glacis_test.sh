#!/bin/sh
# glacis_test.sh GLACIS RUNNER SCENARIOS/CATALOGUE/ATTACKS.CSV VM GUEST FILE [OPTION ...]: what a test of glacis_test.bzl runs.
set -eu
glacis=$1 runner=$2 csv=$3 vm=$4 guest=$5 file=$6
shift 6
GLACIS_GUEST_RUNNER=$PWD/$runner
GLACIS_HOME=$PWD/${csv%scenarios/catalogue/attacks.csv}
export GLACIS_GUEST_RUNNER GLACIS_HOME
exec "$glacis" run "$file" --guest "$vm=library:$guest" --junit "${XML_OUTPUT_FILE:-/dev/null}" "$@"
