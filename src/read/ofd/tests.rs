use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::document::Part;
use crate::error::ErrorKind;

/// A document of one page with a template, resources and this content.
fn document(content: &str) -> Vec<u8> {
    let page = |content: &str| {
        format!(
            "<ofd:Page xmlns:ofd=\"http://www.ofdspec.org/2016\"><ofd:Area><ofd:PhysicalBox>0 0 100 80\
             </ofd:PhysicalBox></ofd:Area>{content}</ofd:Page>"
        )
    };
    let own = format!("<ofd:Template TemplateID=\"9\"/><ofd:Content><ofd:Layer ID=\"3\">{content}</ofd:Layer></ofd:Content>");
    let template = "<ofd:Content><ofd:Layer><ofd:TextObject Boundary=\"5 5 50 5\" Size=\"4\"><ofd:TextCode X=\"0\" Y=\"4\" \
                    DeltaX=\"g 2 4\">模板页</ofd:TextCode></ofd:TextObject></ofd:Layer></ofd:Content>";
    let parts = [
        ("OFD.xml", "<OFD><DocBody><DocRoot>/Doc_0/Document.xml</DocRoot></DocBody></OFD>".to_owned()),
        (
            "Doc_0/Document.xml",
            "<Document><CommonData><PublicRes>Res.xml</PublicRes><TemplatePage ID=\"9\" BaseLoc=\"Tpls/T.xml\"/>\
             </CommonData><Pages><Page ID=\"1\" BaseLoc=\"Pages/Page_0/Content.xml\"/></Pages></Document>"
                .to_owned(),
        ),
        (
            "Doc_0/Res.xml",
            "<Res><DrawParams><DrawParam ID=\"4\"><FillColor Value=\"255 255 255\"/></DrawParam></DrawParams>\
             <CompositeGraphicUnits><CompositeGraphicUnit ID=\"7\" Width=\"9\" Height=\"9\"><Content><TextObject \
             Boundary=\"0 0 9 9\" Size=\"4\"><TextCode X=\"0\" Y=\"4\">组</TextCode></TextObject></Content>\
             </CompositeGraphicUnit></CompositeGraphicUnits></Res>"
                .to_owned(),
        ),
        ("Doc_0/Tpls/T.xml", page(template)),
        ("Doc_0/Pages/Page_0/Content.xml", page(&own)),
    ];
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn texts(content: &str) -> Vec<String> {
    let (parts, ..) = super::read(&document(content)).unwrap();
    let text = |part: Part| match part {
        Part::Paragraph(cell) => cell.text,
        Part::Table(grid) => grid.cells.iter().map(|(_, cell)| &*cell.text).collect::<Vec<_>>().join("|"),
    };
    parts.into_iter().map(text).collect()
}

fn text(y: u32, attributes: &str, code: &str) -> String {
    format!("<ofd:TextObject Boundary=\"5 {y} 50 5\" Size=\"4\" {attributes}><ofd:TextCode X=\"0\" Y=\"4\" {code}</ofd:TextCode></ofd:TextObject>")
}

#[test]
fn text_is_where_its_steps_put_it() {
    assert_eq!(texts(&text(20, "", "DeltaX=\"g 2 4 20 2\">收到数12")), ["模板页", "收到数        12"]);
    assert_eq!(texts(&text(20, "CTM=\"1 0 0 1 3 0\"", "DeltaY=\"6\">&#x4E0A;&#19979;")), ["模板页", "上", "下"]);
}

#[test]
fn templates_and_composite_objects_are_painted_and_hidden_text_is_not_used() {
    let composite = "<ofd:CompositeObject Boundary=\"20 40 9 9\" ResourceID=\"7\"/>";
    assert_eq!(texts(composite), ["模板页", "组"]);
    let hidden = text(20, "Visible=\"false\"", ">7") + &text(30, "DrawParam=\"4\"", ">8") + &text(40, "", ">9");
    assert_eq!(texts(&hidden), ["模板页", "\u{fffd}", "9"]);
    let (_, findings, _) = super::read(&document(&hidden)).unwrap();
    assert_eq!(findings[0].code, "XG382");
}

#[test]
fn ruled_cells_are_a_table() {
    let line = |x: u32, y: u32, to: &str| {
        format!("<ofd:PathObject Boundary=\"{x} {y} 60 30\" LineWidth=\"0.2\"><ofd:AbbreviatedData>M 0 0 L {to}</ofd:AbbreviatedData></ofd:PathObject>")
    };
    let rulings: String = [20, 30, 40].map(|y| line(4, y, "60 0")).concat() + &[4, 34, 64].map(|x| line(x, 20, "0 20")).concat();
    let cells = text(23, "", ">收到") + "<ofd:TextObject Boundary=\"40 33 9 5\" Size=\"4\"><ofd:TextCode X=\"0\" Y=\"4\">5</ofd:TextCode></ofd:TextObject>";
    assert_eq!(texts(&(rulings + &cells)), ["模板页", "收到|||5"]);
}

#[test]
fn damaged_documents_are_errors() {
    let error = super::read(&document("<ofd:TextObject>")).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Corrupt { .. }), "{error}");
    assert!(error.location().is_some());
    let deep = "<ofd:PageBlock>".repeat(100) + &"</ofd:PageBlock>".repeat(100);
    assert!(matches!(super::read(&document(&deep)).unwrap_err().kind(), ErrorKind::TooLarge { .. }));
}
