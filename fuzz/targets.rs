//! The fuzz targets: each takes any bytes and must return.
//!
//! A target does not know where its bytes come from: [`run`](super) calls it on a stable compiler, and a `fuzz_target!` of
//! cargo-fuzz could do so on a nightly one.

use std::collections::HashSet;
use std::sync::LazyLock;

use xxgk::engine::Engine;
use xxgk::message::Lang;
use xxgk::read::{Input, ReadOptions, unpack};
use xxgk::template::from_toml_str;
use xxgk::write::{Format, WriteOptions};

/// One target: its name, the extensions of its seed files, and the function that gets the bytes.
pub struct Target {
    pub name: &'static str,
    pub seeds: &'static [&'static str],
    pub run: fn(&[u8]),
}

/// Every function that gets foreign bytes.
pub const TARGETS: &[Target] = &[
    Target { name: "sniff", seeds: &["*"], run: reading },
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
    Target { name: "rtf", seeds: &["rtf"], run: reading },
    Target { name: "odt", seeds: &["odt"], run: reading },
    Target { name: "fodt", seeds: &["fodt"], run: reading },
    Target { name: "pdf", seeds: &["pdf"], run: reading },
    Target { name: "ofd", seeds: &["ofd"], run: reading },
    Target { name: "zip", seeds: &["zip"], run: unpacking },
    Target { name: "7z", seeds: &["7z"], run: unpacking },
    Target { name: "tar", seeds: &["gz", "tar"], run: unpacking },
    Target { name: "eml", seeds: &["eml"], run: unpacking },
    Target { name: "msg", seeds: &["msg"], run: unpacking },
    Target { name: "recognize", seeds: &["txt", "csv", "html", "pdf"], run: recognizing },
    Target { name: "template", seeds: &["toml"], run: template },
];

static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::new);

fn document(bytes: &[u8]) -> Option<Input> {
    let mut options = ReadOptions::default();
    "2017年度统计表.xls".clone_into(&mut options.name);
    match ENGINE.read(bytes, &options) {
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

/// The files in an archive have names of their own, which stay below it.
fn unpacking(bytes: &[u8]) {
    document(bytes);
    for name in ["a.zip", "a.eml"] {
        let Some(unpacked) = unpack(name, bytes) else { continue };
        let mut names = HashSet::new();
        for member in unpacked.members {
            let is_safe =
                |part: &str| !part.is_empty() && part != "." && part != ".." && !part.contains(['\\', '\0', ':']);
            assert!(member.name.split('/').all(is_safe), "{:?}", member.name);
            assert!(names.insert(member.name.to_lowercase()), "{:?}", member.name);
        }
    }
}

/// From bytes to reports; what is written is read back.
fn recognizing(bytes: &[u8]) {
    let Some(document) = document(bytes) else { return };
    drop(ENGINE.infer(&document));
    let options = WriteOptions::default().lang(Lang::EN);
    for report in ENGINE.recognize(&document).unwrap_or_default() {
        let json = ENGINE.write(&[&report], Format::Json, &options).expect("memory takes all").bytes;
        ENGINE.read(&json, &ReadOptions::default()).expect("a report that was written is read");
        if ENGINE.template(&report).is_some() {
            drop(ENGINE.write(&[&report], Format::Csv, &options));
        }
    }
}

fn template(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    drop(from_toml_str(&text, "fuzzed"));
}
