//! Readings into a report: every indicator of the template, what is beyond it, and a finding for each doubt.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::align::{Chain, Dictionary, Match, RowWordings};
use super::expected::{AskedRow, ExpectedValue};
use super::reading::{ExtraReading, FigureReading, Reading, RowReading};
use super::value::ParsedValue;
use crate::document::Location;
use crate::finding::Finding;
use crate::report::{CellValue, Report, Value};
use crate::template::{Row, Template, ValueKind};
use crate::text::fold::fold;
use crate::text::label::{self, Closeness};

/// How alike a damaged label must be to the official one, and how much more than to the next.
const SIMILAR: f64 = 0.6;
const SIMILAR_LEAD: f64 = 0.15;

/// Characters that a label must have to be found within a longer one.
const LEAST_NAME: usize = 4;

/// Of more extra rows than this hardly any is one of the form's, and comparing them all would take long.
const MOST_LIKELY: usize = 500;

/// Table and row in the template.
type Place = (usize, usize);

/// A row of the template and what was read for it.
struct Filled {
    reading: RowReading,
    closeness: Closeness,
}

/// What was read for the rows of a template.
struct Rows {
    /// How many rows stand before each table.
    before: Vec<usize>,
    /// By the number of the row.
    filled: Vec<Option<Filled>>,
}

impl Rows {
    fn new(template: &Template) -> Self {
        let mut count = 0;
        let before = template.tables().iter().map(|table| {
            count += table.rows.len();
            count - table.rows.len()
        });
        let before = before.collect();
        Self { before, filled: std::iter::repeat_with(|| None).take(count).collect() }
    }

    fn number(&self, (table, row): Place) -> usize {
        self.before[table] + row
    }

    fn has(&self, place: Place) -> bool {
        self.get(place).is_some()
    }

    fn get(&self, place: Place) -> Option<&Filled> {
        self.filled[self.number(place)].as_ref()
    }

    fn get_mut(&mut self, place: Place) -> Option<&mut Filled> {
        let number = self.number(place);
        self.filled[number].as_mut()
    }

    fn insert(&mut self, place: Place, filled: Filled) {
        let number = self.number(place);
        self.filled[number] = Some(filled);
    }
}

