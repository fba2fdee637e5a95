//! Compares what was read with what is true.
//!
//! A value is right; or left out and named: its status is unreadable or missing, or a finding about reading has its id; or
//! silent: left out otherwise; or wrong: another number, a number where there is none, or one of blank and `/` for the other.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use xxgk::engine::Engine;
use xxgk::finding::Finding;
use xxgk::message::Lang;
use xxgk::read::ReadOptions;
use xxgk::report::{CellValue, Report, Value};

use crate::form::{Form, Indicator};
use crate::page::{Document, Key, Truth};

/// Findings that say how something was read: they do not name what is left out.
const OF_READING: &[&str] =
    &["XG303", "XG307", "XG308", "XG313", "XG314", "XG315", "XG318", "XG333", "XG344", "XG347", "XG349", "XG363"];

/// Findings that name a text beside a value: they name the value only if they show it.
const OF_TEXT: &[&str] = &["XG316", "XG320"];

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    Right,
    Left,
    Silent,
    Wrong,
}

/// The verdict on one value.
#[derive(Clone, Debug)]
pub struct Judged {
    pub organization: usize,
    pub name: String,
    pub expected: String,
    pub got: String,
    pub verdict: Verdict,
}

/// What became of a file.
pub enum Outcome {
    Read(Vec<Report>),
    Refused,
    Panicked,
}

/// Reads a file as a user does.
pub fn read(engine: &Engine, bytes: &[u8]) -> Outcome {
    let read = || {
        let input = engine.read(bytes, &ReadOptions::default())?;
        engine.recognize(&input)
    };
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(read)) {
        Ok(Ok(reports)) => Outcome::Read(reports),
        Ok(Err(_)) => Outcome::Refused,
        Err(_) => Outcome::Panicked,
    }
}

pub fn judge(document: &Document, outcome: &Outcome) -> Vec<Judged> {
    let mut judged = Vec::new();
    let reports = match outcome {
        Outcome::Read(reports) => Some(reports.as_slice()),
        Outcome::Refused => None,
        Outcome::Panicked => {
            judged.push(Judged {
                organization: 0,
                name: "the program".to_owned(),
                expected: "an answer".to_owned(),
                got: "panic".to_owned(),
                verdict: Verdict::Wrong,
            });
            None
        }
    };
    for owner in 0..document.organizations.len() {
        judge_organization(document, owner, reports, &mut judged);
    }
    if let Some(reports) = reports {
        judge_findings(document, reports, &mut judged);
    }
    judged
}

fn parsed(text: &str) -> CellValue<()> {
    match text {
        "" => CellValue::Blank,
        "/" => CellValue::NotApplicable,
        _ => text.parse().map_or(CellValue::Unreadable(()), CellValue::Number),
    }
}

fn judge_organization(document: &Document, owner: usize, reports: Option<&[Report]>, judged: &mut Vec<Judged>) {
    let truth = document.truth(owner);
    let Some(reports) = reports else {
        // The whole file is refused, which names every value in it.
        judged.extend(document.form.indicators.iter().filter(|own| truth.contains_key(&own.key)).map(|own| Judged {
            organization: owner,
            name: name(&own.key),
            expected: expected(truth.get(&own.key)),
            got: "file refused".to_owned(),
            verdict: Verdict::Left,
        }));
        return;
    };
    let own_name = &document.organizations[owner];
    let several = document.organizations.len() > 1;
    let is_own =
        |report: &&Report| !several || report.organization.as_deref().is_some_and(|name| name.contains(own_name));
    let candidates: Vec<Lookup<'_>> =
        reports.iter().filter(is_own).map(|report| Lookup::new(document, report)).collect();
    // The report with the most values is the organization's; what stands in others is not lost, but out of place.
    let main = (0..candidates.len()).max_by_key(|at| (candidates[*at].found(), usize::MAX - at));
    for own in &document.form.indicators {
        let texts = truth.get(&own.key).map(Truth::texts);
        let (verdict, got) = match main {
            Some(main) => judge_value(own, texts, &candidates, main),
            None if texts.is_none() => continue,
            None => (Verdict::Silent, "no report".to_owned()),
        };
        // What is neither in the file nor in the report is no value.
        if texts.is_none() && verdict == Verdict::Right {
            continue;
        }
        judged.push(Judged {
            organization: owner,
            name: name(&own.key),
            expected: expected(truth.get(&own.key)),
            got,
            verdict,
        });
    }
    if let Some(main) = main {
        judge_invented(document, owner, &candidates[main], judged);
    }
}

