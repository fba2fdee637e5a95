#!/usr/bin/env bash
# Measures every hostile file of tests/hostile with the binary: CPU time, peak memory and what is said.
#
#     tests/hostile.sh [XXGK]        XXGK: the binary; target/release/xxgk where none is named
#
# Fails where a file takes 5 s of CPU or 512 MB, or ends otherwise than by 0 or 3. Needs GNU time.
set -euo pipefail
cd "$(dirname "$0")/.."
xxgk=$(realpath "${1:-target/release/xxgk}")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/in"
XXGK_HOSTILE_DIR="$folder/in" cargo test --quiet --test hostile >/dev/null
# One line without end: a file with a hole, which is never read whole.
truncate -s 1G "$folder/in/one-gigabyte.txt"
failed=0
cd "$folder/in"
for file in *; do
  status=0
  /usr/bin/time -f '%U %S %M' -o ../cost "$xxgk" convert --lang en --to json -- "$file" >/dev/null 2>../said || status=$?
  read -r user system peak < <(tail -1 ../cost)
  verdict=$(awk -v user="$user" -v system="$system" -v peak="$peak" -v status="$status" \
    'BEGIN { print (user + system < 5 && peak < 512 * 1024 && (status == 0 || status == 3)) ? "ok" : "BAD" }')
  [ "$verdict" = ok ] || failed=1
  printf '%-3s %-28s %10d bytes  exit %d  %5.2f s  %4d MB  %s\n' "$verdict" "$file" "$(stat -c %s "$file")" "$status" \
    "$(awk "BEGIN { print $user + $system }")" $((peak / 1024)) "$(grep -m1 'error:' ../said | cut -c1-150)"
done
exit $failed