/// Makes the values, extra rows and findings of a report. Organization, year and title are filled in elsewhere.
pub fn assemble(chain: &Chain, reading: Reading, dictionary: &Dictionary) -> Report {
    let template = dictionary.template(chain.template);
    let mut report = Report { template: Some(template.id().to_owned()), ..Report::default() };
    let Reading { columns, rows, extras, texts, run_together, repeats_lost } = reading;

    let mut filled = Rows::new(template);
    for (found, row) in chain.matches.iter().zip(rows).filter(|(found, _)| !found.is_text) {
        // A merged label in place of a row has no figures.
        if template.tables()[found.row.0].is_matrix() && row.figures.is_empty() {
            continue;
        }
        filled.insert(found.row, Filled { reading: row, closeness: found.closeness });
    }
    let Adopted { extras, misplaced } = adopt(chain, extras, dictionary, template, &mut filled, &mut report.findings);
    let unclear = unclear_rows(chain, &misplaced, dictionary, &mut report.findings, template);

    let asked_rows = dictionary.expected(chain.template);
    let figures: usize = asked_rows.iter().map(|expected| expected.figures.len()).sum();
    report.values.reserve_exact(figures * columns.len());
    for (number, asked_row) in asked_rows.iter().enumerate() {
        let place = asked_row.place;
        // A figure apart from its label may be that of a row behind, whose label is lost.
        let behind = filled.get(place).filter(|own| own.reading.apart).map(|_| {
            let open = asked_rows[number + 1..].iter().take_while(|behind| !filled.has(behind.place));
            open.flat_map(AskedRow::ids).collect::<Vec<Arc<str>>>()
        });
        let (table, mut own) = (&template.tables()[place.0], filled.get_mut(place));
        let row = &table.rows[place.1];
        let mut of_row = Vec::new();
        if let Some(own) = &own {
            label_findings(own, row, || dictionary.row(chain.template, place), &mut report.findings);
            let label = if row.label.is_empty() { table.heading.as_deref().unwrap_or("") } else { &row.label };
            row_findings(asked_row, label, &own.reading, behind.unwrap_or_default(), &mut of_row);
        }
        let mut unit = own.as_mut().and_then(|own| own.reading.unit.take());
        let last = (columns.len() * asked_row.figures.len()).saturating_sub(1);
        for (scope, header) in columns.iter().enumerate() {
            for (index, expected) in asked_row.figures.iter().enumerate() {
                let index = scope * asked_row.figures.len() + index;
                let is_unclear = |is_blank: bool| unclear.contains(&place) && !is_blank;
                if let Some(own) = &own
                    && let Some(figure) = own.reading.figures.get(index)
                    && !is_unclear(figure.figure.cell.is_blank())
                {
                    figure_findings(expected, &own.reading, figure, &mut report.findings);
                }
                let reading = own.as_deref_mut().map(|own| &mut own.reading);
                let of_row = if index == last { unit.take() } else { unit.clone() };
                let mut value = value_of(expected, header.as_deref(), reading, of_row, index);
                if is_unclear(value.cell.is_blank()) {
                    value.make_unreadable();
                }
                report.values.push(value);
            }
        }
        report.findings.append(&mut of_row);
    }
    missing_rows(template, &filled, &mut report.findings);
    for (found, own) in chain.matches.iter().filter_map(|found| Some((found, filled.get(found.row)?))) {
        let row = &template.tables()[found.row.0].rows[found.row.1];
        if row.kind == ValueKind::Heading && own.closeness > Closeness::Alias {
            label_findings(own, row, || dictionary.row(chain.template, found.row), &mut report.findings);
        }
    }
    for (extra, missing) in extras {
        extra_values(&extra, missing, chain, template, &columns, &mut report);
    }
    for (text, at) in texts {
        report.findings.push(Finding::new("XG309").with("text", text).at(at));
    }
    if columns.len() > 1 {
        let names: Vec<_> = columns.iter().flatten().map(String::as_str).collect();
        let first =
            chain.matches.first().and_then(|found| filled.get(found.row)).and_then(|own| own.reading.at.clone());
        report.findings.push(Finding::new("XG313").with("columns", names.join("、")).at(first));
    }
    if repeats_lost {
        report.findings.push(Finding::new("XG343"));
    }
    if run_together {
        let first =
            chain.matches.first().and_then(|found| filled.get(found.row)).and_then(|own| own.reading.at.clone());
        report.findings.push(Finding::new("XG315").at(first));
    }
    report
}

fn rows_of(template: &Template) -> impl Iterator<Item = ((usize, usize), &Row)> {
    let tables = template.tables().iter().enumerate();
    tables.flat_map(|(t, table)| table.rows.iter().enumerate().map(move |(r, row)| ((t, r), row)))
}

/// The value that a figure of a row is, by its number there; its text is taken out of the row. `of_row` is the row's unit.
fn value_of(
    expected: &ExpectedValue,
    column: Option<&str>,
    reading: Option<&mut RowReading>,
    of_row: Option<String>,
    index: usize,
) -> Value {
    let (at_row, figure) = match reading {
        Some(reading) => (reading.at.as_ref(), reading.figures.get_mut(index)),
        None => (None, None),
    };
    let of_figure = figure.as_ref().and_then(|figure| figure.figure.unit.as_ref()).filter(|unit| {
        // 0条 in a row of 件 says nothing about the unit; an amount in 元 in a row of 万元 does.
        expected.kind == ValueKind::Decimal && expected.unit.as_deref() != Some(unit.as_str())
    });
    let unit = of_figure.cloned().or(of_row).or_else(|| expected.unit.as_deref().map(str::to_owned));
    let figure = figure.map(|figure| (std::mem::take(&mut figure.text), &figure.figure, figure.at.as_ref()));
    let (mut text, read, at) = match figure {
        Some((text, read, at)) => (text, Some(read), at),
        None => (String::new(), None, None),
    };
    let cell = read.map_or(CellValue::Blank, |read| read.cell.with_text(|| std::mem::take(&mut text)));
    Value {
        id: Some(expected.id.clone()),
        path: expected.path.clone(),
        column: column.map(str::to_owned),
        unit,
        cell,
        source_text: text,
        at: at.or(at_row).cloned(),
        after: None,
        label: None,
    }
}

