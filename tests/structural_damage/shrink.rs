//! Makes a failing document smaller while one of its values still fails, and writes it with its expected values.

use std::fmt::Write as _;
use std::path::Path;

use xxgk::engine::Engine;

use crate::case::Case;
use crate::oracle::{self, Judged, Outcome, Verdict};
use crate::page::{Document, LineKind, Part};
use crate::render::render;

/// Most attempts to remove something.
const ATTEMPTS: usize = 150;

/// One value in so many must stay right.
const MIN_RIGHT: usize = 3;

/// The silent and wrong values, the wrong ones first.
pub fn failures(judged: &[Judged]) -> Vec<&Judged> {
    let mut failures: Vec<&Judged> = judged.iter().filter(|one| one.verdict >= Verdict::Silent).collect();
    failures.sort_by_key(|one| std::cmp::Reverse(one.verdict));
    failures
}

/// The case without the rows and paragraphs that the failure does not need.
pub fn shrink(engine: &Engine, case: &Case) -> Document {
    let outcome = |document: &Document| oracle::read(engine, &render(document, case.format));
    let template = |outcome: &Outcome| match outcome {
        Outcome::Read(reports) => reports.first().map(|report| report.template.clone()),
        _ => None,
    };
    let own_template = template(&outcome(&case.document));
    let mut best = case.document.clone();
    let first = oracle::judge(&best, &outcome(&best));
    let enough_right = first.iter().filter(|one| one.verdict == Verdict::Right).count();
    // A wrong value is worse than a silent one: keep the worst.
    let Some(target) = first.iter().max_by_key(|one| one.verdict).cloned() else { return best };
    let still = |document: &Document| {
        let outcome = outcome(document);
        let judged = oracle::judge(document, &outcome);
        let right = judged.iter().filter(|one| one.verdict == Verdict::Right).count();
        // Without most of the table, all values would be missing.
        let is_table = right * MIN_RIGHT >= judged.len().min(enough_right);
        is_table
            && template(&outcome) == own_template
            && judged.iter().any(|one| {
                one.name == target.name
                    && one.verdict == target.verdict
                    && one.organization == target.organization
                    && one.expected == target.expected
            })
    };
    let mut attempts = 0;
    for size in [32, 16, 8, 4, 2, 1] {
        let mut at = 0;
        while let Some(smaller) = without(&best, at, size) {
            attempts += 1;
            if attempts > ATTEMPTS {
                return best;
            }
            if still(&smaller) {
                best = smaller;
            } else {
                at += size;
            }
        }
    }
    best
}

/// The document without some of its lines and paragraphs, counted through; none behind the last one.
fn without(document: &Document, from: usize, size: usize) -> Option<Document> {
    let mut smaller = document.clone();
    let mut at = 0;
    let mut removed = 0;
    let mut keep = |_: &()| {
        let gone = (from..from + size).contains(&at);
        at += 1;
        removed += usize::from(gone);
        !gone
    };
    for page in &mut smaller.pages {
        page.parts.retain_mut(|part| match part {
            // The title stays.
            Part::Text { text, .. } => (text.contains("政府信息公开") && text.contains('镇')) || keep(&()),
            Part::Grid(grid) => {
                // Without its headers, the table is another one.
                grid.lines.retain(|line| matches!(line.kind, LineKind::Header | LineKind::Band) || keep(&()));
                !grid.lines.is_empty()
            }
        });
    }
    (removed > 0).then_some(smaller)
}

/// Writes the input and a list of its values: expected, read, verdict.
pub fn write(
    engine: &Engine,
    case: &Case,
    document: &Document,
    folder: &Path,
    name: &str,
    kind: &str,
) -> std::io::Result<usize> {
    let bytes = render(document, case.format);
    let outcome = oracle::read(engine, &bytes);
    let judged = oracle::judge(document, &outcome);
    let mut text =
        format!("kind {kind}, form {}, format {}, seed {}\n", document.form.id, case.format.name(), case.seed);
    for one in failures(&judged) {
        let _ = writeln!(
            text,
            "{:?}: {} (organization {}): expected {}, got {}",
            one.verdict,
            one.name,
            one.organization + 1,
            one.expected,
            one.got
        );
    }
    let _ = writeln!(text, "\nall values:");
    for one in &judged {
        let _ = writeln!(
            text,
            "{:?}: {} ({}): expected {}, got {}",
            one.verdict,
            one.name,
            one.organization + 1,
            one.expected,
            one.got
        );
    }
    let reports = if let Outcome::Read(reports) = &outcome { reports.as_slice() } else { &[] };
    for report in reports {
        let _ = writeln!(
            text,
            "\nreport: template {:?}, organization {:?}, {} extra",
            report.template,
            report.organization,
            report.extra.len()
        );
        for finding in &report.findings {
            let ids: Vec<&str> = finding.ids.iter().map(|id| &**id).collect();
            let _ = writeln!(text, "  {} {} {ids:?}", finding.code, finding.message(xxgk::message::Lang::EN));
        }
    }
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join(format!("{name}.{}", case.format.extension())), &bytes)?;
    std::fs::write(folder.join(format!("{name}.expected.txt")), text)?;
    std::fs::write(folder.join(format!("{name}.truth.json")), truth_json(document))?;
    Ok(bytes.len())
}

/// The true values of the first organization, as the truth files of the fixtures have them.
fn truth_json(document: &Document) -> String {
    let truth = document.truth(0);
    let is_local = document.form.template.is_none();
    let mut values = serde_json::Map::new();
    for (key, truth) in &truth {
        let [text] = truth.texts().iter().map(String::as_str).collect::<Vec<_>>()[..] else { continue };
        let number = oracle::number(text).map_or(serde_json::Value::Null, |number| {
            serde_json::from_str(&number.to_string()).expect("a decimal is a JSON number")
        });
        let name = match &key.column {
            None => key.id.clone(),
            Some(column) => format!("{} / {column}", key.id),
        };
        values.insert(name, number);
    }
    let template = document.form.template.as_ref().map(|template| template.id().to_owned());
    let field = if is_local { "values_by_label" } else { "values" };
    let truth = serde_json::json!({
        "template": template, "year": document.form.year(), "organization": document.organizations[0], field: values,
    });
    format!("{truth:#}\n")
}
