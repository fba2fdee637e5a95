#!/usr/bin/env bash
# Checks that text copied from a PDF is in reading order: label, unit and values of each row of all four forms, as
# pdftotext -raw, pdf.js and PyMuPDF give them.
#
#     tests/pdf_order.sh [XXGK]        XXGK: the binary; target/release/xxgk where none is named
#
# Installs pdfjs-dist (npm), PyMuPDF and openpyxl (PyPI) into a temporary folder. A program that cannot be had is skipped
# and named; openpyxl, which gives the rows, is needed.
set -euo pipefail
cd "$(dirname "$0")/.."
xxgk=$(realpath "${1:-target/release/xxgk}")
pdfjs=pdfjs-dist@5.6.205
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset RUST_BACKTRACE

python3 -m venv "$work/python"
python=$work/python/bin/python
"$work/python/bin/pip" install -q --disable-pip-version-check openpyxl
"$work/python/bin/pip" install -q --disable-pip-version-check pymupdf 2>/dev/null || true
modules=$work/node_modules/pdfjs-dist
if command -v npm node >/dev/null; then
  (cd "$work" && npm install --silent --no-audit --no-fund --prefix . "$pdfjs") >/dev/null 2>&1 || true
fi

failed=0
for input in 2014=fixtures/shapes/S01-2014-cell-per-line.txt 2014-extended=fixtures/zhongzhuang-2017.txt \
  2019=fixtures/shapes/S09-2019-blankline.txt 2021=fixtures/2021/report.csv; do
  form=${input%%=*}
  "$xxgk" convert --force "${input#*=}" -o "$work/$form.pdf" 2>/dev/null
  "$xxgk" convert --force "${input#*=}" -o "$work/$form.xlsx" 2>/dev/null
  texts=()
  if command -v pdftotext >/dev/null; then
    pdftotext -raw "$work/$form.pdf" "$work/$form.poppler"
    texts+=("pdftotext -raw=$work/$form.poppler")
  else
    echo "skipped  pdftotext -raw: not installed"
  fi
  if [ -d "$modules" ]; then
    node tests/pdf_order.mjs "$modules" "$work/$form.pdf" >"$work/$form.pdfjs"
    texts+=("pdf.js=$work/$form.pdfjs")
  else
    echo "skipped  pdf.js: cannot be installed"
  fi
  echo "form $form"
  "$python" tests/pdf_order.py "$work/$form.xlsx" "$work/$form.pdf" "${texts[@]}" || failed=1
done
exit "$failed"