fn name(key: &Key) -> String {
    match &key.column {
        None => key.id.clone(),
        Some(column) => format!("{} / {column}", key.id),
    }
}

fn expected(truth: Option<&Truth>) -> String {
    match truth {
        None => "no row".to_owned(),
        Some(truth) => truth.texts().iter().map(|text| format!("{text:?}")).collect::<Vec<_>>().join(" or "),
    }
}

/// The entries of a report for each indicator.
struct Lookup<'r> {
    report: &'r Report,
    entries: BTreeMap<Key, Vec<&'r Value>>,
    /// The findings that name values which are left out.
    naming: Vec<&'r Finding>,
    /// Whether the report is of the document's form.
    is_form: bool,
    /// The value columns of a local table.
    columns: &'r [String],
    /// The values of local tables in several columns that have no name.
    numbered: BTreeMap<Key, Vec<&'r Value>>,
}

impl<'r> Lookup<'r> {
    fn new(document: &'r Document, report: &'r Report) -> Self {
        let form = &document.form;
        let column = unnamed_column(document, report);
        let mut entries: BTreeMap<Key, Vec<&Value>> = BTreeMap::new();
        let mut numbered = BTreeMap::new();
        for own in &form.indicators {
            let all = report.values.iter().chain(report.extra.iter().filter(|_| report.template.is_none()));
            let mut found: Vec<&Value> =
                all.clone().filter(|value| is_entry(form, report, own, column, value)).collect();
            // A column without a header is kept under its number.
            let is_numbered = report.findings.iter().any(|finding| finding.code == "XG350");
            if found.is_empty() && is_numbered {
                found = all.filter(|value| is_numbered_entry(form, own, value)).collect();
                // Nothing says which of several such columns is whose.
                if found.len() > 1 {
                    numbered.insert(own.key.clone(), std::mem::take(&mut found));
                }
            }
            entries.insert(own.key.clone(), found);
        }
        let is_naming = |finding: &&Finding| finding.code.starts_with("XG3") && !OF_READING.contains(&&*finding.code);
        let naming = report.findings.iter().filter(is_naming).collect();
        let is_form =
            report.template.is_some() && report.template.as_deref() == form.template.as_ref().map(|own| own.id());
        Self { report, entries, naming, is_form, columns: &form.local_columns, numbered }
    }

    fn found(&self) -> usize {
        self.entries.values().filter(|values| values.iter().any(|value| value.at.is_some())).count()
    }

    fn of(&self, key: &Key) -> &[&'r Value] {
        self.entries.get(key).map_or(&[], Vec::as_slice)
    }

