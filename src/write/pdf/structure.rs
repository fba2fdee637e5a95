//! The structure tree, which screen readers follow, and the outline.

use std::collections::BTreeMap;

use lopdf::{Document, Object, ObjectId, dictionary};

use super::content;
use super::object::{self, Put, Written, points, text_string};
use crate::layout::page::{Page, Source, TextBox};
use crate::layout::text::MM_PER_POINT;
use crate::layout::{Block, CellLayout, CellRole, Filling, Form, LineKind, TableLayout};

/// The place of a piece of the layout: page and mark on it, from 0.
type Place = (usize, usize);

struct Tree<'a> {
    document: &'a mut Document,
    places: BTreeMap<Source, Place>,
    pages: &'a [ObjectId],
    /// The attributes of tables without a caption, which are called as the document is.
    titled: ObjectId,
    /// The element of each mark, by page.
    owners: Vec<Vec<Option<ObjectId>>>,
    /// The elements as bytes: there are hundreds, and each is written once.
    elements: Vec<Written>,
}

/// Makes the structure tree: the title, the lines, and the tables with rows, headers and cells. Returns its root and all its
/// objects, as bytes.
///
/// `titled` is the id of the attributes of tables that are called as the document is: [`summary`] with its title.
pub(super) fn tree(
    document: &mut Document,
    form: &Form,
    marks: &[&[Source]],
    pages: &[ObjectId],
    titled: ObjectId,
) -> lopdf::Result<(ObjectId, Vec<Written>)> {
    let places = marks
        .iter()
        .enumerate()
        .flat_map(|(page, marks)| marks.iter().enumerate().map(move |(mark, source)| (*source, (page, mark))));
    let places = places.collect();
    let owners = marks.iter().map(|marks| vec![None; marks.len()]).collect();
    let root = document.new_object_id();
    let mut tree = Tree { document, places, pages, titled, owners, elements: Vec::new() };
    let body = tree.document.new_object_id();
    let mut kids = Vec::new();
    let mut block = 0;
    while block < form.blocks.len() {
        match &form.blocks[block] {
            Block::Line(line) => {
                // The halves of a broken title are one heading, the lines of a paragraph one element.
                let goes_on = |next: &&Block| match next {
                    Block::Line(next) if line.kind == LineKind::Title => next.kind == LineKind::Title,
                    Block::Line(next) => next.kind == LineKind::Continued,
                    Block::Table(_) => false,
                };
                let count = 1 + form.blocks[block + 1..].iter().take_while(goes_on).count();
                kids.extend(tree.line(form, block..block + count, body));
                block += count;
            }
            Block::Table(table) => {
                kids.push(tree.table(form, table, block, body));
                block += 1;
            }
        }
    }
    tree.set(body, |out| {
        out.put("<</S/Document/P ").reference(root).put("/K[").references(&kids).put("]>>");
    });
    let parents = tree.parents()?;
    tree.set(root, |out| {
        out.put("<</Type/StructTreeRoot/K ").reference(body).put("/ParentTree ").reference(parents);
        out.put("/ParentTreeNextKey ").number(pages.len()).put(">>");
    });
    Ok((root, tree.elements))
}

