//! Lays a document out on pages: glyphs and ruling lines with their places, which `paged` writes.
//!
//! Lengths are points, places are from the top left. Digits and letters are half as wide as other characters.

use crate::look::{Break, CellLook, Edge, Over};
use crate::page::{Align, Cell, ColumnKind, Document, Grid, LineKind, Part, Span};

pub const SIZE: f64 = 9.0;
const LEADING: f64 = 12.0;
const PAD: f64 = 3.0;
const MARGIN: f64 = 45.0;
const WIDTH: f64 = 595.0;
/// Between two grids beside each other.
const BESIDE: f64 = 24.0;

/// Text in one line.
#[derive(Clone, Debug)]
pub struct Run {
    pub text: String,
    pub x: f64,
    /// Its baseline.
    pub y: f64,
    pub size: f64,
    /// Space behind each character.
    pub space: f64,
    pub is_faint: bool,
}

/// A page.
#[derive(Clone, Debug)]
pub struct Sheet {
    pub width: f64,
    pub height: f64,
    pub runs: Vec<Run>,
    /// From and to.
    pub rulings: Vec<[f64; 4]>,
    /// The factor and the quarters by which all of it is drawn.
    pub scale: f64,
    pub turns: u8,
    pub is_turned_back: bool,
}

pub fn advance(c: char, size: f64) -> f64 {
    if c.is_ascii() { size / 2.0 } else { size }
}

fn width(text: &str, size: f64, space: f64) -> f64 {
    let count = text.chars().count().saturating_sub(1);
    text.chars().map(|c| advance(c, size)).sum::<f64>() + space * count as f64
}

/// The lines of a text in a column of this width. A number stays one line.
fn wrapped(cell: &Cell, room: f64) -> Vec<String> {
    let size = SIZE * cell.look.size.unwrap_or(1.0);
    let mut lines = vec![String::new()];
    for (at, c) in cell.text.chars().enumerate() {
        let last = lines.last_mut().expect("there is a line");
        let is_full = width(last, size, 0.0) + advance(c, size) > room && !last.is_empty();
        let may_break = !cell.is_value() || cell.look.wraps;
        if (is_full && may_break) || (at > 0 && cell.look.broken == Some(at)) {
            lines.push(String::new());
        }
        lines.last_mut().expect("there is a line").push(c);
    }
    lines
}

pub fn sheets(document: &Document) -> Vec<Sheet> {
    let mut layout = Layout { document, sheets: Vec::new(), y: MARGIN, beside: None };
    layout.new_page();
    let parts: Vec<&Part> = document.pages.iter().filter(|page| !page.hidden).flat_map(|page| &page.parts).collect();
    for (at, part) in parts.iter().enumerate() {
        match part {
            Part::Text { text, .. } => layout.paragraph(text, at == 0),
            Part::Grid(grid) => {
                let next = parts.get(at + 1);
                layout.grid(grid, matches!(next, Some(Part::Grid(next)) if next.is_beside));
            }
        }
    }
    layout.finish()
}

struct Layout<'d> {
    document: &'d Document,
    sheets: Vec<Sheet>,
    y: f64,
    /// Where the grid before began, its sheet, and its right edge.
    beside: Option<(usize, f64, f64)>,
}

/// A grid's measures.
struct Measures {
    xs: Vec<f64>,
    spans: Vec<Vec<Span>>,
    heights: Vec<f64>,
}

/// Rows of a grid on one page: the first one, and the top and bottom of each. Those before `from` are headers again.
struct Piece {
    sheet: usize,
    rows: Vec<(usize, f64, f64)>,
    /// The rest of a row that the page before cuts.
    rest: Option<usize>,
    /// Whether its last row is cut.
    is_cut: bool,
}