    /// Whether the report says that the value, which may be one of `true_cells`, is left out.
    fn names(&self, own: &Indicator, true_cells: &[CellValue<()>]) -> bool {
        let has_words = |finding: &Finding| {
            let message = finding.message(Lang::ZH);
            let column = self.columns.iter().filter(|_| self.report.template.is_none());
            let mut own_columns = column.filter(|column| own.key.column.as_ref().is_none_or(|own| own == *column));
            message.contains(own.label.as_str()) || own_columns.any(|column| message.contains(column.as_str()))
        };
        let is_id =
            |id: &str| id == own.key.id || self.of(&own.key).iter().any(|value| value.id.as_deref() == Some(id));
        let is_cell = |cell: &CellValue| true_cells.contains(&cell.clone().with_text(|| ()));
        // The texts beside a row have a finding each.
        let is_of_text = |finding: &Finding| OF_TEXT.contains(&&*finding.code);
        let shows_beside = |finding: &Finding| {
            let same = self.naming.iter().filter(|other| is_of_text(other) && other.ids == finding.ids);
            same.map(|other| other.message(Lang::ZH)).any(|message| true_cells.iter().any(|cell| shows(&message, cell)))
        };
        let mut naming = self.naming.iter().filter(|finding| !is_of_text(finding) || shows_beside(finding));
        // A label read as another one is shown with it, and its values are with those of the other.
        let is_read_as = |finding: &Finding| {
            let mut all = self.report.findings.iter().filter(|other| other.code == "XG303" && !other.ids.is_empty());
            all.any(|other| {
                other.message(Lang::ZH).contains(own.label.as_str())
                    && other.ids.iter().any(|id| finding.ids.contains(id))
                    && true_cells.iter().any(|cell| shows(&finding.message(Lang::ZH), cell))
            })
        };
        self.of(&own.key).iter().any(|value| matches!(value.cell, CellValue::Unreadable(_) | CellValue::Missing))
            || (!self.is_form && self.naming.iter().any(|finding| is_read_as(finding)))
            || self.numbered.get(&own.key).is_some_and(|values| values.iter().any(|value| is_cell(&value.cell)))
            // Values of local tables have no id where they are not carried, nor those of another form than the one found.
            || naming.any(|finding| finding.ids.iter().any(|id| is_id(id)) || (!self.is_form && has_words(finding)))
    }
}

/// Whether a message shows a value.
fn shows(message: &str, cell: &CellValue<()>) -> bool {
    match cell {
        // A text that could not be read may be any.
        _ if message.contains('\u{fffd}') => true,
        CellValue::Number(number) => {
            let mut words = message.split(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-'));
            words.any(|word| word.parse() == Ok(*number))
        }
        CellValue::NotApplicable => message.contains('/'),
        _ => true,
    }
}

/// The value column of a local table that a report has without a name: the one with most of its values.
fn unnamed_column<'d>(document: &'d Document, report: &Report) -> Option<&'d str> {
    let truth = document.truth(0);
    let values = || report.values.iter().filter(|value| value.column.is_none());
    let found = |column: &str| {
        let own = document.form.indicators.iter().filter(|own| own.key.column.as_deref() == Some(column));
        let is_true = |own: &&Indicator| {
            let texts = truth.get(&own.key).map(Truth::texts);
            let true_cells: Vec<_> = texts.into_iter().flatten().map(|text| parsed(text)).collect();
            let mut all = values().filter(|value| is_entry(&document.form, report, own, Some(column), value));
            all.any(|value| value.cell.is_number() && true_cells.contains(&value.cell.clone().with_text(|| ())))
        };
        own.filter(is_true).count()
    };
    let first = document.local_column();
    let others = document.form.local_columns.iter().map(String::as_str).filter(|column| Some(*column) != first);
    let found_first = first.map_or(0, found);
    others.max_by_key(|column| found(column)).filter(|column| found(column) > found_first).or(first)
}

