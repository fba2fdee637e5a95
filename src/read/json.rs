//! Reads this project's JSON.
//!
//! In: one object of schema `xxgk.report/1`, an array of them, or one object on each line. Out: a [`Report`] for
//! each, which recognition passes on unchanged. Called by [`crate::read::read`].

use std::collections::BTreeSet;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Deserializer;
use serde_json::de::StrRead;
use serde_json::error::Category;

use crate::document::Location;
use crate::error::{Error, ErrorKind, Result};
use crate::finding::Finding;
use crate::limit;
use crate::read::format::{FormatInfo, FormatReader, parts_read};
use crate::report::Report;
use crate::report::json::ReportJson;

pub(super) const FORMAT: FormatInfo = FormatInfo {
    name: "json",
    extensions: &["json", "ndjson", "jsonl"],
    any_text: true,
    parts: &parts_read::REPORTS,
    reader: FormatReader::Reports(read),
};

/// Reads all reports of a file.
///
/// Numbers keep their digits. Unknown keys are ignored and listed in one finding, `XG391`.
///
/// # Errors
/// - [`ErrorKind::Json`]: invalid JSON or another schema; the error has line, column and key.
/// - [`ErrorKind::Empty`]: the file has only white space.
/// - [`ErrorKind::TooLarge`]: more than [`limit::OBJECTS`] objects.
pub(crate) fn read(text: &str) -> Result<(Vec<Report>, Vec<Finding>)> {
    if text.bytes().filter(|byte| *byte == b'{').count() > limit::OBJECTS {
        return Err(limit::too_large("@format.many_objects", limit::OBJECTS));
    }
    let mut reports: Vec<ReportJson> = Vec::new();
    let mut unknown = BTreeSet::new();
    if text.trim_start().starts_with('[') {
        let mut deserializer = Deserializer::from_str(text);
        reports = next(&mut deserializer, &mut unknown).map_err(|(path, error)| wrong(&path, error, ""))?;
        deserializer.end().map_err(|error| wrong("", error, ""))?;
    } else {
        let (mut before, mut rest) = text.split_at(text.len() - text.trim_start_matches(is_space).len());
        while !rest.is_empty() {
            // Find the end of the object. If it is broken, `next` below reports what is wrong.
            let mut objects = Deserializer::from_str(rest).into_iter::<IgnoredAny>();
            let end = if let Some(Ok(_)) = objects.next() { objects.byte_offset() } else { rest.len() };
            let read = next(&mut Deserializer::from_str(&rest[..end]), &mut unknown);
            reports.push(read.map_err(|(path, error)| wrong(&path, error, before))?);
            let space = rest[end..].len() - rest[end..].trim_start_matches(is_space).len();
            (before, rest) = text.split_at(before.len() + end + space);
        }
        if reports.is_empty() {
            return Err(Error::new(ErrorKind::Empty));
        }
    }
    if reports.is_empty() {
        return Err(Error::new(ErrorKind::Json { detail: text.trim().to_owned() }));
    }
    let mut findings = Vec::new();
    if !unknown.is_empty() {
        let keys: Vec<_> = unknown.iter().map(String::as_str).collect();
        findings.push(Finding::new("XG391").with("keys", keys.join(", ")));
    }
    let reports: Vec<Report> = reports.into_iter().map(Report::from).collect();
    reports.iter().try_for_each(Report::check_columns)?;
    Ok((reports, findings))
}

/// White space between values. Source: RFC 8259, section 2.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// Reads a value and collects unknown keys. An error comes with the path of the value.
fn next<T: DeserializeOwned>(
    deserializer: &mut Deserializer<StrRead<'_>>,
    unknown: &mut BTreeSet<String>,
) -> std::result::Result<T, (String, serde_json::Error)> {
    let mut track = serde_path_to_error::Track::new();
    let tracked = serde_path_to_error::Deserializer::new(deserializer, &mut track);
    let read = serde_ignored::deserialize(tracked, |path| {
        unknown.insert(without_indexes(&path.to_string()));
    });
    read.map_err(|error| (track.path().to_string(), error))
}

/// Turns `values.12.colour` into `values.colour`, so that a key is listed once.
fn without_indexes(path: &str) -> String {
    let named = |part: &&str| !part.is_empty() && *part != "?" && !part.bytes().all(|byte| byte.is_ascii_digit());
    path.split('.').filter(named).collect::<Vec<_>>().join(".")
}

