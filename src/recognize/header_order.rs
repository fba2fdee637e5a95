//! The order of the value columns in text whose columns have no positions, from the headers in reading order.
//!
//! In: the folded text above the first row of a table. Out: a [`HeaderOrder`]. Called by [`super::matrix`].

use super::header::header_words;
use crate::template::{Table, YEAR, with_year_marked};
use crate::text::fold::fold;
use crate::text::label;

/// What the headers say about the order of the columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderOrder {
    /// The form's order.
    Official,
    /// Another order: for each printed column, the column of the form.
    Changed(Vec<usize>),
    /// There are no headers.
    NoHeaders,
    /// The headers contradict the form, and no order fits all of them.
    Unclear,
}

/// A header of the form with those below it.
#[derive(Clone, Debug)]
struct Node {
    names: Vec<String>,
    children: Vec<Node>,
    /// The column, if no headers are below it.
    column: Option<usize>,
}

/// The headers of a table as a tree.
fn tree(table: &Table) -> Node {
    let mut root = Node { names: Vec::new(), children: Vec::new(), column: None };
    for (index, column) in table.columns.iter().enumerate() {
        let mut node = &mut root;
        for group in &column.groups {
            let name = header_words(group);
            let found = node.children.iter().rposition(|child| child.column.is_none() && child.names.contains(&name));
            let at = found.unwrap_or_else(|| {
                node.children.push(Node { names: vec![name], children: Vec::new(), column: None });
                node.children.len() - 1
            });
            node = &mut node.children[at];
        }
        let names = std::iter::once(&column.header).chain(&column.aliases).map(|name| header_words(name)).collect();
        node.children.push(Node { names, children: Vec::new(), column: Some(index) });
    }
    root
}

impl Node {
    /// The columns below it, from the left.
    fn columns(&self, into: &mut Vec<usize>) {
        into.extend(self.column);
        self.children.iter().for_each(|child| child.columns(into));
    }

    /// All names in the tree.
    fn all_names<'n>(&'n self, into: &mut Vec<&'n str>) {
        into.extend(self.names.iter().map(String::as_str));
        self.children.iter().for_each(|child| child.all_names(into));
    }

    /// Takes the children, in any order, from the start of some headers. None if these are others.
    fn take_children(&self, found: &mut &[String]) -> Option<Vec<Node>> {
        let (own, rest) = found.split_at_checked(self.children.len())?;
        let mut left: Vec<Node> = self.children.clone();
        let mut ordered = Vec::new();
        for name in own {
            let at = left.iter().position(|child| child.names.contains(name))?;
            ordered.push(left.remove(at));
        }
        *found = rest;
        Some(ordered)
    }

    /// Orders the tree as headers that are printed level by level.
    fn by_level(&mut self, found: &mut &[String]) -> Option<()> {
        let mut level: Vec<&mut Node> = vec![self];
        while !level.is_empty() {
            let mut next = Vec::new();
            for node in level.into_iter().filter(|node| !node.children.is_empty()) {
                node.children = node.take_children(found)?;
                next.extend(node.children.iter_mut());
            }
            level = next;
        }
        Some(())
    }

    /// Orders the tree as headers that are printed each with those below it.
    fn by_depth(&mut self, found: &mut &[String]) -> Option<()> {
        let mut left = std::mem::take(&mut self.children);
        while !left.is_empty() {
            let (name, rest) = found.split_first()?;
            *found = rest;
            let at = left.iter().position(|child| child.names.contains(name))?;
            let mut child = left.remove(at);
            child.by_depth(found)?;
            self.children.push(child);
        }
        Some(())
    }
}

