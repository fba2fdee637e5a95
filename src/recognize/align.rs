//! Finds the rows of a template in a document: one algorithm for every shape.
//!
//! In: a [`Stream`] and a template. Out: the [`Chain`] of label occurrences, in the form's order, that fits best.
//! All wordings of all rows are looked for in one pass; one dynamic programme picks the chain. Repeated labels fall into
//! place by their neighbours, missing rows stay missing, and text far from the table is not worth its distance.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

use super::expected::{self, AskedRow};
use super::stream::Stream;
use crate::template::{SharedTemplate, Table, Template};
use crate::text::fold::fold;
use crate::text::label::{self, Closeness, Wording};
use crate::text::search::WordSearch;

/// What a byte between two labels of a chain costs; a hanzi is three. Large enough to keep a chain out of a narrative
/// that names the sections too, small enough to cross a dozen rows that the template does not know.
const GAP_COST: f64 = 0.004;
/// How much of a template must be found for a table to be one.
const LEAST_FIT: f64 = 0.25;
/// How many rows at the least: fewer are as likely words of a narrative.
const LEAST_ROWS: usize = 4;

/// A row of the template found in the document, or a text of the form between rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    /// Table and row in the template; for a text, those of the row that it stands before.
    pub row: (usize, usize),
    /// Whether it is a text without figures: a heading, a band, headers of columns, a merged label.
    pub is_text: bool,
    /// The label in the folded stream, its ordinal included.
    pub label: Range<usize>,
    /// How close the wording is.
    pub closeness: Closeness,
    /// Whether the ordinal before the words is the official one, or there is none to tell.
    pub official_ordinal: bool,
}

/// The rows of a template as they follow each other in a document.
#[derive(Clone, Debug, PartialEq)]
pub struct Chain {
    /// The template.
    pub template: usize,
    /// The rows found, in the order of template and document alike.
    pub matches: Vec<Match>,
    /// What the labels found are worth, less their distances.
    pub score: f64,
    /// How much of the template was found, from 0 to 1.
    pub fit: f64,
    /// What ranks templates: what was found against the root of what there is to find, so that neither a small form
    /// that fits into a larger one nor the larger one wins by its size.
    rank: f64,
}

/// What a row is called, or a text of the form between rows.
#[derive(Debug)]
pub struct Label {
    /// The official label, folded.
    pub official: String,
    /// What it is worth when it is found whole.
    worth: f64,
    /// The official ordinal in all its spellings, folded; none where there is none.
    pub ordinals: Arc<[String]>,
    /// What it is called without its ordinal, the official words first.
    pub wordings: Vec<Wording>,
}

impl Label {
    /// Whether folded words without ordinal are those of the label: the official ones, with or without what stands in
    /// brackets, or those of an alias.
    pub fn is_called(&self, words: &str) -> bool {
        let mut known = self.wordings.iter().filter(|wording| wording.closeness <= Closeness::Alias);
        let official = self.wordings.first().map_or("", |wording| &wording.words);
        known.any(|wording| wording.words == words) || label::without_brackets(official) == words
    }
}

/// One row, or a text of the form between rows, with what it is called.
#[derive(Debug)]
pub struct RowWordings {
    /// Table and row in the template; for a text, those of the row that it stands before.
    pub place: (usize, usize),
    /// Whether it is a text without figures: a heading, a band, headers of columns, a merged label.
    pub is_text: bool,
    /// Whether a table may be whole without it.
    pub optional: bool,
    /// The row whose presence makes this one needless: 其他处理 in one row instead of three.
    instead: Option<usize>,
    /// What it is called.
    pub label: Arc<Label>,
    /// The first row, by its number here, that the form gives the same label; its own where no row before has it.
    pub same: usize,
    /// Whether the form has its label once.
    pub is_unique: bool,
}

/// What is made once for all forms: they have most of their labels and ordinals in common.
#[derive(Default)]
struct Labels<'t> {
    /// By the official label and its aliases.
    labels: FxHashMap<(&'t str, &'t [String]), Arc<Label>>,
    /// By the folded ordinal.
    spellings: FxHashMap<String, Arc<[String]>>,
}

