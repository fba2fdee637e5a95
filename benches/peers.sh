#!/usr/bin/env bash
# CPU time of a folder of workbooks, side by side in one run: xxgk, LibreOffice, openpyxl, xlsx2csv, and bare loops over the
# cells with the libraries that xxgk uses. CPU seconds are user and system time of all threads and children; each output
# goes into an empty folder. A program that takes less than two seconds runs five times, and the minimum counts.
#
#   benches/peers.sh [--old BINARY] [FOLDER]
#
# FOLDER holds .xlsx files; without it, 200 are made from the fixtures. --old measures a second binary in turn with the new
# one and prints the ratio of their speeds, new/old. XXGK names another binary than the dist build. LIMIT is the number of
# files that the slow peers get (200). A peer that is not installed is named and left out.
set -euo pipefail
cd "$(dirname "$0")/.."

old=
if [[ ${1:-} == --old ]]; then
    old=$(realpath "$2")
    shift 2
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
limit=${LIMIT:-200}
target=${CARGO_TARGET_DIR:-target}

if [[ -z ${XXGK:-} ]]; then
    cargo build --profile dist --quiet
    XXGK=$target/dist/xxgk
fi

# Variants of two fixtures, each with values of its own.
make_workbooks() {
    mkdir -p "$work/csv" "$work/made"
    for fixture in zhongzhuang-2017.xlsx 2021/report.xlsx; do
        "$XXGK" convert "fixtures/$fixture" --quiet --no-bom -o "$work/one.csv" --force
        for number in $(seq -w 100); do
            awk -v seed="$number" '{
                count = split($0, cells, ","); line = ""
                for (i = 1; i <= count; i++) {
                    if (cells[i] ~ /^[0-9]+\r?$/ && cells[i] + 0 < 2000) {
                        seed = (seed * 1103 + 12345) % 65536
                        sub(/^[0-9]+/, seed % 400, cells[i])
                    }
                    line = line (i > 1 ? "," : "") cells[i]
                }
                print line
            }' "$work/one.csv" > "$work/csv/${fixture%%/*}-$number.csv"
        done
    done
    "$XXGK" convert "$work/csv" --quiet -t xlsx -o "$work/made"
}

folder=${1:-}
if [[ -z $folder ]]; then
    make_workbooks
    folder=$work/made
fi
# Copies, so that every program gets one flat folder of the same files; the slow ones get the first of them.
mkdir "$work/all" "$work/few"
count=0
while IFS= read -r -d '' file; do
    count=$((count + 1))
    cp "$file" "$work/all/$(printf %05d "$count").xlsx"
    ((count > limit)) || cp "$file" "$work/few/$(printf %05d "$count").xlsx"
done < <(find -L "$folder" -name '*.xlsx' -not -name '~$*' -print0 | sort -z)
((count > 0)) || { echo "no .xlsx in $folder" >&2; exit 2; }
few=$((count < limit ? count : limit))

TIMEFORMAT='%U %S'
# A program that takes less than this many seconds runs this many times.
short=2 times=5

# once OUTPUTS COMMAND...: CPU seconds of one run; {} in the command is an empty folder, which gets OUTPUTS files.
once() {
    local outputs=$1 out=$work/out cpu made
    shift
    rm -rf "$out" && mkdir "$out"
    cpu=$({ time "${@//\{\}/$out}" > "$work/log" 2>&1; } 2>&1) || { echo "failed: $(tail -n 1 "$work/log")"; return 1; }
    made=$(find "$out" -type f | wc -l)
    ((made >= outputs)) || { echo "wrote $made of $outputs"; return 1; }
    awk -v cpu="$cpu" 'BEGIN { split(cpu, part, " "); print part[1] + part[2] }'
}

least() { awk -v a="$1" -v b="$2" 'BEGIN { print b == "" || a < b ? a : b }'; }

# line NAME FILES SECONDS: a line of the table; `base` is the speed of xxgk, once it is known.
line() {
    awk -v name="$1" -v files="$2" -v seconds="$3" -v base="$base" 'BEGIN {
        ratio = base == "" ? "" : sprintf("%.2f", base * seconds / files)
        printf "| %s | %d | %.2f | %.0f | %s |\n", name, files, seconds, files / seconds, ratio
    }'
}

