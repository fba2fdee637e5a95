//! The styles of a document.
//!
//! In: the form and what is in it. Out: paragraph styles for titles, headings, lines and the cells of tables, each with an
//! East Asian font, and the style of tables. Source: ECMA-376 Part 1, 17.7.

use std::collections::BTreeSet;

use super::xml::{NAMESPACES, Xml};
use crate::layout::{CellLayout, CellRole, Form, LineKind, LineLayout};
use crate::template::{FontRole, Page, TextStyle, workbook_font};

pub(super) const NORMAL: &str = "Normal";
pub(super) const TITLE: &str = "Title";
pub(super) const BODY: &str = "BodyText";
pub(super) const TABLE: &str = "ReportTable";
pub(super) const FOOTER: &str = "Footer";

/// Room that a program may need beside the text of a cell, in mm.
pub(super) const CELL_SPACE: f64 = 0.2;

/// The distance of lines in a cell, relative to the font size.
const LINE_SPACING: f64 = 1.2;

/// Space above and below the text of a cell, in twentieths of a point.
const CELL_MARGIN: &str = "40";

/// The font of digits and letters in text.
pub(super) const LATIN: &str = "Times New Roman";

/// The thickness of the lines of tables, in eighths of a point.
const LINE_WIDTH_UNIT: f64 = 8.0;

/// Millimetres in twentieths of a point.
pub(super) fn twips(mm: f64) -> i64 {
    (mm * 1440.0 / 25.4).round() as i64
}

/// A paragraph style.
struct Paragraph {
    id: String,
    name: String,
    style: TextStyle,
    /// `w:jc`.
    align: &'static str,
    /// The distance of lines, in twentieths of a point.
    line: i64,
    /// The level in the outline, from 0.
    outline: Option<u8>,
}

/// The properties of a style, for a document that does not have it.
pub(super) struct Direct {
    /// Properties of the paragraph but for its alignment.
    pub(super) paragraph: String,
    pub(super) align: &'static str,
    /// The fonts.
    pub(super) run: String,
    pub(super) size: String,
}

/// The styles that a document uses.
pub(super) struct StyleSheet {
    fonts: [String; 3],
    page: Page,
    page_number: TextStyle,
    /// The fonts of running text and of headings in it.
    text_families: Option<[String; 2]>,
    paragraphs: Vec<Paragraph>,
    /// The look of each style of cells.
    cells: Vec<(CellRole, TextStyle, String)>,
}

impl StyleSheet {
    pub(super) fn new(form: &Form) -> Self {
        let fonts = FontRole::ALL.map(|role| {
            let named = form.template.as_deref().and_then(|template| template.workbook_fonts().get(&role));
            named.map_or_else(|| workbook_font(role).to_owned(), Clone::clone)
        });
        Self {
            fonts,
            page: form.page,
            page_number: form.page_number,
            text_families: form.text_families.clone(),
            paragraphs: Vec::new(),
            cells: Vec::new(),
        }
    }

    /// The name of the font of a role.
    pub(super) fn font(&self, role: FontRole) -> &str {
        let at = FontRole::ALL.iter().position(|known| *known == role).unwrap_or(0);
        &self.fonts[at]
    }

    /// All fonts, each once.
    pub(super) fn fonts(&self) -> BTreeSet<&str> {
        let text = self.text_families.iter().flatten();
        self.fonts.iter().chain(text).map(String::as_str).chain([LATIN]).collect()
    }

    /// Adds the style of titles.
    pub(super) fn set_title(&mut self, line: &LineLayout) {
        self.add(TITLE, "Title", line, "center", None);
    }