/// The error for a value after the text `before`.
fn wrong(path: &str, error: serde_json::Error, before: &str) -> Error {
    let (mut line, mut column) = (error.line(), error.column());
    let message = error.to_string();
    let message = message.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&message);
    let detail = match error.classify() {
        Category::Syntax => "@detail.json".to_owned(),
        Category::Eof => "@detail.ends_early".to_owned(),
        // What is wrong with a value is about the names of the schema.
        Category::Data | Category::Io if matches!(path, "" | "." | "?") => message.to_owned(),
        Category::Data | Category::Io => format!("{path}: {message}"),
    };
    if line <= 1 {
        column += before.len() - before.rfind('\n').map_or(0, |at| at + 1);
    }
    line += before.matches('\n').count();
    let place = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).max(1);
    Error::new(ErrorKind::Json { detail })
        .at(Location::Text { line: place(line), column: place(column) })
        .caused_by(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Lang;
    use crate::read::{Input, ReadOptions};
    use crate::report::CellValue;

    const SMALL: &str = r#"{"schema":"xxgk.report/1","year":2017,"values":[
        {"id":"closed","path":["办结"],"value":1e2,"status":"number","text":"100","at":{"line":3,"column":2}}]}"#;

    fn reports(text: &str) -> usize {
        read(text).unwrap().0.len()
    }

    #[test]
    fn one_object_an_array_and_lines_are_read() {
        let lines = SMALL.replace('\n', " ");
        assert_eq!(reports(SMALL), 1);
        assert_eq!(reports(&format!("{SMALL}\r\n")), 1);
        assert_eq!(reports(&format!("[{SMALL},{SMALL}]\n")), 2);
        assert_eq!(reports(&format!("{lines}\n\n{lines}\n{lines}")), 3);
        let utf_16: Vec<u8> = format!("\u{feff}{SMALL}").encode_utf16().flat_map(u16::to_le_bytes).collect();
        let Input::Reports(stored) = crate::read::read(&utf_16, &ReadOptions::default()).unwrap() else {
            panic!("stored reports")
        };
        assert_eq!(stored.source.encoding.as_deref(), Some("UTF-16LE"));
        let [report] = stored.reports.as_slice() else { panic!("one report") };
        assert_eq!((report.year, report.values[0].cell.clone()), (Some(2017), CellValue::Number(100.into())));
        assert_eq!(report.values[0].at, Some(Location::Text { line: 3, column: 2 }));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let digits = "9".repeat(400);
        for (from, to, line, expected) in [
            ("xxgk.report/1", "xxgk.report/2", 1, "\"xxgk.report/2\""),
            ("\"schema\":\"xxgk.report/1\",", "", 2, "schema"),
            ("1e2", "1e99", 2, "values[0].value: 1e+99"),
            ("1e2", digits.as_str(), 2, "values[0].value: 9999"),
            ("1e2", "null", 2, "values[0]: \"status\": \"number\", \"value\": null"),
            ("\"number\"", "\"blank\"", 2, "\"blank\""),
            ("\"number\"", "\"nubmer\"", 2, "nubmer"),
            ("\"line\":3", "\"lien\":3", 2, "values[0].at"),
            ("\"id\":\"closed\",", "", 2, "values[0]: \"id\""),
            ("2017", "2017.5", 1, "year"),
            ("}]}", "}]", 2, "ends early"),
            ("}]}", "}]} x", 2, "syntax"),
        ] {
            assert!(SMALL.contains(from));
            let error = read(&SMALL.replacen(from, to, 1)).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Json { .. }), "{to}");
            assert!(error.message(Lang::EN).contains(expected), "{to}: {error}");
            assert!(matches!(error.location(), Some(Location::Text { line: found, .. }) if *found == line), "{error}");
        }
        assert!(matches!(read(" \n").unwrap_err().kind(), ErrorKind::Empty));
        assert!(matches!(read("[]").unwrap_err().kind(), ErrorKind::Json { .. }));
        assert!(matches!(read("[1]").unwrap_err().kind(), ErrorKind::Json { .. }));
        assert!(matches!(read(&"[".repeat(100_000)).unwrap_err().kind(), ErrorKind::Json { .. }));
    }

    #[test]
    fn unknown_keys_are_named_once() {
        let more =
            SMALL.replace("\"text\"", "\"colour\":{\"a\":[1,2]},\"text\"").replace("\"year\"", "\"éra\":1,\"year\"");
        let (reports, findings) = read(&format!("[{more},{more}]")).unwrap();
        assert_eq!(reports.len(), 2);
        let [finding] = findings.as_slice() else { panic!("one finding") };
        assert_eq!(finding.message(Lang::EN), "unknown keys ignored (not in xxgk.report/1): “values.colour, éra”");
    }
}
