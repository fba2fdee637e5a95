//! Finds the rows of a template in a document: one algorithm for every shape.
//!
//! In: a [`Stream`] and a `Dictionary`. Out: the [`Chain`] of labels, in the form's order, that fits best. Called by
//! [`super::Recognizer`].
//!
//! One pass finds all wordings of all rows; a dynamic program picks the chain. It places repeated labels by their
//! neighbors, leaves out missing rows, and leaves out text that is far from the table, since distance has a cost.

use std::collections::BTreeSet;
use std::ops::Range;

use super::dictionary::{Dictionary, Label, LabelRows, PreparedTemplate, WordMatch};
use super::stream::Stream;
use super::tokens::bracket_length;
use super::value;
use crate::text::label::{self, Closeness, Wording};

/// The cost of each byte between two labels of a chain; a hanzi has three. Large enough to keep a chain out of a narrative
/// that names the sections too, small enough to cross a dozen rows that the template does not have.
const GAP_COST: f64 = 0.004;
/// The smallest share of a template that must be found.
const MIN_FIT: f64 = 0.25;
/// The fewest rows of a table: fewer may just as well be words of a narrative.
const MIN_ROWS: usize = 4;
/// The fewest rows of a part of a form, such as one of its tables or a clipped page, and with a template that was named.
const MIN_PART_ROWS: usize = 3;
/// The smallest share of the form's rows between the first and the last one found that a part of it must have.
const MIN_DENSITY: f64 = 0.75;
/// The smallest share of the rows of a part that a value must follow, which words of a narrative do not have.
const MIN_WITH_VALUES: f64 = 0.5;
/// Headers of at least this many bytes, found whole, prove a table without row labels by themselves.
const MIN_HEADERS: usize = 90;

/// A row of the template, or a text of the form between rows, found in the document.
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    /// Table and row in the template; for a text, those of the row behind it.
    pub row: (usize, usize),
    /// Whether it is a text without values: a heading, a band, column headers, a merged label.
    pub is_text: bool,
    /// The label in the folded stream, its ordinal included.
    pub label: Range<usize>,
    /// How close the wording is.
    pub closeness: Closeness,
    /// Whether the ordinal before the words is the official one, or there is no ordinal.
    pub official_ordinal: bool,
}

/// The rows of a template found in a document, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Chain {
    /// The number of the template in the dictionary.
    pub template: usize,
    /// The rows found. Template and document have them in the same order.
    pub matches: Vec<Match>,
    /// The scores of the labels found, less the cost of their distances.
    pub score: f64,
    /// The share of the template that was found, from 0 to 1.
    pub fit: f64,
    /// Ranks templates: the score found divided by the square root of the full score, so that size alone favors neither
    /// a small form contained in a larger one nor the larger one.
    rank: f64,
}

/// A row and a place where its label may be. Forms share most of their labels, so there are many more of these than
/// places.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    /// The row, by its number in the template.
    row: u32,
    /// The place, by its number among all scored matches.
    found: u32,
}

/// Words found, with their score as a label.
#[derive(Debug)]
struct ScoredMatch {
    label: Range<usize>,
    score: f64,
    closeness: Closeness,
    official_ordinal: bool,
}

/// The most bytes above the first row that its headers are in.
const HEADER_BYTES: usize = 600;

/// How much of a form must be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// A good part of the whole form.
    Whole,
    /// One of its tables, or some rows in a row: only where nothing else is found.
    Part,
    /// A row with a value: only below a title of its own.
    Row,
}