/// The headers of a table that a folded text has, in the order of the text, each with its place.
pub fn found_headers(table: &Table, folded: &str) -> Vec<(usize, String)> {
    let root = tree(table);
    let mut names: Vec<&str> = Vec::new();
    root.all_names(&mut names);
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    let label = table.label.as_ref().map(|label| header_words(&label.header));
    let mut found = Vec::new();
    let mut at = 0;
    while at < folded.len() {
        let rest = &folded[at..];
        if let Some(label) = label.as_deref().filter(|label| rest.starts_with(label)) {
            at += label.len();
        } else if let Some(name) = names.iter().find(|name| rest.starts_with(**name)) {
            found.push((at, (*name).to_owned()));
            at += name.len();
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    found
}

/// Whether there is another header among those of a table: words between the header of the labels, or the first header
/// found, and the first row. Words directly before a number are the label of a row.
fn has_others(table: &Table, folded: &str, found: &[(usize, String)]) -> bool {
    let label = table.label.as_ref().map(|label| header_words(&label.header));
    let of_label = label.as_ref().and_then(|label| folded.rfind(label.as_str()));
    let Some(start) = of_label.into_iter().chain(found.first().map(|(at, _)| *at)).min() else { return false };
    let rest = &folded[start..];
    let end = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
    let mut known: Vec<String> = found.iter().map(|(_, name)| name.clone()).chain(label).collect();
    for row in &table.rows {
        known.extend(row.stubs.iter().chain([&row.label]).map(|text| fold(text)).filter(|text| !text.is_empty()));
    }
    known.extend(table.columns.iter().map(|column| fold(&column.header)));
    known.sort_by_key(|name| std::cmp::Reverse(name.len()));
    let mut others: Vec<usize> = Vec::new();
    let mut at = 0;
    let mut open = 0;
    while at < end {
        let here = &rest[at..];
        let length = known.iter().find(|name| here.starts_with(name.as_str())).map(String::len);
        let c = here.chars().next().unwrap_or(' ');
        let is_word = length.is_none() && !c.is_ascii();
        open = if is_word { open + 1 } else { 0 };
        at += length.unwrap_or(c.len_utf8());
        if open == MIN_WORDS {
            others.push(at);
        }
    }
    let before_number = end < rest.len();
    others.len() > usize::from(before_number)
}

/// A header has at least this many ideographs; fewer are marks and remains.
const MIN_WORDS: usize = 2;

/// The order of the columns by the headers in a folded text.
pub fn order(table: &Table, folded: &str) -> HeaderOrder {
    let found = found_headers(table, folded);
    if has_others(table, folded, &found) {
        return HeaderOrder::Unclear;
    }
    // A year among the headers heads a column of another year, unless it is in the notes of a header.
    if let ([(first, _), ..], [.., (last, _)]) = (found.as_slice(), found.as_slice())
        && with_year_marked(&label::without_brackets(&folded[*first..*last])).contains(YEAR)
    {
        return HeaderOrder::Unclear;
    }
    let found: Vec<String> = found.into_iter().map(|(_, name)| name).collect();
    if found.is_empty() {
        return HeaderOrder::NoHeaders;
    }
    let root = tree(table);
    // A group over all columns says nothing about their order, and is often left out.
    let inner = match root.children.as_slice() {
        [only] if only.column.is_none() => Some(only.clone()),
        _ => None,
    };
    if is_official(&root, &found) {
        return HeaderOrder::Official;
    }
    for tree in std::iter::once(&root).chain(&inner) {
        for by_depth in [false, true] {
            let (mut tree, mut rest) = (tree.clone(), found.as_slice());
            let ordered = if by_depth { tree.by_depth(&mut rest) } else { tree.by_level(&mut rest) };
            if ordered.is_some() && rest.is_empty() {
                let mut columns = Vec::new();
                tree.columns(&mut columns);
                let is_certain = !only_groups_moved(&columns, table);
                return if is_certain { HeaderOrder::Changed(columns) } else { HeaderOrder::Unclear };
            }
        }
    }
    HeaderOrder::Unclear
}

/// Whether a group of headers is before or behind columns without a group, and nothing else has moved. On a page, a group is
/// on a line above columns whose headers are as high as the table's, wherever they are.
fn only_groups_moved(columns: &[usize], table: &Table) -> bool {
    let is_grouped = |column: &&usize| !table.columns[**column].groups.is_empty();
    let depth = table.columns.iter().map(|column| column.groups.len()).max().unwrap_or(0);
    let is_deepest = |column: &&usize| table.columns[**column].groups.len() == depth;
    let grouped: Vec<&usize> = columns.iter().filter(is_deepest).collect();
    let alone: Vec<&usize> = columns.iter().filter(|column| !is_deepest(column)).collect();
    columns.iter().any(|column| is_grouped(&column)) && grouped.is_sorted() && alone.is_sorted() && !alone.is_empty()
}

/// Whether headers are in the form's order, level by level or from the left; some may be missing.
fn is_official(root: &Node, found: &[String]) -> bool {
    let mut by_level: Vec<&Node> = Vec::new();
    let mut level = vec![root];
    while !level.is_empty() {
        level = level.into_iter().flat_map(|node| &node.children).collect();
        by_level.extend(&level);
    }
    let mut by_depth = Vec::new();
    fn walk<'n>(node: &'n Node, into: &mut Vec<&'n Node>) {
        for child in &node.children {
            into.push(child);
            walk(child, into);
        }
    }
    walk(root, &mut by_depth);
    [by_level, by_depth].iter().any(|nodes| {
        let mut nodes = nodes.iter();
        found.iter().all(|name| nodes.any(|node| node.names.contains(name)))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::template::shipped;

    fn order_of(table: &str, headers: &[&str]) -> HeaderOrder {
        let template = shipped().find("2021").unwrap();
        let table = template.tables().iter().find(|own| own.id == table).unwrap();
        let headers: Vec<String> = headers.iter().map(|header| header_words(header)).collect();
        order(table, &headers.concat())
    }

    #[test]
    fn headers_give_the_order_of_the_columns() {
        let level = |lower: [&'static str; 5]| -> Vec<&'static str> {
            ["申请人情况", "自然人", "法人或其他组织", "总计"].into_iter().chain(lower).collect()
        };
        let official = ["商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他"];
        assert_eq!(order_of("requests", &level(official)), HeaderOrder::Official);
        let swapped = ["科研机构", "商业企业", "社会公益组织", "法律服务机构", "其他"];
        assert_eq!(order_of("requests", &level(swapped)), HeaderOrder::Changed(vec![0, 2, 1, 3, 4, 5, 6]));
        let moved = ["总计", "法人或其他组织", "自然人"].into_iter().chain(official).collect::<Vec<_>>();
        assert_eq!(order_of("requests", &moved), HeaderOrder::Changed(vec![6, 1, 2, 3, 4, 5, 0]));
        assert_eq!(
            order_of("disclosure_1", &["现行有效件数", "本年制发件数", "本年废止件数"]),
            HeaderOrder::Changed(vec![2, 0, 1])
        );
        assert_eq!(order_of("disclosure_1", &["规章"]), HeaderOrder::NoHeaders);
        assert_eq!(order_of("disclosure_1", &["信息内容", "本年新公开数量"]), HeaderOrder::Unclear);
        let across =
            ["商业企业", "法人或其他组织", "总计", "自然人", "科研机构", "社会公益组织", "法律服务机构", "其他"];
        assert_eq!(order_of("requests", &across), HeaderOrder::Unclear);
    }
}
