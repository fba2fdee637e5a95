#!/usr/bin/env bash
# What one workbook takes by the clock, over a program that does nothing. Needs hyperfine.
#
#   benches/one.sh [FILE]
#
# FILE is a fixture where none is named. XXGK names another binary than the release build, ROUNDS how often all are measured
# (5), a hundred times each: the machine is not as fast in every round.
set -euo pipefail
cd "$(dirname "$0")/.."

command -v hyperfine > /dev/null || { echo "hyperfine is not installed" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [[ -z ${XXGK:-} ]]; then
    cargo build --release --quiet
    XXGK=target/release/xxgk
fi
cargo build --release --quiet --manifest-path benches/peers/Cargo.toml --target-dir target/peers
cp "${1:-fixtures/zhongzhuang-2017.xlsx}" "$work/in.xlsx"
# As they are installed: a program that was just linked lies in the system's memory in thousands of small pieces, which takes
# half a millisecond more at every start until it is read from the disk again.
cp "$XXGK" "$work/xxgk"
cp target/peers/release/empty "$work/empty"

# measure NAME COMMAND...: adds the least and the median in milliseconds to the figures.
measure() {
    local name=$1
    shift
    hyperfine -N --warmup 10 --runs 100 --prepare "rm -f $work/out.csv $work/out.pdf" --export-csv "$work/figures" "$*" \
        > /dev/null 2>&1
    awk -F, -v name="$name" 'NR == 2 { print name, $(NF - 1) * 1e3, $4 * 1e3 }' "$work/figures" >> "$work/all"
}

for ((round = 0; round < ${ROUNDS:-5}; round++)); do
    measure empty "$work/empty"
    for format in csv pdf; do
        measure "$format" "$work/xxgk" convert --quiet "$work/in.xlsx" -t "$format" -o "$work/out.$format"
    done
done
awk '{
    rounds[$1]++; least[$1, rounds[$1]] = $2; median[$1, rounds[$1]] = $3
} END {
    print "| to | least of 100 over the least of an empty program, ms, each round | the same of medians |\n|---|---|---|"
    for (at = 1; at <= 2; at++) {
        to = at == 1 ? "csv" : "pdf"; below = above = ""
        for (round = 1; round <= rounds[to]; round++) {
            below = below sprintf(" %.2f", least[to, round] - least["empty", round])
            above = above sprintf(" %.2f", median[to, round] - median["empty", round])
        }
        print "| " to " |" below " |" above " |"
    }
}' "$work/all"