/// The chain of the template that fits a range of the stream best; none where no template fits. `words` are those of the
/// whole stream.
pub fn chain(
    dictionary: &Dictionary,
    stream: &Stream<'_>,
    words: &[WordMatch],
    within: Range<usize>,
    extent: Extent,
) -> Option<Chain> {
    let (candidates, scored) = candidates(dictionary, stream, words, &within);
    let mut open: Vec<(f64, usize, &[Candidate])> = Vec::new();
    for (t, own) in candidates.iter().enumerate().filter(|(_, own)| !own.is_empty()) {
        open.push((rank_limit(&dictionary.templates[t], own, &scored), t, own));
    }
    open.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut best: Option<Chain> = None;
    for (limit, t, own) in open {
        // Skip templates whose upper bound cannot win: most often all but one.
        if best.as_ref().is_some_and(|best| limit < best.rank) {
            break;
        }
        let chain = best_chain(t, &dictionary.templates[t], own, &scored);
        let fits = match extent {
            Extent::Whole => chain.fit >= MIN_FIT && chain.matches.len() >= MIN_ROWS,
            Extent::Part => is_part(&chain, &dictionary.templates[t], stream),
            Extent::Row => chain.matches.iter().any(|found| {
                !found.is_text && stream.is_apart(found.label.start) && is_before_value(stream, found.label.end)
            }),
        };
        // The first template wins a tie.
        let better = |best: &Chain| chain.rank > best.rank || chain.rank == best.rank && t < best.template;
        if fits && best.as_ref().is_none_or(better) {
            best = Some(chain);
        }
    }
    let best = best?;
    let (first, last) = (best.matches[0].label.start, best.matches[best.matches.len() - 1].label.end);
    let start = first.saturating_sub(HEADER_BYTES).max(within.start);
    let start = (start..=first).find(|at| stream.folded.is_char_boundary(*at)).unwrap_or(first);
    let text = &stream.folded[start..last];
    let others = candidates.iter().enumerate().filter(|(t, own)| *t != best.template && !own.is_empty());
    for (t, own) in others {
        let (prepared, other) = (&dictionary.templates[best.template], &dictionary.templates[t]);
        let headers = exclusive(other, prepared, text);
        if headers <= exclusive(prepared, other, text) {
            continue;
        }
        // The headers of another form of the same rows: it is that form unless more of its rows are not.
        let chain = best_chain(t, other, own, &scored);
        let more = headers + exclusive_rows(&chain, other, prepared);
        if chain.fit >= MIN_FIT && more > exclusive(prepared, other, text) + exclusive_rows(&best, prepared, other) {
            return Some(chain);
        }
    }
    Some(best)
}

/// The best chain of one template in a range of the stream; it may have no matches.
pub fn chain_of(
    dictionary: &Dictionary,
    number: usize,
    stream: &Stream<'_>,
    words: &[WordMatch],
    within: Range<usize>,
) -> Chain {
    let (candidates, scored) = candidates(dictionary, stream, words, &within);
    best_chain(number, &dictionary.templates[number], &candidates[number], &scored)
}

/// The places in a range where labels may be, for each template in its order.
fn candidates(
    dictionary: &Dictionary,
    stream: &Stream<'_>,
    words: &[WordMatch],
    within: &Range<usize>,
) -> (Vec<Vec<Candidate>>, Vec<ScoredMatch>) {
    let mut candidates: Vec<Vec<Candidate>> = dictionary.templates.iter().map(|_| Vec::new()).collect();
    let first = words.partition_point(|(place, _)| place.end <= within.start);
    let behind = words.partition_point(|(place, _)| place.end <= within.end);
    let words = words[first..behind].iter().filter(|(place, _)| place.start >= within.start);
    let mut scored: Vec<ScoredMatch> = Vec::with_capacity(behind - first);
    for (words, word) in words {
        for (label, wording) in dictionary.search.meanings(*word) {
            let LabelRows { label, rows } = &dictionary.labels[*label];
            let found = score_match(stream, within.start, words.clone(), label, &label.wordings[*wording]);
            let Some(found) = found else { continue };
            for (template, row) in rows {
                candidates[*template].push(Candidate { row: *row as u32, found: scored.len() as u32 });
            }
            scored.push(found);
        }
    }
    for own in &mut candidates {
        // In the form's order; the sort is stable, so those of one row stay in text order.
        own.sort_by_key(|candidate| candidate.row);
    }
    (candidates, scored)
}