impl<'t> Labels<'t> {
    /// A label of a form.
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
        Label { worth: worth(&official), official, ordinals, wordings }
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

/// A template made ready for searching.
#[derive(Debug)]
struct Prepared {
    template: SharedTemplate,
    rows: Vec<RowWordings>,
    /// The number of each row, without the texts between them; in their order.
    numbers: Vec<((usize, usize), usize)>,
    /// The figures that the form asks for, made when a report of it is first found.
    expected: OnceLock<Vec<AskedRow>>,
    /// What the labels of all rows that must be there are worth.
    worth: f64,
    /// The same without rows that another one may make needless.
    least_worth: f64,
}

/// All templates made ready for searching, once a process.
#[derive(Debug)]
pub struct Dictionary {
    templates: Vec<Prepared>,
    /// The labels of all rows, and the rows that have them.
    labels: Vec<Labelled>,
    /// The wordings of all labels, each with its label and its number among the label's.
    search: WordSearch<(usize, usize)>,
}

/// A label and the rows that have it, each by its template and its number there.
#[derive(Debug)]
struct Labelled {
    label: Arc<Label>,
    rows: Vec<(usize, usize)>,
}

/// A place where a row's label may stand. Forms have most of their labels in common, so there are many more of these than
/// places.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    /// The row, by its number among those of the template.
    row: u32,
    /// The place, by its number among all that were weighed.
    found: u32,
}

/// Words found, weighed as a label.
#[derive(Debug)]
struct Weighed {
    label: Range<usize>,
    score: f64,
    closeness: Closeness,
    official_ordinal: bool,
}

/// Words of labels that stand somewhere: the place, and the number of the words.
pub type Words = (Range<usize>, usize);

/// What a label is worth when it is found whole.
fn worth(official: &str) -> f64 {
    official.chars().count() as f64 * 1.2 + 3.0
}

/// No chain of a template ranks above this: every label found where it is worth most, and all rows left out that may be.
fn most_rank(prepared: &Prepared, candidates: &[Candidate], weighed: &[Weighed]) -> f64 {
    let most = |own: &[Candidate]| {
        let worth = prepared.rows[own[0].row as usize].label.worth;
        own.iter().map(|candidate| weighed[candidate.found as usize].score.min(worth)).fold(0.0, f64::max)
    };
    let found: f64 = candidates.chunk_by(|one, other| one.row == other.row).map(most).sum();
    // Sums of the same numbers in another order may differ in their last digits.
    found / prepared.least_worth.sqrt() * (1.0 + 1e-9)
}

impl Dictionary {
    /// Makes templates ready.
    pub fn new(templates: &[SharedTemplate]) -> Self {
        let mut labels = Labels::default();
        let mut prepared = Vec::new();
        let mut labelled: Vec<Labelled> = Vec::new();
        let mut numbers: FxHashMap<*const Label, usize> = FxHashMap::default();
        for (t, template) in templates.iter().enumerate() {
            let rows = marks(template, &mut labels);
            for (r, row) in rows.iter().enumerate() {
                let number = *numbers.entry(Arc::as_ptr(&row.label)).or_insert_with(|| {
                    labelled.push(Labelled { label: Arc::clone(&row.label), rows: Vec::new() });
                    labelled.len() - 1
                });
                labelled[number].rows.push((t, r));
            }
            let worth: f64 = rows.iter().filter(|row| !row.optional).map(|row| row.label.worth).sum();
            let needless: f64 = rows.iter().filter(|row| row.instead.is_some()).map(|row| row.label.worth).sum();
            let least_worth = (worth - needless).max(1.0);
            let own = rows.iter().enumerate().filter(|(_, row)| !row.is_text);
            let numbers = own.map(|(number, row)| (row.place, number)).collect();
            let expected = OnceLock::new();
            prepared.push(Prepared { template: Arc::clone(template), rows, numbers, expected, worth, least_worth });
        }
        let mut search = WordSearch::with_capacity(labelled.iter().map(|labelled| labelled.label.wordings.len()).sum());
        for (number, Labelled { label, .. }) in labelled.iter().enumerate() {
            for (w, wording) in label.wordings.iter().enumerate().filter(|(_, wording)| wording.characters >= 2) {
                search.add(&wording.words, (number, w));
            }
        }
        Self { templates: prepared, labels: labelled, search }
    }