fn label_findings<'w>(
    own: &Filled,
    row: &Row,
    wordings: impl FnOnce() -> Option<&'w RowWordings>,
    findings: &mut Vec<Finding>,
) {
    if own.reading.label.trim() == row.label {
        return;
    }
    let found = fold(label::without_ordinal(&fold(&own.reading.label)));
    // A label without its bracket is the usual short form.
    if row.label.is_empty() || wordings().is_some_and(|row| row.label.is_called(&found)) {
        return;
    }
    let code = if own.closeness == Closeness::Similar { "XG318" } else { "XG303" };
    let finding = Finding::new(code).with("found", own.reading.label.trim()).with("official", row.label.trim());
    findings.push(finding.about(&*row.id).at(own.reading.at.clone()));
}

fn figure_findings(expected: &ExpectedValue, row: &RowReading, figure: &FigureReading, findings: &mut Vec<Finding>) {
    let unit = expected.unit.as_deref();
    let mut push = |finding: Finding| {
        findings.push(finding.with("label", &expected.label).about(Arc::clone(&expected.id)).at(figure.at.clone()))
    };
    let read = &figure.figure;
    if read.cell.is_unreadable() && row.lost {
        return;
    }
    if read.cell.is_unreadable() {
        let text = if row.surplus.is_empty() {
            figure.text.clone()
        } else {
            format!("{} {}", figure.text, row.surplus.join(" "))
        };
        push(Finding::new("XG306").with("text", text));
        return;
    }
    let number = || read.cell.number().map(|number| number.to_string()).unwrap_or_default();
    if read.in_words {
        push(Finding::new("XG307").with("text", &figure.text).with("value", number()));
    }
    if let Some(found) = read.unit.as_deref().filter(|found| unit.is_some_and(|unit| fold(unit) != *found)) {
        push(
            Finding::new("XG308").with("found", found).with("official", unit.unwrap_or("")).with("text", &figure.text),
        );
    }
    if let Some(remark) = &read.remark {
        push(Finding::new("XG316").with("remark", remark).with("value", number()));
    }
}

fn row_findings(
    expected: &AskedRow,
    label: &str,
    row: &RowReading,
    behind: Vec<Arc<str>>,
    findings: &mut Vec<Finding>,
) {
    if !row.lost && !row.apart && row.remarks.is_empty() {
        return;
    }
    let label = label::without_ordinal(label);
    let about = |finding: Finding| Finding { ids: expected.ids(), ..finding.with("label", label) };
    if row.lost {
        let text = row.figures.first().map_or("", |figure| figure.text.as_str());
        let at = row.figures.first().and_then(|figure| figure.at.clone());
        let finding = Finding::new(if row.candidates.is_empty() { "XG341" } else { "XG342" });
        findings.push(about(finding).with("text", text).with("candidates", row.candidates.join("；")).at(at));
    }
    if row.apart {
        let figures: Vec<_> = row.figures.iter().map(|figure| figure.text.as_str()).collect();
        let mut finding = about(Finding::new("XG333")).with("figures", figures.join("、"));
        finding.ids.extend(behind);
        findings.push(finding.at(row.figures.first().and_then(|figure| figure.at.clone())));
    }
    for (text, at) in &row.remarks {
        findings.push(about(Finding::new("XG320")).with("text", text).at(at.clone()));
    }
}

/// The figures of a row.
fn ids_of(template: &Template, (t, r): Place) -> impl Iterator<Item = Arc<str>> {
    let table = &template.tables()[t];
    table.own_columns().iter().map(move |column| table.indicator_id(&table.rows[r], column).into())
}

