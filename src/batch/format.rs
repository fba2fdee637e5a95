//! The names of formats as people type them, their endings, and which of them a terminal can show.

use std::path::Path;

use crate::read::Format as Input;
use crate::write::Format as Output;

/// Formats that can be read, by name.
pub const INPUTS: [(&str, Input); 13] = [
    ("text", Input::Text),
    ("csv", Input::Csv),
    ("xlsx", Input::Xlsx),
    ("xlsb", Input::Xlsb),
    ("xls", Input::Xls),
    ("ods", Input::Ods),
    ("fods", Input::Fods),
    ("xml-2003", Input::Spreadsheet2003),
    ("docx", Input::Docx),
    ("doc", Input::Doc),
    ("html", Input::Html),
    ("mht", Input::Mht),
    ("json", Input::Json),
];

/// Formats that can be written, by name; the name is the file ending too.
pub const OUTPUTS: [(&str, Output); 5] = [
    ("xlsx", Output::Xlsx),
    ("pdf", Output::Pdf),
    ("csv", Output::Csv),
    ("json", Output::Json),
    ("ndjson", Output::Ndjson),
];

/// Formats that totals can be written in.
pub const MERGED: [Output; 4] = [Output::Xlsx, Output::Pdf, Output::Csv, Output::Json];

/// The input format of a name.
pub fn input(name: &str) -> Option<Input> {
    INPUTS.iter().find(|(known, _)| *known == name).map(|(_, format)| *format)
}

/// The output format of a name.
pub fn output(name: &str) -> Option<Output> {
    OUTPUTS.iter().find(|(known, _)| *known == name).map(|(_, format)| *format)
}

/// The output format a file's ending names, whatever its case.
pub fn of_path(path: &Path) -> Option<Output> {
    let ending = path.extension()?.to_str()?.to_ascii_lowercase();
    output(if ending == "jsonl" { "ndjson" } else { &ending })
}

/// The name, which is the file ending as well.
pub fn name(format: Output) -> &'static str {
    OUTPUTS.iter().find(|(_, known)| *known == format).map_or("", |(name, _)| name)
}

/// All names of output formats in one line.
pub fn output_names() -> String {
    OUTPUTS.map(|(name, _)| name).join(", ")
}

/// Whether the bytes are for programs, not for a terminal.
pub fn is_binary(format: Output) -> bool {
    matches!(format, Output::Xlsx | Output::Pdf)
}

/// Whether one output holds any number of reports.
pub fn holds_many(format: Output) -> bool {
    matches!(format, Output::Json | Output::Ndjson)
}

/// Whether a format holds what was noticed, beside the figures.
pub fn holds_findings(format: Output) -> bool {
    matches!(format, Output::Json | Output::Ndjson)
}
