#!/usr/bin/env bash
# What a folder of workbooks costs, side by side in one run: xxgk, LibreOffice, openpyxl, xlsx2csv, and bare loops over the
# cells with the same libraries. CPU seconds (user and system, of all threads and children), outputs into empty folders.
# Programs that take less than two seconds run five times and the least counts, since a disturbance is a large part of them.
#
#   benches/peers.sh [FOLDER]
#
# FOLDER holds .xlsx files; without one, 200 are made from the fixtures. XXGK names another binary than the release build,
# LIMIT the files that the slow peers get (200). A peer that is not installed is named and left out.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
limit=${LIMIT:-200}

if [[ -z ${XXGK:-} ]]; then
    cargo build --release --quiet
    XXGK=target/release/xxgk
fi

# Variants of two fixtures: each figure is another one in each of them.
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
# Below so many seconds a program runs so many times.
short=2 times=5
# measure NAME FILES COMMAND...: a line of the table; {} in the command is an empty folder, which gets a file for each, or
# as many as `outputs` says.
measure() {
    local name=$1 files=$2 out=$work/out cpu made least= run
    shift 2
    rm -f "$work/line"
    for ((run = 0; run < times; run++)); do
        rm -rf "$out" && mkdir "$out"
        cpu=$({ time "${@//\{\}/$out}" > "$work/log" 2>&1; } 2>&1) || { echo "| $name | failed: $(tail -n 1 "$work/log") | | | |"; return; }
        made=$(find "$out" -type f | wc -l)
        ((made >= ${outputs:-files})) || { echo "| $name | wrote $made of ${outputs:-$files} | | | |"; return; }
        least=$(awk -v cpu="$cpu" -v least="$least" 'BEGIN {
            split(cpu, part, " "); seconds = part[1] + part[2]; print least == "" || seconds < least ? seconds : least
        }')
        awk -v least="$least" -v short="$short" 'BEGIN { exit least >= short }' || break
    done
    awk -v name="$name" -v files="$files" -v seconds="$least" -v base="${base:-}" 'BEGIN {
        speed = files / seconds
        ratio = base == "" ? "" : sprintf("%.2f", base / speed)
        printf "| %s | %d | %.2f | %.0f | %s |\n", name, files, seconds, speed, ratio
    }' | tee "$work/line"
}

# speed_of_last: documents per CPU second of the line measured last.
speed_of_last() { awk -F'|' '{ print $5 + 0 }' "$work/line" 2> /dev/null || true; }

heading() {
    printf '\n%s\n\n| program | files | CPU s | documents per CPU s | xxgk is so many times as fast |\n|---|--:|--:|--:|--:|\n' "$1"
}

# python MODULE: whether Python can import it.
python() { python3 -c "import $1" 2> /dev/null || { echo "$1 is not installed: left out" >&2; return 1; }; }

if cargo build --release --quiet --manifest-path benches/peers/Cargo.toml --target-dir target/peers 2> "$work/log"; then
    loops=target/peers/release
else
    echo "the bare loops do not build: left out" >&2
    loops=
fi

heading "xlsx → pdf"
base=; measure xxgk "$count" "$XXGK" convert "$work/all" --quiet --jobs 1 -t pdf -o {}
base=$(speed_of_last)
if command -v soffice > /dev/null; then
    measure "soffice --convert-to pdf" "$few" soffice "-env:UserInstallation=file://$work/profile" \
        --headless --convert-to pdf --outdir {} "$work"/few/*.xlsx
else
    echo "soffice is not installed: left out" >&2
fi

heading "xlsx → xlsx"
base=; measure xxgk "$count" "$XXGK" convert "$work/all" --quiet --jobs 1 -t xlsx -o {}
base=$(speed_of_last)
[[ -z $loops ]] || measure "calamine + rust_xlsxwriter, cells only" "$count" "$loops/cells_to_xlsx" "$work/all" {}
! python openpyxl || measure openpyxl "$few" python3 -c '
import os, sys, openpyxl
source, target = sys.argv[1:]
for name in sorted(os.listdir(source)):
    openpyxl.load_workbook(os.path.join(source, name)).save(os.path.join(target, name))
' "$work/few" {}

heading "xlsx → csv"
base=; measure xxgk "$count" "$XXGK" convert "$work/all" --quiet --jobs 1 -t csv -o {}
base=$(speed_of_last)
[[ -z $loops ]] || measure "calamine, cells only" "$count" "$loops/cells_to_csv" "$work/all" {}
! python xlsx2csv || measure xlsx2csv "$few" python3 -c '
import os, sys, xlsx2csv
source, target = sys.argv[1:]
for name in sorted(os.listdir(source)):
    xlsx2csv.Xlsx2csv(os.path.join(source, name)).convert(os.path.join(target, name + ".csv"))
' "$work/few" {}

heading "merging into one workbook, and reading alone (ndjson)"
outputs=1 base=; measure "xxgk merge" "$count" "$XXGK" merge "$work/all" --quiet --fail-on never -o {}/merged.xlsx
base=$(speed_of_last)
measure "xxgk convert" "$count" sh -c "'$XXGK' convert '$work/all' --quiet -t ndjson -o - > {}/all.ndjson"
