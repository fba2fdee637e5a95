//! Compares the structure tree of a tagged document with the tables on its pages.
//!
//! In: the document, and the tables of each page. Out: a finding if they differ.
//!
//! A program that reads the document aloud follows the tree, and people see the page. Each cell of the tree should be in
//! one cell of the page, and the cells of a row of the tree in cells that share a row. Source: ISO 32000-1, 14.7 and 14.8.

use std::collections::{BTreeMap, HashMap};

use hayro_syntax::Pdf;
use hayro_syntax::object::dict::Dict;
use hayro_syntax::object::{Array, Name, Object, ObjectIdentifier};

use crate::document::Location;
use crate::finding::Finding;
use crate::limit::CELLS;
use crate::read::lattice::{Cell, Table};

/// The deepest nesting of the tree.
const DEPTH: usize = 64;

/// A piece of marked content: its page from 1, and its number there.
type Piece = (u32, i32);

/// The rows of the tables in a structure tree, and what of them was compared.
#[derive(Default)]
pub(super) struct Structure {
    rows: Vec<Row>,
    differences: usize,
    first: Option<Location>,
}

/// A row of the tree: for each cell, its pieces.
type Row = Vec<Vec<Piece>>;

impl Structure {
    pub(super) fn new(pdf: &Pdf) -> Self {
        let catalog = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id()).unwrap_or_default();
        let Some(root) = catalog.get::<Dict<'_>>(b"StructTreeRoot") else { return Self::default() };
        let pages = pdf.pages().iter().zip(1..).filter_map(|(page, number)| Some((page.raw().obj_id()?, number)));
        let mut walk = Walk { pages: pages.collect(), roles: roles(&root), rows: Vec::new(), left: CELLS };
        walk.rows_below(&root, None, 0);
        Self { rows: walk.rows, ..Self::default() }
    }

    /// Compares the tables of a page with the rows of the tree that are on it.
    pub(super) fn compare(&mut self, page: u32, tables: &[Table]) {
        if self.rows.is_empty() || tables.is_empty() {
            return;
        }
        let mut cells: HashMap<i32, Vec<(usize, &Cell)>> = HashMap::new();
        for (number, table) in tables.iter().enumerate() {
            for cell in &table.cells {
                cell.marks.iter().for_each(|mark| cells.entry(*mark).or_default().push((number, cell)));
            }
        }
        for row in &self.rows {
            let places = row.iter().map(|pieces| {
                let own = pieces.iter().filter(|(own, _)| *own == page).filter_map(|(_, mark)| cells.get(mark)).flatten();
                own.map(|(table, cell)| ((*table, cell.row, cell.column), (*table, *cell))).collect::<BTreeMap<_, _>>()
            });
            let places: Vec<_> = places.filter(|places| !places.is_empty()).collect();
            let is_apart = places.iter().any(|places| places.len() > 1) || !share_a_row(&places);
            if is_apart {
                self.differences += 1;
                let cell = places.first().and_then(|places| places.values().next());
                self.first = self.first.take().or_else(|| {
                    cell.map(|(table, cell)| {
                        let place = tables[*table].rows[cell.row];
                        let (table, row, area) = (place.table, place.row, cell.area);
                        Location::PageCell { page, table, row, cell: cell.column as u32 + 1, area }
                    })
                });
            }
        }
    }

    /// What was found.
    pub(super) fn finding(self) -> Option<Finding> {
        (self.differences > 0).then(|| Finding::new("XG383").with("count", self.differences).at(self.first))
    }
}

/// Cells of the page, with the numbers of their tables, by table, row and column.
type Places<'t> = BTreeMap<(usize, usize, usize), (usize, &'t Cell)>;

/// Whether cells of the page have a row in common.
fn share_a_row(places: &[Places<'_>]) -> bool {
    let mut cells = places.iter().flat_map(BTreeMap::values);
    let Some((table, first)) = cells.next() else { return true };
    let (mut from, mut to) = (first.row, first.row + first.rows);
    for (other, cell) in cells {
        if other != table {
            return false;
        }
        (from, to) = (from.max(cell.row), to.min(cell.row + cell.rows));
    }
    from < to
}

/// The standard types of types that a document defines.
fn roles(root: &Dict<'_>) -> HashMap<Vec<u8>, Vec<u8>> {
    let map = root.get::<Dict<'_>>(b"RoleMap").unwrap_or_default();
    let role = |key: Name<'_>| Some((key.to_vec(), map.get::<Name<'_>>(&*key)?.to_vec()));
    map.keys().filter_map(role).collect()
}

struct Walk {
    pages: HashMap<ObjectIdentifier, u32>,
    roles: HashMap<Vec<u8>, Vec<u8>>,
    rows: Vec<Row>,
    /// How many elements may still be visited.
    left: usize,
}

impl Walk {
    fn kind(&self, element: &Dict<'_>) -> Vec<u8> {
        let own = element.get::<Name<'_>>(b"S").map(|name| name.to_vec()).unwrap_or_default();
        self.roles.get(&own).cloned().unwrap_or(own)
    }

    fn page(&self, element: &Dict<'_>, outer: Option<u32>) -> Option<u32> {
        element.get_ref(b"Pg").and_then(|page| self.pages.get(&page.into()).copied()).or(outer)
    }

    fn children<'a>(&mut self, element: &Dict<'a>) -> Vec<Object<'a>> {
        let children = match element.get::<Object<'a>>(b"K") {
            Some(Object::Array(list)) => Array::iter::<Object<'a>>(&list).take(self.left).collect(),
            Some(object) => vec![object],
            None => Vec::new(),
        };
        self.left = self.left.saturating_sub(children.len());
        children
    }

    /// Collects the rows of tables below an element.
    fn rows_below(&mut self, element: &Dict<'_>, page: Option<u32>, depth: usize) {
        if depth > DEPTH {
            return;
        }
        let page = self.page(element, page);
        for child in self.children(element) {
            let Object::Dict(child) = child else { continue };
            if self.kind(&child) != b"TR" {
                self.rows_below(&child, page, depth + 1);
                continue;
            }
            let page = self.page(&child, page);
            let mut row = Row::new();
            for cell in self.children(&child) {
                let Object::Dict(cell) = cell else { continue };
                let mut pieces = Vec::new();
                self.pieces(&cell, page, depth + 1, &mut pieces);
                row.push(pieces);
            }
            self.rows.push(row);
        }
    }

    /// Collects the pieces of marked content below an element.
    fn pieces(&mut self, element: &Dict<'_>, page: Option<u32>, depth: usize, pieces: &mut Vec<Piece>) {
        if depth > DEPTH {
            return;
        }
        let page = self.page(element, page);
        for child in self.children(element) {
            match child {
                Object::Number(number) => pieces.extend(page.map(|page| (page, number.as_i64() as i32))),
                Object::Dict(child) => match child.get::<i32>(b"MCID") {
                    Some(mark) => pieces.extend(self.page(&child, page).map(|page| (page, mark))),
                    None => self.pieces(&child, page, depth + 1, pieces),
                },
                _ => {}
            }
        }
    }
}
