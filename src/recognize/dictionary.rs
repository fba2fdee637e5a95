//! The labels of all templates, prepared for one search.
//!
//! In: templates. Out: a [`Dictionary`], made once per [`super::Recognizer`]. [`super::align`] searches with it;
//! the readers and [`super::assemble`] look up rows and labels in it.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

use super::expected::{self, ExpectedRow};
use super::stream::Stream;
use crate::template::{SharedTemplate, Table, Template};
use crate::text::fold::fold;
use crate::text::label::{self, Closeness, Wording};
use crate::text::search::WordSearch;

/// The label of a row, or a text of the form between rows.
#[derive(Debug)]
pub struct Label {
    /// The official label, folded.
    pub official: String,
    /// Its score when it is found whole.
    pub(super) full_score: f64,
    /// The official ordinal in all its spellings, folded; none where there is none.
    pub ordinals: Arc<[String]>,
    /// Its wordings without ordinal, the official one first.
    pub wordings: Vec<Wording>,
}

impl Label {
    /// Whether folded words without ordinal are the official ones, with or without the bracketed part, or an alias.
    pub fn is_called(&self, words: &str) -> bool {
        let mut known = self.wordings.iter().filter(|wording| wording.closeness <= Closeness::Alias);
        let official = self.wordings.first().map_or("", |wording| &wording.words);
        known.any(|wording| wording.words == words) || label::without_brackets(official) == words
    }
}

/// A row, or a text of the form between rows, with its label.
#[derive(Debug)]
pub struct RowWordings {
    /// Table and row in the template; for a text, those of the row behind it.
    pub place: (usize, usize),
    /// Whether it is a text without values: a heading, a band, column headers, a merged label.
    pub is_text: bool,
    /// Whether a complete table may lack it.
    pub optional: bool,
    /// The row that replaces this one where it is found: 其他处理 in one row instead of three.
    pub(super) replaced_by: Option<usize>,
    /// Its label.
    pub label: Arc<Label>,
    /// The number of the first row with the same label, which may be this one.
    pub first_with_label: usize,
    /// Whether no other row has its label.
    pub is_unique: bool,
}

/// Labels and ordinals already made: forms have most of them in common.
#[derive(Default)]
struct LabelCache<'t> {
    /// By the official label and its aliases.
    labels: FxHashMap<(&'t str, &'t [String]), Arc<Label>>,
    /// By the folded ordinal.
    spellings: FxHashMap<String, Arc<[String]>>,
}

impl<'t> LabelCache<'t> {
    /// The label with these words, made at its first use.
    fn label(&mut self, official: &'t str, aliases: &'t [String]) -> Arc<Label> {
        if let Some(made) = self.labels.get(&(official, aliases)) {
            return Arc::clone(made);
        }
        let made = Arc::new(self.make(official, aliases));
        self.labels.insert((official, aliases), Arc::clone(&made));
        made
    }

    fn make(&mut self, official: &str, aliases: &[String]) -> Label {
        let official = fold(official);
        let (ordinal, words) = official.split_at(label::ordinal_length(&official));
        let (ordinals, wordings) = (self.spellings(ordinal), label::wordings(words, aliases));
        Label { full_score: full_score(&official), official, ordinals, wordings }
    }

    fn spellings(&mut self, ordinal: &str) -> Arc<[String]> {
        if let Some(made) = self.spellings.get(ordinal) {
            return Arc::clone(made);
        }
        let made: Arc<[String]> = label::ordinal_spellings(ordinal).into();
        self.spellings.insert(ordinal.to_owned(), Arc::clone(&made));
        made
    }
}

/// A template prepared for searching.
#[derive(Debug)]
pub(super) struct PreparedTemplate {
    pub(super) template: SharedTemplate,
    pub(super) rows: Vec<RowWordings>,
    /// Place and number of each row, without the texts between them; in order.
    pub(super) numbers: Vec<((usize, usize), usize)>,
    /// The values that the form has, made for the first report of it: for all forms it takes about as long as the rest
    /// of the dictionary.
    pub(super) expected: OnceLock<Vec<ExpectedRow>>,
    /// The score of the labels of all required rows.
    pub(super) full_score: f64,
    /// The same without rows that another one may replace.
    pub(super) min_score: f64,
    /// The headers and bands of a matrix, folded.
    pub(super) headers: BTreeSet<String>,
}