fn missing_rows(template: &Template, filled: &Rows, findings: &mut Vec<Finding>) {
    let missing =
        rows_of(template).filter(|(place, row)| row.kind != ValueKind::Heading && !row.optional && !filled.has(*place));
    // One row in place of several, as 其他处理 was before 2021.
    let instead = |row: &Row| {
        let parent = row.parent.as_deref().filter(|parent| template.row(parent).is_some_and(|parent| parent.optional));
        parent.is_some_and(|parent| rows_of(template).any(|(place, row)| row.id == parent && filled.has(place)))
    };
    let missing: Vec<((usize, usize), &Row)> = missing.filter(|(_, row)| !instead(row)).collect();
    if !missing.is_empty() {
        let name = |(place, row): &(Place, &Row)| match row.label.as_str() {
            "" => template.tables()[place.0].heading.clone().unwrap_or_default(),
            label => label::without_ordinal(label).to_owned(),
        };
        let labels: Vec<_> = missing.iter().map(name).collect();
        let mut finding = Finding::new("XG304").with("count", labels.len()).with("labels", labels.join("；"));
        finding.ids = missing.iter().flat_map(|(place, _)| ids_of(template, *place)).collect();
        findings.push(finding);
    }
}

/// What became of the rows beyond the chain.
struct Adopted {
    /// The rows that stay extra, each with the rows of the form that are missing where it stands and that it may be.
    extras: Vec<(ExtraReading, Vec<Arc<str>>)>,
    /// The matches that rows out of their place follow; none before the first.
    misplaced: Vec<Option<usize>>,
}

/// Gives rows beyond the chain to rows of the template that were not found: the same label in another place, or a
/// damaged label where nothing else fits.
fn adopt(
    chain: &Chain,
    extras: Vec<ExtraReading>,
    dictionary: &Dictionary,
    template: &Template,
    filled: &mut Rows,
    findings: &mut Vec<Finding>,
) -> Adopted {
    let wordings: Vec<&RowWordings> = dictionary.rows(chain.template).iter().filter(|row| !row.is_text).collect();
    let mut stay: Vec<(ExtraReading, Vec<Arc<str>>)> = Vec::new();
    let mut misplaced = Vec::new();
    let likely = extras.len() <= MOST_LIKELY;
    for extra in extras {
        let folded = fold(&extra.row.label);
        let words = &folded[label::ordinal_length(&folded)..];
        let short = label::without_brackets(words);
        let same = |row: &&&RowWordings| row.label.wordings.iter().any(|w| w.words == words || w.words == short);
        let known: Vec<_> = wordings.iter().filter(same).collect();
        let open = |place: &(usize, usize)| {
            !filled.has(*place) && template.tables()[place.0].rows[place.1].kind != ValueKind::Heading
        };
        if let [only] = known.as_slice() {
            let row = &template.tables()[only.place.0].rows[only.place.1];
            let finding = Finding::new(if open(&only.place) { "XG314" } else { "XG326" });
            let figures: Vec<_> = extra.row.figures.iter().map(|figure| figure.text.as_str()).collect();
            let finding = finding.with("label", label::without_ordinal(&row.label)).with("figures", figures.join("、"));
            let table = &template.tables()[only.place.0];
            let ids = table.columns.iter().map(|column| table.indicator_id(row, column).into()).collect();
            findings.push(Finding { ids, ..finding.at(extra.row.at.clone()) });
            if open(&only.place) {
                let reading = with_figures_of(template, only.place, extra.row);
                filled.insert(only.place, Filled { reading, closeness: Closeness::Exact });
                misplaced.push(extra.after);
                continue;
            }
        } else if known.is_empty() && short.chars().count() >= 3 {
            let (before, behind) = neighbours(chain, extra.after);
            let between = wordings.iter().filter(|row| before.is_none_or(|place| row.place > place));
            let between =
                between.filter(|row| behind.is_none_or(|place| row.place < place)).filter(|row| open(&row.place));
            let mut alike: Vec<(f64, (usize, usize))> = between
                .map(|row| {
                    let best = row
                        .label
                        .wordings
                        .iter()
                        .map(|w| label::similarity(&label::without_brackets(&w.words), &short));
                    (best.fold(0.0, f64::max), row.place)
                })
                .collect();
            alike.sort_by(|a, b| b.0.total_cmp(&a.0));
            let lead = alike.first().map_or(0.0, |best| best.0) - alike.get(1).map_or(0.0, |next| next.0);
            if let Some((_, place)) = alike.first().filter(|best| best.0 >= SIMILAR && lead >= SIMILAR_LEAD) {
                let reading = with_figures_of(template, *place, extra.row);
                filled.insert(*place, Filled { reading, closeness: Closeness::Similar });
                continue;
            }
        }
        let (before, behind) = neighbours(chain, extra.after);
        let missing = wordings.iter().map(|row| row.place).filter(|place| open(place));
        let missing = missing.filter(|place| before.is_none_or(|before| *place > before));
        let missing = missing.filter(|place| behind.is_none_or(|behind| *place < behind));
        // A row that may be missing is not told where it is missing, so it is named where an extra row may be it; and so are
        // the rows beside it, which may have taken its place.
        let is_like = |row: &RowWordings| {
            row.label.wordings.iter().any(|wording| {
                let words = wording.words.as_str();
                (words.chars().count() >= LEAST_NAME && folded.contains(words))
                    || (likely && label::similarity(&label::without_brackets(words), &short) >= SIMILAR)
            })
        };
        let may_be = |row: &&&RowWordings| {
            let is_missing = row.optional && open(&row.place);
            let is_beside = before == Some(row.place) || behind == Some(row.place);
            (is_missing && words.is_empty()) || ((is_missing || is_beside) && is_like(row))
        };
        let alike = known.iter().copied().chain(wordings.iter().filter(may_be)).map(|row| row.place);
        let places: BTreeSet<_> = missing.chain(alike).collect();
        let ids = places.into_iter().map(|place| template.tables()[place.0].rows[place.1].id.as_str().into()).collect();
        stay.push((extra, ids));
    }
    Adopted { extras: stay, misplaced }
}

