//! The fuzz targets: each takes any bytes and must return.
//!
//! A target does not know where its bytes come from: [`run`](super) calls it on a stable compiler, and a `fuzz_target!` of
//! cargo-fuzz could do so on a nightly one.

use std::sync::LazyLock;

use xxgk::layout::{LayoutOptions, layout};
use xxgk::message::Lang;
use xxgk::read::{Input, ReadOptions, decode, read, sniff};
use xxgk::recognize::{Recognizer, infer};
use xxgk::template::{from_toml_str, shipped};
use xxgk::write;

/// One target: its name, the extensions of its seed files, and the function that gets the bytes.
pub struct Target {
    pub name: &'static str,
    pub seeds: &'static [&'static str],
    pub run: fn(&[u8]),
}

/// Every function that gets foreign bytes.
pub const TARGETS: &[Target] = &[
    Target {
        name: "sniff",
        seeds: &["*"],
        run: |bytes| {
            let _ = sniff(bytes);
        },
    },
    Target { name: "decode", seeds: &["txt", "csv", "html"], run: |bytes| drop(decode::decode(bytes, None)) },
    Target { name: "text", seeds: &["txt"], run: reading },
    Target { name: "csv", seeds: &["csv"], run: reading },
    Target { name: "html", seeds: &["html"], run: reading },
    Target { name: "mht", seeds: &["mht"], run: reading },
    Target { name: "json", seeds: &["json"], run: reading },
    Target { name: "xlsx", seeds: &["xlsx"], run: reading },
    Target { name: "xls", seeds: &["xls"], run: reading },
    Target { name: "ods", seeds: &["ods"], run: reading },
    Target { name: "fods", seeds: &["fods"], run: reading },
    Target { name: "xml-2003", seeds: &["xml"], run: reading },
    Target { name: "docx", seeds: &["docx"], run: reading },
    Target { name: "doc", seeds: &["doc"], run: reading },
    Target { name: "recognize", seeds: &["txt", "csv", "html"], run: recognizing },
    Target { name: "template", seeds: &["toml"], run: template },
];

static RECOGNIZER: LazyLock<Recognizer> = LazyLock::new(|| Recognizer::new(shipped()));

fn document(bytes: &[u8]) -> Option<Input> {
    let mut options = ReadOptions::default();
    "2017年度统计表.xls".clone_into(&mut options.name);
    match read(bytes, &options) {
        Ok(document) => Some(document),
        Err(error) => {
            // Messages must be complete in both languages, whatever the bytes put into them.
            for lang in [Lang::ZH, Lang::EN] {
                assert!(!error.message(lang).contains("@format."), "{error:?}");
            }
            None
        }
    }
}

fn reading(bytes: &[u8]) {
    document(bytes);
}

/// From bytes to reports; what is written is read back.
fn recognizing(bytes: &[u8]) {
    let Some(document) = document(bytes) else { return };
    drop(infer(&document));
    for report in RECOGNIZER.recognize(&document).unwrap_or_default() {
        let mut written = Vec::new();
        write::json::write(&[&report], Lang::EN, &mut written).expect("memory takes all");
        read(&written, &ReadOptions::default()).expect("a report that was written is read");
        if let Some(template) = report.template.as_deref().and_then(|id| shipped().find(id)) {
            drop(layout(&report, template, LayoutOptions::default()));
        }
    }
}

fn template(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    drop(from_toml_str(&text, "fuzzed"));
}