impl Layout<'_> {
    fn new_page(&mut self) {
        let look = &self.document.look;
        self.sheets.push(Sheet {
            width: WIDTH,
            height: look.height,
            runs: Vec::new(),
            rulings: Vec::new(),
            scale: look.scale,
            turns: look.turns,
            is_turned_back: look.is_turned_back,
        });
        self.y = MARGIN;
    }

    fn bottom(&self) -> f64 {
        self.document.look.height - MARGIN
    }

    fn paragraph(&mut self, text: &str, is_title: bool) {
        let size = if is_title { 1.5 * SIZE } else { SIZE };
        let cell = Cell { look: CellLook { size: Some(size / SIZE), ..CellLook::default() }, ..Cell::text(text) };
        for line in wrapped(&cell, WIDTH - 2.0 * MARGIN) {
            if self.y + 2.0 * size > self.bottom() {
                self.new_page();
            }
            let free = if is_title { (WIDTH - 2.0 * MARGIN - width(&line, size, 0.0)) / 2.0 } else { 0.0 };
            let (x, y) = (MARGIN + free, self.y + size);
            let sheet = self.sheets.last_mut().expect("there is a page");
            sheet.runs.push(Run { text: line, x, y, size, space: 0.0, is_faint: false });
            self.y += size * 1.6;
        }
    }

    fn grid(&mut self, grid: &Grid, is_first_of_two: bool) {
        let beside = self.beside.take().filter(|_| grid.is_beside);
        let end_before = (self.sheets.len() - 1, self.y);
        if let Some((_, top, _)) = beside {
            self.y = top;
        }
        let left = beside.map_or(MARGIN, |(.., right)| right + BESIDE);
        let measures = measures(grid, left, is_first_of_two || beside.is_some());
        let start = (self.sheets.len() - 1, self.y);
        let pieces = self.pieces(grid, &measures);
        for piece in &pieces {
            self.draw(grid, &measures, piece);
        }
        if is_first_of_two && pieces.len() == 1 {
            self.beside = Some((start.0, start.1, measures.xs[measures.xs.len() - 1]));
        }
        if self.sheets.len() - 1 == end_before.0 {
            self.y = self.y.max(end_before.1);
        }
        self.y += LEADING;
    }

    /// Divides a grid among pages.
    fn pieces(&mut self, grid: &Grid, measures: &Measures) -> Vec<Piece> {
        let headers = grid.lines.iter().take_while(|line| matches!(line.kind, LineKind::Band | LineKind::Header));
        let headers = if self.document.look.repeats_headers { headers.count() } else { 0 };
        let piece =
            |layout: &Self| Piece { sheet: layout.sheets.len() - 1, rows: Vec::new(), rest: None, is_cut: false };
        let mut pieces = vec![piece(self)];
        for (row, line) in grid.lines.iter().enumerate() {
            let height = measures.heights[row];
            let is_empty = pieces.last().is_none_or(|piece| piece.rows.is_empty());
            let is_full = self.y + height > self.bottom();
            let cut = line.look.page_break;
            let within = matches!(cut, Break::Above | Break::Below) && !is_full;
            if (is_full && (!is_empty || self.y > MARGIN)) || (cut == Break::Before && self.y > MARGIN) {
                self.turn_over(&mut pieces, measures, if row >= headers { headers } else { 0 });
            }
            if within {
                // The page ends below the first lines of the row, between two lines of its longest text.
                let lines = ((height - 2.0 * PAD) / LEADING).round().max(1.0);
                let first = PAD + LEADING * (lines / 2.0).floor().max(1.0);
                let last = pieces.last_mut().expect("there is a piece");
                last.rows.push((row, self.y, self.y + first));
                last.is_cut = true;
                self.turn_over(&mut pieces, measures, if row >= headers { headers } else { 0 });
                let rest = (height - first).max(LEADING + PAD);
                let last = pieces.last_mut().expect("there is a piece");
                last.rest = Some(last.rows.len());
                last.rows.push((row, self.y, self.y + rest));
                self.y += rest;
                continue;
            }
            pieces.last_mut().expect("there is a piece").rows.push((row, self.y, self.y + height));
            self.y += height;
        }
        pieces.retain(|piece| !piece.rows.is_empty());
        pieces
    }

    /// Begins a page, with the headers again.
    fn turn_over(&mut self, pieces: &mut Vec<Piece>, measures: &Measures, headers: usize) {
        self.new_page();
        let mut rows = Vec::new();
        for row in 0..headers {
            rows.push((row, self.y, self.y + measures.heights[row]));
            self.y += measures.heights[row];
        }
        pieces.push(Piece { sheet: self.sheets.len() - 1, rows, rest: None, is_cut: false });
    }

    fn draw(&mut self, grid: &Grid, measures: &Measures, piece: &Piece) {
        let document = self.document;
        let sheet = &mut self.sheets[piece.sheet];
        let (first, last) = (piece.rows[0].1, piece.rows[piece.rows.len() - 1].2);
        for (at, (row, top, bottom)) in piece.rows.iter().enumerate() {
            let is_rest = piece.rest == Some(at);
            let is_cut = piece.is_cut && at + 1 == piece.rows.len();
            for column in 0..grid.columns.len() {
                let owner = owner(measures, *row, column);
                let place = [measures.xs[column], *top, measures.xs[column + 1], *bottom];
                edges(document, grid, measures, (*row, column), place, first, sheet);
                let Some((height, width)) = measures.spans[*row].get(column).copied().flatten() else { continue };
                if owner != (*row, column) {
                    continue;
                }
                // A merged cell ends where the page does.
                let end = piece.rows[at..].iter().take_while(|(own, ..)| *own < row + height).last();
                let place = [place[0], *top, measures.xs[column + width], end.map_or(*bottom, |end| end.2)];
                let cell = &grid.lines[*row].cells[column];
                let cut = (is_cut, is_rest, grid.lines[*row].look.page_break);
                cell_text(document, cell, grid.lines[*row].kind, column, place, cut, sheet);
            }
        }
        if document.look.has_horizontal {
            sheet.rulings.push([measures.xs[0], last, measures.xs[measures.xs.len() - 1], last]);
        }
    }

    fn finish(mut self) -> Vec<Sheet> {
        for aside in &self.document.look.asides {
            let sheet = &mut self.sheets[0];
            let (x, y) = (aside.at.0 * sheet.width, aside.at.1 * sheet.height);
            let (text, size, is_faint) = (aside.text.clone(), aside.size * SIZE, aside.is_faint);
            sheet.runs.push(Run { text, x, y, size, space: 0.0, is_faint });
        }
        for sheet in &mut self.sheets {
            if !self.document.look.is_pieced {
                sheet.rulings = joined(std::mem::take(&mut sheet.rulings));
            }
            if let Some((dash, gap)) = self.document.look.dashes {
                sheet.rulings = sheet.rulings.iter().flat_map(|line| dashed(*line, dash, gap)).collect();
            }
            if let Some(seed) = self.document.look.shuffled {
                sheet.runs = sheet.runs.iter().flat_map(glyphs).collect();
                fastrand::Rng::with_seed(seed).shuffle(&mut sheet.runs);
            }
        }
        self.sheets
    }
}

