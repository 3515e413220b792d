#!/usr/bin/env bash
# Tries the README's two commands as its reader would: on a Debian 12 with nothing installed, on a clone of what is committed.
#   tests/fresh.sh [--keep]     needs root and debootstrap; takes half an hour and 4 GB. --keep leaves the folder to look at.
# The system lives in its own mount and process namespaces, so that whatever it started and mounted ends with it.
set -euo pipefail
[ "$(id -u)" = 0 ] || { echo "fresh: needs root (debootstrap, mount)" >&2; exit 2; }
for program in debootstrap git unshare; do
  command -v $program >/dev/null || { echo "fresh: needs $program (apt-get install $program)" >&2; exit 2; }
done
repository=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd)
keep=no
[ "${1:-}" != --keep ] || keep=yes

work=$(mktemp -d "${TMPDIR:-/var/tmp}/glacis-fresh.XXXXXX")
root=$work/root
finish() {
  if [ $keep = yes ]; then echo "fresh: left in $work"; else rm -rf --one-file-system -- "$work"; fi
}
trap finish EXIT
trap 'exit 130' INT TERM

# This machine's own sources say where Debian is to be had, and through what; apt has read them at least once.
uris() { apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' 'Origin: Debian' 2>/dev/null | sort -u; }
mirror=$(uris | awk '$2 == "bookworm" { print $1; exit }')
[ -n "$mirror" ] || { echo "fresh: /etc/apt names no mirror of Debian 12 (bookworm)" >&2; exit 2; }
proxy=$(apt-config dump --format '%v' Acquire::http::Proxy)
[ -z "$proxy" ] || export http_proxy=$proxy
# And npm's settings whom it trusts and where packages are.
settings=()
ca=$(npm config get cafile 2>/dev/null) || ca=
registry=$(npm config get registry 2>/dev/null) || registry=

echo "fresh: installing a minimal Debian 12"
debootstrap --variant=minbase bookworm "$root" "$mirror" >"$work/debootstrap.log" 2>&1 ||
  { tail -20 "$work/debootstrap.log" >&2; echo "fresh: debootstrap failed" >&2; exit 1; }
uris | awk '$2 ~ /^bookworm/ { print "deb", $1, $2, "main" }' | sort -u >"$root/etc/apt/sources.list"
[ -z "$proxy" ] || printf 'Acquire::http::Proxy "%s";\n' "$proxy" >"$root/etc/apt/apt.conf.d/proxy"
cp -L /etc/resolv.conf "$root/etc/resolv.conf"
[ -f "$ca" ] && cp -L "$ca" "$root/etc/npm-ca.pem" && settings+=(npm_config_cafile=/etc/npm-ca.pem)
[[ $registry != http* ]] || settings+=("npm_config_registry=$registry")
git clone -q --no-local "$repository" "$root/root/glacis"
echo "fresh: $(git -C "$root/root/glacis" log -1 --format='%h %s')"

# Runs "$@" in the clone, on that system alone. pivot_root and not chroot: a build's sandbox makes user namespaces, which the
# kernel denies to a process in a chroot.
inside() {
  unshare --mount --pid --uts --ipc --fork --kill-child bash -euc '
    root=$1 settings=$2; shift 2
    mount --make-rprivate /
    mount --bind "$root" "$root"
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    mount -t tmpfs tmpfs "$root/dev/shm"
    mount -t sysfs -o ro sysfs "$root/sys"
    cd "$root"; mkdir -p .outside; pivot_root . .outside; cd /; umount -l /.outside; rmdir /.outside
    exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb LANG=C.UTF-8 $settings \
      bash -c "cd /root/glacis && exec \"\$@\"" - "$@"' - "$root" "${settings[*]}" "$@" </dev/null
}

code=0
try() {
  local begin=$SECONDS result=0
  echo "fresh: \$ $*"
  inside "$@" >"$work/out.log" 2>"$work/err.log" || result=$?
  tail -n 15 "$work/out.log"
  if [ $result != 0 ]; then
    code=1
    tail -n 40 "$work/err.log" >&2
  fi
  echo "fresh: exit code $result after $((SECONDS - begin)) s"
}
try ./glacis run scenarios/catalogue/memory/severed-remap.yaml
try ./glacis test
changes=$(git -C "$root/root/glacis" status --porcelain)
[ -z "$changes" ] || { code=1; printf 'fresh: the clone is not as it was:\n%s\n' "$changes"; }
if [ $code = 0 ]; then echo "fresh: passed"; else echo "fresh: failed"; fi
exit $code
