//! The structure tree and the outline: what reads a document aloud, and what leads through it.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Document, Object, ObjectId, dictionary};

use super::{content, points, text_string};
use crate::layout::page::{Page, Source, TextBox};
use crate::layout::text::MM_PER_POINT;
use crate::layout::{Block, CellLayout, CellRole, Filling, Form, LineKind, TableLayout};

/// Where a piece of the layout stands: page and mark on it, from 0.
type Place = (usize, usize);

struct Tree<'a> {
    document: &'a mut Document,
    places: BTreeMap<Source, Place>,
    pages: &'a [ObjectId],
    /// What a table is that has no caption of its own: the document's title, which is each report's.
    titled: ObjectId,
    /// The elements of each page's marks.
    owners: Vec<Vec<Object>>,
}

/// Adds the structure tree: the title, the lines, and the tables with rows, heads and cells. Gives back its root.
///
/// `titled` is the id of the attributes of tables that are called as the document is: [`summary`] with its title.
pub(super) fn tree(
    document: &mut Document,
    form: &Form,
    marks: &[Vec<Source>],
    pages: &[ObjectId],
    titled: ObjectId,
) -> lopdf::Result<ObjectId> {
    let places = marks
        .iter()
        .enumerate()
        .flat_map(|(page, marks)| marks.iter().enumerate().map(move |(mark, source)| (*source, (page, mark))));
    let places = places.collect();
    let owners = marks.iter().map(|marks| vec![Object::Null; marks.len()]).collect();
    let root = document.new_object_id();
    let mut tree = Tree { document, places, pages, titled, owners };
    let body = tree.document.new_object_id();
    let mut kids = Vec::new();
    let mut block = 0;
    while block < form.blocks.len() {
        match &form.blocks[block] {
            Block::Line(line) => {
                // The halves of a broken title are one heading.
                let same = form.blocks[block..].iter().take_while(
                    |next| matches!(next, Block::Line(next) if line.kind == LineKind::Title && next.kind == line.kind),
                );
                let count = same.count().max(1);
                kids.extend(tree.line(form, block..block + count, body));
                block += count;
            }
            Block::Table(table) => {
                kids.push(tree.table(form, table, block, body));
                block += 1;
            }
        }
    }
    let kids = Object::Array(kids);
    tree.set(body, dictionary! { "S" => "Document", "P" => Object::Reference(root), "K" => kids });
    let owners = std::mem::take(&mut tree.owners);
    let mut numbers = Vec::new();
    for (page, (owners, id)) in owners.into_iter().zip(pages).enumerate() {
        numbers.push(Object::Integer(page as i64));
        numbers.push(Object::Array(owners));
        let page_dictionary = document.get_dictionary_mut(*id)?;
        page_dictionary.set("StructParents", page as i64);
        page_dictionary.set("Tabs", "S");
        page_dictionary.remove(b"Annots");
    }
    let parents = document.add_object(dictionary! { "Nums" => Object::Array(numbers) });
    let tree = dictionary! {
        "Type" => "StructTreeRoot",
        "K" => Object::Reference(body),
        "ParentTree" => Object::Reference(parents),
        "ParentTreeNextKey" => pages.len() as i64,
    };
    document.objects.insert(root, Object::Dictionary(tree));
    Ok(root)
}

