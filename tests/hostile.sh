#!/usr/bin/env bash
# Measures CPU time, peak memory and messages for each hostile file of tests/hostile, then converts all of them in one run,
# together with good files.
#
#     tests/hostile.sh [XXGK]        XXGK: the binary, by default target/release/xxgk
#
# Each file goes through convert, inspect, template infer, check, merge and compare. Fails if one takes 5 s of CPU or 512 MB
# or exits with a status other than 0, 1 or 3. In the common run it fails if a good
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
  (cd "$folder/in" && /usr/bin/time -f '%U %S %M' -o ../cost "$xxgk" --lang en "$@" >../shown 2>../said) || status=$?
  read -r user kernel peak < <(tail -1 "$folder/cost")
  seconds=$(awk "BEGIN { print $user + $kernel }")
}

# measure NAME SIZE WORDS: one run, with its verdict.
measure() {
  local name=$1 size=$2
  shift 2
  run "$@"
  verdict=ok
  # 1: `check`, `merge` and `compare` have findings.
  if awk "BEGIN { exit !($seconds >= 5 || $peak >= 512 * 1024) }" || [[ $status != [013] ]]; then
    verdict=BAD failed=1
  fi
  [ -z "${only_bad:-}" ] || [ "$verdict" = BAD ] || return 0
  printf '%-3s %-36s %10d bytes  exit %d  %5.2f s  %4d MB  %s\n' "$verdict" "$name" "$size" "$status" \
    "$seconds" $((peak / 1024)) "$(grep -ahm1 'error:' "$folder/said" | cut -c1-150)"
}

"$xxgk" template show 2014 --toml >"$folder/rules.toml"
awk 'BEGIN { for (i = 0; i < 100000; i++) printf "\n[[rule]]\ncode = \"XX%d\"\nkind = \"required\"\nseverity = \"note\"\nsource = \"x\"\n", i }' \
  >>"$folder/rules.toml"
cp fixtures/zhongzhuang-2017.csv "$folder/good.csv"
measure '100,000 rules' "$(stat -c %s "$folder/rules.toml")" check --template ../rules.toml ../good.csv

for path in "$folder"/in/*.*; do
  file=${path##*/} size=$(stat -c %s "$path")
  # An archive has several reports.
  case $file in *.zip | *.7z | *.gz) to=ndjson ;; *) to=json ;; esac
  only_bad='' measure "$file" "$size" convert --to $to -- "$file"
  [ "$status" = 0 ] || refused+=("$file")
  # Only what goes beyond the bounds is printed.
  only_bad=1
  measure "inspect $file" "$size" inspect -- "$file"
  measure "template infer $file" "$size" template infer -- "$file"
  measure "check $file" "$size" check -- "$file"
  measure "merge $file" "$size" merge --to csv -- "$file" ../good.csv
  measure "compare $file" "$size" compare --to json -- ../good.csv "$file"
done

for format in txt xls docx; do
  cp fixtures/zhongzhuang-2017.$format "$folder/in/good/$format.$format"
done
run convert --to csv -j 2 -o ../out .
printf 'all together: exit %d  %.2f s  %d MB\n' "$status" "$seconds" $((peak / 1024))
[ "$status" = 3 ] && [ "$peak" -lt $((1024 * 1024)) ] || failed=1
for file in "${refused[@]}"; do
  grep -q "$file[:/].*error: " "$folder/said" || { echo "BAD $file is not named"; failed=1; }
done
for file in "$folder"/in/good/*; do
  file=${file##*/}
  [ -s "$folder/out/good/${file%.*}.csv" ] || { echo "BAD $file is not converted"; failed=1; }
done

exit "$failed"