impl Tree<'_> {
    /// Adds an element.
    fn set(&mut self, id: ObjectId, put: impl FnOnce(&mut Vec<u8>)) {
        let mut element = Vec::with_capacity(64);
        put(&mut element);
        self.elements.push((id, element));
    }

    /// The beginning of an element with the marks of some pieces of the layout; none where none of them is drawn.
    fn marked(&mut self, tag: &str, parent: ObjectId, sources: &[Source]) -> Option<Written> {
        let mut places = sources.iter().filter_map(|source| self.places.get(source).copied()).peekable();
        let (first, _) = *places.peek()?;
        let id = self.document.new_object_id();
        let mut element = Vec::with_capacity(64);
        element.put("<</S/").put(tag).put("/P ").reference(parent).put("/Pg ").reference(self.pages[first]).put("/K");
        let (start, mut count) = (element.len(), 0);
        for (page, mark) in places {
            self.owners[page][mark] = Some(id);
            if page == first {
                element.put(" ").number(mark);
            } else {
                element.put("<</Type/MCR/Pg ").reference(self.pages[page]).put("/MCID ").number(mark).put(">>");
            }
            count += 1;
        }
        if count > 1 {
            // The first is a number after a space, which the bracket replaces.
            element[start] = b'[';
            element.put("]");
        }
        Some((id, element))
    }

    /// Makes the map from the marks of each page to their elements, and numbers the pages for it; returns its id.
    fn parents(&mut self) -> lopdf::Result<ObjectId> {
        let parents = self.document.new_object_id();
        let mut numbers = b"<</Nums[".to_vec();
        for (page, (owners, id)) in self.owners.iter().zip(self.pages).enumerate() {
            numbers.put(if page > 0 { " " } else { "" }).number(page).put("[");
            for (mark, owner) in owners.iter().enumerate() {
                numbers.put(if mark > 0 { " " } else { "" });
                match owner {
                    Some(owner) => numbers.reference(*owner),
                    None => numbers.put("null"),
                };
            }
            numbers.put("]");
            let page_dictionary = self.document.get_dictionary_mut(*id)?;
            page_dictionary.set("StructParents", page as i64);
            page_dictionary.set("Tabs", "S");
            page_dictionary.remove(b"Annots");
        }
        numbers.put("]>>");
        self.set(parents, |out| out.append(&mut numbers));
        Ok(parents)
    }

    fn line(&mut self, form: &Form, blocks: std::ops::Range<usize>, parent: ObjectId) -> Option<ObjectId> {
        let mut sources = Vec::new();
        for block in blocks {
            if let Block::Line(line) = &form.blocks[block] {
                sources.extend((0..line.parts.len()).map(|part| Source::Line { block, part }));
            }
        }
        let tag = content::element(form, *sources.first()?)?;
        let (id, mut element) = self.marked(tag, parent, &sources)?;
        element.put(">>");
        self.elements.push((id, element));
        Some(id)
    }

    fn table(&mut self, form: &Form, table: &TableLayout, block: usize, parent: ObjectId) -> ObjectId {
        let id = self.document.new_object_id();
        let headers = table.header_rows.min(table.rows.len());
        let mut kids = Vec::new();
        for (tag, rows) in [("THead", 0..headers), ("TBody", headers..table.rows.len())] {
            if rows.is_empty() {
                continue;
            }
            let group = self.document.new_object_id();
            let rows: Vec<ObjectId> = rows.map(|row| self.row(form, table, block, row, group)).collect();
            self.set(group, |out| {
                out.put("<</S/").put(tag).put("/P ").reference(id).put("/K[").references(&rows).put("]>>");
            });
            kids.push(group);
        }
        let titled = self.titled;
        self.set(id, |out| {
            out.put("<</S/Table/P ").reference(parent).put("/A");
            match &table.caption {
                Some(caption) => object::write(&summary(caption), out),
                None => {
                    out.put(" ").reference(titled);
                }
            }
            out.put("/K[").references(&kids).put("]>>");
        });
        id
    }

    fn row(&mut self, form: &Form, table: &TableLayout, block: usize, row: usize, parent: ObjectId) -> ObjectId {
        let id = self.document.new_object_id();
        let mut kids = Vec::new();
        for (number, cell) in table.rows[row].cells.iter().enumerate() {
            let source = Source::Cell { block, row, cell: number };
            let tag = content::element(form, source).unwrap_or("TD");
            let (cell_id, mut element) = self.marked(tag, id, &[source]).unwrap_or_else(|| {
                let mut blank = Vec::new();
                blank.put("<</S/").put(tag).put("/P ").reference(id);
                (self.document.new_object_id(), blank)
            });
            attributes(cell, &mut element);
            element.put(">>");
            self.elements.push((cell_id, element));
            kids.push(cell_id);
        }
        self.set(id, |out| {
            out.put("<</S/TR/P ").reference(parent).put("/K[").references(&kids).put("]>>");
        });
        id
    }
}