/// Whether an entry is that of an indicator in the form's own column. `unnamed` is the column of a local table that has no
/// name in the report.
fn is_entry(form: &Form, report: &Report, own: &Indicator, unnamed: Option<&str>, value: &Value) -> bool {
    let column = value.column.as_deref();
    let squeezed = |text: &str| text.split_whitespace().collect::<String>();
    let is_column = |wanted: &str| column.is_none_or(|column| squeezed(column) == squeezed(wanted));
    if report.template.is_none() || form.template.is_none() {
        let label = value.path.last().or(value.label.as_ref());
        // Where a line break is lost, a remark stands before the label of the next row, and nothing tells it from the label.
        // Without a line between them, its unit is part of a label.
        let with_unit = |label: &str| label.strip_suffix(&*own.unit).is_some_and(|label| label.ends_with(&own.label));
        let is_label = label
            .map(|label| squeezed(label))
            .is_some_and(|label| label.ends_with(&squeezed(&own.label)) || with_unit(&label));
        let unnamed = unnamed.unwrap_or("统计数");
        let wanted = own.key.column.as_deref().unwrap_or(unnamed);
        return is_label && column.map_or(wanted == unnamed, |_| is_column(wanted));
    }
    value.id.as_deref() == Some(own.key.id.as_str()) && (column.is_none() || is_column("统计数"))
}

/// Whether an entry has the label of an indicator, and a number for the name of its column.
fn is_numbered_entry(form: &Form, own: &Indicator, value: &Value) -> bool {
    let label = value.path.last().or(value.label.as_ref());
    let is_label = label.is_some_and(|label| crate::form::without_ordinal(label).trim() == own.label.trim());
    let is_own = value.id.as_deref().is_none_or(|id| form.template.is_none() || id == own.key.id);
    is_label && is_own && value.column.as_deref().is_some_and(|column| column.parse::<u32>().is_ok())
}

fn judge_value(
    own: &Indicator,
    texts: Option<&BTreeSet<String>>,
    reports: &[Lookup<'_>],
    main: usize,
) -> (Verdict, String) {
    let by_label = reports[main].report.template.is_none();
    let true_cells: Vec<CellValue<()>> = texts.into_iter().flatten().map(|text| parsed(text)).collect();
    let cells = |lookup: &Lookup<'_>| -> Vec<CellValue<()>> {
        lookup.of(&own.key).iter().map(|value| value.cell.clone().with_text(|| ())).collect()
    };
    let entries = cells(&reports[main]);
    let got = got(own, reports, main);
    let is_false = |cell: &CellValue<()>| match cell {
        CellValue::Number(_) => !true_cells.contains(cell),
        CellValue::NotApplicable => true_cells.contains(&CellValue::Blank) && !true_cells.contains(cell),
        _ => false,
    };
    // A form's label may occur several times; another number under it is that of another row.
    let all = reports.iter().flat_map(cells);
    if all.into_iter().any(|cell| is_false(&cell)) && !(by_label && own.key.column.is_none() && entries.len() > 1) {
        return (Verdict::Wrong, got);
    }
    let named = reports[main].names(own, &true_cells)
        || (by_label && reports.iter().any(Lookup::has_unreadable_label))
        || (by_label && reports.iter().any(|own| own.keeps_unlabelled(&true_cells)));
    let right = match true_cells.len() {
        // A blank entry without a place says nothing of a row that only some places print.
        0 => own.optional && reports[main].of(&own.key).iter().all(|value| value.at.is_none()) || named,
        1 => entries.iter().any(|cell| true_cells.contains(cell)),
        // Two rows with one label: whichever is read, the other must be reported.
        _ => entries.iter().any(|cell| true_cells.contains(cell)) && (named || reports[main].keeps(own, &true_cells)),
    };
    let elsewhere = || reports.iter().flat_map(cells).any(|cell| true_cells.contains(&cell));
    match () {
        () if right => (Verdict::Right, got),
        // A label alone is a heading.
        () if by_label && entries.is_empty() && true_cells == [CellValue::Blank] => (Verdict::Left, got),
        () if named || (true_cells.len() == 1 && elsewhere()) => (Verdict::Left, got),
        () => (Verdict::Silent, got),
    }
}