    /// A template.
    pub fn template(&self, index: usize) -> &SharedTemplate {
        &self.templates[index].template
    }

    /// A template, as long as there are any.
    pub fn find(&self, index: usize) -> Option<&SharedTemplate> {
        self.templates.get(index).map(|prepared| &prepared.template)
    }

    /// The wordings of a template's rows, in its order.
    pub fn rows(&self, template: usize) -> &[RowWordings] {
        &self.templates[template].rows
    }

    /// The rows of a template that ask for figures, in its order.
    pub fn expected(&self, template: usize) -> &[AskedRow] {
        let prepared = &self.templates[template];
        prepared.expected.get_or_init(|| expected::rows(&prepared.template))
    }

    /// The wordings of one row of a template.
    pub fn row(&self, template: usize, place: (usize, usize)) -> Option<&RowWordings> {
        let prepared = &self.templates[template];
        let found = prepared.numbers.binary_search_by_key(&place, |(place, _)| *place).ok()?;
        Some(&prepared.rows[prepared.numbers[found].1])
    }

    /// All places where words of labels stand in a stream, in the order of their ends.
    pub fn words(&self, stream: &Stream<'_>) -> Vec<Words> {
        self.search.find(&stream.folded)
    }

    /// The chain of the template that fits a stretch of the stream best; none where no template does. `words` are those of
    /// the whole stream.
    pub fn chain(&self, stream: &Stream<'_>, words: &[Words], within: Range<usize>) -> Option<Chain> {
        let mut candidates: Vec<Vec<Candidate>> = self.templates.iter().map(|_| Vec::new()).collect();
        let first = words.partition_point(|(place, _)| place.end <= within.start);
        let behind = words.partition_point(|(place, _)| place.end <= within.end);
        let words = words[first..behind].iter().filter(|(place, _)| place.start >= within.start);
        let mut weighed: Vec<Weighed> = Vec::with_capacity(behind - first);
        for (words, word) in words {
            for (label, wording) in self.search.meanings(*word) {
                let Labelled { label, rows } = &self.labels[*label];
                let found = weigh(stream, within.start, words.clone(), label, &label.wordings[*wording]);
                let Some(found) = found else { continue };
                for (template, row) in rows {
                    candidates[*template].push(Candidate { row: *row as u32, found: weighed.len() as u32 });
                }
                weighed.push(found);
            }
        }
        let mut open: Vec<(f64, usize, &[Candidate])> = Vec::new();
        for (t, own) in candidates.iter_mut().enumerate().filter(|(_, own)| !own.is_empty()) {
            // In the form's order; those of one row stay in the order of the text.
            own.sort_by_key(|candidate| candidate.row);
            open.push((most_rank(&self.templates[t], own, &weighed), t, own));
        }
        open.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut best: Option<Chain> = None;
        for (most, t, own) in open {
            // What a template cannot reach need not be reckoned out; most often all but one are left out.
            if best.as_ref().is_some_and(|best| most < best.rank) {
                break;
            }
            let chain = best_chain(t, &self.templates[t], own, &weighed);
            let fits = chain.fit >= LEAST_FIT && chain.matches.len() >= LEAST_ROWS;
            // Of equals the first template.
            let better = |best: &Chain| chain.rank > best.rank || chain.rank == best.rank && t < best.template;
            if fits && best.as_ref().is_none_or(better) {
                best = Some(chain);
            }
        }
        best
    }
}

