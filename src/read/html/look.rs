//! How the styles of a page show the text of an element: hidden, struck out or raised.
//!
//! In: `style` attributes and the `<style>` elements of a page. Out: a [`Look`] for each element. Called by
//! [`super::read`].
//!
//! Only rules for a tag, a class, or a tag with a class are read. Source: CSS 2.2, chapters 4 to 6.

use std::collections::BTreeMap;

use scraper::Html;
use scraper::node::Element;

/// What styles say about text. `None` says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Look {
    pub hidden: Option<bool>,
    /// Of the size 0.
    pub tiny: Option<bool>,
    pub struck: Option<bool>,
    /// Raised or lowered.
    pub raised: Option<bool>,
}

impl Look {
    /// What the declarations of a rule or of a `style` attribute say.
    fn of(declarations: &str) -> Self {
        let mut look = Self::default();
        for declaration in declarations.split(';') {
            let Some((property, value)) = declaration.split_once(':') else { continue };
            let value = value.to_ascii_lowercase();
            let value = value.split('!').next().unwrap_or_default().trim();
            look.add(property.trim().to_ascii_lowercase().as_str(), value);
        }
        look
    }

    fn add(&mut self, property: &str, value: &str) {
        match property {
            "display" => self.hidden = Some(value == "none"),
            "visibility" => self.hidden = Some(matches!(value, "hidden" | "collapse")),
            "mso-hide" if value == "all" => self.hidden = Some(true),
            "opacity" if is_zero(value) => self.hidden = Some(true),
            "font-size" => self.tiny = Some(is_zero(value)),
            "text-decoration" | "text-decoration-line" => self.struck = Some(value.contains("line-through")),
            "vertical-align" => self.raised = Some(matches!(value, "super" | "sub") || is_length(value)),
            "mso-text-raise" => self.raised = Some(is_length(value)),
            _ => {}
        }
    }

    /// This look where it says something, otherwise the other.
    fn or(self, other: Self) -> Self {
        Self {
            hidden: self.hidden.or(other.hidden),
            tiny: self.tiny.or(other.tiny),
            struck: self.struck.or(other.struck),
            raised: self.raised.or(other.raised),
        }
    }
}

/// The number at the start of a value.
fn number(value: &str) -> Option<f64> {
    let end = value.find(|c: char| !matches!(c, '0'..='9' | '.' | '-' | '+')).unwrap_or(value.len());
    value[..end].parse().ok()
}

fn is_zero(value: &str) -> bool {
    number(value) == Some(0.0)
}

fn is_length(value: &str) -> bool {
    number(value).is_some_and(|number| number != 0.0)
}

/// The rules of a page for tags and classes. Either name may be empty.
#[derive(Default)]
pub(super) struct Looks(BTreeMap<(String, String), Look>);

impl Looks {
    /// The rules in the `<style>` elements of a page.
    pub(super) fn of(page: &Html) -> Self {
        let mut looks = Self::default();
        for node in page.tree.nodes().filter(|node| node.value().as_element().is_some_and(|tag| tag.name() == "style"))
        {
            let text: String =
                node.children().filter_map(|child| child.value().as_text().map(|text| &**text)).collect();
            looks.add_sheet(&without_comments(&text));
        }
        looks
    }

    fn add_sheet(&mut self, sheet: &str) {
        let mut rest = sheet;
        while let Some((selectors, inner)) = rest.split_once('{') {
            // A block within a block is that of a rule like `@media`, which need not apply.
            if selectors.trim_start().starts_with('@') {
                rest = after_block(inner);
                continue;
            }
            let (declarations, next) = inner.split_once('}').unwrap_or((inner, ""));
            rest = next;
            let look = Look::of(declarations);
            if look != Look::default() {
                selectors.split(',').filter_map(simple).for_each(|key| {
                    let known = self.0.entry(key).or_default();
                    *known = look.or(*known);
                });
            }
        }
    }

    /// The look of an element. Its own style counts more than its classes, and those more than its tag.
    pub(super) fn look(&self, tag: &Element) -> Look {
        let own = tag.attr("style").map(Look::of).unwrap_or_default();
        if self.0.is_empty() {
            return own;
        }
        let find = |name: &str, class: &str| self.0.get(&(name.to_owned(), class.to_owned())).copied();
        let name = tag.name();
        let classes = tag.attr("class").unwrap_or_default().split_ascii_whitespace();
        let of_class = classes.fold(Look::default(), |look, class| {
            let both = find(name, class).unwrap_or_default();
            both.or(find("", class).unwrap_or_default()).or(look)
        });
        own.or(of_class).or(find(name, "").unwrap_or_default())
    }
}

/// The tag and the class of a selector that has nothing else.
fn simple(selector: &str) -> Option<(String, String)> {
    let selector = selector.trim();
    let (tag, class) = selector.split_once('.').unwrap_or((selector, ""));
    let is_name = |name: &str| name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    let is_simple = !selector.is_empty() && !selector.ends_with('.') && is_name(tag) && is_name(class);
    is_simple.then(|| (tag.to_ascii_lowercase(), class.to_owned()))
}

/// The text after the block that has just begun.
fn after_block(text: &str) -> &str {
    let mut depth = 1usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &text[at + 1..];
        }
    }
    ""
}

/// A style sheet without comments, the marks that hide it from old browsers, and rules without a block.
fn without_comments(sheet: &str) -> String {
    let mut out = String::with_capacity(sheet.len());
    let mut rest = sheet;
    while let Some((before, comment)) = rest.split_once("/*") {
        out.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    let out = out.replace("<!--", "").replace("-->", "");
    let lines = out.split_inclusive(';');
    lines.filter(|part| part.contains('{') || !part.trim_start().starts_with('@')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_say_how_text_is_shown() {
        let page = "<style><!-- /* a */ @charset 'x'; @media print { .a{display:none} .b{color:red} }\n\
                    p.h, .h , li .x, .y.z {DISPLAY: None !important} .n{font-size:0} del{text-decoration:none}\n\
                    .s{color:red;text-decoration:underline line-through} span.r{vertical-align:super} .t{vertical-align:top} --></style>";
        let looks = Looks::of(&Html::parse_document(page));
        let look = |html: &str| {
            let page = Html::parse_fragment(html);
            let found = page.tree.nodes().filter_map(|node| node.value().as_element()).next_back().cloned().unwrap();
            let look = looks.look(&found);
            [look.hidden, look.tiny, look.struck, look.raised]
                .map(|say| say.map_or('?', |is| if is { 'y' } else { 'n' }))
        };
        for (html, expected) in [
            ("<b class='a x y z'>", "????"),
            ("<b class='k h'>", "y???"),
            ("<b class=h style='display:inline'>", "n???"),
            ("<b class=n>", "?y??"),
            ("<del>", "??n?"),
            ("<b class=s>", "??y?"),
            ("<b class=r>", "????"),
            ("<span class=r>", "???y"),
            ("<span class=t>", "???n"),
            ("<b style='vertical-align:-2pt'>", "???y"),
            ("<b style='opacity:0.5;font-size:0.9em'>", "?n??"),
            ("<b style='opacity: 0'>", "y???"),
            ("<b style='visibility:hidden'>", "y???"),
        ] {
            assert_eq!(look(html).iter().collect::<String>(), expected, "{html}");
        }
    }
}
