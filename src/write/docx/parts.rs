//! All parts of a document but the main one.
//!
//! In: the styles of a form. Out: deflated [`Part`]s, the same for all reports of the form, and the properties of one report.
//! Source: ECMA-376 Part 2 (packages), Part 1, 14.2 (themes) and 17.8 (fonts).

use super::footer;
use super::style::{LATIN, StyleSheet};
use super::xml::{NAMESPACES, Xml};
use crate::deflate::Effort;
use crate::layout::{Form, Layout};
use crate::template::FontRole;
use crate::write::package::Part;
use crate::write::time::Time;

const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const DRAWING: &str = "http://schemas.openxmlformats.org/drawingml/2006/main";
const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml";

/// The related parts of the document: name, type, content type. Their ids are `rId1` and so on.
const RELATED: [(&str, &str, &str); 6] = [
    ("styles.xml", "styles", "styles+xml"),
    ("settings.xml", "settings", "settings+xml"),
    ("fontTable.xml", "fontTable", "fontTable+xml"),
    ("theme/theme1.xml", "theme", ""),
    ("footer1.xml", "footer", "footer+xml"),
    ("footer2.xml", "footer", "footer+xml"),
];

/// The parts that all reports of a form share. `None` if they cannot be deflated.
pub(super) fn shared(form: &Form, styles: &StyleSheet) -> Option<Vec<Part>> {
    let parts = [
        ("[Content_Types].xml", content_types()),
        ("_rels/.rels", package_relations()),
        ("docProps/app.xml", application()),
        ("word/_rels/document.xml.rels", document_relations()),
        ("word/styles.xml", styles.xml()),
        ("word/settings.xml", settings()),
        ("word/fontTable.xml", font_table(styles)),
        ("word/theme/theme1.xml", theme(styles)),
        ("word/footer1.xml", footer::xml(form.page_number, false)),
        ("word/footer2.xml", footer::xml(form.page_number, true)),
    ];
    parts.iter().map(|(name, text)| Part::new(name, text, Effort::Thorough)).collect()
}

fn content_types() -> String {
    let mut xml = Xml::part();
    xml.within("Types", &[("xmlns", &format!("{PACKAGE}/content-types"))], |xml| {
        let relations = "application/vnd.openxmlformats-package.relationships+xml";
        xml.empty("Default", &[("Extension", "rels"), ("ContentType", relations)]);
        xml.empty("Default", &[("Extension", "xml"), ("ContentType", "application/xml")]);
        let mut part = |name: &str, kind: &str| xml.empty("Override", &[("PartName", name), ("ContentType", kind)]);
        part("/word/document.xml", &format!("{WORD}.document.main+xml"));
        for (name, _, kind) in RELATED {
            match kind {
                "" => part(&format!("/word/{name}"), "application/vnd.openxmlformats-officedocument.theme+xml"),
                kind => part(&format!("/word/{name}"), &format!("{WORD}.{kind}")),
            }
        }
        part("/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml");
        part("/docProps/app.xml", "application/vnd.openxmlformats-officedocument.extended-properties+xml");
    });
    xml.into_string()
}

fn relations(related: &[(String, &str)]) -> String {
    let mut xml = Xml::part();
    xml.within("Relationships", &[("xmlns", &format!("{PACKAGE}/relationships"))], |xml| {
        for (number, (kind, target)) in (1..).zip(related) {
            xml.empty("Relationship", &[("Id", &format!("rId{number}")), ("Type", kind), ("Target", target)]);
        }
    });
    xml.into_string()
}

fn package_relations() -> String {
    relations(&[
        (format!("{RELATIONS}/officeDocument"), "word/document.xml"),
        (format!("{PACKAGE}/relationships/metadata/core-properties"), "docProps/core.xml"),
        (format!("{RELATIONS}/extended-properties"), "docProps/app.xml"),
    ])
}

fn document_relations() -> String {
    relations(&RELATED.map(|(name, kind, _)| (format!("{RELATIONS}/{kind}"), name)))
}

fn application() -> String {
    let mut xml = Xml::part();
    let namespace = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties";
    xml.within("Properties", &[("xmlns", namespace)], |xml| xml.text("Application", &[], "xxgk"));
    xml.into_string()
}

fn settings() -> String {
    let mut xml = Xml::part();
    xml.within("w:settings", &NAMESPACES[..1], |xml| {
        xml.empty("w:zoom", &[("w:percent", "100")]);
        xml.empty("w:evenAndOddHeaders", &[]);
        xml.val("w:characterSpacingControl", "compressPunctuation");
        xml.within("w:compat", &[], |xml| {
            let word = "http://schemas.microsoft.com/office/word";
            xml.empty("w:compatSetting", &[("w:name", "compatibilityMode"), ("w:uri", word), ("w:val", "15")]);
        });
        xml.empty("w:themeFontLang", &[("w:val", "en-US"), ("w:eastAsia", "zh-CN")]);
    });
    xml.into_string()
}

