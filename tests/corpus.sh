#!/usr/bin/env bash
# Converts every file below a folder and counts which were read, which were refused, and which failed.
#
#     tests/corpus.sh DIR [XXGK]     XXGK: the binary, by default target/release/xxgk
#
# For collections of unusual workbooks and documents, such as the test folders of other readers. Each file may take 20 s of
# CPU and 2 GB. Prints a line for each file that panics, is ended by a signal or the time limit, or takes more than 512 MB;
# then a table by file extension: files, read (with a table or not), refused with a message, panics, ended, peak memory.
# Fails if any file panics or is ended. Needs GNU time.
set -uo pipefail
folder=$(realpath "$1")
xxgk=$(realpath "${2:-"$(dirname "$0")/../target/release/xxgk"}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
while IFS= read -r -d '' file; do
  status=0
  (
    ulimit -t 20 -v 2097152 -c 0
    # With RUST_BACKTRACE, caught panics would print too.
    unset RUST_BACKTRACE
    exec /usr/bin/time -q -f '%M' -o "$work/cost" "$xxgk" convert --lang en --to json -- "$file" >/dev/null 2>"$work/said" </dev/null
  ) || status=$?
  peak=$(($(tail -1 "$work/cost") / 1024))
  case $status in
    0) outcome=read ;;
    3) outcome=refused ;;
    *) outcome=ended ;;
  esac
  grep -q 'no disclosure statistics table' "$work/said" && outcome=read
  grep -q 'panicked at\|an internal error (' "$work/said" && outcome=panic
  if [ $outcome = ended ] || [ $outcome = panic ] || [ $peak -gt 512 ]; then
    printf '%s, exit %d, %d MB: %s\n' $outcome $status $peak "${file#"$folder"/}" >&2
  fi
  name=${file##*/}
  ending=none
  [ "$name" != "${name%.*}" ] && ending=$(printf '%s' "${name##*.}" | tr 'A-Z\t ' 'a-z__')
  printf '%s %s %d\n' "$ending" $outcome $peak
done < <(find "$folder" -type f -print0 | sort -z) >"$work/all"
awk '
  { files[$1]++; count[$1, $2]++; total[$2]++; if ($3 > peak[$1]) peak[$1] = $3 }
  END {
    printf "%-12s %7s %7s %7s %7s %7s %7s\n", "ending", "files", "read", "refused", "panic", "ended", "peak MB"
    for (ending in files)
      printf "%-12s %7d %7d %7d %7d %7d %7d\n", ending, files[ending], count[ending, "read"], count[ending, "refused"], count[ending, "panic"], count[ending, "ended"], peak[ending] | "sort -k2,2rn"
    close("sort -k2,2rn")
    printf "%-12s %7d %7d %7d %7d %7d\n", "all", NR, total["read"], total["refused"], total["panic"], total["ended"]
    exit total["panic"] + total["ended"] > 0
  }' "$work/all"
