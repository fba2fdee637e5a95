//! Writes pages as PDF and OFD.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::layout::{Run, Sheet, advance};

/// Millimetres in a point.
const MILLIMETRES: f64 = 25.4 / 72.0;

impl Sheet {
    /// The size of the page as it is drawn.
    fn size(&self) -> (f64, f64) {
        let (width, height) = (self.width * self.scale, self.height * self.scale);
        if self.turns.is_multiple_of(2) { (width, height) } else { (height, width) }
    }

    /// Where a place of the sheet is on the page, from the top left: the matrix of scale and turns.
    fn matrix(&self) -> [f64; 6] {
        let (s, width, height) = (self.scale, self.width * self.scale, self.height * self.scale);
        match self.turns {
            0 => [s, 0.0, 0.0, s, 0.0, 0.0],
            1 => [0.0, s, -s, 0.0, height, 0.0],
            2 => [-s, 0.0, 0.0, -s, width, height],
            _ => [0.0, -s, s, 0.0, 0.0, width],
        }
    }
}

/// The only font: the codes are those of Unicode.
const FONT: &str = "<</Type/Font/Subtype/Type0/BaseFont/SimSun/Encoding/Identity-H/ToUnicode 4 0 R/DescendantFonts[<</Type/Font\
/Subtype/CIDFontType2/BaseFont/SimSun/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor<<\
/Type/FontDescriptor/FontName/SimSun/Flags 4/FontBBox[0 -120 1000 880]/ItalicAngle 0/Ascent 880/Descent -120/CapHeight \
700/StemV 80>>/DW 1000/W[32 126 500]>>]>>";

const TO_UNICODE: &str = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /U def 1 begincodespacerange \
<0000> <FFFF> endcodespacerange 1 beginbfrange <0000> <FFFF> <0000> endbfrange endcmap end end";

pub fn pdf(sheets: &[Sheet]) -> Vec<u8> {
    let mut objects: Vec<String> = vec![
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        String::new(),
        FONT.to_owned(),
        format!("<</Length {}>>stream\n{TO_UNICODE}\nendstream", TO_UNICODE.len()),
    ];
    let mut kids = String::new();
    for sheet in sheets {
        let content = pdf_content(sheet);
        let (width, height) = sheet.size();
        let _ = write!(kids, "{} 0 R ", objects.len() + 1);
        let back = if sheet.is_turned_back { (4 - u32::from(sheet.turns)) % 4 * 90 } else { 0 };
        objects.push(format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width} {height}]/Rotate {back}/Contents {} 0 R/Resources<</Font<</F 3 0 R>>>>>>",
            objects.len() + 2
        ));
        objects.push(format!("<</Length {}>>stream\n{content}\nendstream", content.len()));
    }
    objects[1] = format!("<</Type/Pages/Kids[{kids}]/Count {}>>", sheets.len());
    let mut out = String::from("%PDF-1.4\n");
    let mut places = String::new();
    for (object, number) in objects.iter().zip(1..) {
        let _ = writeln!(places, "{:010} 00000 n ", out.len());
        let _ = write!(out, "{number} 0 obj\n{object}\nendobj\n");
    }
    let (count, start) = (objects.len() + 1, out.len());
    let _ = write!(
        out,
        "xref\n0 {count}\n0000000000 65535 f \n{places}trailer<</Size {count}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n"
    );
    out.into_bytes()
}

fn pdf_content(sheet: &Sheet) -> String {
    let (_, height) = sheet.size();
    let [a, b, c, d, e, f] = sheet.matrix();
    // Places are from the top of the sheet, and those of PDF from the bottom.
    let mut out = format!("{a:.4} {:.4} {:.4} {d:.4} {:.4} {:.4} cm 0.5 w\n", -b, -c, e, height - f);
    for [x0, y0, x1, y1] in &sheet.rulings {
        let _ = writeln!(out, "{x0:.3} {:.3} m {x1:.3} {:.3} l S", -y0, -y1);
    }
    for run in &sheet.runs {
        let grey = if run.is_faint { "0.8 g" } else { "0 g" };
        let _ = write!(out, "BT {grey} /F {:.3} Tf 1 0 0 1 {:.3} {:.3} Tm [", run.size, run.x, -run.y);
        for c in run.text.chars() {
            let _ = write!(out, "<{:04X}> {:.2} ", u32::from(c), -run.space / run.size * 1000.0);
        }
        out += "] TJ ET\n";
    }
    out
}

pub fn ofd(sheets: &[Sheet]) -> Vec<u8> {
    const SPACE: &str = "xmlns:ofd='http://www.ofdspec.org/2016'";
    let mut parts = vec![(
        "OFD.xml".to_owned(),
        format!(
            "<ofd:OFD {SPACE} Version='1.0' DocType='OFD'><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>\
             </ofd:DocBody></ofd:OFD>"
        ),
    )];
    let mut list = String::new();
    for (number, sheet) in sheets.iter().enumerate() {
        let path = format!("Pages/Page_{number}/Content.xml");
        let _ = write!(list, "<ofd:Page ID='{}' BaseLoc='{path}'/>", number + 10);
        let (width, height) = sheet.size();
        let content = format!(
            "<ofd:Page {SPACE}><ofd:Area><ofd:PhysicalBox>0 0 {:.3} {:.3}</ofd:PhysicalBox></ofd:Area><ofd:Content>\
             <ofd:Layer ID='3'>{}</ofd:Layer></ofd:Content></ofd:Page>",
            width * MILLIMETRES,
            height * MILLIMETRES,
            ofd_content(sheet)
        );
        parts.push((format!("Doc_0/{path}"), content));
    }
    let document = format!("<ofd:Document {SPACE}><ofd:Pages>{list}</ofd:Pages></ofd:Document>");
    parts.push(("Doc_0/Document.xml".to_owned(), document));
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (path, text) in parts {
        archive.start_file(path, options).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn ofd_content(sheet: &Sheet) -> String {
    let [a, b, c, d, e, f] = sheet.matrix();
    let place = format!(
        "Boundary='0 0 2000 2000' CTM='{a:.4} {b:.4} {c:.4} {d:.4} {:.4} {:.4}'",
        e * MILLIMETRES,
        f * MILLIMETRES
    );
    let point = |value: f64| value * MILLIMETRES;
    let mut out = String::new();
    for [x0, y0, x1, y1] in &sheet.rulings {
        let _ = write!(
            out,
            "<ofd:PathObject ID='1' {place} LineWidth='0.2'><ofd:AbbreviatedData>M {:.3} {:.3} L {:.3} {:.3}\
             </ofd:AbbreviatedData></ofd:PathObject>",
            point(*x0),
            point(*y0),
            point(*x1),
            point(*y1)
        );
    }
    for run in &sheet.runs {
        let grey = if run.is_faint { "<ofd:FillColor Value='200 200 200'/>" } else { "" };
        let _ = write!(
            out,
            "<ofd:TextObject ID='1' {place} Font='2' Size='{:.3}'>{grey}<ofd:TextCode X='{:.3}' Y='{:.3}' DeltaX='{}'>{}\
             </ofd:TextCode></ofd:TextObject>",
            point(run.size),
            point(run.x),
            point(run.y),
            steps(run),
            run.text.replace('&', "&amp;").replace('<', "&lt;")
        );
    }
    out
}

/// The steps from one character to the next.
fn steps(run: &Run) -> String {
    let count = run.text.chars().count().saturating_sub(1);
    let steps = run.text.chars().take(count).map(|c| (advance(c, run.size) + run.space) * MILLIMETRES);
    steps.map(|step| format!("{step:.3}")).collect::<Vec<_>>().join(" ")
}
