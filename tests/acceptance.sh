#!/usr/bin/env bash
# Checks the outputs of the release build with other programs. A check is skipped, with a message, if its program is missing.
# In CI, missing programs are installed first if possible.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
# The clean-up must not change the exit status.
leave() {
  if mountpoint -q "$work/disk" 2>/dev/null; then umount "$work/disk" || true; fi
  rm -rf "$work" || true
}
trap leave EXIT
unset RUST_BACKTRACE
export XXGK_LANG=en
passed=0 skipped=0

pass() { passed=$((passed + 1)); printf 'ok       %s\n' "$1"; }
skip() { skipped=$((skipped + 1)); printf 'skipped  %s: %s is missing\n' "$1" "$2"; }
fail() { printf 'FAILED   %s\n' "$1" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

install() {
  [ "${CI:-}" = true ] || return 0
  local missing=()
  have pdffonts || missing+=(poppler-utils)
  have qpdf || missing+=(qpdf)
  have jq || missing+=(jq)
  have soffice || missing+=(libreoffice-calc)
  /usr/bin/python3 -c 'import uno' 2>/dev/null || missing+=(python3-uno)
  local admin=()
  if [ "$(id -u)" != 0 ]; then
    if have sudo && sudo -n true 2>/dev/null; then admin=(sudo -n); else missing=(); fi
  fi
  if [ ${#missing[@]} -gt 0 ] && have apt-get; then
    printf 'installing %s\n' "${missing[*]}"
    "${admin[@]}" apt-get update -qq >/dev/null 2>&1 || true
    # One by one: one package that cannot be installed must not stop the others.
    for package in "${missing[@]}"; do
      "${admin[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "$package" >/dev/null 2>&1 || true
    done
  fi
  if have python3 && ! python3 -c 'import page, jsonschema' 2>/dev/null; then
    { python3 -m venv "$work/python" && "$work/python/bin/pip" install -q page-validation jsonschema pymupdf; } >/dev/null 2>&1 || true
  fi
  # The schema of SARIF comes with the npm package of its validator.
  if have npm; then
    (cd "$work" && npm pack -s @microsoft/sarif-multitool-linux && tar xzf microsoft-sarif-multitool-linux-*.tgz package/sarif-2.1.0.json) \
      >/dev/null 2>&1 || true
  fi
}
install
python=python3
[ -x "$work/python/bin/python" ] && python="$work/python/bin/python"

cargo run --release -- convert fixtures/zhongzhuang-2017.txt -o "$work/report.pdf"
[ "$(head -c 5 "$work/report.pdf")" = '%PDF-' ] || fail 'the README command makes a PDF'
pass 'the README command makes a PDF'
xxgk=${CARGO_TARGET_DIR:-target}/release/xxgk

"$xxgk" convert -q fixtures/zhongzhuang-2017.txt -o "$work/again.pdf"
cmp "$work/report.pdf" "$work/again.pdf" || fail 'two runs give the same bytes'
pass 'two runs give the same bytes'
"$xxgk" convert -q fixtures/2021/report.docx -o "$work/2021.pdf"
size=$(wc -c <"$work/report.pdf")
[ "$size" -le 90000 ] || fail "the PDF has $size bytes"
pass "the PDF has $size bytes"

rows=$("$xxgk" convert --to csv <fixtures/zhongzhuang-2017.xls 2>/dev/null | head -3 | wc -l)
[ "$rows" = 3 ] || fail 'a pipe that ends early ends quietly'
pass 'a pipe that ends early ends quietly'

for file in fixtures/broken/*; do
  status=0
  "$xxgk" convert "$file" -o "$work/broken.pdf" >/dev/null 2>"$work/said" || status=$?
  [ "$status" = 3 ] || fail "$file: exit status $status"
  grep -q '^xxgk: .*: error: ' "$work/said" || fail "$file: no message"
  [ ! -e "$work/broken.pdf" ] || fail "$file: an output"
done
pass 'broken files are refused by name'

"$xxgk" convert -q fixtures/zhongzhuang-2017.txt -o "$work/report.xlsx"
if have jq; then
  for file in fixtures/zhongzhuang-2017.{txt,xlsx,xls,ods,csv} "$work/report.xlsx"; do
    "$xxgk" convert -q "$file" --to json | jq -c '[.values[] | [.id, .column, .value, .status]]' >"$work/values"
    [ -e "$work/first" ] || cp "$work/values" "$work/first"
    cmp "$work/first" "$work/values" || fail "$file: other values"
  done
  [ "$(jq length "$work/first")" = 74 ] || fail '74 values'
  pass 'five formats and the workbook written give the same 74 values'
else skip 'five formats give the same values' jq; fi

if have pdffonts; then
  pdffonts "$work/report.pdf" | awk 'NR > 2 { n++; if ($(NF - 4) != "yes" || $(NF - 3) != "yes" || $(NF - 2) != "yes") bad = 1 } END { exit bad || !n }' ||
    fail 'every font is embedded, subset and maps to Unicode'
  # Into a file: `grep -q` on a pipe stops at the first match and makes pdftotext fail.
  pdftotext -layout "$work/report.pdf" "$work/text"
  for text in 当面申请数 中庄镇 110 576 134; do
    grep -q "$text" "$work/text" || fail "the text has $text"
  done
  pass 'fonts are embedded subsets and the text can be searched'
else skip 'fonts and text of the PDF' pdffonts; fi

if have qpdf; then
  for pdf in "$work/report.pdf" "$work/2021.pdf"; do
    qpdf --check "$pdf" >/dev/null || fail "qpdf finds no error in $pdf"
  done
  pass 'qpdf finds no error in the PDF'
else skip 'qpdf --check' qpdf; fi

if have "$python" && "$python" -c 'import pymupdf' 2>/dev/null; then
  "$python" tests/gbt9704.py "$work/report.pdf" "$work/2021.pdf" >"$work/measures" ||
    { grep FAILED "$work/measures"; fail 'pages are as GB/T 9704 asks'; }
  pass "pages are as GB/T 9704 asks: $(tail -1 "$work/measures")"
else skip 'measures of GB/T 9704' pymupdf; fi

if have "$python" && "$python" -c 'import page' 2>/dev/null; then
  "$xxgk" convert fixtures/2021/report.xlsx --embed-json --quiet -o "$work/embedded.pdf"
  "$python" - "$work/report.pdf" "$work/2021.pdf" "$work/embedded.pdf" <<'PYTHON' || fail 'PDF/A and PDF/UA-1'
import sys
import page

for pdf in sys.argv[1:]:
    part = page.ValidationProfile.PDF_A_3A if pdf.endswith("/embedded.pdf") else page.ValidationProfile.PDF_A_2A
    for profile in (part, page.ValidationProfile.PDF_UA_1):
        result = page.validate_pdf(pdf, profile=profile)
        if not result.is_compliant:
            sys.exit(f"{pdf}: {profile}: {result}")
PYTHON
  pass 'PDF/A-2a, with --embed-json PDF/A-3a, and PDF/UA-1'
else skip 'PDF/A-2a and PDF/UA-1' page-validation; fi

if have soffice; then
  soffice -env:UserInstallation="file://$work/profile" --headless --convert-to csv:"Text - txt - csv (StarCalc)":44,34,76 \
    --outdir "$work/office" "$work/report.xlsx" >/dev/null 2>&1 || fail 'LibreOffice opens the workbook'
  "$xxgk" convert -q "$work/office/report.csv" --to csv >"$work/office.csv"
  "$xxgk" convert -q "$work/report.xlsx" --to csv >"$work/own.csv"
  cmp "$work/office.csv" "$work/own.csv" || fail 'LibreOffice sees the same values'
  pass 'LibreOffice opens the workbook and sees the same values'
else skip 'the workbook in LibreOffice' soffice; fi

# The exit status of `check` says what it found, not whether it worked.
check() {
  local status=0
  "$xxgk" check -q "$@" || status=$?
  [ "$status" = 0 ] || [ "$status" = 1 ] || [ "$status" = 3 ]
}
if have "$python" && "$python" -c 'import jsonschema' 2>/dev/null; then
  valid() {
    "$python" - "$1" "$2" <<'PYTHON' || fail "$2 is valid against $1"
import json
import sys

import jsonschema

schema, document = (json.load(open(path, encoding="utf-8")) for path in sys.argv[1:])
jsonschema.validators.validator_for(schema)(schema).validate(document)
PYTHON
  }
  check --output-format json fixtures/zhongzhuang-2017.txt fixtures/shapes fixtures/broken >"$work/check.json"
  valid templates/schema/check.json "$work/check.json"
  pass 'check: JSON is valid against its schema'
  "$xxgk" schema >"$work/report.schema.json"
  cmp "$work/report.schema.json" templates/schema/report.json || fail 'xxgk schema prints the schema of reports'
  "$xxgk" convert -q fixtures/zhongzhuang-2017.* fixtures/2021 fixtures/shapes fixtures/structure fixtures/sheets fixtures/heading \
    --to ndjson >"$work/reports.ndjson" 2>/dev/null || true
  "$python" - templates/schema/report.json "$work/reports.ndjson" <<'PYTHON' || fail 'reports are valid against their schema'
import json
import sys

import jsonschema

schema = json.load(open(sys.argv[1], encoding="utf-8"))
validator = jsonschema.validators.validator_for(schema)(schema)
keys = {name: set(of["properties"]) for name, of in {"": schema, **schema["$defs"]}.items() if "properties" in of}
count = 0
for line in open(sys.argv[2], encoding="utf-8"):
    report = json.loads(line)
    validator.validate(report)
    # The schema allows keys of later versions. This version writes only those that it has.
    unknown = set(report) - keys[""]
    for value in report["values"] + report["extra"]:
        unknown |= set(value) - keys["ValueJson"]
    for finding in report["findings"]:
        unknown |= set(finding) - keys["FindingJson"]
    assert not unknown, unknown
    count += 1
assert count > 20, count
PYTHON
  pass 'convert: JSON is valid against its schema'
  if [ -e "$work/package/sarif-2.1.0.json" ]; then
    check --output-format sarif fixtures/zhongzhuang-2017.txt fixtures/shapes fixtures/broken >"$work/check.sarif"
    valid "$work/package/sarif-2.1.0.json" "$work/check.sarif"
    pass 'check: SARIF is valid against its schema'
  else skip 'check: SARIF against its schema' 'the schema of SARIF'; fi
else skip 'check: JSON against its schema' jsonschema; fi

if have soffice && /usr/bin/python3 -c 'import uno' 2>/dev/null; then
  port=$((20000 + $$ % 20000))
  soffice -env:UserInstallation="file://$work/profile" --headless --norestore \
    --accept="socket,host=127.0.0.1,port=$port;urp;" >/dev/null 2>&1 &
  office=$!
  # fill TEMPLATE NAME ID=NUMBER…: fills a blank form as a clerk would, and prints the red text beside the table.
  fill() {
    local template=$1 name=$2
    shift 2
    "$xxgk" new -q --force --template "$template" --organization 中庄镇人民政府 --year 2024 -o "$work/form.xlsx"
    "$xxgk" convert -q "$work/form.xlsx" --to json >"$work/form.json" 2>/dev/null
    local filler=(/usr/bin/python3 tests/fill_form.py "$port" "$work/form.xlsx" "$work/form.json" "$work/$name.xlsx" "$@")
    local status=0
    "${filler[@]}" || status=$?
    # Python's bridge to LibreOffice crashes now and then, whatever the form.
    if [ "$status" -ge 128 ]; then "${filler[@]}"; else return "$status"; fi
  }
  fill 2021 2021-right requests.new.natural_person=2 handled.granted.natural_person=1 requests.carried_out.natural_person=1 >"$work/said"
  fill 2014-extended 2014-right received.in_person=2 closed.on_time=2 answered.granted=2 >>"$work/said"
  [ ! -s "$work/said" ] || fail "a form with right values shows $(cat "$work/said")"
  for form in "$work/2021-right.xlsx" "$work/2014-right.xlsx"; do
    "$xxgk" check -q --fail-on note "$form" >"$work/found" || fail "$form: $(cat "$work/found")"
  done
  fill 2014-extended 2014-wrong received.in_person=2 closed.on_time=2 answered.granted=2 received=5 >"$work/said"
  grep -q 'C00000' "$work/said" || fail 'a wrong sum is red in LibreOffice'
  "$xxgk" check -q "$work/2014-wrong.xlsx" >"$work/found" && fail 'a wrong sum is found'
  grep -q 'XG101' "$work/found" || fail 'a wrong sum is found'
  kill "$office" 2>/dev/null || true
  wait "$office" 2>/dev/null || true
  pass 'blank forms come back complete from LibreOffice, and a wrong sum is red there'
else skip 'blank forms in LibreOffice' 'LibreOffice with python3-uno'; fi

mkdir "$work/many" "$work/disk"
for at in $(seq 1000 1399); do cp fixtures/zhongzhuang-2017.csv "$work/many/$at.csv"; done
"$xxgk" convert -q "$work/many" -o "$work/whole" --to csv
"$xxgk" convert -q "$work/many" -o "$work/killed" --to csv &
run=$!
until [ "$(cat "$work"/killed/.xxgk-journal 2>/dev/null | wc -l)" -gt 20 ] || ! kill -0 "$run" 2>/dev/null; do :; done
kill -9 "$run" 2>/dev/null || true
wait "$run" 2>/dev/null || true
"$xxgk" convert -q "$work/many" -o "$work/killed" --to csv --resume
diff -r "$work/whole" "$work/killed" >/dev/null || fail 'a killed run that is resumed gives the same files'
pass 'a killed run that is resumed gives the same files'

tests/kill.sh "$xxgk" 400 2 >"$work/said" 2>&1 || { cat "$work/said" >&2; fail 'runs ended by signals can be resumed'; }
pass 'runs ended by SIGKILL, SIGTERM, SIGHUP and SIGINT can be resumed'

# Needs the right to mount a small disk.
if have mount && have mountpoint && mount -t tmpfs -o size=512k tmpfs "$work/disk" 2>/dev/null; then
  status=0
  "$xxgk" convert -q "$work/many" -o "$work/disk/out" --to csv 2>"$work/said" || status=$?
  [ "$status" = 3 ] && grep -q 'the disk is full' "$work/said" || fail "a full disk: exit status $status"
  for file in "$work"/disk/out/*; do cmp -s "$file" "$work/whole/${file##*/}" || fail "a full disk: $file is half written"; done
  mount -o remount,size=64m "$work/disk"
  "$xxgk" convert -q "$work/many" -o "$work/disk/out" --to csv --resume || fail 'a run can be resumed once there is space'
  diff -r "$work/whole" "$work/disk/out" >/dev/null || fail 'a resumed run gives the same files'
  mount -o remount,ro "$work/disk"
  status=0
  "$xxgk" convert -q "$work/many" -o "$work/disk/new" --to csv 2>"$work/said" || status=$?
  [ "$status" = 3 ] && grep -q 'read-only' "$work/said" || fail "a read-only disk: exit status $status"
  umount "$work/disk"
  pass 'full and read-only disks end a run with status 3, no output half written'
else skip 'full and read-only disks' 'the right to mount one'; fi

# A county of sixty units with ten faults: LibreOffice recalculates the workbook's formulas and must get the same totals.
for form in 2014-extended 2021; do
  # The example is built with the tests already.
  cargo run --quiet --example county -- "$form" "$work/county-$form"
  status=0
  "$xxgk" merge -q "$work/county-$form/reports" --roster "$work/county-$form/roster.txt" --organization 安宁县 \
    -o "$work/merged-$form.xlsx" 2>/dev/null || status=$?
  [ "$status" = 1 ] || fail "merging the county on $form: exit status $status"
done
if have soffice && have jq && have python3; then
  mkdir -p "$work/recalculate/user"
  cat >"$work/recalculate/user/registrymodifications.xcu" <<'XML'
<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
XML
  for form in 2014-extended 2021; do
    # The stored results are removed first, so that only a recalculation can give them.
    python3 - "$work/merged-$form.xlsx" "$work/open-$form.xlsx" <<'PYTHON'
import re, sys, zipfile

formulas = 0
with zipfile.ZipFile(sys.argv[1]) as old, zipfile.ZipFile(sys.argv[2], "w", zipfile.ZIP_DEFLATED) as new:
    for name in old.namelist():
        data = old.read(name)
        if name.startswith("xl/worksheets/sheet"):
            data, count = re.subn(rb"(</f>)<v>[^<]*</v>", rb"\1", data)
            formulas += count
        new.writestr(name, data)
assert formulas > 100, formulas
PYTHON
    soffice -env:UserInstallation="file://$work/recalculate" --headless --convert-to xlsx --outdir "$work/recalculated" \
      "$work/open-$form.xlsx" >/dev/null 2>&1 || fail 'LibreOffice recalculates the merged workbook'
    for book in "$work/merged-$form.xlsx" "$work/recalculated/open-$form.xlsx"; do
      "$xxgk" convert -q "$book" --sheet 统计表 --to json 2>/dev/null | jq -c '[.values[] | [.id, .value]]'
    done | uniq | wc -l >"$work/different"
    [ "$(cat "$work/different")" = 1 ] || fail "the totals on $form, recalculated by LibreOffice"
  done
  pass 'merged workbooks recalculated by LibreOffice give the same totals'
else skip 'merged workbooks in LibreOffice' 'soffice, jq or python3'; fi

printf '%d checks passed, %d skipped\n' "$passed" "$skipped"