/// The headers and bands of a matrix, folded and without brackets.
fn matrix_headers(template: &Template) -> BTreeSet<String> {
    let tables = template.tables().iter().filter(|table| table.is_matrix());
    let texts = tables.flat_map(|table| table.columns.iter().map(|column| &column.header).chain(&table.band));
    texts.map(|text| fold(text)).collect()
}

/// All templates prepared for searching, once per [`super::Recognizer`].
#[derive(Debug)]
pub struct Dictionary {
    pub(super) templates: Vec<PreparedTemplate>,
    /// The labels of all rows, and the rows that have them.
    pub(super) labels: Vec<LabelRows>,
    /// The wordings of all labels, each with the number of its label and its own number in the label.
    pub(super) search: WordSearch<(usize, usize)>,
}

/// A label and the rows that have it, as numbers of template and row.
#[derive(Debug)]
pub(super) struct LabelRows {
    pub(super) label: Arc<Label>,
    pub(super) rows: Vec<(usize, usize)>,
}

/// Words of labels found in a stream: their place and the number of the words.
pub type WordMatch = (Range<usize>, usize);

/// The score of a label that is found whole.
fn full_score(official: &str) -> f64 {
    official.chars().count() as f64 * 1.2 + 3.0
}

impl Dictionary {
    /// Prepares templates.
    pub fn new(templates: &[SharedTemplate]) -> Self {
        let mut labels = LabelCache::default();
        let mut prepared = Vec::new();
        let mut label_rows: Vec<LabelRows> = Vec::new();
        let mut numbers: FxHashMap<*const Label, usize> = FxHashMap::default();
        for (t, template) in templates.iter().enumerate() {
            let rows = entries(template, &mut labels);
            for (r, row) in rows.iter().enumerate() {
                let number = *numbers.entry(Arc::as_ptr(&row.label)).or_insert_with(|| {
                    label_rows.push(LabelRows { label: Arc::clone(&row.label), rows: Vec::new() });
                    label_rows.len() - 1
                });
                label_rows[number].rows.push((t, r));
            }
            let required: f64 = rows.iter().filter(|row| !row.optional).map(|row| row.label.full_score).sum();
            let replaceable: f64 =
                rows.iter().filter(|row| row.replaced_by.is_some()).map(|row| row.label.full_score).sum();
            let min_score = (required - replaceable).max(1.0);
            let own = rows.iter().enumerate().filter(|(_, row)| !row.is_text);
            let numbers = own.map(|(number, row)| (row.place, number)).collect();
            let expected = OnceLock::new();
            prepared.push(PreparedTemplate {
                template: Arc::clone(template),
                rows,
                numbers,
                expected,
                full_score: required,
                min_score,
                headers: matrix_headers(template),
            });
        }
        let mut search = WordSearch::with_capacity(label_rows.iter().map(|one| one.label.wordings.len()).sum());
        for (number, LabelRows { label, .. }) in label_rows.iter().enumerate() {
            for (w, wording) in label.wordings.iter().enumerate().filter(|(_, wording)| wording.characters >= 2) {
                search.add(&wording.words, (number, w));
            }
        }
        Self { templates: prepared, labels: label_rows, search }
    }

    /// The template with a number.
    pub fn template(&self, index: usize) -> &SharedTemplate {
        &self.templates[index].template
    }

    /// The template with a number; none after the last.
    pub fn find(&self, index: usize) -> Option<&SharedTemplate> {
        self.templates.get(index).map(|prepared| &prepared.template)
    }

    /// The rows and texts of a template, in its order.
    pub fn rows(&self, template: usize) -> &[RowWordings] {
        &self.templates[template].rows
    }

    /// The rows of a template that have values, in its order.
    pub fn expected(&self, template: usize) -> &[ExpectedRow] {
        let prepared = &self.templates[template];
        prepared.expected.get_or_init(|| expected::rows(&prepared.template))
    }

    /// One row of a template.
    pub fn row(&self, template: usize, place: (usize, usize)) -> Option<&RowWordings> {
        let prepared = &self.templates[template];
        let found = prepared.numbers.binary_search_by_key(&place, |(place, _)| *place).ok()?;
        Some(&prepared.rows[prepared.numbers[found].1])
    }