/// The usual width of the columns of a grid.
fn measures(grid: &Grid, left: f64, is_half: bool) -> Measures {
    let values = grid.of_kind(ColumnKind::Value).len();
    let has_stubs = !grid.of_kind(ColumnKind::Stub).is_empty();
    let usual = |kind: ColumnKind| match kind {
        ColumnKind::Stub => 32.0,
        ColumnKind::Label if has_stubs || values > 3 => 110.0,
        ColumnKind::Label => 230.0,
        ColumnKind::Unit => 42.0,
        ColumnKind::Value if values > 8 => 34.0,
        ColumnKind::Value if values > 3 => 46.0,
        ColumnKind::Value => 72.0,
        ColumnKind::Other => 54.0,
    };
    let room = if is_half { (WIDTH - 2.0 * MARGIN - BESIDE) / 2.0 } else { WIDTH - 2.0 * MARGIN };
    let widths: Vec<f64> = grid.columns.iter().map(|column| usual(column.kind) * column.width).collect();
    let total: f64 = widths.iter().sum();
    let factor = if total > room { room / total } else { 1.0 };
    let mut xs = vec![left];
    for width in widths {
        xs.push(xs[xs.len() - 1] + width * factor);
    }
    let spans = grid.spans();
    let mut heights = vec![LEADING + 2.0 * PAD; grid.lines.len()];
    for wanted in 1..=grid.lines.len() {
        for (row, line) in grid.lines.iter().enumerate() {
            for (column, cell) in line.cells.iter().enumerate().take(grid.columns.len()) {
                let Some((height, width)) = spans[row][column].filter(|(height, _)| *height == wanted) else {
                    continue;
                };
                let end = (column + width).min(xs.len() - 1);
                let lines = wrapped(cell, xs[end] - xs[column] - 2.0 * PAD).len();
                let have: f64 = heights[row..row + height].iter().sum();
                heights[row + height - 1] += (LEADING * lines as f64 + 2.0 * PAD - have).max(0.0);
            }
        }
    }
    Measures { xs, spans, heights }
}