    /// The style of a line outside tables.
    pub(super) fn line(&mut self, line: &LineLayout) -> &'static str {
        let (id, name, outline) = match line.kind {
            LineKind::Title => (TITLE, "Title", None),
            LineKind::Heading => ("Heading1", "heading 1", Some(0)),
            LineKind::Attachment => ("Attachment", "附件标识", None),
            LineKind::Organization => ("TableLine", "表上栏", None),
            LineKind::Filing => ("FilingLine", "表下栏", None),
            LineKind::Note => ("TableNote", "表注", None),
            LineKind::Section => ("Heading1", "heading 1", Some(0)),
            LineKind::Paragraph | LineKind::Continued | LineKind::Signature => (BODY, "Body Text", None),
        };
        self.add(id, name, line, "left", outline);
        id
    }

    fn add(&mut self, id: &str, name: &str, line: &LineLayout, align: &'static str, outline: Option<u8>) {
        if self.paragraphs.iter().all(|known| known.id != id) {
            self.paragraphs.push(Paragraph {
                id: id.to_owned(),
                name: name.to_owned(),
                style: line.style,
                align,
                line: twips(line.height),
                outline,
            });
        }
    }

    /// The style of a cell.
    pub(super) fn cell(&mut self, cell: Option<&CellLayout>) -> String {
        let (role, style) =
            cell.map_or((CellRole::Data, TextStyle { font: FontRole::Body, size: 9.0 }), |c| (c.role, c.style));
        if let Some((_, _, id)) = self.cells.iter().find(|(r, s, _)| (*r, *s) == (role, style)) {
            return id.clone();
        }
        let (id, name, align) = match role {
            CellRole::ColumnHeader => ("TableHeader", "表头", "center"),
            CellRole::RowHeader => ("TableLabel", "表格项目", "left"),
            CellRole::Data => ("TableValue", "表格数据", "center"),
        };
        let number = self.cells.iter().filter(|(known, _, _)| *known == role).count();
        let numbered = |text: &str| if number == 0 { text.to_owned() } else { format!("{text}{}", number + 1) };
        let line = (style.size * LINE_SPACING * 20.0).round() as i64;
        let (id, name) = (numbered(id), numbered(name));
        self.paragraphs.push(Paragraph { id: id.clone(), name, style, align, line, outline: None });
        self.cells.push((role, style, id.clone()));
        id
    }

    /// The properties of a style of paragraphs.
    pub(super) fn direct(&self, id: &str) -> Option<Direct> {
        let style = self.paragraphs.iter().find(|style| style.id == id)?;
        let (mut paragraph, mut run) = (Xml::piece(), Xml::piece());
        line_properties(&mut paragraph, style.line);
        let name = self.font(style.style.font);
        run.empty("w:rFonts", &[("w:ascii", name), ("w:eastAsia", name), ("w:hAnsi", name), ("w:cs", LATIN)]);
        let mut size = Xml::piece();
        font_size(&mut size, style.style.size);
        let [paragraph, run, size] = [paragraph, run, size].map(Xml::into_string);
        Some(Direct { paragraph, align: style.align, run, size })
    }

    /// The borders of a table and the margins of its cells.
    pub(super) fn direct_table(&self) -> [String; 2] {
        let (mut borders, mut cells) = (Xml::piece(), Xml::piece());
        self.borders(&mut borders);
        margins(&mut cells, CELL_MARGIN, &twips(self.page.padding).to_string());
        [borders.into_string(), cells.into_string()]
    }

    /// The part with all styles.
    pub(super) fn xml(&self) -> String {
        let mut xml = Xml::part();
        xml.open("w:styles", &NAMESPACES[..1]);
        xml.within("w:docDefaults", &[], |xml| {
            xml.within("w:rPrDefault", &[], |xml| {
                xml.within("w:rPr", &[], |xml| {
                    self.run(xml, TextStyle { font: FontRole::Body, size: 10.5 }, true);
                    xml.empty("w:lang", &[("w:val", "en-US"), ("w:eastAsia", "zh-CN"), ("w:bidi", "ar-SA")]);
                });
            });
            xml.empty("w:pPrDefault", &[]);
        });
        xml.within("w:style", &[("w:type", "paragraph"), ("w:default", "1"), ("w:styleId", NORMAL)], |xml| {
            xml.val("w:name", "Normal");
            xml.empty("w:qFormat", &[]);
        });
        for style in &self.paragraphs {
            self.paragraph(&mut xml, style);
        }
        let footer = Paragraph {
            id: FOOTER.to_owned(),
            name: "footer".to_owned(),
            style: self.page_number,
            align: "left",
            line: (self.page_number.size * LINE_SPACING * 20.0).round() as i64,
            outline: None,
        };
        self.paragraph(&mut xml, &footer);
        self.tables(&mut xml);
        xml.close("w:styles");
        xml.into_string()
    }

    fn paragraph(&self, xml: &mut Xml, style: &Paragraph) {
        let own = !matches!(style.id.as_str(), TITLE | "Heading1" | FOOTER | BODY);
        let kind = [("w:type", "paragraph"), ("w:customStyle", "1"), ("w:styleId", &style.id)];
        let attributes: Vec<_> = kind.into_iter().filter(|(name, _)| own || *name != "w:customStyle").collect();
        xml.within("w:style", &attributes, |xml| {
            xml.val("w:name", &style.name);
            xml.val("w:basedOn", NORMAL);
            if style.id != FOOTER {
                xml.empty("w:qFormat", &[]);
            }
            xml.within("w:pPr", &[], |xml| {
                if style.outline.is_some() || style.id == TITLE {
                    xml.empty("w:keepNext", &[]);
                }
                line_properties(xml, style.line);
                xml.val("w:jc", style.align);
                if let Some(level) = style.outline {
                    xml.val("w:outlineLvl", &level.to_string());
                }
            });
            let text = self.text_families.as_ref().filter(|_| style.id == BODY);
            xml.within("w:rPr", &[], |xml| match text {
                Some([family, _]) => font(xml, family, LATIN, style.style.size),
                None => self.run(xml, style.style, false),
            });
        });
    }

    /// Font and size.
    fn run(&self, xml: &mut Xml, style: TextStyle, is_default: bool) {
        let name = self.font(style.font);
        font(xml, name, if is_default { LATIN } else { name }, style.size);
    }

    /// The lines of a table.
    fn borders(&self, xml: &mut Xml) {
        let thickness = ((self.page.line_width * LINE_WIDTH_UNIT).round() as i64).to_string();
        xml.within("w:tblBorders", &[], |xml| {
            for side in ["w:top", "w:left", "w:bottom", "w:right", "w:insideH", "w:insideV"] {
                let line = [("w:val", "single"), ("w:sz", &*thickness), ("w:space", "0"), ("w:color", "auto")];
                xml.empty(side, &line);
            }
        });
    }

    /// The style of tables: lines, margins of cells.
    fn tables(&self, xml: &mut Xml) {
        let padding = twips(self.page.padding).to_string();
        xml.within("w:style", &[("w:type", "table"), ("w:default", "1"), ("w:styleId", "TableNormal")], |xml| {
            xml.val("w:name", "Normal Table");
            xml.val("w:uiPriority", "99");
            xml.empty("w:semiHidden", &[]);
            xml.empty("w:unhideWhenUsed", &[]);
            xml.within("w:tblPr", &[], |xml| margins(xml, "0", "0"));
        });
        xml.within("w:style", &[("w:type", "table"), ("w:customStyle", "1"), ("w:styleId", TABLE)], |xml| {
            xml.val("w:name", "统计表");
            xml.val("w:basedOn", "TableNormal");
            xml.empty("w:qFormat", &[]);
            xml.within("w:tblPr", &[], |xml| {
                self.borders(xml);
                margins(xml, CELL_MARGIN, &padding);
            });
            xml.within("w:tcPr", &[], |xml| xml.val("w:vAlign", "center"));
        });
    }
}

