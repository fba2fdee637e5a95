//! A document as tables of cells, each of which knows the indicators that it holds the true values of.

use std::collections::{BTreeMap, BTreeSet};

use crate::form::Form;
use crate::look::{CellLook, LineLook, PaperLook};

/// An indicator in a value column. In a local table, `id` is the label without its ordinal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    pub id: String,
    /// The header of the value column; none for the form's own.
    pub column: Option<String>,
}

impl Key {
    pub fn own(id: &str) -> Self {
        Self { id: id.to_owned(), column: None }
    }
}

/// The text of each indicator.
pub type Values = BTreeMap<Key, String>;

#[derive(Clone, Debug, Default)]
pub struct Cell {
    pub text: String,
    /// Neighbours with the same number are one merged cell; 0 for a cell by itself.
    pub merge: u32,
    /// What the cell truly holds: several values where they run together.
    pub truth: Vec<(Key, String)>,
    pub look: CellLook,
}

impl Cell {
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    pub fn value(key: Key, text: &str) -> Self {
        Self { text: text.to_owned(), truth: vec![(key, text.to_owned())], ..Self::default() }
    }

    pub fn merged(self, merge: u32) -> Self {
        Self { merge, ..self }
    }

    /// Writes another value into the cell.
    pub fn set(&mut self, text: &str) {
        text.clone_into(&mut self.text);
        for (_, true_text) in &mut self.truth {
            text.clone_into(true_text);
        }
    }

    pub fn is_value(&self) -> bool {
        !self.truth.is_empty()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    Band,
    Header,
    Data,
    /// A label without values.
    Heading,
}

#[derive(Clone, Debug)]
pub struct Line {
    pub kind: LineKind,
    /// Lines under the same headers have the same number.
    pub block: usize,
    pub cells: Vec<Cell>,
    pub hidden: bool,
    /// The organization, if it is not that of the page.
    pub owner: Option<usize>,
    pub look: LineLook,
}

impl Line {
    pub fn new(kind: LineKind, block: usize, cells: Vec<Cell>) -> Self {
        Self { kind, block, cells, hidden: false, owner: None, look: LineLook::default() }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    Stub,
    Label,
    Unit,
    Value,
    /// Added: a code, serial or remark, a value of last year, a note, nothing.
    Other,
}

#[derive(Clone, Copy, Debug)]
pub struct Column {
    pub kind: ColumnKind,
    pub hidden: bool,
    /// Its width on a page, as a part of the usual one.
    pub width: f64,
}

impl Column {
    pub fn new(kind: ColumnKind) -> Self {
        Self { kind, hidden: false, width: 1.0 }
    }
}

#[derive(Clone, Debug, Default)]
pub struct Grid {
    pub columns: Vec<Column>,
    pub lines: Vec<Line>,
    /// Whether it stands on a page to the right of the grid before.
    pub is_beside: bool,
}

/// How many rows and columns a cell covers; none where another cell covers it.
pub type Span = Option<(usize, usize)>;

impl Grid {
    /// The columns of a kind.
    pub fn of_kind(&self, kind: ColumnKind) -> Vec<usize> {
        (0..self.columns.len()).filter(|at| self.columns[*at].kind == kind).collect()
    }

    /// The lines of a kind.
    pub fn lines_of(&self, kind: LineKind) -> Vec<usize> {
        (0..self.lines.len()).filter(|at| self.lines[*at].kind == kind).collect()
    }

    pub fn blocks(&self) -> BTreeSet<usize> {
        self.lines.iter().map(|line| line.block).collect()
    }

    /// Whether the line still has a cell in each column.
    pub fn is_whole(&self, line: usize) -> bool {
        self.lines[line].cells.len() == self.columns.len()
    }

