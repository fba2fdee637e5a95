//! How a browser treats the elements of a page.
//!
//! In: the tree of a page, or an element. Out: the tables that hold data; whether an element is hidden, struck out or starts
//! a new line. Called by [`super::read`].

use std::collections::BTreeSet;

use ego_tree::NodeId;
use ego_tree::iter::Edge;
use scraper::Html;
use scraper::node::Element;

use super::look::Look;

/// The tables that hold data: those with several cells and without data tables inside.
pub(super) fn data_tables(page: &Html) -> BTreeSet<NodeId> {
    struct Open {
        id: NodeId,
        cells: usize,
        holds_table: bool,
    }
    let mut found = BTreeSet::new();
    let mut open: Vec<Open> = Vec::new();
    let mut hidden = None;
    for edge in page.tree.root().traverse() {
        match edge {
            Edge::Open(node) if hidden.is_none() => {
                let Some(tag) = node.value().as_element() else { continue };
                match tag.name() {
                    _ if is_hidden(tag) => hidden = Some(node.id()),
                    "table" => open.push(Open { id: node.id(), cells: 0, holds_table: false }),
                    "td" | "th" => open.last_mut().into_iter().for_each(|table| table.cells += 1),
                    _ => {}
                }
            }
            Edge::Close(node) => {
                if hidden == Some(node.id()) {
                    hidden = None;
                }
                if let Some(table) = open.pop_if(|table| table.id == node.id()) {
                    let is_data = !table.holds_table && table.cells > 1;
                    if is_data {
                        found.insert(table.id);
                    }
                    if let Some(outer) = open.last_mut() {
                        outer.holds_table |= is_data || table.holds_table;
                    }
                }
            }
            Edge::Open(_) => {}
        }
    }
    found
}

/// Whether a browser hides an element, whatever the styles of the page say.
pub(super) fn is_hidden(tag: &Element) -> bool {
    is_never_shown(tag) || has_style(tag, &["display:none", "visibility:hidden", "mso-hide:all"])
}

/// Whether a browser shows no text of an element, by its kind or its state.
pub(super) fn is_never_shown(tag: &Element) -> bool {
    const NEVER: [&str; 22] = [
        "head", "script", "style", "template", "noscript", "title", "meta", "link", "iframe", "noframes", "object",
        "audio", "video", "canvas", "svg", "math", "datalist", "rp", "rt", "map", "dialog", "base",
    ];
    NEVER.contains(&tag.name())
        || tag.attr("hidden").is_some()
        || (tag.name() == "option" && tag.attr("selected").is_none())
}

/// Whether a browser strikes out the text of an element.
pub(super) fn is_struck(tag: &Element, look: Look) -> bool {
    matches!(tag.name(), "del" | "s" | "strike") || look.struck == Some(true)
}

/// Whether the text of an element is a mark above or below the line, or a link to a note.
pub(super) fn is_mark(tag: &Element, look: Look) -> bool {
    match tag.name() {
        "sup" | "sub" => true,
        "a" => look.raised == Some(true) || tag.attr("href").is_some_and(|to| to.starts_with('#') || to.contains("#_")),
        // In a cell of a table, the property aligns the cell.
        "td" | "th" | "tr" => false,
        _ => look.raised == Some(true),
    }
}

/// Whether the styles of a page hide an element.
pub(super) fn is_hidden_by(look: Look, tag: &Element) -> bool {
    // A block of size 0 removes the gaps between its elements, which have a size of their own.
    let is_run = || matches!(tag.name(), "span" | "font" | "b" | "strong" | "i" | "em" | "u" | "small" | "a");
    look.hidden == Some(true) || (look.tiny == Some(true) && is_run())
}

/// An image as text that is no number: its description, or else its file. `None` for one that only takes up space.
pub(super) fn image(tag: &Element) -> Option<String> {
    let is_spacer = |name| tag.attr(name).is_some_and(|size| matches!(size.trim().trim_end_matches("px"), "0" | "1"));
    let description = tag.attr("alt").map(str::trim).filter(|text| !text.is_empty());
    let file = || tag.attr("src").map(|file| file.rsplit('/').next().unwrap_or(file).chars().take(40).collect());
    let shown = description.map(str::to_owned).or_else(file).unwrap_or_default();
    (!is_spacer("width") && !is_spacer("height")).then(|| format!("<img {shown}>"))
}

fn has_style(tag: &Element, wanted: &[&str]) -> bool {
    let Some(style) = tag.attr("style") else { return false };
    let style: String = style.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_lowercase()).collect();
    wanted.iter().any(|wanted| style.contains(wanted))
}

/// Whether an element starts a new line.
pub(super) fn is_block(name: &str) -> bool {
    const BLOCKS: [&str; 46] = [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "caption",
        "center",
        "dd",
        "details",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "html",
    ];
    BLOCKS.contains(&name)
}