# peer NAME FILES COMMAND...: measures another program.
peer() {
    local name=$1 files=$2 seconds best= run
    shift 2
    for ((run = 0; run < times; run++)); do
        seconds=$(once "${outputs:-$files}" "$@") || { echo "| $name | $seconds | | | |"; return; }
        best=$(least "$seconds" "$best")
        awk -v best="$best" -v short="$short" 'BEGIN { exit best >= short }' || break
    done
    line "$name" "$files" "$best"
}

# xxgk NAME ARGUMENTS...: measures the new binary, and the old one in turn with it; sets `base`.
xxgk() {
    local name=$1 new_best= old_best= run seconds
    shift
    for ((run = 0; run < times; run++)); do
        seconds=$(once "${outputs:-$count}" "${wrap[@]}" "$XXGK" "$@") || { echo "| $name | $seconds | | | |"; base=; return; }
        new_best=$(least "$seconds" "$new_best")
        [[ -n $old ]] || continue
        seconds=$(once "${outputs:-$count}" "${wrap[@]}" "$old" "$@") || { echo "| $name, old | $seconds | | | |"; base=; return; }
        old_best=$(least "$seconds" "$old_best")
    done
    base=
    line "$name" "$count" "$new_best"
    base=$(awk -v files="$count" -v seconds="$new_best" 'BEGIN { print files / seconds }')
    [[ -z $old ]] || line "$name, old" "$count" "$old_best"
    [[ -z $old ]] || ratios+=("$section, $name: $(awk -v a="$old_best" -v b="$new_best" 'BEGIN { printf "%.2f", a / b }')")
}
# Runs a command with its standard output in a file of the output folder.
to_file=(sh -c '"$0" "$@" > "{}/all.ndjson"')
wrap=() ratios=() base=

heading() {
    section=$1
    printf '\n%s\n\n| program | files | CPU s | documents per CPU s | xxgk is faster by a factor of |\n|---|--:|--:|--:|--:|\n' "$1"
}

# python MODULE: whether Python can import it.
python() { python3 -c "import $1" 2> /dev/null || { echo "$1 is not installed: left out" >&2; return 1; }; }

if cargo build --release --quiet --manifest-path benches/peers/Cargo.toml --target-dir "$target/peers" 2> "$work/log"; then
    loops=$target/peers/release
else
    echo "the bare loops do not build: left out" >&2
    loops=
fi

heading "xlsx → pdf"
xxgk xxgk convert "$work/all" --quiet --jobs 1 -t pdf -o {}
if command -v soffice > /dev/null; then
    peer "soffice --convert-to pdf" "$few" soffice "-env:UserInstallation=file://$work/profile" \
        --headless --convert-to pdf --outdir {} "$work"/few/*.xlsx
else
    echo "soffice is not installed: left out" >&2
fi

heading "xlsx → xlsx"
xxgk xxgk convert "$work/all" --quiet --jobs 1 -t xlsx -o {}
[[ -z $loops ]] || peer "calamine + rust_xlsxwriter, cells only" "$count" "$loops/cells_to_xlsx" "$work/all" {}
! python openpyxl || peer openpyxl "$few" python3 -c '
import os, sys, openpyxl
source, target = sys.argv[1:]
for name in sorted(os.listdir(source)):
    openpyxl.load_workbook(os.path.join(source, name)).save(os.path.join(target, name))
' "$work/few" {}

heading "xlsx → csv"
xxgk xxgk convert "$work/all" --quiet --jobs 1 -t csv -o {}
[[ -z $loops ]] || peer "calamine, cells only" "$count" "$loops/cells_to_csv" "$work/all" {}
! python xlsx2csv || peer xlsx2csv "$few" python3 -c '
import os, sys, xlsx2csv
source, target = sys.argv[1:]
for name in sorted(os.listdir(source)):
    xlsx2csv.Xlsx2csv(os.path.join(source, name)).convert(os.path.join(target, name + ".csv"))
' "$work/few" {}

heading "merging into one workbook, and reading alone (ndjson)"
outputs=1
xxgk "merge" merge "$work/all" --quiet --fail-on never -o {}/merged.xlsx
wrap=("${to_file[@]}")
xxgk "convert -t ndjson" convert "$work/all" --quiet -t ndjson -o -

if [[ -n $old ]]; then
    printf '\nspeed of the new binary over the old one\n\n'
    printf -- '- %s\n' "${ratios[@]}"
fi