    /// The largest merged rectangles, from the top left.
    pub fn spans(&self) -> Vec<Vec<Span>> {
        let mut spans: Vec<Vec<Option<Span>>> = self.lines.iter().map(|line| vec![None; line.cells.len()]).collect();
        let merge = |row: usize, column: usize| {
            self.lines.get(row).and_then(|line| line.cells.get(column)).map(|cell| cell.merge)
        };
        for row in 0..self.lines.len() {
            for column in 0..self.lines[row].cells.len() {
                if spans[row][column].is_some() {
                    continue;
                }
                let own = self.lines[row].cells[column].merge;
                let (mut width, mut height) = (1, 1);
                if own != 0 {
                    let free = |spans: &[Vec<Option<Span>>], row: usize, column: usize| {
                        merge(row, column) == Some(own) && spans[row][column].is_none()
                    };
                    while free(&spans, row, column + width) {
                        width += 1;
                    }
                    while (column..column + width).all(|at| free(&spans, row + height, at)) {
                        height += 1;
                    }
                }
                for covered in spans.iter_mut().skip(row).take(height) {
                    covered[column..column + width].fill(Some(None));
                }
                spans[row][column] = Some(Some((height, width)));
            }
        }
        spans.into_iter().map(|line| line.into_iter().map(Option::flatten).collect()).collect()
    }
}

#[derive(Clone, Debug)]
pub enum Part {
    /// A paragraph; in a worksheet, the cell of this column.
    Text {
        text: String,
        column: usize,
    },
    Grid(Grid),
}

impl Part {
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into(), column: 0 }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    Left,
    Center,
    Right,
}

/// What stands on one worksheet, or a piece of a document.
#[derive(Clone, Debug)]
pub struct Page {
    /// The organization whose values the page has; none for values that must not be read.
    pub owner: Option<usize>,
    /// The name of the worksheet that begins here; none to go on with the one before.
    pub sheet: Option<String>,
    pub hidden: bool,
    pub parts: Vec<Part>,
}

#[derive(Clone, Debug)]
pub struct Document {
    pub form: Form,
    pub organizations: Vec<String>,
    pub pages: Vec<Page>,
    /// How values stand in their columns, in aligned text.
    pub align: Align,
    /// How many columns of a worksheet are left of the tables.
    pub offset: usize,
    /// Whether paragraphs in CSV have commas for all columns, as spreadsheets write them.
    pub padded: bool,
    /// How it is drawn on pages.
    pub look: PaperLook,
}

/// What is true of one indicator.
#[derive(Clone, Debug, Default)]
pub struct Truth {
    pub visible: BTreeSet<String>,
    pub hidden: BTreeSet<String>,
}

impl Truth {
    /// The texts that the value may have; a hidden one only if no other is there.
    pub fn texts(&self) -> &BTreeSet<String> {
        if self.visible.is_empty() { &self.hidden } else { &self.visible }
    }
}

impl Document {
    fn grids(&self) -> impl Iterator<Item = &Grid> {
        let parts = self.pages.iter().flat_map(|page| &page.parts);
        parts.filter_map(|part| if let Part::Grid(grid) = part { Some(grid) } else { None })
    }

    /// Whether some text is hidden, which a finding must report.
    pub fn has_hidden(&self) -> bool {
        let is_hidden = |grid: &Grid| {
            let is_column = |at: usize| grid.columns.get(at).is_some_and(|column| column.hidden);
            let has_text = |line: &Line| {
                let mut cells = line.cells.iter().enumerate();
                cells.any(|(at, cell)| !cell.text.is_empty() && (line.hidden || is_column(at)))
            };
            grid.lines.iter().any(has_text)
        };
        self.pages.iter().any(|page| page.hidden) || self.grids().any(is_hidden)
    }

    /// The values of tables without headers that only their position tells apart: a finding must report that it is taken. A
    /// value alone behind its label, as in each half of a folded table, is in no doubt, nor does a hidden one stand beside it.
    pub fn without_headers(&self) -> BTreeSet<&Key> {
        let mut keys = BTreeSet::new();
        for grid in self.grids().filter(|grid| grid.lines_of(LineKind::Header).is_empty()) {
            for line in grid.lines.iter().filter(|line| !line.hidden) {
                let cells = line.cells.iter().enumerate();
                let shown = cells.filter(|(at, _)| !grid.columns.get(*at).is_some_and(|column| column.hidden));
                let shown: Vec<&Cell> = shown.map(|(_, cell)| cell).collect();
                let runs = shown.chunk_by(|one, next| one.is_value() == next.is_value());
                for run in runs {
                    let own: BTreeSet<&Key> =
                        run.iter().flat_map(|cell| cell.truth.iter().map(|(key, _)| key)).collect();
                    if own.len() > 1 {
                        keys.extend(own);
                    }
                }
            }
        }
        keys
    }

    /// The only visible value column of a local table, or else the first that is there.
    pub fn local_column(&self) -> Option<&str> {
        let columns = &self.form.local_columns;
        let visible = self.truth(0);
        let is_visible = |column: &&String| {
            visible.iter().any(|(key, truth)| key.column.as_ref() == Some(column) && !truth.visible.is_empty())
        };
        let is_there = |column: &&String| visible.keys().any(|key| key.column.as_ref() == Some(column));
        let found = columns.iter().find(is_visible).or_else(|| columns.iter().find(is_there));
        found.or(columns.first()).map(String::as_str)
    }

    pub fn grids_mut(&mut self) -> Vec<&mut Grid> {
        let parts = self.pages.iter_mut().flat_map(|page| &mut page.parts);
        parts.filter_map(|part| if let Part::Grid(grid) = part { Some(grid) } else { None }).collect()
    }

    /// The true values of an organization, as the cells say.
    pub fn truth(&self, owner: usize) -> BTreeMap<Key, Truth> {
        let mut truths: BTreeMap<Key, Truth> = BTreeMap::new();
        for page in self.pages.iter().filter(|page| page.owner.is_some()) {
            let grids =
                page.parts.iter().filter_map(|part| if let Part::Grid(grid) = part { Some(grid) } else { None });
            let lines = grids.flat_map(|grid| grid.lines.iter().map(move |line| (grid, line)));
            for (grid, line) in lines.filter(|(_, line)| line.owner.or(page.owner) == Some(owner)) {
                for (at, cell) in line.cells.iter().enumerate() {
                    let hidden = page.hidden || line.hidden || grid.columns.get(at).is_some_and(|column| column.hidden);
                    for (key, text) in &cell.truth {
                        let truth = truths.entry(key.clone()).or_default();
                        let texts = if hidden { &mut truth.hidden } else { &mut truth.visible };
                        texts.insert(text.clone());
                    }
                }
            }
        }
        truths
    }
}
