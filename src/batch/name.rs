//! Names of output files: what every system can store, each used once.

use std::collections::BTreeSet;

use xxgk::report::Report;

/// Names that Windows keeps for devices, with or without an ending.
const RESERVED: [&str; 4] = ["con", "prn", "aux", "nul"];

/// A piece of text as part of a file name: no separators, no characters Windows refuses, no device names.
///
/// At most 80 characters; empty text becomes `_`.
pub fn clean(text: &str) -> String {
    let kept: String = text
        .chars()
        .map(|c| if c.is_control() || is_direction_mark(c) || r#"<>:"/\|?*"#.contains(c) { '_' } else { c })
        .take(80)
        .collect();
    let kept = kept.trim_matches([' ', '\u{3000}']).trim_end_matches('.');
    if kept.is_empty() {
        return "_".to_owned();
    }
    let first = kept.split('.').next().unwrap_or(kept).trim().to_ascii_lowercase();
    let port = first.strip_prefix("com").or_else(|| first.strip_prefix("lpt"));
    let device = RESERVED.contains(&first.as_str())
        || port.is_some_and(|n| n.chars().count() == 1 && n.chars().all(|c| c.is_ascii_digit() || "¹²³".contains(c)));
    if device { format!("_{kept}") } else { kept.to_owned() }
}

/// Whether a character turns the direction of the text around it, so that a name reads as another.
pub fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What each of a file's reports adds to its output's name: sheet, organization or number, each different.
pub fn parts(reports: &[Report]) -> Vec<String> {
    let mut used = BTreeSet::new();
    let mut parts = Vec::with_capacity(reports.len());
    for (at, report) in reports.iter().enumerate() {
        let sheet = report.sheet.as_deref().filter(|sheet| !sheet.trim().is_empty());
        let told = sheet.filter(|sheet| !is_default_sheet(sheet));
        let base = match told.or(report.organization.as_deref()).or(sheet) {
            Some(text) => clean(text),
            None => (at + 1).to_string(),
        };
        parts.push(unused(&base, &mut used));
    }
    parts
}

/// The text itself, or with `-2`, `-3` … where it is used already; case makes no difference, as on Windows.
pub fn unused(base: &str, used: &mut BTreeSet<String>) -> String {
    let mut name = base.to_owned();
    let mut number = 2;
    while !used.insert(name.to_lowercase()) {
        name = format!("{base}-{number}");
        number += 1;
    }
    name
}

/// Sheet1, 工作表1: the name a program gave, which says nothing.
fn is_default_sheet(name: &str) -> bool {
    let name = name.trim().to_lowercase();
    ["sheet", "工作表", "表"]
        .iter()
        .any(|word| name.strip_prefix(word).is_some_and(|rest| rest.trim().chars().all(|c| c.is_ascii_digit())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_can_be_stored_anywhere() {
        for (text, wanted) in [
            ("中庄镇", "中庄镇"),
            ("a/b\\c:d", "a_b_c_d"),
            ("..", "_"),
            ("", "_"),
            (" 汇总表. ", "汇总表. ".trim_end_matches(". ")),
            ("CON", "_CON"),
            ("nul.txt", "_nul.txt"),
            ("COM1", "_COM1"),
            ("company", "company"),
            ("x\u{202e}fdp", "x_fdp"),
            ("a\nb", "a_b"),
        ] {
            assert_eq!(clean(text), wanted, "{text:?}");
        }
        assert_eq!(clean(&"镇".repeat(300)).chars().count(), 80);
    }

    #[test]
    fn reports_are_told_apart_by_sheet_then_organization_then_number() {
        let report = |sheet: Option<&str>, organization: Option<&str>| Report {
            sheet: sheet.map(str::to_owned),
            organization: organization.map(str::to_owned),
            ..Report::default()
        };
        let reports = [
            report(Some("东镇"), Some("甲")),
            report(Some("Sheet2"), Some("西镇")),
            report(None, None),
            report(Some("东镇"), None),
            report(Some("Sheet5"), None),
        ];
        assert_eq!(parts(&reports), ["东镇", "西镇", "3", "东镇-2", "Sheet5"]);
    }
}