/// A row as one of another table of a matrix: with more or fewer figures than that has columns, none of them is certain.
fn with_figures_of(template: &Template, place: Place, row: RowReading) -> RowReading {
    let count = template.tables()[place.0].columns.len();
    if !template.is_matrix() || row.figures.len() == count {
        return row;
    }
    let texts: Vec<&str> = row.figures.iter().map(|figure| figure.text.as_str()).collect();
    let open = ParsedValue::UNREADABLE;
    let mut figures = vec![FigureReading { text: String::new(), figure: open, at: row.at.clone() }; count];
    if let Some(first) = figures.first_mut() {
        first.text = texts.join(" ");
    }
    RowReading { figures, lost: true, ..row }
}

/// The rows of the template found before and behind an extra row.
fn neighbours(chain: &Chain, after: Option<usize>) -> (Option<Place>, Option<Place>) {
    let before = after.and_then(|index| chain.matches.get(index)).map(|found| found.row);
    let rest = &chain.matches[after.map_or(0, |index| index + 1).min(chain.matches.len())..];
    let behind = rest.iter().find(|found| !found.is_text).map(|found| found.row);
    (before, behind)
}

/// Rows whose label stands in several sections and whose section cannot be told, since the rows around them are missing.
///
/// Between two rows that stand once in the form, a repeated label is certain when the document has it as often as the
/// form does; not where it is there twice in a row, which may be one row given twice. Where a row out of its place stands
/// between them too, the order proves nothing, and only a label right below its own section is certain. `misplaced` are the
/// matches that such rows follow.
fn unclear_rows(
    chain: &Chain,
    misplaced: &[Option<usize>],
    dictionary: &Dictionary,
    findings: &mut Vec<Finding>,
    template: &Template,
) -> BTreeSet<(usize, usize)> {
    let rows = dictionary.rows(chain.template);
    // Both in the form's order.
    let mut rest = rows.iter().filter(|row| !row.is_text);
    let mut worded = |found: &Match| rest.find(|row| row.place == found.row);
    let found = chain.matches.iter().enumerate().filter(|(_, found)| !found.is_text);
    let (numbers, matches): (Vec<usize>, Vec<(&Match, &RowWordings)>) =
        found.filter_map(|(number, found)| Some((number, (found, worded(found)?)))).unzip();
    let mut unclear = BTreeSet::new();
    for index in (0..matches.len()).filter(|index| !matches[*index].1.is_unique) {
        let before = (0..index).rev().find(|other| matches[*other].1.is_unique);
        let behind = (index..matches.len()).find(|other| matches[*other].1.is_unique);
        let own = matches[index].1.same;
        // The rows stand in the form's order.
        let from = before.map_or(0, |anchor| rows.partition_point(|row| row.place <= matches[anchor].0.row));
        let to = behind.map_or(rows.len(), |anchor| rows.partition_point(|row| row.place < matches[anchor].0.row));
        let in_form: Vec<_> = rows[from..to].iter().filter(|row| !row.is_text && row.same == own).collect();
        let stretch = before.map_or(0, |anchor| anchor + 1)..behind.unwrap_or(matches.len());
        let in_document = stretch.filter(|other| matches[*other].1.same == own).count();
        let is_next = |other: usize| {
            matches.get(other).is_some_and(|(found, row)| row.same == own && found.row != matches[index].0.row)
        };
        let place = matches[index].0.row;
        let row = &template.tables()[place.0].rows[place.1];
        let (start, end) = (before.map(|anchor| numbers[anchor]), behind.map(|anchor| numbers[anchor]));
        let is_between =
            |after: &Option<usize>| *after >= start && (after.is_none() || end.is_none_or(|end| *after < Some(end)));
        let section = before.map(|anchor| matches[anchor].0.row).map(|(t, r)| template.tables()[t].rows[r].id.as_str());
        let is_disturbed = misplaced.iter().any(is_between) && (section.is_none() || section != row.parent.as_deref());
        let is_repeated = is_next(index + 1) || index.checked_sub(1).is_some_and(is_next);
        if in_form.len() > in_document || is_repeated || is_disturbed {
            unclear.insert(place);
            let mut finding = Finding::new("XG319").with("label", label::without_ordinal(&row.label));
            let all = rows.iter().filter(|row| !row.is_text && row.same == own);
            let places: Vec<Place> = match is_disturbed {
                true => all.map(|row| row.place).collect(),
                false => in_form.iter().map(|row| row.place).collect(),
            };
            finding.ids = places.iter().map(|(t, r)| template.tables()[*t].rows[*r].id.as_str().into()).collect();
            findings.push(finding);
        }
    }
    unclear
}