/// The names of fonts, and a size in points.
fn font(xml: &mut Xml, name: &str, latin: &str, size: f64) {
    xml.empty("w:rFonts", &[("w:ascii", latin), ("w:eastAsia", name), ("w:hAnsi", latin), ("w:cs", LATIN)]);
    font_size(xml, size);
}

fn font_size(xml: &mut Xml, points: f64) {
    let size = ((points * 2.0).round() as i64).to_string();
    xml.val("w:sz", &size);
    xml.val("w:szCs", &size);
}

/// The distance of lines, in twentieths of a point, and what else all paragraphs have.
fn line_properties(xml: &mut Xml, line: i64) {
    // No space between hanzi and digits, as on official paper.
    for name in ["w:autoSpaceDE", "w:autoSpaceDN", "w:snapToGrid"] {
        xml.val(name, "0");
    }
    let line = line.to_string();
    xml.empty("w:spacing", &[("w:before", "0"), ("w:after", "0"), ("w:line", &line), ("w:lineRule", "exact")]);
}

/// The margins of the cells of a table.
fn margins(xml: &mut Xml, vertical: &str, horizontal: &str) {
    xml.within("w:tblCellMar", &[], |xml| {
        for (side, width) in
            [("w:top", vertical), ("w:left", horizontal), ("w:bottom", vertical), ("w:right", horizontal)]
        {
            xml.empty(side, &[("w:w", width), ("w:type", "dxa")]);
        }
    });
}