/// The first square of the cell that a square belongs to.
fn owner(measures: &Measures, row: usize, column: usize) -> (usize, usize) {
    for (above, spans) in measures.spans[..=row].iter().enumerate().rev() {
        for left in (0..=column.min(spans.len().saturating_sub(1))).rev() {
            let covers = |(height, width): (usize, usize)| above + height > row && left + width > column;
            if spans.get(left).copied().flatten().is_some_and(covers) {
                return (above, left);
            }
        }
    }
    (row, column)
}

/// Draws the left and top sides of a square, and the right one of the last.
fn edges(
    document: &Document,
    grid: &Grid,
    measures: &Measures,
    (row, column): (usize, usize),
    [x0, y0, x1, y1]: [f64; 4],
    first: f64,
    sheet: &mut Sheet,
) {
    let own = owner(measures, row, column);
    let look = grid.lines[row].cells.get(column).map(|cell| &cell.look);
    let mut line = |edge: Edge, [x0, y0, x1, y1]: [f64; 4]| {
        let part = |at: f64| (x0 + (x1 - x0) * at, y0 + (y1 - y0) * at);
        match edge {
            Edge::Whole => sheet.rulings.push([x0, y0, x1, y1]),
            Edge::Missing => {}
            Edge::Gap(from, to) => {
                let ((from_x, from_y), (to_x, to_y)) = (part(from), part(to));
                sheet.rulings.push([x0, y0, from_x, from_y]);
                sheet.rulings.push([to_x, to_y, x1, y1]);
            }
        }
    };
    if document.look.has_vertical {
        if column == 0 || owner(measures, row, column - 1) != own {
            line(look.map_or(Edge::Whole, |look| look.left), [x0, y0, x0, y1]);
        }
        if column + 1 == grid.columns.len() {
            line(Edge::Whole, [x1, y0, x1, y1]);
        }
    }
    if document.look.has_horizontal && (y0 == first || row == 0 || owner(measures, row - 1, column) != own) {
        line(look.map_or(Edge::Whole, |look| look.top), [x0, y0, x1, y0]);
    }
    if let Some(stray) = look.and_then(|look| look.through) {
        let at = if stray.is_horizontal { y0 + (y1 - y0) * stray.at } else { x0 + (x1 - x0) * stray.at };
        line(Edge::Whole, if stray.is_horizontal { [x0, at, x1, at] } else { [at, y0, at, y1] });
    }
}