/// What the reports have of a value, in words.
fn got(own: &Indicator, reports: &[Lookup<'_>], main: usize) -> String {
    let mut got: Vec<String> = reports[main].of(&own.key).iter().map(|value| format!("{:?}", value.cell)).collect();
    for (_, lookup) in reports.iter().enumerate().filter(|(at, _)| *at != main) {
        got.extend(lookup.of(&own.key).iter().map(|value| format!("in another report {:?}", value.cell)));
    }
    if got.is_empty() { "no entry".to_owned() } else { got.join(", ") }
}

impl Lookup<'_> {
    /// Whether a row that is left out has a label which could not be read.
    fn has_unreadable_label(&self) -> bool {
        let is_unreadable = |value: &&Value| value.label.as_ref().is_some_and(|label| label.contains('\u{fffd}'));
        self.report.values.iter().filter(is_unreadable).any(|value| matches!(value.cell, CellValue::Unreadable(_)))
    }

    /// Whether a finding names the values of a row without a label, which may be these.
    fn keeps_unlabelled(&self, true_cells: &[CellValue<()>]) -> bool {
        let of_row = ["XG305", "XG310", "XG326", "XG341", "XG351"];
        let mut named = self.naming.iter().filter(|finding| of_row.contains(&&*finding.code));
        named.any(|finding| true_cells.iter().any(|cell| shows(&finding.message(Lang::ZH), cell)))
    }

    /// Whether an extra row has, or a finding tells, what the value might be as well.
    fn keeps(&self, own: &Indicator, true_cells: &[CellValue<()>]) -> bool {
        let extra = self.report.extra.iter().any(|value| true_cells.contains(&value.cell.clone().with_text(|| ())));
        let told = self.naming.iter().any(|finding| finding.message(Lang::ZH).contains(own.label.as_str()));
        extra || told
    }
}

/// Numbers under ids or labels that the form does not have.
fn judge_invented(document: &Document, owner: usize, lookup: &Lookup<'_>, judged: &mut Vec<Judged>) {
    let (form, column) = (&document.form, document.local_column());
    let known = |value: &Value| form.indicators.iter().any(|own| is_entry(form, lookup.report, own, column, value));
    let is_own_column = |value: &Value| {
        value
            .column
            .as_deref()
            .is_none_or(|column| column == "统计数" || form.local_columns.iter().any(|own| own == column))
    };
    for value in
        lookup.report.values.iter().filter(|value| value.cell.is_number() && is_own_column(value) && !known(value))
    {
        judged.push(Judged {
            organization: owner,
            name: format!("{} {:?}", value.id.as_deref().unwrap_or_default(), value.path.last()),
            expected: "no such value".to_owned(),
            got: format!("{:?}", value.cell),
            verdict: Verdict::Wrong,
        });
    }
}

/// Findings that must be there.
fn judge_findings(document: &Document, reports: &[Report], judged: &mut Vec<Judged>) {
    let right = judged.iter().filter(|own| own.verdict == Verdict::Right && !own.got.contains("Blank"));
    let is_right: Vec<String> = right.map(|own| own.name.clone()).collect();
    let mut must = |name: &str, words: &[&str]| {
        let messages = reports.iter().flat_map(|report| &report.findings).map(|finding| finding.message(Lang::ZH));
        let reported = messages.into_iter().any(|message| words.iter().any(|word| message.contains(word)));
        judged.push(Judged {
            organization: 0,
            name: format!("finding: {name}"),
            expected: format!("{words:?}"),
            got: if reported { "reported" } else { "not reported" }.to_owned(),
            verdict: if reported { Verdict::Right } else { Verdict::Silent },
        });
    };
    if document.has_hidden() {
        must("hidden", &["隐藏", "不显示"]);
    }
    // What is left out is named already.
    let by_position: BTreeSet<String> = document.without_headers().into_iter().map(name).collect();
    if is_right.iter().any(|name| by_position.contains(name)) {
        must("by position", &["按位置", "按列的位置", "按顺序", "没有表头", "无表头"]);
    }
}

/// A number as tests and truth files write it.
pub fn number(text: &str) -> Option<Decimal> {
    parsed(text).number()
}