/// The values of a row beyond the template, one for each column that has anything.
fn extra_values(
    extra: &ExtraReading,
    mut missing: Vec<Arc<str>>,
    chain: &Chain,
    template: &Template,
    columns: &[Option<String>],
    report: &mut Report,
) {
    let after =
        extra.after.map(|index| &template.tables()[chain.matches[index].row.0].rows[chain.matches[index].row.1]);
    let label = extra.row.label.trim();
    let mut path = after.map(|row| template.path(row)).unwrap_or_default();
    if after.is_some_and(|row| row.kind != ValueKind::Heading) {
        path.pop();
    }
    path.push(label::without_ordinal(label).to_owned());
    let path: Arc<[String]> = path.into();
    let figures: Vec<_> = extra.row.figures.iter().map(|figure| figure.text.as_str()).collect();
    let code = if label.is_empty() { "XG310" } else { "XG305" };
    // Figures without a label may be those of the row they follow.
    missing.extend(
        after.filter(|row| label.is_empty() && row.kind != ValueKind::Heading).map(|row| row.id.as_str().into()),
    );
    let finding = Finding::new(code).with("label", label).with("figures", figures.join("、"));
    report.findings.push(Finding { ids: missing, ..finding.at(extra.row.at.clone()) });
    let table =
        extra.after.map(|index| &template.tables()[chain.matches[index].row.0]).filter(|table| table.is_matrix());
    let headers: Vec<(Option<String>, Option<String>)> = match table {
        Some(table) => table.columns.iter().map(|column| (Some(column.header.clone()), column.unit.clone())).collect(),
        None => columns.iter().map(|column| (column.clone(), None)).collect(),
    };
    for ((column, unit), figure) in headers.into_iter().zip(&extra.row.figures) {
        if figure.figure.cell.is_unreadable() {
            let at: Option<Location> = figure.at.clone();
            report.findings.push(Finding::new("XG306").with("label", label).with("text", &figure.text).at(at));
        }
        let mut text = figure.text.clone();
        let cell = figure.figure.cell.with_text(|| std::mem::take(&mut text));
        report.extra.push(Value {
            id: None,
            path: Arc::clone(&path),
            column,
            unit: extra.row.unit.clone().or_else(|| figure.figure.unit.clone()).or(unit),
            cell,
            source_text: text,
            at: figure.at.clone(),
            after: after.map(|row| row.id.clone()),
            label: Some(label.to_owned()),
        });
    }
}
