# shellcheck shell=bash
# Sourced by its neighbours. changed_files ENDING...: paths from the top of what differs from the main branch (or, on it, from the
# last commit), new files included.
changed_files() {
  local base
  base=$(git merge-base HEAD origin/main 2>/dev/null) || base=HEAD
  { git diff --name-only --diff-filter=d "$base" -- "$@"; git ls-files --others --exclude-standard -- "$@"; } | sort -u
}
