//! Names of output files: valid on every system, each used once.

use std::collections::{BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use crate::report::Report;
use crate::text::neutral::is_direction_mark;
use unicode_normalization::UnicodeNormalization;

use super::failure::Failure;

const SPACES: [char; 2] = [' ', '\u{3000}'];

/// The longest name without its extension, in bytes. Common file systems store 255, which leaves room for a number and the
/// extension.
const LONGEST: usize = 230;

/// Names that Windows reserves for devices, with or without an extension.
const RESERVED: [&str; 4] = ["con", "prn", "aux", "nul"];

/// A piece of text as part of a file name: no separators, no characters Windows refuses, no device names.
///
/// At most 80 characters; empty text becomes `_`.
pub(crate) fn clean(text: &str) -> String {
    store(&text.chars().take(80).collect::<String>())
}

/// The same for a name of any length.
fn store(text: &str) -> String {
    let refused = |c: char| c.is_control() || is_invisible(c) || r#"<>:"/\|?*"#.contains(c);
    let kept: String = text.chars().map(|c| if refused(c) { '_' } else { c }).collect();
    let kept = kept.trim_start_matches(SPACES).trim_end_matches(['.', ' ', '\u{3000}']);
    if kept.is_empty() {
        return "_".to_owned();
    }
    let first = kept.split('.').next().unwrap_or(kept).trim().to_ascii_lowercase();
    let port = first.strip_prefix("com").or_else(|| first.strip_prefix("lpt"));
    let device = RESERVED.contains(&first.as_str())
        || port.is_some_and(|n| n.chars().count() == 1 && n.chars().all(|c| c.is_ascii_digit() || "¹²³".contains(c)));
    if device { format!("_{kept}") } else { kept.to_owned() }
}

/// Whether a character does not show, so that two names look the same, or is none (U+FFFE): direction marks, other line
/// breaks, spaces without width, tags.
fn is_invisible(c: char) -> bool {
    let is_none = u32::from(c) & 0xfffe == 0xfffe || matches!(c, '\u{fdd0}'..='\u{fdef}');
    let has_no_width =
        matches!(c, '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}' | '\u{feff}');
    let is_break = matches!(c, '\u{2028}' | '\u{2029}');
    let is_tag = matches!(c, '\u{e0000}'..='\u{e007f}' | '\u{fff9}'..='\u{fffb}');
    is_direction_mark(c) || is_none || has_no_width || is_break || is_tag
}

/// The part of an output's name for each report of a file: sheet, organization or number, each different.
pub(crate) fn parts(reports: &[Report]) -> Vec<String> {
    let mut used = BTreeSet::new();
    let mut parts = Vec::with_capacity(reports.len());
    for (at, report) in reports.iter().enumerate() {
        let sheet = report.sheet.as_deref().filter(|sheet| !sheet.trim().is_empty());
        let own = sheet.filter(|sheet| !is_default_sheet(sheet));
        let base = match own.or(report.organization.as_deref()).or(sheet) {
            Some(text) => clean(text),
            None => (at + 1).to_string(),
        };
        parts.push(unused(&base, &mut used));
    }
    parts
}

/// The text itself, or with `-2`, `-3` … where it is used already. Case makes no difference, as on Windows.
pub(crate) fn unused(base: &str, used: &mut BTreeSet<String>) -> String {
    let mut name = base.to_owned();
    let mut number = 2;
    while !used.insert(name.to_lowercase()) {
        name = format!("{base}-{number}");
        number += 1;
    }
    name
}

/// A name cut to the length that file systems store.
pub(crate) fn fit(mut stem: String) -> String {
    if stem.len() > LONGEST {
        let end = (0..=LONGEST).rev().find(|at| stem.is_char_boundary(*at)).unwrap_or(0);
        stem.truncate(stem[..end].trim_end_matches(['.', ' ', '\u{3000}']).len());
    }
    stem
}

/// The names of outputs in use, by folder. They are kept as hashes; if two names shared one, the only effect would be a
/// number in a name.
#[derive(Debug, Default)]
pub(crate) struct Taken(HashSet<u64>);

impl Taken {
    /// Takes a name, or the name with `-2`, `-3` … where it is taken already in the folder. Case makes no difference, as on
    /// Windows, nor does Unicode normalization, as on macOS.
    pub(crate) fn take(&mut self, below: &Path, stem: &str) -> String {
        let stem = fit(stem.to_owned());
        let mut name = stem.clone();
        let mut number = 2;
        while !self.0.insert(key(below, &name)) {
            name = format!("{stem}-{number}");
            number += 1;
        }
        name
    }
}

/// A hash of a name in a folder, equal for names that a file system may treat as one.
pub(crate) fn key(below: &Path, stem: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    below.to_string_lossy().to_lowercase().hash(&mut hasher);
    stem.nfc().flat_map(char::to_lowercase).for_each(|c| c.hash(&mut hasher));
    hasher.finish()
}

/// The fields of `--name`.
const FIELDS: [&str; 7] = ["stem", "year", "organization", "template", "sheet", "title", "period"];

/// A pattern of `--name`, such as `{year}-{organization}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern(Vec<PatternPart>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum PatternPart {
    Text(String),
    Field(&'static str),
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// `usage.name_field` for an unknown field; `usage.name_path` for a path; `usage.name_pattern` for unmatched braces or an
    /// empty pattern.
    pub(crate) fn new(text: &str) -> Result<Self, Failure> {
        if text.contains(['/', '\\']) {
            return Err(Failure::new("usage.name_path").with("pattern", text));
        }
        let wrong = || Failure::new("usage.name_pattern").with("pattern", text);
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, open) = rest.split_at(at);
            let inner = open.strip_prefix('{').ok_or_else(wrong)?;
            let (field, after) = inner.split_once('}').ok_or_else(wrong)?;
            let known = FIELDS.into_iter().find(|known| *known == field).ok_or_else(|| {
                Failure::new("usage.name_field").with("field", field).with("fields", FIELDS.join(", "))
            })?;
            if !before.is_empty() {
                pieces.push(PatternPart::Text(before.to_owned()));
            }
            pieces.push(PatternPart::Field(known));
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(PatternPart::Text(rest.to_owned()));
        }
        if pieces.is_empty() { Err(wrong()) } else { Ok(Self(pieces)) }
    }

    /// The name of a report's output, without its extension; `_` stands for fields that the report lacks.
    pub(crate) fn fill(&self, stem: &str, report: &Report) -> String {
        let field = |name: &str| match name {
            "stem" => Some(stem.to_owned()),
            "year" => report.year.map(|year| year.to_string()),
            "organization" => report.organization.clone(),
            "template" => report.template.clone(),
            "sheet" => report.sheet.clone(),
            "title" => report.title.as_ref().map(|title| title.lines().map(str::trim).collect()),
            _ => serde_json::to_value(report.period).ok().and_then(|period| period.as_str().map(str::to_owned)),
        };
        let filled: String = self
            .0
            .iter()
            .map(|piece| match piece {
                PatternPart::Text(text) => text.clone(),
                PatternPart::Field(name) => clean(&field(name).unwrap_or_default()),
            })
            .collect();
        // Once more as a whole: parts that are valid may be invalid together.
        let name = store(&filled);
        // The content of a report must not hide its output.
        if name.starts_with('.') { format!("_{name}") } else { name }
    }
}

