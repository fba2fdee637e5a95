use super::*;
use crate::document::Location;

/// Column A of a worksheet: 1, 2, blank, text `5`, text `/`, 0.1, 0.2.
fn result(text: &str, notation: Notation) -> String {
    let values = ["1", "2", "", "5", "/", "0.1", "0.2"];
    let cells: Vec<(CellRef, Cell)> = (0..)
        .zip(values)
        .filter(|(_, text)| !text.is_empty())
        .map(|(row, text)| {
            let at = CellRef::new(row, 0);
            let kind = if matches!(row, 3 | 4) { CellKind::Text } else { CellKind::Number };
            let mut cell = Cell::text(text, Location::Sheet { sheet: "表".into(), cell: at });
            cell.kind = kind;
            (at, cell)
        })
        .collect();
    let formula = |text: &str, at: CellRef| Formula { text: text.into(), notation, base: at, is_simple: true };
    let at = CellRef::new(0, 3);
    let mut formulas = BTreeMap::from([(at, formula(text, at))]);
    // C1 is the sum of C2 and A1, C2 that of A1 and A2; C3 and C4 refer to each other; C5 is an empty text.
    for (row, text) in (0..).zip(["C2+A1", "A1+A2", "C4", "C3", "IF(COUNT(A3:A3)=0,\"\",SUM(A3:A3))"]) {
        let at = CellRef::new(row, 2);
        formulas.insert(at, Formula { notation: Notation::A1, ..formula(text, at) });
    }
    match calculate(&cells, &formulas)[&at] {
        Some(FormulaResult::Number(number)) => number.normalize().to_string(),
        Some(FormulaResult::EmptyText) => "\"\"".to_owned(),
        None => "none".to_owned(),
    }
}

#[test]
fn sums_and_differences_are_calculated() {
    for (text, expected) in [
        ("SUM(A1:A3)", "3"),
        ("=sum( A2 : A2 , 4, A1 )", "none"),
        ("=sum( A2 , 4, A1 )", "7"),
        ("A1+A2-4", "-1"),
        ("-(A1-(A2+3))", "4"),
        ("A6+A7", "0.3"),
        ("$A$1+A$2", "3"),
        ("A3+1", "1"),
        ("A4+1", "6"),
        ("C1+C2", "7"),
        ("SUM(C1:C2,A1:A2)", "10"),
        ("SUM(C2:A1)", "10"),
        ("SUM(A3,C5)", "0"),
        ("SUM(A1+A2,A2)", "5"),
        ("IF(COUNT(A1:A3)=0,\"\",SUM(A1:A3))", "3"),
        ("IF(COUNT(A3)=0,\"\",SUM(A3))", "\"\""),
        ("12", "12"),
    ] {
        assert_eq!(result(text, Notation::A1), expected, "{text}");
    }
}

#[test]
fn what_is_not_certain_has_no_result() {
    let deep = format!("{}A1{}", "(".repeat(80), ")".repeat(80));
    for text in [
        "SUM(A1:A4)",
        "SUM(A4)",
        "A5+1",
        "C5+1",
        "C3",
        "D1",
        "A1:A2",
        "SUM(A:A)",
        "A1*2",
        "A1%",
        "表2!A1",
        "SUM(表2!A1:A2)",
        "SUM(Sheet2!A1,A1)",
        "AVERAGE(A1:A2)",
        "IF(A1=1,2,3)",
        "IF(COUNT(A1)=0,\"\",SUM(A1)",
        "SUM(A1:A2",
        "SUM()",
        "SUM(A1,)",
        "A1 A2",
        "A1+",
        "1e3",
        "1.2.3",
        "A0",
        "A9999999",
        "ZZZZ1",
        "#REF!",
        "\"5\"",
        "A1&A2",
        "",
        &deep,
    ] {
        assert_eq!(result(text, Notation::A1), "none", "{text}");
    }
}

#[test]
fn every_notation_is_read() {
    for (text, notation, expected) in [
        ("of:=SUM([.A1:.A3];[.A2])-[.$A$1]", Notation::OpenDocument, "4"),
        ("of:=SUM([$表2.A1:.A3])", Notation::OpenDocument, "none"),
        ("of:=SUM([.A1];[表2.A1])", Notation::OpenDocument, "none"),
        ("=SUM(RC[-3]:R[2]C1)+R2C1-RC[-3]", Notation::R1C1, "4"),
        ("=R[-1]C", Notation::R1C1, "none"),
        ("=RC", Notation::R1C1, "none"),
    ] {
        assert_eq!(result(text, notation), expected, "{text}");
    }
}

#[test]
fn a_shared_formula_moves_with_its_cell() {
    let at = CellRef::new(4, 2);
    let formula =
        Formula { text: "SUM(A2:B2)+$A$1".into(), notation: Notation::A1, base: CellRef::new(1, 2), is_simple: true };
    let cells: Vec<(CellRef, Cell)> = [(0, 0, "100"), (1, 0, "1"), (4, 0, "7"), (4, 1, "8")]
        .map(|(row, column, text)| {
            let at = CellRef::new(row, column);
            let cell = Cell::text(text, Location::Sheet { sheet: "表".into(), cell: at });
            (at, Cell { kind: CellKind::Number, ..cell })
        })
        .to_vec();
    let results = calculate(&cells, &BTreeMap::from([(at, formula)]));
    assert_eq!(results[&at], Some(FormulaResult::Number(Decimal::from(115))));
}

#[test]
fn too_many_formulas_are_not_calculated() {
    let formulas = |count: u32| -> BTreeMap<CellRef, Formula> {
        let places = (0..count).map(|row| CellRef::new(row, 0));
        places.map(|at| (at, Formula::of_cell("1", Notation::A1, at))).collect()
    };
    assert_eq!(calculate(&[], &formulas(5000)).len(), 5000);
    assert!(calculate(&[], &formulas(5001)).is_empty());
}