/// The fonts with what tells a program which font to take where one is missing.
fn font_table(styles: &StyleSheet) -> String {
    let mut xml = Xml::part();
    xml.within("w:fonts", &NAMESPACES[..1], |xml| {
        for name in styles.fonts() {
            let is_latin = name == LATIN;
            xml.within("w:font", &[("w:name", name)], |xml| {
                if !is_latin && name != styles.font(FontRole::Body) && name == styles.font(FontRole::Title) {
                    xml.val("w:altName", styles.font(FontRole::Body));
                }
                xml.val("w:charset", if is_latin { "00" } else { "86" });
                xml.val("w:family", if name == styles.font(FontRole::Heading) { "modern" } else { "roman" });
                xml.val("w:pitch", "variable");
            });
        }
    });
    xml.into_string()
}

/// A theme with the fonts of the form. Programs need all of its colours, lines and fills.
fn theme(styles: &StyleSheet) -> String {
    let mut xml = Xml::part();
    xml.within("a:theme", &[("xmlns:a", DRAWING), ("name", "Office")], |xml| {
        xml.within("a:themeElements", &[], |xml| {
            xml.within("a:clrScheme", &[("name", "Office")], colours);
            xml.within("a:fontScheme", &[("name", "Office")], |xml| {
                for (name, role) in [("a:majorFont", FontRole::Heading), ("a:minorFont", FontRole::Body)] {
                    xml.within(name, &[], |xml| {
                        xml.empty("a:latin", &[("typeface", LATIN)]);
                        xml.empty("a:ea", &[("typeface", styles.font(role))]);
                        xml.empty("a:cs", &[("typeface", "")]);
                        xml.empty("a:font", &[("script", "Hans"), ("typeface", styles.font(role))]);
                    });
                }
            });
            xml.within("a:fmtScheme", &[("name", "Office")], formats);
        });
    });
    xml.into_string()
}

fn colours(xml: &mut Xml) {
    for (name, system, last) in [("a:dk1", "windowText", "000000"), ("a:lt1", "window", "FFFFFF")] {
        xml.within(name, &[], |xml| xml.empty("a:sysClr", &[("val", system), ("lastClr", last)]));
    }
    let colours = [
        ("a:dk2", "44546A"),
        ("a:lt2", "E7E6E6"),
        ("a:accent1", "4472C4"),
        ("a:accent2", "ED7D31"),
        ("a:accent3", "A5A5A5"),
        ("a:accent4", "FFC000"),
        ("a:accent5", "5B9BD5"),
        ("a:accent6", "70AD47"),
        ("a:hlink", "0563C1"),
        ("a:folHlink", "954F72"),
    ];
    for (name, colour) in colours {
        xml.within(name, &[], |xml| xml.empty("a:srgbClr", &[("val", colour)]));
    }
}

/// The three fills, lines, effects and backgrounds of a theme.
fn formats(xml: &mut Xml) {
    fn fill(xml: &mut Xml) {
        xml.within("a:solidFill", &[], |xml| xml.empty("a:schemeClr", &[("val", "phClr")]));
    }
    let three = |xml: &mut Xml, name: &str, content: &dyn Fn(&mut Xml)| {
        xml.within(name, &[], |xml| (0..3).for_each(|_| content(xml)));
    };
    three(xml, "a:fillStyleLst", &fill);
    three(xml, "a:lnStyleLst", &|xml| xml.within("a:ln", &[("w", "6350")], fill));
    three(xml, "a:effectStyleLst", &|xml| xml.within("a:effectStyle", &[], |xml| xml.empty("a:effectLst", &[])));
    three(xml, "a:bgFillStyleLst", &fill);
}

/// Title, author, language and time of a report.
pub(super) fn core_properties(layout: &Layout, timestamp: Option<i64>) -> String {
    let mut xml = Xml::part();
    let namespaces = [
        ("xmlns:cp", "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"),
        ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
        ("xmlns:dcterms", "http://purl.org/dc/terms/"),
        ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
    ];
    xml.within("cp:coreProperties", &namespaces, |xml| {
        xml.text("dc:title", &[], &layout.title);
        if let Some(organization) = &layout.organization {
            xml.text("dc:creator", &[], organization);
        }
        xml.text("dc:language", &[], "zh-CN");
        if let Some(time) = timestamp.map(Time::new) {
            xml.text("dcterms:created", &[("xsi:type", "dcterms:W3CDTF")], &time.iso());
        }
    });
    xml.into_string()
}
