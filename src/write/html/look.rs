//! How a page looks: classes with a style sheet, or the styles in each element of a fragment.
//!
//! In: the form. Out: attributes, and the style sheet of a page. On screen, sizes follow the reader's; the style for print
//! has the paper, the sizes and the page numbers of the PDF.

use std::fmt::Write as _;

use crate::layout::{Align, Block, CellLayout, Form, LineKind, LineLayout, RowLayout, TableLayout};
use crate::template::{FontRole, TextStyle, workbook_font};

/// Rules of a page that do not depend on its form.
const RULES: &str = include_str!("page.css");

/// What kind of page is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// A page by itself.
    Page,
    /// A page with marked findings.
    Marked,
    /// A part of a page of somebody else.
    Fragment,
}

/// The styles of a form.
pub(super) struct Styles<'f> {
    pub(super) look: Look,
    form: &'f Form,
    /// All styles of text, each once.
    texts: Vec<TextStyle>,
}

impl<'f> Styles<'f> {
    pub(super) fn new(form: &'f Form, look: Look) -> Self {
        let mut texts: Vec<TextStyle> = Vec::new();
        let mut add = |style: TextStyle| {
            if !texts.contains(&style) {
                texts.push(style);
            }
        };
        for block in &form.blocks {
            match block {
                Block::Line(line) => add(line.style),
                Block::Table(table) => table.rows.iter().flat_map(|row| &row.cells).for_each(|cell| add(cell.style)),
            }
        }
        Self { look, form, texts }
    }

    pub(super) fn is_fragment(&self) -> bool {
        self.look == Look::Fragment
    }

    /// The id of an element. A fragment is put into pages with other ids.
    pub(super) fn id(&self, name: &str) -> String {
        if self.is_fragment() { format!("xxgk-{name}") } else { name.to_owned() }
    }

    /// A class with some rules, or these rules in the element.
    fn either(&self, class: &str, rules: &str) -> String {
        if self.is_fragment() { format!(" style=\"{rules}\"") } else { format!(" class=\"{class}\"") }
    }

    /// The font of a role, and what to take where it is missing.
    fn family(&self, role: FontRole) -> String {
        let named = self.form.template.as_deref().and_then(|template| template.workbook_fonts().get(&role));
        let name = named.map_or_else(|| workbook_font(role), String::as_str).replace(['\'', '"', '<', '&'], "");
        let generic = if role == FontRole::Heading { "sans-serif" } else { "serif" };
        format!("'{name}',{generic}")
    }

    /// The attributes of the heading in a paragraph.
    pub(super) fn point(&self) -> String {
        let family = self.form.text_families.as_ref().map_or("", |[_, point]| point);
        format!(" style=\"font-family:'{family}',serif\"")
    }

    /// The class of a style of text, or its rules.
    fn text(&self, style: TextStyle) -> (String, String) {
        let at = self.texts.iter().position(|known| *known == style).unwrap_or(0);
        let rules = format!("font-family:{};font-size:{}pt;font-weight:normal", self.family(style.font), style.size);
        (format!("s{at}"), rules)
    }

    /// The attributes of a line, with some more rules.
    pub(super) fn line(&self, line: &LineLayout, align: Align) -> String {
        let (class, mut rules) = self.text(line.style);
        if let (LineKind::Paragraph | LineKind::Signature, Some([body, _])) = (line.kind, &self.form.text_families) {
            let _ = write!(rules, ";font-family:'{body}',serif");
        }
        let kind = match line.kind {
            LineKind::Attachment => "attachment",
            LineKind::Title => "title",
            LineKind::Heading => "heading",
            LineKind::Organization | LineKind::Filing => "line",
            LineKind::Note => "note",
            LineKind::Section => "section",
            LineKind::Paragraph | LineKind::Continued => "text",
            LineKind::Signature => "signature",
        };
        let space = match line.kind {
            LineKind::Organization | LineKind::Filing => "display:flex;gap:1em",
            LineKind::Paragraph => "text-indent:2em",
            _ => "display:block",
        };
        self.either(
            &format!("{kind} {class}"),
            &format!("{rules};margin:.5em 0;text-align:{};{space}", alignment(align)),
        )
    }