/// All that is looked for in a template's order: headings, bands, headers of columns, merged labels and the rows.
fn marks<'t>(template: &'t Template, labels: &mut Labels<'t>) -> Vec<RowWordings> {
    let mut marks: Vec<RowWordings> = Vec::new();
    for (t, table) in template.tables().iter().enumerate() {
        let headers = heads_in_line(table);
        for text in table.heading.iter().chain(&table.band) {
            marks.push(text_mark(labels.label(text, &[]), (t, 0)));
        }
        if let Some(header) = headers.first().filter(|_| table.is_matrix() && table.label.is_some()) {
            marks.push(text_mark(Arc::new(labels.make(header, &[])), (t, 0)));
        }
        for (r, row) in table.rows.iter().enumerate() {
            let before: &[String] = r.checked_sub(1).map_or(&[], |above| &table.rows[above].stubs);
            let shared = row.stubs.iter().zip(before).take_while(|(own, above)| own == above).count();
            // A merged label that some places print as a row of its own is looked for once, as that row.
            let as_row = |stub: &String| table.rows[..r].iter().any(|above| above.optional && above.label == *stub);
            for stub in row.stubs[shared..].iter().filter(|stub| !as_row(stub)) {
                marks.push(text_mark(labels.label(stub, &[]), (t, r)));
            }
            let parent = row.parent.as_deref().filter(|_| table.is_matrix());
            let instead = marks.iter().position(|mark| {
                let (t, r) = mark.place;
                mark.optional && !mark.is_text && Some(template.tables()[t].rows[r].id.as_str()) == parent
            });
            let row_mark = |label| RowWordings { optional: row.optional, instead, ..mark(label, (t, r)) };
            if row.label.is_empty() {
                // A row without a label stands below its headers.
                let official = fold(&headers.concat());
                let words = headers.into_iter().enumerate().map(|(index, header)| {
                    Wording::new(fold(&header), if index == 0 { Closeness::Exact } else { Closeness::Folded })
                });
                let (worth, wordings) = (worth(&official), words.collect());
                let label = Label { official, worth, wordings, ..labels.make("", &row.aliases) };
                marks.push(row_mark(Arc::new(label)));
                break;
            }
            marks.push(row_mark(labels.label(&row.label, &row.aliases)));
        }
    }
    tell_repeated(&mut marks);
    marks
}

/// Notes which rows share their label.
fn tell_repeated(marks: &mut [RowWordings]) {
    let labels: Vec<Arc<Label>> = marks.iter().map(|mark| Arc::clone(&mark.label)).collect();
    let words = |number: usize| labels[number].wordings.first().map(|wording| wording.words.as_str());
    let mut first: FxHashMap<Option<&str>, (usize, bool)> = FxHashMap::default();
    for (number, mark) in marks.iter_mut().enumerate().filter(|(_, mark)| !mark.is_text) {
        let known = first.entry(words(number)).and_modify(|(_, once)| *once = false).or_insert((number, true));
        mark.same = known.0;
    }
    for (number, mark) in marks.iter_mut().enumerate().filter(|(_, mark)| !mark.is_text) {
        mark.is_unique = first.get(&words(number)).is_some_and(|(_, once)| *once);
    }
}

fn mark(label: Arc<Label>, place: (usize, usize)) -> RowWordings {
    RowWordings { place, is_text: false, optional: false, instead: None, label, same: 0, is_unique: true }
}

fn text_mark(label: Arc<Label>, place: (usize, usize)) -> RowWordings {
    RowWordings { is_text: true, ..mark(label, place) }
}

