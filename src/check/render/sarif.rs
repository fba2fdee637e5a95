//! Findings as SARIF 2.1.0, for programs that show the results of checkers. Source: OASIS SARIF 2.1.0.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Value, json};

use super::{Checked, help, plain};
use crate::check::explain;
use crate::document::Location;
use crate::finding::{Finding, Severity};
use crate::message::Lang;

/// The rules that results name, each with what it says.
#[derive(Clone, Debug, Default)]
pub(super) struct Rules(BTreeMap<String, Value>);

const HEAD: &str = "{\"version\":\"2.1.0\",\"$schema\":\"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json\",\"runs\":[{\"columnKind\":\"unicodeCodePoints\",\"results\":[";

pub(super) fn begin(out: &mut dyn Write) -> io::Result<()> {
    out.write_all(HEAD.as_bytes())
}

pub(super) fn file(checked: &Checked<'_>, lang: Lang, rules: &mut Rules, out: &mut dyn Write) -> io::Result<()> {
    let mut put = |rules: &mut Rules, code: &str, description: Value, result: Value| -> io::Result<()> {
        let first = rules.0.is_empty();
        rules.0.entry(code.to_owned()).or_insert(description);
        out.write_all(if first { b"\n" } else { b",\n" })?;
        Ok(serde_json::to_writer(&mut *out, &result)?)
    };
    for finding in &checked.findings {
        put(rules, &finding.code, description(finding, checked, lang), result(finding, &checked.file, lang))?;
    }
    if let Some((at, message)) = &checked.failure {
        let description = json!({"id": "unreadable"});
        let result = json!({
            "ruleId": "unreadable", "level": "error", "message": {"text": plain(message)},
            "locations": [location(&checked.file, at.as_ref(), lang)],
        });
        put(rules, "unreadable", description, result)?;
    }
    Ok(())
}

pub(super) fn end(rules: &Rules, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let tool = json!({"driver": {
        "name": "xxgk",
        "version": env!("CARGO_PKG_VERSION"),
        "language": lang.locale(),
        "rules": rules.0.values().collect::<Vec<_>>(),
    }});
    out.write_all(b"\n],\"tool\":")?;
    serde_json::to_writer(&mut *out, &tool)?;
    out.write_all(b"}]}\n")
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

fn description(finding: &Finding, checked: &Checked<'_>, lang: Lang) -> Value {
    let rule = checked.template.and_then(|template| {
        let rule = template.rules().iter().find(|rule| rule.code == finding.code)?;
        Some(explain::explain(rule, template, lang))
    });
    let mut description = json!({"id": finding.code, "defaultConfiguration": {"level": level(finding.severity)}});
    if let Some(rule) = rule {
        description["shortDescription"] = json!({"text": rule.text});
        description["fullDescription"] = json!({"text": rule.source});
    }
    if let Some(help) = help(finding, checked.template, lang) {
        description["help"] = json!({"text": help});
    }
    description
}

fn result(finding: &Finding, file: &str, lang: Lang) -> Value {
    let mut text = plain(&finding.message(lang));
    if let Some(cause) = &finding.cause {
        text = format!("{text} ({})", plain(&cause.text(lang)));
    }
    let related = finding.figures.iter().filter(|figure| figure.at.is_some()).map(|figure| {
        let mut related = location(file, figure.at.as_ref(), lang);
        related["message"] = json!({"text": plain(&format!("{} {}", figure.label, figure.text))});
        related
    });
    json!({
        "ruleId": finding.code,
        "level": level(finding.severity),
        "message": {"text": text},
        "locations": [location(file, finding.at.as_ref(), lang)],
        "relatedLocations": related.collect::<Vec<_>>(),
    })
}

/// A place: lines of text as regions, all else by the name that the user's program gives it.
fn location(file: &str, at: Option<&Location>, lang: Lang) -> Value {
    let mut physical = json!({"artifactLocation": {"uri": uri(file)}});
    if let Some(Location::Text { line, column }) = at {
        physical["region"] = json!({"startLine": line, "startColumn": column});
    }
    let mut location = json!({"physicalLocation": physical});
    if let Some(at) = at {
        location["logicalLocations"] = json!([{"fullyQualifiedName": plain(&at.to_text(lang))}]);
    }
    location
}

/// A path as a relative reference: what a URI does not hold is percent-encoded. Source: RFC 3986.
fn uri(path: &str) -> String {
    let mut out = String::new();
    for byte in path.replace('\\', "/").bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