/// How many headers of a matrix that another does not have are in a text.
fn exclusive(own: &PreparedTemplate, other: &PreparedTemplate, text: &str) -> usize {
    if own.headers.is_empty() || other.headers.is_empty() {
        return 0;
    }
    own.headers.difference(&other.headers).filter(|header| text.contains(header.as_str())).count()
}

/// How many rows of a chain another form does not have.
fn exclusive_rows(chain: &Chain, own: &PreparedTemplate, other: &PreparedTemplate) -> usize {
    let known: BTreeSet<&str> =
        other.rows.iter().flat_map(|row| &row.label.wordings).map(|wording| wording.words.as_str()).collect();
    let rows = chain.matches.iter().filter(|found| !found.is_text);
    let labels = rows.filter_map(|found| own.rows.iter().find(|row| row.place == found.row && !row.is_text));
    labels.filter(|row| !row.label.wordings.iter().any(|wording| known.contains(wording.words.as_str()))).count()
}

/// Whether the rows of a chain are a part of its form: rows next to each other, with values.
fn is_part(chain: &Chain, prepared: &PreparedTemplate, stream: &Stream<'_>) -> bool {
    let rows: Vec<&Match> = chain.matches.iter().filter(|found| !found.is_text).collect();
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return false };
    let is_header = |found: &&&Match| found.closeness == Closeness::Exact && found.label.len() >= MIN_HEADERS;
    if rows.iter().filter(is_header).any(|found| prepared.template.tables()[found.row.0].label.is_none()) {
        return true;
    }
    let own = prepared.rows.iter().filter(|row| !row.is_text && !row.optional);
    let between = own.filter(|row| (first.row..=last.row).contains(&row.place)).count();
    let with_values = rows.iter().filter(|found| is_before_value(stream, found.label.end)).count();
    rows.len() >= MIN_PART_ROWS
        && rows.len() as f64 >= between as f64 * MIN_DENSITY
        && with_values as f64 >= rows.len() as f64 * MIN_WITH_VALUES
}

/// Whether a value follows a label, perhaps behind brackets and a unit.
fn is_before_value(stream: &Stream<'_>, end: usize) -> bool {
    let rest = &stream.folded[end..];
    let rest = &rest[bracket_length(rest)..];
    let is_value = |text: &str| text.starts_with(|c: char| c.is_ascii_digit() || "/-—".contains(c));
    is_value(rest) || value::split_unit(rest).is_some_and(|(_, rest)| is_value(rest))
}

/// The upper bound of a template's rank: every label at its best score, and without all rows that may be missing.
fn rank_limit(prepared: &PreparedTemplate, candidates: &[Candidate], scored: &[ScoredMatch]) -> f64 {
    let best = |own: &[Candidate]| {
        let full = prepared.rows[own[0].row as usize].label.full_score;
        own.iter().map(|candidate| scored[candidate.found as usize].score.min(full)).fold(0.0, f64::max)
    };
    let found: f64 = candidates.chunk_by(|one, other| one.row == other.row).map(best).sum();
    // The margin covers rounding: sums of the same numbers in another order may differ in their last digits.
    found / prepared.min_score.sqrt() * (1.0 + 1e-9)
}

