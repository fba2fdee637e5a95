//! Fields of word processors that have no saved result.
//!
//! In: the instruction of a field. Out: the text to read for it. Called by [`super::docx`] and [`super::rtf`]. Source:
//! ECMA-376 Part 1, 17.16.5 field codes.

/// Fields that show nothing, or whose blank is one to fill in.
const BLANK: [&str; 13] = [
    "XE",
    "TC",
    "TA",
    "RD",
    "SET",
    "ASK",
    "PRINT",
    "PRIVATE",
    "FORMTEXT",
    "FORMCHECKBOX",
    "FORMDROPDOWN",
    "HYPERLINK",
    "TOC",
];

/// The text of a field without a result: its instruction, which is unreadable but never blank.
pub(super) fn shown(instruction: &str) -> Option<String> {
    let instruction = instruction.trim();
    let kind = instruction.split(char::is_whitespace).next().unwrap_or_default().to_ascii_uppercase();
    let is_blank = kind.is_empty() || BLANK.contains(&kind.as_str());
    (!is_blank).then(|| format!("{{{instruction}}}"))
}
