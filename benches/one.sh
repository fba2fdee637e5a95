#!/usr/bin/env bash
# Wall-clock time of one workbook to CSV and to PDF, above a program that does nothing. Needs hyperfine.
#
#   benches/one.sh [--old BINARY] [FILE]
#
# Without FILE, a fixture is used. --old measures a second binary in the same rounds and prints the ratio new/old. XXGK
# names another binary than the dist build. ROUNDS is the number of rounds (5), of a hundred runs each: the speed of the
# machine changes from round to round.
set -euo pipefail
cd "$(dirname "$0")/.."

old=
if [[ ${1:-} == --old ]]; then
    old=$(realpath "$2")
    shift 2
fi
command -v hyperfine > /dev/null || { echo "hyperfine is not installed" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
target=${CARGO_TARGET_DIR:-target}
if [[ -z ${XXGK:-} ]]; then
    cargo build --profile dist --quiet
    XXGK=$target/dist/xxgk
fi
cargo build --release --quiet --manifest-path benches/peers/Cargo.toml --target-dir "$target/peers"
cp "${1:-fixtures/zhongzhuang-2017.xlsx}" "$work/in.xlsx"
# Copies, as an installation makes them: a program that was just linked is spread over the page cache in small pieces, and
# each start takes half a millisecond more.
cp "$XXGK" "$work/new"
[[ -z $old ]] || cp "$old" "$work/old"
cp "$target/peers/release/empty" "$work/empty"

# measure NAME COMMAND...: adds the minimum and the median in milliseconds to the figures.
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
        for binary in new ${old:+old}; do
            measure "$format-$binary" "$work/$binary" convert --quiet "$work/in.xlsx" -t "$format" -o "$work/out.$format"
        done
    done
done
awk '
    function least_over(name,    round, best) {
        for (round = 1; round <= rounds[name]; round++)
            if (round == 1 || least[name, round] - least["empty", round] < best) best = least[name, round] - least["empty", round]
        return best
    }
    { rounds[$1]++; least[$1, rounds[$1]] = $2; median[$1, rounds[$1]] = $3 }
    END {
        print "| to | binary | minimum of 100 above that of an empty program, ms, each round | the same of medians |"
        print "|---|---|---|---|"
        split("csv-new csv-old pdf-new pdf-old", names, " ")
        for (at = 1; at <= 4; at++) {
            name = names[at]; below = above = ""
            if (!(name in rounds)) continue
            for (round = 1; round <= rounds[name]; round++) {
                below = below sprintf(" %.2f", least[name, round] - least["empty", round])
                above = above sprintf(" %.2f", median[name, round] - median["empty", round])
            }
            split(name, part, "-")
            print "| " part[1] " | " part[2] " |" below " |" above " |"
        }
        if ("csv-old" in rounds)
            printf "\nnew/old, minimum of all rounds: csv %.2f, pdf %.2f\n", least_over("csv-new") / least_over("csv-old"), least_over("pdf-new") / least_over("pdf-old")
    }' "$work/all"