impl Tree<'_> {
    fn set(&mut self, id: ObjectId, element: Dictionary) {
        self.document.objects.insert(id, Object::Dictionary(element));
    }

    /// An element with the marks of some pieces of the layout; none where nothing of them is drawn.
    fn marked(&mut self, tag: &str, parent: ObjectId, sources: &[Source]) -> Option<(ObjectId, Dictionary)> {
        let places: Vec<Place> = sources.iter().filter_map(|source| self.places.get(source).copied()).collect();
        let (first, _) = *places.first()?;
        let id = self.document.new_object_id();
        let kids = places.iter().map(|(page, mark)| {
            self.owners[*page][*mark] = Object::Reference(id);
            let mark = Object::Integer(*mark as i64);
            if *page == first {
                return mark;
            }
            let page = Object::Reference(self.pages[*page]);
            Object::Dictionary(dictionary! { "Type" => "MCR", "Pg" => page, "MCID" => mark })
        });
        let mut kids: Vec<Object> = kids.collect();
        let kids = if kids.len() == 1 { kids.remove(0) } else { Object::Array(kids) };
        let page = Object::Reference(self.pages[first]);
        Some((id, dictionary! { "S" => tag, "P" => Object::Reference(parent), "Pg" => page, "K" => kids }))
    }

    fn line(&mut self, form: &Form, blocks: std::ops::Range<usize>, parent: ObjectId) -> Option<Object> {
        let mut sources = Vec::new();
        for block in blocks {
            if let Block::Line(line) = &form.blocks[block] {
                sources.extend((0..line.parts.len()).map(|part| Source::Line { block, part }));
            }
        }
        let tag = content::element(form, *sources.first()?)?;
        let (id, element) = self.marked(tag, parent, &sources)?;
        self.set(id, element);
        Some(Object::Reference(id))
    }

    fn table(&mut self, form: &Form, table: &TableLayout, block: usize, parent: ObjectId) -> Object {
        let id = self.document.new_object_id();
        let heads = table.head_rows.min(table.rows.len());
        let mut kids = Vec::new();
        for (tag, rows) in [("THead", 0..heads), ("TBody", heads..table.rows.len())] {
            if rows.is_empty() {
                continue;
            }
            let group = self.document.new_object_id();
            let rows = rows.map(|row| self.row(form, table, block, row, group)).collect();
            self.set(group, dictionary! { "S" => tag, "P" => Object::Reference(id), "K" => Object::Array(rows) });
            kids.push(Object::Reference(group));
        }
        let attributes = match &table.caption {
            Some(caption) => summary(caption),
            None => Object::Reference(self.titled),
        };
        let kids = Object::Array(kids);
        self.set(id, dictionary! { "S" => "Table", "P" => Object::Reference(parent), "A" => attributes, "K" => kids });
        Object::Reference(id)
    }

    fn row(&mut self, form: &Form, table: &TableLayout, block: usize, row: usize, parent: ObjectId) -> Object {
        let id = self.document.new_object_id();
        let mut kids = Vec::new();
        for (number, cell) in table.rows[row].cells.iter().enumerate() {
            let source = Source::Cell { block, row, cell: number };
            let tag = content::element(form, source).unwrap_or("TD");
            let (cell_id, mut element) = self.marked(tag, id, &[source]).unwrap_or_else(|| {
                let blank = dictionary! { "S" => tag, "P" => Object::Reference(id) };
                (self.document.new_object_id(), blank)
            });
            if let Some(attributes) = attributes(cell) {
                element.set("A", attributes);
            }
            self.set(cell_id, element);
            kids.push(Object::Reference(cell_id));
        }
        self.set(id, dictionary! { "S" => "TR", "P" => Object::Reference(parent), "K" => Object::Array(kids) });
        Object::Reference(id)
    }
}

/// The attributes that say what a table is.
pub(super) fn summary(caption: &str) -> Object {
    Object::Dictionary(dictionary! { "O" => "Table", "Summary" => text_string(caption) })
}

/// Block, upper edge and text of a heading above a table.
fn heading<'l>(form: &'l Form, text: &TextBox) -> Option<(usize, f64, &'l str)> {
    let Source::Line { block, part } = text.source else { return None };
    let Block::Line(line) = &form.blocks[block] else { return None };
    let top = text.lines.first()?.baseline - text.style.size * MM_PER_POINT;
    let Filling::Fixed(title) = &line.parts[part].text else { return None };
    (line.kind == LineKind::Heading).then_some((block, top, title.as_str()))
}

/// What a cell heads and how far it spans, where there is anything to say.
fn attributes(cell: &CellLayout) -> Option<Dictionary> {
    let mut attributes = Dictionary::new();
    match cell.role {
        CellRole::ColumnHead => attributes.set("Scope", "Column"),
        CellRole::RowHead => attributes.set("Scope", "Row"),
        CellRole::Data => {}
    }
    for (name, span) in [("ColSpan", cell.column_span), ("RowSpan", cell.row_span)] {
        if span > 1 {
            attributes.set(name, span as i64);
        }
    }
    if attributes.is_empty() {
        return None;
    }
    attributes.set("O", "Table");
    Some(attributes)
}

/// Adds the outline, an entry a heading or section; none for a layout without any.
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
