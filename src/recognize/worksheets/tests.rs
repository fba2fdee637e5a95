use super::*;

/// Worksheets by table, name, organization and year, each with a value.
fn joined(sheets: &[(usize, &str, &str, i32, i64)]) -> Joins {
    let report = |value: i64| {
        let value = crate::report::Value {
            path: [].into(),
            column: None,
            unit: None,
            cell: CellValue::Number(value.into()),
            source_text: String::new(),
            at: Some(crate::document::Location::Text { line: 1, column: 1 }),
            after: None,
            label: None,
            correction: None,
            id: None,
        };
        Report { values: vec![value], ..Report::default() }
    };
    let reports: Vec<Report> = sheets.iter().map(|sheet| report(sheet.4)).collect();
    let sheet =
        |(at, (table, name, organization, year, _)): (usize, &(usize, &'static str, &str, i32, i64))| PartialSheet {
            name,
            part: at,
            tables: BTreeSet::from([*table]),
            organization: (!organization.is_empty()).then(|| (*organization).to_owned()),
            year: (*year > 0).then_some(*year),
            report: &reports[at],
        };
    let sheets: Vec<(usize, &'static str, &str, i32, i64)> =
        sheets.iter().map(|sheet| (sheet.0, &*String::leak(sheet.1.to_owned()), sheet.2, sheet.3, sheet.4)).collect();
    join(&mut sheets.iter().enumerate().map(sheet).collect::<Vec<_>>())
}

fn groups(sheets: &[(usize, &str, &str, i32, i64)]) -> (Vec<Vec<usize>>, Vec<usize>) {
    let joins = joined(sheets);
    (joins.groups, joins.unused)
}

#[test]
fn reports_follow_each_other() {
    let two = [
        (0, "一", "甲镇", 2022, 1),
        (1, "二", "", 0, 2),
        (2, "三", "", 0, 3),
        (0, "四", "乙镇", 2022, 4),
        (1, "五", "", 0, 5),
        (2, "六", "", 0, 6),
    ];
    assert_eq!(groups(&two).0, [[0, 1, 2], [3, 4, 5]]);
    // The same report twice is no second report.
    let mut same = two;
    same[3].2 = "甲镇";
    assert!(groups(&same).0.is_empty());
    assert_eq!(joined(&same).unclear.len(), 3);
    // The second organization has a table less.
    assert!(groups(&two[..5]).0.is_empty());
}

#[test]
fn titles_tell_reports_apart() {
    let sheets = [(0, "一", "甲镇", 2022, 1), (0, "二", "乙镇", 2022, 2), (1, "三", "乙镇", 2022, 3)];
    assert_eq!(groups(&sheets).0, [[1, 2]]);
    assert_eq!(joined(&sheets[..2]), Joins::default());
    let mut twice = sheets;
    twice[0].2 = "乙镇";
    assert_eq!(joined(&twice).unclear, [(0, vec![0, 1])]);
}

#[test]
fn names_tell_reports_apart() {
    let sheets = [
        (0, "甲镇一", "甲镇", 2022, 1),
        (0, "乙镇一", "乙镇", 2022, 2),
        (1, "申请", "", 0, 3),
        (1, "乙镇申请", "", 0, 4),
    ];
    assert_eq!(groups(&sheets).0, [[0, 2], [1, 3]]);
    let mut unnamed = sheets;
    unnamed[3].1 = "申请2";
    assert!(groups(&unnamed).0.is_empty());
}

#[test]
fn an_old_copy_is_not_used() {
    let own = [(0, "公开", "甲镇", 2022, 1), (1, "申请", "", 0, 2), (2, "诉讼", "", 0, 3)];
    let with = |at: usize, copy: (usize, &'static str, &'static str, i32, i64)| {
        let mut sheets = own.to_vec();
        sheets.insert(at, copy);
        groups(&sheets)
    };
    // Its name says so.
    assert_eq!(with(1, (1, "申请旧", "", 0, 9)), (vec![vec![0, 2, 3]], vec![1]));
    // It has the same values.
    assert_eq!(with(2, (1, "申请2", "", 0, 2)), (vec![vec![0, 1, 3]], vec![2]));
    // It is apart from the tables that follow each other.
    assert_eq!(with(3, (1, "Sheet4", "", 0, 9)), (vec![vec![0, 1, 2]], vec![3]));
    assert_eq!(with(0, (2, "Sheet4", "", 0, 9)), (vec![vec![1, 2, 3]], vec![0]));
    // It is of another year.
    assert_eq!(with(0, (0, "Sheet4", "甲镇", 2021, 9)), (vec![], vec![]));
    // Nothing tells which one it is.
    for (at, table) in [(0, 0), (1, 1), (2, 1), (3, 2)] {
        assert_eq!(with(at, (table, "Sheet4", "", 0, 9)), (vec![], vec![]), "{at} {table}");
    }
}