/// The attributes of a table: what it is about.
pub(super) fn summary(caption: &str) -> Object {
    Object::Dictionary(dictionary! { "O" => "Table", "Summary" => text_string(caption) })
}

/// Block, upper edge and text of a heading above a table.
fn heading<'l>(form: &'l Form, text: &TextBox) -> Option<(usize, f64, &'l str)> {
    let Source::Line { block, part } = text.source else { return None };
    let Block::Line(line) = &form.blocks[block] else { return None };
    let top = text.lines.first()?.baseline - text.style.size * MM_PER_POINT;
    let Filling::Fixed(title) = &line.parts[part].text else { return None };
    matches!(line.kind, LineKind::Heading | LineKind::Section).then_some((block, top, title.as_str()))
}

/// Appends the attributes of a cell, where it has any: what it is a header of, and how far it spans.
fn attributes(cell: &CellLayout, out: &mut Vec<u8>) {
    let scope = match cell.role {
        CellRole::ColumnHeader => "/Scope/Column",
        CellRole::RowHeader => "/Scope/Row",
        CellRole::Data => "",
    };
    let spans = [("/ColSpan ", cell.column_span), ("/RowSpan ", cell.row_span)];
    if scope.is_empty() && spans.iter().all(|(_, span)| *span <= 1) {
        return;
    }
    out.put("/A<<").put(scope);
    for (name, span) in spans.into_iter().filter(|(_, span)| *span > 1) {
        out.put(name).number(span);
    }
    out.put("/O/Table>>");
}

/// Adds the outline, with an entry for each heading or section; none for a layout without any.
pub(super) fn outline(document: &mut Document, form: &Form, pages: &[Page], page_ids: &[ObjectId]) -> Option<ObjectId> {
    let mut entries = Vec::new();
    for (page, id) in pages.iter().zip(page_ids) {
        let headings = page.texts.iter().filter_map(|text| heading(form, text));
        let sections = page.rows.iter().filter(|place| !place.repeated).filter_map(|place| {
            let Block::Table(table) = &form.blocks[place.block] else { return None };
            table.rows[place.row].outline.as_deref().map(|title| (place.block, place.top, title))
        });
        let mut titles: Vec<_> = headings.chain(sections).collect();
        titles.sort_by_key(|(block, ..)| *block);
        for (_, top, title) in titles {
            let left = Object::Real(points(form.page.left));
            let top = Object::Real(points(form.page.height - top));
            entries.push((title, vec![Object::Reference(*id), "XYZ".into(), left, top, Object::Null]));
        }
    }
    let root = document.new_object_id();
    let ids: Vec<ObjectId> = entries.iter().map(|_| document.new_object_id()).collect();
    let (first, last) = (*ids.first()?, *ids.last()?);
    for (at, (title, place)) in entries.into_iter().enumerate() {
        let mut entry = dictionary! {
            "Title" => text_string(title),
            "Parent" => Object::Reference(root),
            "Dest" => Object::Array(place),
        };
        if at > 0 {
            entry.set("Prev", Object::Reference(ids[at - 1]));
        }
        if let Some(next) = ids.get(at + 1) {
            entry.set("Next", Object::Reference(*next));
        }
        document.objects.insert(ids[at], Object::Dictionary(entry));
    }
    let outlines = dictionary! {
        "Type" => "Outlines",
        "First" => Object::Reference(first),
        "Last" => Object::Reference(last),
        "Count" => ids.len() as i64,
    };
    document.objects.insert(root, Object::Dictionary(outlines));
    Some(root)
}