/// The headers of a table run together as they are read; after all of them, those nearest to the figures.
fn heads_in_line(table: &Table) -> Vec<String> {
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

/// Weighs words found against where they stand: with or without their ordinal, at a cell's start, up to its end.
fn weigh(stream: &Stream<'_>, floor: usize, words: Range<usize>, label: &Label, wording: &Wording) -> Option<Weighed> {
    let folded = &stream.folded;
    let length = words.len();
    let mut start = words.start;
    let own = label.ordinals.iter().find(|ordinal| folded[floor..start].ends_with(ordinal.as_str()));
    if let Some(ordinal) = own {
        start -= ordinal.len();
    } else {
        // Another ordinal belongs to the label where it stands apart from what is before it. In run-together text it
        // cannot be told from a figure, so it is left to the figure.
        let cell_start = stream.cell_start(start).max(floor);
        let other = label::ordinal_length_at_end(&folded[cell_start..start]);
        if other > 0 && stream.is_apart(start - other) {
            start -= other;
        }
    }
    let starts = stream.starts_cell(start);
    let ends = stream.starts_cell(words.end);
    let characters = wording.characters as f64;
    // Words of two or three characters are labels only where they are a cell of their own, have their ordinal or stand
    // before a figure.
    let before_figure = folded[words.end..].starts_with(|c: char| c.is_ascii_digit());
    if length < 12 && !(starts && ends) && own.is_none() && !stream.is_apart(start) && !before_figure {
        return None;
    }
    let per_character = match wording.closeness {
        Closeness::Exact => 1.2,
        Closeness::Alias => 1.15,
        Closeness::Folded => 1.1,
        Closeness::Similar => 0.8,
    };
    let ordinal = own.map_or(0.0, |ordinal| ordinal.chars().count() as f64 * 1.2);
    let mut score = characters * per_character + ordinal;
    score += if starts { 2.0 } else { 0.0 } + if ends { 1.0 } else { 0.0 };
    if !starts && own.is_none() && !label.ordinals.is_empty() {
        score *= 0.7;
    }
    let official_ordinal = own.is_some() || label.ordinals.is_empty() || start == words.start;
    Some(Weighed { label: start..words.end, score, closeness: wording.closeness, official_ordinal })
}

/// The chain with the highest score: row after row, each in a place after the row before it, or left out.
fn best_chain(index: usize, prepared: &Prepared, candidates: &[Candidate], weighed: &[Weighed]) -> Chain {
    struct Node<'c> {
        row: usize,
        found: &'c Weighed,
        before: Option<usize>,
        /// Score with the distance to a fixed end taken off, so that chains that end in different places compare.
        value: f64,
        end: usize,
    }
    let mut nodes: Vec<Node<'_>> = Vec::with_capacity(candidates.len());
    // Chains worth going on with: each ends later and is worth more than the one before it.
    let mut front: Vec<usize> = Vec::new();
    for of_row in candidates.chunk_by(|one, other| one.row == other.row) {
        let first = nodes.len();
        for candidate in of_row {
            let found = &weighed[candidate.found as usize];
            let fitting = front.partition_point(|node| nodes[*node].end <= found.label.start);
            let cost = found.label.start as f64 * GAP_COST;
            let (before, score) = match fitting.checked_sub(1).map(|at| front[at]) {
                Some(node) if nodes[node].value - cost > 0.0 => (Some(node), nodes[node].value - cost),
                _ => (None, 0.0),
            };
            let end = found.label.end;
            let value = score + found.score + end as f64 * GAP_COST;
            nodes.push(Node { row: candidate.row as usize, found, before, value, end });
        }
        for new in first..nodes.len() {
            let Node { value, end, .. } = nodes[new];
            let behind = front.partition_point(|node| nodes[*node].end <= end);
            if behind.checked_sub(1).is_some_and(|before| nodes[front[before]].value >= value) {
                continue;
            }
            // One that ends in the same place is worth less, and so may be those that end later.
            let from = behind - usize::from(behind > 0 && nodes[front[behind - 1]].end == end);
            let to = front.partition_point(|node| nodes[*node].end <= end || nodes[*node].value <= value);
            front.splice(from..to, [new]);
        }
    }
    let score = |node: &usize| nodes[*node].value - nodes[*node].end as f64 * GAP_COST;
    let Some(last) = front.iter().copied().max_by(|a, b| score(a).total_cmp(&score(b))) else {
        return Chain { template: index, matches: Vec::new(), score: 0.0, fit: 0.0, rank: 0.0 };
    };
    let mut matches = Vec::new();
    let mut found = 0.0;
    let mut node = Some(last);
    while let Some(at) = node {
        let place = nodes[at].found;
        let row = &prepared.rows[nodes[at].row];
        found += place.score.min(row.label.worth);
        matches.push(Match {
            row: row.place,
            is_text: row.is_text,
            label: place.label.clone(),
            closeness: place.closeness,
            official_ordinal: place.official_ordinal,
        });
        node = nodes[at].before;
    }
    matches.reverse();
    // Rows that another one makes needless are not missed.
    let taken: Vec<usize> = std::iter::successors(Some(last), |at| nodes[*at].before).map(|at| nodes[at].row).collect();
    let needless =
        prepared.rows.iter().enumerate().filter(|(index, row)| {
            row.instead.is_some_and(|instead| taken.contains(&instead)) && !taken.contains(index)
        });
    let needed = prepared.worth - needless.map(|(_, row)| row.label.worth).sum::<f64>();
    Chain { template: index, matches, score: score(&last), fit: (found / needed).min(1.0), rank: found / needed.sqrt() }
}