/// Whether a sheet has the name a program gave it, such as Sheet1 or 工作表1.
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
            ("a\u{2028}b\u{200b}c\u{fffe}d\u{feff}", "a_b_c_d_"),
        ] {
            assert_eq!(clean(text), wanted, "{text:?}");
        }
        assert_eq!(clean(&"镇".repeat(300)).chars().count(), 80);
    }

    #[test]
    fn reports_of_a_file_are_named_by_sheet_then_organization_then_number() {
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

    fn usage(pattern: &str) -> &'static str {
        match Pattern::new(pattern) {
            Err(Failure::Message(key, _)) => key,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn patterns_take_fields_of_the_report_and_nothing_else() {
        let report = Report {
            year: Some(2017),
            organization: Some("中庄镇/..".to_owned()),
            title: Some("2017年度\n 中庄镇".to_owned()),
            ..Report::default()
        };
        let fill = |pattern: &str| Pattern::new(pattern).unwrap().fill("a", &report);
        assert_eq!(fill("{year}-{organization}"), "2017-中庄镇_");
        assert_eq!(fill("{stem}_{title}_{period}_{sheet}"), "a_2017年度中庄镇_year__");
        assert_eq!(fill("con"), "_con");
        for pattern in ["{year", "year}", "", "{a{b}}"] {
            assert!(["usage.name_pattern", "usage.name_field"].contains(&usage(pattern)), "{pattern}");
        }
        assert_eq!(usage("{jahr}"), "usage.name_field");
        assert_eq!(usage("../{year}"), "usage.name_path");
    }

    #[test]
    fn taken_names_get_numbers_by_folder_in_order() {
        let mut taken = Taken::default();
        let mut take = |below: &str, stem: &str| taken.take(Path::new(below), stem);
        assert_eq!(take("", "A"), "A");
        assert_eq!(take("", "a"), "a-2");
        assert_eq!(take("x", "a"), "a");
        assert_eq!(take("", "a-2"), "a-2-2");
        assert_eq!(take("", "caf\u{e9}"), "caf\u{e9}");
        assert_eq!(take("", "cafe\u{301}"), "cafe\u{301}-2");
        assert!(take("", &"镇".repeat(200)).len() <= LONGEST);
    }

    proptest::proptest! {
        #[test]
        fn a_name_is_one_part_of_a_path_for_every_report(
            organization in "\\PC{0,20}|[./\\\\:*? ]{0,9}|(?i)(con|aux|nul|com[0-9])(\\.[a-z]{0,3})?",
            pattern in "[^{}/\\\\]{0,5}\\{organization\\}[^{}/\\\\]{0,5}",
        ) {
            let report = Report { organization: Some(organization), ..Report::default() };
            let name = Pattern::new(&pattern).unwrap().fill("a", &report);
            let mut parts = Path::new(&name).components();
            let only = matches!(parts.next(), Some(std::path::Component::Normal(part)) if part == &*name);
            proptest::prop_assert!(only && parts.next().is_none(), "{:?}", name);
            proptest::prop_assert!(!name.contains(['/', '\\', ':', '\0']) && !name.ends_with(['.', ' ']));
            proptest::prop_assert_eq!(store(&name), name);
        }
    }
}