/// Scores words as a label by their surroundings: with or without ordinal, at the start or end of a cell. None where
/// they are no label.
fn score_match(
    stream: &Stream<'_>,
    floor: usize,
    words: Range<usize>,
    label: &Label,
    wording: &Wording,
) -> Option<ScoredMatch> {
    let folded = &stream.folded;
    let length = words.len();
    let mut start = words.start;
    let own = label.ordinals.iter().find(|ordinal| folded[floor..start].ends_with(ordinal.as_str()));
    if let Some(ordinal) = own {
        start -= ordinal.len();
    } else {
        // Another ordinal belongs to the label where white space precedes it. In run-together text it may be the end of
        // a value, so it is left to the value.
        let cell_start = stream.cell_start(start).max(floor);
        let other = label::ordinal_length_at_end(&folded[cell_start..start]);
        if other > 0 && stream.is_apart(start - other) {
            start -= other;
        }
    }
    let starts = stream.starts_cell(start);
    let ends = stream.starts_cell(words.end);
    let characters = wording.characters as f64;
    // Words of two or three characters are labels only if they fill a cell, start a word, have their ordinal or precede a
    // value.
    let before_value = folded[words.end..].starts_with(|c: char| c.is_ascii_digit());
    if length < 12 && !(starts && ends) && own.is_none() && !stream.is_apart(start) && !before_value {
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
    Some(ScoredMatch { label: start..words.end, score, closeness: wording.closeness, official_ordinal })
}

/// A candidate with the best chain that ends in it.
struct Node<'c> {
    row: usize,
    found: &'c ScoredMatch,
    /// The node before it in its chain.
    before: Option<usize>,
    /// The score of its chain plus [`GAP_COST`] for every byte up to its end, so that chains that end in different
    /// places can be compared.
    value: f64,
    end: usize,
}

impl Node<'_> {
    /// The score of the chain that ends here.
    fn score(&self) -> f64 {
        self.value - self.end as f64 * GAP_COST
    }
}

/// The best chain up to each candidate, and the number of the node that the best chain of all ends in.
///
/// Candidates are sorted by row. Each follows the best chain of an earlier row that ends before it, or starts a chain.
fn link<'c>(candidates: &[Candidate], scored: &'c [ScoredMatch]) -> (Vec<Node<'c>>, Option<usize>) {
    let mut nodes: Vec<Node<'_>> = Vec::with_capacity(candidates.len());
    // Nodes that a chain may continue from: each ends later and has a higher value than the one before it.
    let mut front: Vec<usize> = Vec::new();
    for of_row in candidates.chunk_by(|one, other| one.row == other.row) {
        let first = nodes.len();
        for candidate in of_row {
            let found = &scored[candidate.found as usize];
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
            // Remove the nodes that the new one beats: one with the same end, and later ones with a lower value.
            let from = behind - usize::from(behind > 0 && nodes[front[behind - 1]].end == end);
            let to = front.partition_point(|node| nodes[*node].end <= end || nodes[*node].value <= value);
            front.splice(from..to, [new]);
        }
    }
    let last = front.into_iter().max_by(|a, b| nodes[*a].score().total_cmp(&nodes[*b].score()));
    (nodes, last)
}

/// The chain with the highest score.
fn best_chain(index: usize, prepared: &PreparedTemplate, candidates: &[Candidate], scored: &[ScoredMatch]) -> Chain {
    let (nodes, last) = link(candidates, scored);
    let Some(last) = last else {
        return Chain { template: index, matches: Vec::new(), score: 0.0, fit: 0.0, rank: 0.0 };
    };
    let mut matches = Vec::new();
    let mut taken = Vec::new();
    let mut found = 0.0;
    for at in std::iter::successors(Some(last), |at| nodes[*at].before) {
        let Node { row: number, found: place, .. } = nodes[at];
        let row = &prepared.rows[number];
        found += place.score.min(row.label.full_score);
        taken.push(number);
        matches.push(Match {
            row: row.place,
            is_text: row.is_text,
            label: place.label.clone(),
            closeness: place.closeness,
            official_ordinal: place.official_ordinal,
        });
    }
    matches.reverse();
    // Rows that a found row replaces do not count as missing.
    let replaced =
        prepared.rows.iter().enumerate().filter(|(index, row)| {
            row.replaced_by.is_some_and(|other| taken.contains(&other)) && !taken.contains(index)
        });
    let needed = prepared.full_score - replaced.map(|(_, row)| row.label.full_score).sum::<f64>();
    let score = nodes[last].score();
    Chain { template: index, matches, score, fit: (found / needed).min(1.0), rank: found / needed.sqrt() }
}
