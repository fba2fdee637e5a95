#!/usr/bin/env bash
# Measures CPU time, peak memory and messages for each hostile file of tests/hostile, then converts all of them in one run,
# together with good files.
#
#     tests/hostile.sh [XXGK]        XXGK: the binary, by default target/release/xxgk
#
# Fails if a file takes 5 s of CPU or 512 MB or exits with a status other than 0 or 3. In the common run it fails if a good
# file is not converted, a hostile file is not named, or the memory exceeds that of two threads. Needs GNU time.
set -euo pipefail
cd "$(dirname "$0")/.."
xxgk=$(realpath "${1:-target/release/xxgk}")

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/in/good"
XXGK_HOSTILE_DIR="$folder/in" cargo test --quiet --test hostile >/dev/null
# One endless line: a sparse file, which is never read completely.
truncate -s 1G "$folder/in/one-gigabyte.txt"
failed=0
refused=()

# Runs the binary in the folder of the files. Sets `status`, `seconds` of CPU and `peak` in KB; messages are in the file `said`.
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
