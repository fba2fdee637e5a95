#!/usr/bin/env bash
# Measures every hostile file of tests/hostile with the binary: CPU time, peak memory and what is said; then converts them
# all in one run together with good ones.
#
#     tests/hostile.sh [XXGK]        XXGK: the binary; target/release/xxgk where none is named
#
# Fails where a file takes 5 s of CPU or 512 MB, or ends otherwise than by 0 or 3; and where in the common run a good file
# is not converted, a hostile one not named, or the memory more than that of the two threads. Needs GNU time.
set -euo pipefail
cd "$(dirname "$0")/.."
xxgk=$(realpath "${1:-target/release/xxgk}")

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/in/good"
XXGK_HOSTILE_DIR="$folder/in" cargo test --quiet --test hostile >/dev/null
# One line without end: a file with a hole, which is never read whole.
truncate -s 1G "$folder/in/one-gigabyte.txt"
failed=0
refused=()

# Runs the binary within the folder of the files: sets `status`, `seconds` of CPU and `peak` in KB; what is said is in `said`.
run() {
  local user kernel
  status=0
  (cd "$folder/in" && /usr/bin/time -f '%U %S %M' -o ../cost "$xxgk" convert --lang en "$@" >/dev/null 2>../said) || status=$?
  read -r user kernel peak < <(tail -1 "$folder/cost")
  seconds=$(awk "BEGIN { print $user + $kernel }")
}

for path in "$folder"/in/*.*; do
  file=${path##*/}
  run --to json -- "$file"
  verdict=ok
  if awk "BEGIN { exit !($seconds >= 5 || $peak >= 512 * 1024) }" || [[ $status != [03] ]]; then
    verdict=BAD failed=1
  fi
  [ "$status" = 0 ] || refused+=("$file")
  printf '%-3s %-36s %10d bytes  exit %d  %5.2f s  %4d MB  %s\n' "$verdict" "$file" "$(stat -c %s "$path")" "$status" \
    "$seconds" $((peak / 1024)) "$(grep -m1 'error:' "$folder/said" | cut -c1-150)"
done

for format in txt xls docx; do
  cp fixtures/zhongzhuang-2017.$format "$folder/in/good/$format.$format"
done
run --to csv -j 2 -o ../out .
printf 'all together: exit %d  %.2f s  %d MB\n' "$status" "$seconds" $((peak / 1024))
[ "$status" = 3 ] && [ "$peak" -lt $((1024 * 1024)) ] || failed=1
for file in "${refused[@]}"; do
  grep -q "$file:.*error: " "$folder/said" || { echo "BAD $file is not named"; failed=1; }
done
for file in "$folder"/in/good/*; do
  file=${file##*/}
  [ -s "$folder/out/good/${file%.*}.csv" ] || { echo "BAD $file is not converted"; failed=1; }
done

exit "$failed"