/// Draws the text of a cell.
fn cell_text(
    document: &Document,
    cell: &Cell,
    kind: LineKind,
    column: usize,
    [x0, y0, x1, y1]: [f64; 4],
    (is_cut, is_rest, page_break): (bool, bool, Break),
    sheet: &mut Sheet,
) {
    let look = &cell.look;
    let size = SIZE * look.size.unwrap_or(1.0);
    let mut lines = wrapped(cell, x1 - x0 - 2.0 * PAD);
    if is_cut || is_rest {
        let first = if lines.len() > 1 { ((y1 - y0 - PAD) / LEADING).floor().max(1.0) as usize } else { 1 };
        let is_below = cell.is_value() && page_break == Break::Below;
        match (is_cut, is_below) {
            (true, true) => lines.clear(),
            (true, false) => lines.truncate(first),
            // Rows that a page cuts have their first half above.
            (false, true) => {}
            (false, false) => lines = lines.split_off((lines.len() / 2).max(1).min(lines.len())),
        }
    }
    let height = LEADING * lines.len() as f64;
    let is_aligned = cell.is_value() || (kind == LineKind::Header && column > 0) || kind == LineKind::Band;
    let align = if is_aligned { document.align } else { Align::Left };
    let align = if kind == LineKind::Header || kind == LineKind::Band { Align::Center } else { align };
    for (number, text) in lines.into_iter().enumerate() {
        let own = width(&text, size, look.spread * size);
        let x = match (look.near_edge, align) {
            (Some(gap), _) if gap < 0.0 => x0 - gap * size,
            (Some(gap), _) => x1 - gap * size - own,
            (None, Align::Left) => x0 + PAD,
            (None, Align::Center) => (x0 + x1 - own) / 2.0,
            (None, Align::Right) => x1 - PAD - own,
        };
        let x = x + look.shift.0 * (x1 - x0);
        let top = (y0 + y1 - height) / 2.0 + LEADING * number as f64 + look.shift.1 * (y1 - y0);
        let y = top + (LEADING - size) / 2.0 + 0.88 * size;
        let run = Run { text, x, y, size, space: look.spread * size, is_faint: false };
        if let Some((right, down)) = look.again {
            sheet.runs.push(Run { x: x + right * size, y: y + down * size, ..run.clone() });
        }
        sheet.runs.push(run);
    }
    if let Some(Over { text, size, at, is_faint }) = look.over.clone().filter(|_| !is_rest) {
        let (x, y) = (x0 + at.0 * (x1 - x0), y0 + at.1 * (y1 - y0));
        sheet.runs.push(Run { text, x, y, size: size * SIZE, space: 0.0, is_faint });
    }
}

/// Each glyph by itself.
fn glyphs(run: &Run) -> Vec<Run> {
    let mut x = run.x;
    let glyph = |c: char| {
        let own = Run { text: c.to_string(), x, ..run.clone() };
        x += advance(c, run.size) + run.space;
        own
    };
    run.text.chars().map(glyph).collect()
}

/// Lines whose pieces are one.
fn joined(mut lines: Vec<[f64; 4]>) -> Vec<[f64; 4]> {
    let key = |[x0, y0, x1, _]: &[f64; 4]| if x0 == x1 { (true, *x0, *y0) } else { (false, *y0, *x0) };
    lines.sort_by(|one, other| key(one).partial_cmp(&key(other)).expect("places are numbers"));
    let mut joined: Vec<[f64; 4]> = Vec::new();
    for line in lines {
        let is_vertical = line[0] == line[2];
        match joined.last_mut() {
            Some(last) if is_vertical && last[0] == last[2] && last[0] == line[0] && line[1] <= last[3] + 0.01 => {
                last[3] = last[3].max(line[3]);
            }
            Some(last) if !is_vertical && last[1] == last[3] && last[1] == line[1] && line[0] <= last[2] + 0.01 => {
                last[2] = last[2].max(line[2]);
            }
            _ => joined.push(line),
        }
    }
    joined
}

fn dashed([x0, y0, x1, y1]: [f64; 4], dash: f64, gap: f64) -> Vec<[f64; 4]> {
    let length = (x1 - x0).hypot(y1 - y0);
    let place = |at: f64| {
        let part = (at / length).min(1.0);
        (x0 + (x1 - x0) * part, y0 + (y1 - y0) * part)
    };
    let starts = (0..).map(|number| f64::from(number) * (dash + gap)).take_while(|at| *at < length);
    let pieces = starts.map(|at| {
        let ((x0, y0), (x1, y1)) = (place(at), place(at + dash));
        [x0, y0, x1, y1]
    });
    pieces.collect()
}
