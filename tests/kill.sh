#!/usr/bin/env bash
# Ends runs over many small files at several times, with SIGKILL, SIGTERM, SIGHUP and SIGINT. Resumed, each run must leave the
# same files as one that nobody ended.
#
#     tests/kill.sh [XXGK [FILES [TIMES]]]      by default target/release/xxgk, 5000 files, each signal 5 times
set -euo pipefail
cd "$(dirname "$0")/.."
xxgk=$(realpath "${1:-target/release/xxgk}")
files=${2:-5000} times=${3:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XXGK_LANG=en

mkdir "$work/in"
for at in $(seq "$files"); do
  mkdir -p "$work/in/$((at % 40))"
  # Not all alike: some organizations occur twice in a folder, some files cannot be read.
  case $((at % 50)) in
    7) cp fixtures/broken/letter.csv "$work/in/$((at % 40))/$at.csv" ;;
    9) cp fixtures/zhongzhuang-2017.txt "$work/in/$((at % 40))/$at.txt" ;;
    *) cp fixtures/zhongzhuang-2017.csv "$work/in/$((at % 40))/$at.csv" ;;
  esac
done
words=(convert -q "$work/in" --to csv,json --name '{organization}-{year}')
begun=$(date +%s%N)
status=0
"$xxgk" "${words[@]}" -o "$work/whole" >/dev/null 2>&1 || status=$?
whole=$((($(date +%s%N) - begun) / 1000000))
[ "$status" = 3 ] || { echo "FAILED an undisturbed run: exit status $status" >&2; exit 1; }
printf '%d files take %d ms\n' "$files" "$whole"

ended=0
for signal in KILL TERM HUP INT; do
  for ((time = 1; time <= times; time++)); do
    out=$work/$signal-$time
    wait_ms=$((RANDOM * whole / 32768))
    "$xxgk" "${words[@]}" -o "$out" >/dev/null 2>&1 &
    run=$!
    sleep "$(printf '%d.%03d' $((wait_ms / 1000)) $((wait_ms % 1000)))"
    kill -"$signal" "$run" 2>/dev/null || true
    status=0
    wait "$run" 2>/dev/null || status=$?
    case $signal-$status in
      *-3) ;; # It was done already.
      KILL-137 | TERM-130 | HUP-130 | INT-130) ended=$((ended + 1)) ;;
      # Before it listens to signals, the system ends it.
      TERM-143 | HUP-129) ended=$((ended + 1)) ;;
      *) echo "FAILED SIG$signal after $wait_ms ms: exit status $status" >&2; exit 1 ;;
    esac
    if [ "$signal" != KILL ] && [ -n "$(find "$out" -name '.xxgk-*.tmp' 2>/dev/null)" ]; then
      echo "FAILED SIG$signal after $wait_ms ms leaves a temporary file" >&2
      exit 1
    fi
    done_before=$(find "$out" -name '*.csv' 2>/dev/null | wc -l)
    status=0
    "$xxgk" "${words[@]}" -o "$out" --resume >/dev/null 2>&1 || status=$?
    [ "$status" = 3 ] || { echo "FAILED to resume after SIG$signal: exit status $status" >&2; exit 1; }
    diff -r "$work/whole" "$out" >/dev/null || { echo "FAILED SIG$signal after $wait_ms ms: other files" >&2; exit 1; }
    printf 'SIG%-4s after %6d ms: %6d files were done\n' "$signal" "$wait_ms" "$done_before"
    rm -rf "$out"
  done
done
[ "$ended" -gt 0 ] || { echo 'FAILED no run was ended' >&2; exit 1; }
