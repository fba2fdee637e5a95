//! Lines of text whose characters are columns of a page.
//!
//! In: lines. Out: their fields, with places as on a page. Called by [`super`].
//!
//! Two spaces separate fields. One space does where fields of other lines begin: such text has no more where a page has a
//! narrow gap.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::document::Location;
use crate::read::columns::is_value;
use crate::read::lattice::has_ordinal;
use crate::read::page::Rect;
use crate::read::page::lines::Line;

/// The size of the font and the height of a line, so that lines below each other touch no more than on a page.
const SIZE: f64 = 12.0;
const LINE: f64 = 14.0;

/// This much white space separates two fields.
const GAP: usize = 2;

/// With this many texts that begin at a column, it is one.
const MIN_STARTS: usize = 2;

/// Where a line is: its part, its row and its location.
pub(super) struct Place<'t> {
    pub(super) part: usize,
    pub(super) row: usize,
    pub(super) at: &'t Location,
}

/// A line with its words.
pub(super) struct CountedLine<'t> {
    text: &'t str,
    pub(super) place: Place<'t>,
    words: Vec<Word>,
}

/// A word or a field, and the columns that it takes up.
#[derive(Clone)]
struct Word {
    bytes: Range<usize>,
    columns: Range<usize>,
}

/// Where texts begin and values are.
pub(super) struct Columns {
    starts: BTreeMap<usize, usize>,
    /// Where labels that begin with a digit begin.
    labels: Option<usize>,
    values: Vec<Range<usize>>,
}

impl<'t> CountedLine<'t> {
    pub(super) fn new(text: &'t str, place: Place<'t>) -> Self {
        let mut words: Vec<Word> = Vec::new();
        for (column, (at, c)) in text.char_indices().enumerate().filter(|(_, (_, c))| !c.is_whitespace()) {
            let is_apart =
                |word: &Word| word.columns.end < column || is_heading_part(&text[word.bytes.clone()], &text[at..]);
            match words.last_mut().filter(|word| !is_apart(word)) {
                Some(word) => (word.bytes.end, word.columns.end) = (at + c.len_utf8(), column + 1),
                None => words.push(Word { bytes: at..at + c.len_utf8(), columns: column..column + 1 }),
            }
        }
        Self { text, place, words }
    }

    fn text_of(&self, word: &Word) -> &'t str {
        &self.text[word.bytes.clone()]
    }

    fn is_value(&self, word: &Word) -> bool {
        is_value(self.text_of(word))
    }

    /// The words with the white space before and behind them. There is much at the ends of the line.
    fn spaced_words(&self) -> impl Iterator<Item = (&Word, usize, usize)> {
        let gap = |from: Option<&Word>, to: Option<&Word>| match (from, to) {
            (Some(from), Some(to)) => to.columns.start - from.columns.end,
            _ => GAP,
        };
        self.words.iter().enumerate().map(move |(at, word)| {
            let before = at.checked_sub(1).and_then(|at| self.words.get(at));
            (word, gap(before, Some(word)), gap(Some(word), self.words.get(at + 1)))
        })
    }

    /// Whether a field ends before a word behind a single space.
    fn is_divided(&self, field: &Word, at: usize, columns: &Columns) -> bool {
        let word = &self.words[at];
        let text = self.text_of(word);
        if self.is_value(word) {
            let next = self.words.get(at + 1).filter(|next| next.columns.start - word.columns.end < GAP);
            return columns.has_value(word) && next.is_none_or(|next| self.is_value(next));
        }
        let before = self.text_of(field);
        let has_start = |column| columns.starts.get(&column).is_some_and(|count| *count >= MIN_STARTS);
        let is_long = text.chars().count() > 1;
        let is_part = before.chars().count() == 1 && has_start(word.columns.start);
        let is_label = columns.labels.is_some_and(|start| start.abs_diff(word.columns.start) <= 1);
        !before.ends_with(|c: char| c.is_ascii_digit()) && (has_ordinal(text) || is_long && (is_label || is_part))
    }

    fn fields(&self, columns: &Columns) -> Vec<Word> {
        let mut fields: Vec<Word> = Vec::new();
        for (at, (word, gap, _)) in self.spaced_words().enumerate() {
            match fields.last_mut().filter(|field| gap == 0 || gap < GAP && !self.is_divided(field, at, columns)) {
                Some(field) if gap > 0 => (field.bytes.end, field.columns.end) = (word.bytes.end, word.columns.end),
                _ => fields.push(word.clone()),
            }
        }
        fields
    }

    /// The line as on a page.
    pub(super) fn placed(&self, columns: &Columns) -> Line {
        let x = |column: usize| column as f64 * SIZE / 2.0;
        let top = self.place.row as f64 * LINE;
        let fields = self.fields(columns);
        let first = fields.first().map_or(0, |field| field.columns.start);
        let last = fields.last().map_or(0, |field| field.columns.end);
        Line {
            text: self.text.to_owned(),
            rect: Rect { x0: x(first), y0: top, x1: x(last), y1: top + SIZE },
            size: SIZE,
            fields: fields
                .into_iter()
                .map(|field| (field.bytes, x(field.columns.start)..x(field.columns.end)))
                .collect(),
        }
    }
}

/// Whether a word is a part of a heading that is written downwards, and the text behind it another: `三、（二）公开`.
fn is_heading_part(word: &str, behind: &str) -> bool {
    word.ends_with('、') && word.chars().count() == 2 && behind.starts_with(['（', '(']) && has_ordinal(behind)
}

impl Columns {
    pub(super) fn new(lines: &[CountedLine<'_>]) -> Self {
        let mut starts: BTreeMap<usize, usize> = BTreeMap::new();
        let mut labels = Vec::new();
        let mut values: Vec<Range<usize>> = Vec::new();
        for line in lines {
            for (word, before, behind) in line.spaced_words() {
                let text = line.text_of(word);
                if line.is_value(word) {
                    if before >= GAP && behind >= GAP {
                        values.push(word.columns.clone());
                    }
                } else if before >= GAP || before == 0 || has_ordinal(text) {
                    *starts.entry(word.columns.start).or_insert(0) += 1;
                    if has_ordinal(text) && text.starts_with(|c: char| c.is_ascii_digit()) {
                        labels.push(word.columns.start);
                    }
                }
            }
        }
        labels.sort_unstable();
        let labels = labels.get(labels.len() / 2).copied().filter(|_| labels.len() >= MIN_STARTS);
        Self { starts, labels, values }
    }

    fn has_value(&self, word: &Word) -> bool {
        self.values.iter().any(|column| column.start < word.columns.end && word.columns.start < column.end)
    }
}
