//! The time of each step from bytes to bytes on the fixtures, on one thread, after the first document of a form.
//!
//! `cargo bench` runs all, `cargo bench -- write/xlsx` one; `benches/README.md` keeps the results.

use std::fs;
use std::hint::black_box;
use std::sync::LazyLock;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use xxgk::engine::Engine;
use xxgk::font::Fonts;
use xxgk::read::ReadOptions;
use xxgk::report::Report;
use xxgk::write::{Format, WriteOptions};

static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::new);

/// One table in every format that is read.
const READ: [&str; 13] = [
    "zhongzhuang-2017.txt",
    "zhongzhuang-2017.csv",
    "zhongzhuang-2017.xlsx",
    "zhongzhuang-2017.xls",
    "zhongzhuang-2017.ods",
    "zhongzhuang-2017.docx",
    "zhongzhuang-2017.html",
    "2021/report.xlsx",
    "2021/report.xls",
    "2021/report.doc",
    "2021/report.fods",
    "2021/report.mht",
    "2021/report.xml",
];

/// A report of each form: recognized, laid out and written.
const FORMS: [&str; 4] =
    ["shapes/S03-2014-pipes.txt", "zhongzhuang-2017.xlsx", "shapes/S09-2019-blankline.txt", "2021/report.xlsx"];

const WRITE: [(&str, Format); 5] = [
    ("csv", Format::Csv),
    ("json", Format::Json),
    ("ndjson", Format::Ndjson),
    ("xlsx", Format::Xlsx),
    ("pdf", Format::Pdf),
];

fn fixture(name: &str) -> Vec<u8> {
    let path = format!("{}/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The report in a fixture, and the id of its form.
fn report(name: &str) -> (Report, String) {
    let input = ENGINE.read(&fixture(name), &ReadOptions::default()).expect("a fixture that reads");
    let report = ENGINE.recognize(&input).expect("a table").pop().expect("a report");
    let id = report.template.clone().expect("a form that ships");
    (report, id)
}

fn reading(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("read");
    for name in READ {
        let bytes = fixture(name);
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| ENGINE.read(black_box(&bytes), &ReadOptions::default()));
        });
    }
}

fn recognizing(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("recognize");
    for name in FORMS {
        let input = ENGINE.read(&fixture(name), &ReadOptions::default()).expect("a fixture that reads");
        group.bench_function(name, |bencher| bencher.iter(|| ENGINE.recognize(black_box(&input))));
    }
}

fn writing(criterion: &mut Criterion) {
    let fonts = Fonts::default();
    let options = WriteOptions::default().fonts(&fonts).bom(true);
    for (format_name, format) in WRITE {
        let mut group = criterion.benchmark_group(format!("write/{format_name}"));
        for name in FORMS {
            let (report, id) = report(name);
            group.bench_function(id, |bencher| {
                bencher.iter(|| ENGINE.write(&[black_box(&report)], format, &options));
            });
        }
    }
}

criterion_group!(steps, reading, recognizing, writing);
criterion_main!(steps);
