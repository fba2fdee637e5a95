//! Converts, checks and adds up the files given as arguments: a PDF beside each, the findings on standard output, and the
//! totals in `totals.xlsx`.
//!
//! ```sh
//! cargo run --example totals -- towns/*.xls
//! ```

#![allow(clippy::print_stdout)]

use std::path::PathBuf;

use xxgk::engine::Engine;
use xxgk::merge::Options;
use xxgk::message::Lang;
use xxgk::read::ReadOptions;
use xxgk::write::{Format, WriteOptions};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (engine, write) = (Engine::new(), WriteOptions::default());
    let mut organizations = Vec::new();
    for path in std::env::args_os().skip(1).map(PathBuf::from) {
        let bytes = std::fs::read(&path)?;
        let read = ReadOptions::default().name(path.file_name().unwrap_or_default().to_string_lossy());
        let examined = engine.examine(&bytes, &read)?;
        for (part, one) in examined.iter().enumerate() {
            for finding in &one.findings {
                println!("{}: {}: {}", path.display(), finding.code, finding.message(Lang::EN));
            }
            let pdf = engine.write(&[&one.report], Format::Pdf, &write)?;
            std::fs::write(path.with_extension(format!("{part}.pdf")), pdf.bytes)?;
        }
        organizations.extend(engine.organizations(&bytes, &read, &path.to_string_lossy())?);
    }
    let merged = engine.merge(organizations, &Options::default()).ok_or("no report of a known form")?;
    std::fs::write("totals.xlsx", engine.write_merged(&merged, Format::Xlsx, &write)?.bytes)?;
    Ok(())
}
