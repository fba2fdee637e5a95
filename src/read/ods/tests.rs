use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;
use crate::document::Grid;

fn ods(body: &str) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let content = format!(
        "<office:document-content><office:automatic-styles><style:style style:name='ta2' style:family='table'>\
         <style:table-properties table:display='false'/></style:style>\
         <style:style style:name='sup'><style:text-properties style:text-position='super 58%'/></style:style>\
         <style:style style:name='str'><style:text-properties style:text-line-through-style='solid'/></style:style>\
         <style:style style:name='low'><style:text-properties style:text-position='0% 100%'/></style:style></office:automatic-styles>\
         <office:body><office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"
    );
    for (name, text) in [
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", "<manifest:manifest/>"),
        ("content.xml", &content),
    ] {
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn grids(body: &str) -> Result<Vec<Grid>> {
    let (parts, _) = read(&ods(body), &ReadOptions::default())?;
    let grid = |part| if let Part::Table(grid) = part { grid } else { panic!("a table") };
    Ok(parts.into_iter().map(grid).collect())
}

#[test]
fn repeats_spans_kinds_and_spaces_are_understood() {
    let grids = grids(
        "<table:table table:name='一'><table:table-header-rows><table:table-row table:number-rows-repeated='2'>\
         <table:table-cell table:number-columns-repeated='3'/>\
         <table:table-cell office:value-type='string'><office:annotation><text:p>批注</text:p></office:annotation>\
         <text:p> 甲 <text:s text:c='2'/>乙&amp;&#x4e19;</text:p><text:p>丁<text:tab/><text:span>戊</text:span></text:p></table:table-cell>\
         </table:table-row></table:table-header-rows>\n\
         <table:table-row table:number-rows-repeated='1048570'><table:table-cell table:number-columns-repeated='16384'/></table:table-row>\
         <table:table-row><table:table-cell table:number-columns-spanned='2' office:value-type='float' office:value='3.4999999999999996'><text:p>3.50</text:p></table:table-cell>\
         <table:covered-table-cell/><table:table-cell office:value-type='date' office:date-value='2018-01-20'><text:p>1月20日</text:p></table:table-cell>\
         <table:table-cell office:value-type='boolean' office:boolean-value='true'><text:p>真</text:p></table:table-cell>\
         <table:table-cell office:value-type='string' office:string-value='' calcext:value-type='error'><text:p>#REF!</text:p></table:table-cell></table:table-row>\
         </table:table><table:table table:name='二' table:style-name='ta2'/>",
    )
    .unwrap();
    let drawn: Vec<_> =
        grids[0].cells.iter().map(|(at, cell)| format!("{at} {:?} {:?}", cell.kind, cell.text)).collect();
    assert_eq!(
        drawn,
        [
            "D1 Text \"甲   乙&丙\\n丁\\t戊\"",
            "D2 Text \"甲   乙&丙\\n丁\\t戊\"",
            "A1048573 Number \"3.5\"",
            "C1048573 Date \"2018-01-20\"",
            "D1048573 Boolean \"TRUE\"",
            "E1048573 Error \"#REF!\"",
        ]
    );
    assert_eq!(grids[0].merged.len(), 1);
    assert_eq!(grids.iter().map(|grid| grid.hidden).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn styles_strike_and_raise_text() {
    let span = |style: &str, text: &str| format!("<text:span text:style-name='{style}'>{text}</text:span>");
    let cell = |more: &str, text: &str| format!("<table:table-cell {more}><text:p>{text}</text:p></table:table-cell>");
    let cells = [
        cell("", &format!("5{}2", span("sup", "1"))),
        cell("", &format!("{}5", span("str", "3"))),
        cell("table:style-name='str' office:value-type='float' office:value='9'", "9"),
        cell("", &format!("5{}", span("low", "1"))),
    ];
    let body =
        format!("<table:table table:name='一'><table:table-row>{}</table:table-row></table:table>", cells.concat());
    let (parts, findings) = read(&ods(&body), &ReadOptions::default()).unwrap();
    let Part::Table(grid) = &parts[0] else { panic!("a table") };
    let drawn: Vec<_> = grid.cells.iter().map(|(at, cell)| format!("{at} {}", cell.text)).collect();
    assert_eq!(drawn, ["A1 5 1 2", "B1 5", "D1 51"]);
    let found: Vec<_> = findings.iter().map(|found| format!("{} {}", found.code, found.arguments["count"])).collect();
    assert_eq!(found, ["XG335 2"]);
}

#[test]
fn repeats_without_end_are_refused() {
    let cell = "<table:table-cell table:number-columns-repeated='99999' office:value-type='string'><text:p>a</text:p></table:table-cell>";
    let row = format!("<table:table-row table:number-rows-repeated='99999999'>{cell}</table:table-row>");
    let error = grids(&format!("<table:table>{row}</table:table>")).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TooLarge { .. }));
}

#[test]
fn a_formula_without_a_result_is_calculated_or_named() {
    let cell = |formula: &str, more: &str| format!("<table:table-cell table:formula='{formula}' {more}/>");
    let cells = [
        "<table:table-cell office:value-type='float' office:value='2'/>".to_owned(),
        cell("of:=SUM([.A1:.A1];3)", ""),
        cell("of:=[.A1]*2", ""),
        cell("of:=[.A1]", "office:value-type='float' office:value='7'"),
        cell("of:=&quot;&quot;", "office:value-type='string' office:string-value=''"),
    ];
    let body =
        format!("<table:table table:name='一'><table:table-row>{}</table:table-row></table:table>", cells.concat());
    let (parts, findings) = read(&ods(&body), &ReadOptions::default()).unwrap();
    let Part::Table(grid) = &parts[0] else { panic!("a table") };
    let drawn: Vec<_> = grid.cells.iter().map(|(at, cell)| format!("{at} {:?} {}", cell.kind, cell.text)).collect();
    assert_eq!(drawn, ["A1 Number 2", "B1 Number 5", "C1 Error =[.A1]*2", "D1 Number 7"]);
    let codes: Vec<_> = findings.iter().map(|finding| finding.code.as_str()).collect();
    assert_eq!(codes, ["XG366", "XG367"]);
}