    /// The attributes of a part of a line of several.
    pub(super) fn part(&self, width: f64, align: Align) -> String {
        let page = &self.form.page;
        // Less than the whole, because of the gap.
        let share = width / (page.width - page.left - page.right) * 90.0;
        format!(" style=\"flex:1 1 {share:.1}%;text-align:{}\"", alignment(align))
    }

    /// The attributes of one line of a title.
    pub(super) fn title_line(&self) -> &'static str {
        if self.is_fragment() { " style=\"display:inline-block\"" } else { "" }
    }

    /// The attributes of what scrolls if a table is too wide.
    pub(super) fn scroller(&self) -> String {
        self.either("wide", "overflow-x:auto")
    }

    pub(super) fn table(&self, table: &TableLayout) -> String {
        let least = (table.widths.len() * 3).max(20);
        let rules = format!("min-width:{least}em");
        if self.is_fragment() {
            format!(" style=\"width:100%;{rules};table-layout:fixed;border-collapse:collapse;margin:0 0 1em\"")
        } else {
            format!(" style=\"{rules}\"")
        }
    }

    pub(super) fn caption(&self) -> &'static str {
        if self.is_fragment() { " style=\"caption-side:top;text-align:left\"" } else { "" }
    }

    pub(super) fn row(&self, row: &RowLayout, stays_with_next: bool) -> String {
        if self.is_fragment() {
            return format!(" style=\"height:{}mm\"", row.min_height);
        }
        if stays_with_next { " class=\"k\"".to_owned() } else { String::new() }
    }

    pub(super) fn cell(&self, cell: &CellLayout) -> String {
        let (class, rules) = self.text(cell.style);
        let mut own = String::new();
        if cell.indent > 0.0 {
            let _ = write!(own, "padding-left:{}em", cell.indent + 0.3);
        }
        if self.is_fragment() {
            let indent = if own.is_empty() { String::new() } else { format!(";{own}") };
            let align = alignment(if cell.vertical { Align::Center } else { cell.align });
            return format!(
                " style=\"{rules};border:1px solid;padding:.2em .3em;text-align:{align};vertical-align:middle;\
                 overflow-wrap:anywhere{indent}\""
            );
        }
        let mut attributes = format!(" class=\"{class}{}\"", if cell.align == Align::Left { " l" } else { "" });
        if !own.is_empty() {
            let _ = write!(attributes, " style=\"{own}\"");
        }
        attributes
    }

    /// The attributes of a text that runs down.
    pub(super) fn vertical(&self) -> String {
        self.either("v", "display:block;width:1em;margin:auto;text-align:left")
    }

    /// The attributes of a word that does not break.
    pub(super) fn word(&self) -> String {
        self.either("b", "display:inline-block")
    }

    /// The style sheet of a page.
    pub(super) fn sheet(&self) -> String {
        let page = &self.form.page;
        let mut sheet = RULES.replace("\n", "");
        for (at, style) in self.texts.iter().enumerate() {
            let (family, size) = (self.family(style.font), style.size);
            let _ = write!(sheet, ".s{at}{{font-family:{family};--size:{size}}}");
        }
        if let Some([body, _]) = &self.form.text_families {
            let _ = write!(sheet, ".text,.signature{{font-family:'{body}',serif}}");
        }
        let number = self.form.page_number;
        let font = format!("font:{}pt {}", number.size, self.family(number.font));
        let drop = (page.page_number_drop - 4.0).max(0.0);
        let _ = write!(
            sheet,
            "@page{{size:{}mm {}mm;margin:{}mm {}mm {}mm {}mm}}",
            page.width, page.height, page.top, page.right, page.bottom, page.left
        );
        for (side, place) in [("right", "right"), ("left", "left")] {
            let _ = write!(
                sheet,
                "@page:{side}{{@bottom-{place}{{content:\"— \" counter(page) \" —\";{font};vertical-align:top;\
                 padding:{drop}mm 1em 0}}}}"
            );
        }
        let _ = write!(
            sheet,
            "@media print{{tr{{height:{}mm}}th,td{{border-width:{}pt;padding:.7mm {}mm}}}}",
            page.row_height, page.line_width, page.padding
        );
        sheet
    }
}

pub(super) fn alignment(align: Align) -> &'static str {
    match align {
        Align::Left => "left",
        Align::Center => "center",
        Align::Right => "right",
    }
}