    /// All words of labels in a stream, in the order of their ends.
    pub fn words(&self, stream: &Stream<'_>) -> Vec<WordMatch> {
        self.search.find(&stream.folded)
    }
}

/// Everything to search for, in the template's order: headings, bands, column headers, merged labels and rows.
fn entries<'t>(template: &'t Template, labels: &mut LabelCache<'t>) -> Vec<RowWordings> {
    let mut entries: Vec<RowWordings> = Vec::new();
    for (t, table) in template.tables().iter().enumerate() {
        let headers = header_lines(table);
        for text in table.heading.iter().chain(&table.band) {
            entries.push(text_entry(labels.label(text, &[]), (t, 0)));
        }
        if let Some(header) = headers.first().filter(|_| table.is_matrix() && table.label.is_some()) {
            entries.push(text_entry(Arc::new(labels.make(header, &[])), (t, 0)));
        }
        for (r, row) in table.rows.iter().enumerate() {
            let before: &[String] = r.checked_sub(1).map_or(&[], |above| &table.rows[above].stubs);
            let shared = row.stubs.iter().zip(before).take_while(|(own, above)| own == above).count();
            // Some organizations print a merged label as a row of its own; then it is searched for once, as that row.
            let as_row = |stub: &String| table.rows[..r].iter().any(|above| above.optional && above.label == *stub);
            for stub in row.stubs[shared..].iter().filter(|stub| !as_row(stub)) {
                entries.push(text_entry(labels.label(stub, &[]), (t, r)));
            }
            let parent = row.parent.as_deref().filter(|_| table.is_matrix());
            let replaced_by = entries.iter().position(|entry| {
                let (t, r) = entry.place;
                entry.optional && !entry.is_text && Some(template.tables()[t].rows[r].id.as_str()) == parent
            });
            let row_entry = |label| RowWordings { optional: row.optional, replaced_by, ..entry(label, (t, r)) };
            if row.label.is_empty() {
                // A row without a label is found by the headers above it.
                let official = fold(&headers.concat());
                let words = headers.into_iter().enumerate().map(|(index, header)| {
                    Wording::new(fold(&header), if index == 0 { Closeness::Exact } else { Closeness::Folded })
                });
                let (full_score, wordings) = (full_score(&official), words.collect());
                let label = Label { official, full_score, wordings, ..labels.make("", &row.aliases) };
                entries.push(row_entry(Arc::new(label)));
                break;
            }
            entries.push(row_entry(labels.label(&row.label, &row.aliases)));
        }
    }
    find_repeated(&mut entries);
    entries
}

/// Marks the rows that share their label.
fn find_repeated(entries: &mut [RowWordings]) {
    let labels: Vec<Arc<Label>> = entries.iter().map(|entry| Arc::clone(&entry.label)).collect();
    let words = |number: usize| labels[number].wordings.first().map(|wording| wording.words.as_str());
    let mut first: FxHashMap<Option<&str>, (usize, bool)> = FxHashMap::default();
    for (number, entry) in entries.iter_mut().enumerate().filter(|(_, entry)| !entry.is_text) {
        let known = first.entry(words(number)).and_modify(|(_, once)| *once = false).or_insert((number, true));
        entry.first_with_label = known.0;
    }
    for (number, entry) in entries.iter_mut().enumerate().filter(|(_, entry)| !entry.is_text) {
        entry.is_unique = first.get(&words(number)).is_some_and(|(_, once)| *once);
    }
}

fn entry(label: Arc<Label>, place: (usize, usize)) -> RowWordings {
    RowWordings {
        place,
        is_text: false,
        optional: false,
        replaced_by: None,
        label,
        first_with_label: 0,
        is_unique: true,
    }
}

fn text_entry(label: Arc<Label>, place: (usize, usize)) -> RowWordings {
    RowWordings { is_text: true, ..entry(label, place) }
}

/// The headers of a table joined in reading order: first all of them, then those nearest to the values.
fn header_lines(table: &Table) -> Vec<String> {
    let levels = table.headers_in_reading_order();
    let all: String = levels.concat().concat();
    let mut lines = vec![all];
    if table.label.is_none() {
        let last = levels.last().cloned().unwrap_or_default();
        lines.push(last.concat());
        lines.push(last[last.len().saturating_sub(2)..].concat());
    }
    lines
}
