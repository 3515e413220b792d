#!/bin/sh
# The machines of find-it-yourself.md. Each lacks one defence, and does not say which.
#   sh hunt.sh N FILE    plays FILE on machine N, and without touching it on the same machine with the defence in place
#   sh hunt.sh N key     names the defence
# Exit code 0: found; 1: not yet; 2: something is wrong with the file.
case $1 in
  1) platform=sev-es promise=freshness key=ZXMudm1zYS5jaGVja3N1bQ== ;;
  2) platform=tdx promise=confidentiality key=dGR4LnN0ZXBwaW5nLmZpbHRlcg== ;;
  3) platform=snp promise=freshness key=aWRlLnRscC5jb3VudGVy ;;
  *) echo "hunt: there are machines 1, 2 and 3: sh hunt.sh N FILE" >&2; exit 2 ;;
esac
name=$(printf %s "$key" | base64 -d)
case $2 in
  "") echo "hunt: name the file of your attack: sh hunt.sh $1 FILE" >&2; exit 2 ;;
  key) echo "$name"; exit 0 ;;
esac

lifted=$(glacis run "$2" --platform $platform --lift "$name")
[ $? = 2 ] && exit 2
whole=$(glacis run "$2" --platform $platform)
printf '%s\n' "$lifted" | grep -v -e '^  lifted' -e '^    lifted' -e '^    convention' -e '^  compared' |
  sed "s/would have spoken, but is lifted: $name .*/HERE THE MISSING DEFENCE WOULD HAVE SPOKEN/"
if ! printf '%s\n' "$lifted" | grep -q "^  broken: .*$promise"; then
  echo "machine $1: not yet; what is to break is $promise"
  exit 1
fi
if printf '%s\n' "$whole" | grep -q '^  broken: '; then
  echo "machine $1: that works on the whole machine too; look for what only this one lets through"
  exit 1
fi
echo "machine $1: found"
