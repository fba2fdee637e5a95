use crate::organization::Aliases;
use rust_decimal::Decimal;

use super::*;
use crate::document::{CellRef, Location};
use crate::finding::Severity;
use crate::message::Lang;
use crate::report::{CellValue, Period, Report, Value};
use crate::template::shipped;

/// A report of a form with some values; the others are 0. A value that is no number stands as its text says.
pub(super) fn report(form: &str, organization: &str, year: i32, values: &[(&str, &str)]) -> NamedReport {
    let form = shipped().find(form).unwrap();
    let mut report = Report {
        template: Some(form.id().to_owned()),
        organization: Some(organization.to_owned()),
        year: Some(year),
        ..Report::default()
    };
    for (row, indicator) in (0..).zip(form.indicators()) {
        let (table, r, column) = indicator.place;
        let (table, row_of) = (&form.tables()[table], &form.tables()[table].rows[r]);
        let text = values.iter().find(|(id, _)| *id == &*indicator.id).map(|(_, text)| *text);
        let text = text.unwrap_or(if row_of.optional { "absent" } else { "0" });
        let number: Option<Decimal> = text.parse().ok();
        let cell = match (text, number) {
            (_, Some(number)) => CellValue::Number(number),
            ("" | "absent", None) => CellValue::Blank,
            ("/", None) => CellValue::NotApplicable,
            _ => CellValue::Unreadable(text.to_owned()),
        };
        let place = || Location::Sheet { sheet: "统计表".into(), cell: CellRef::new(row, 2) };
        report.values.push(Value {
            path: form.path(row_of).into(),
            column: None,
            unit: table.unit_of(row_of, &table.columns[column]).map(str::to_owned),
            cell,
            source_text: if text == "absent" { String::new() } else { text.to_owned() },
            at: (text != "absent").then(place),
            after: None,
            label: None,
            correction: None,
            id: Some(indicator.id.clone()),
        });
    }
    for (id, _) in values {
        assert!(form.place(id).is_some(), "{id}");
    }
    NamedReport { file: format!("{organization}{year}.xlsx"), report, form: SharedTemplate::clone(form) }
}

fn all(old: &[NamedReport], new: &[NamedReport]) -> Comparison {
    compare(old, new, &[], &Aliases::default(), shipped_crosswalk(), &SeverityOverrides::default()).unwrap()
}

fn unit(old: &NamedReport, new: &NamedReport) -> ComparedOrganization {
    let mut all = all(std::slice::from_ref(old), std::slice::from_ref(new));
    assert_eq!(all.organizations.len(), 1);
    all.organizations.remove(0)
}

fn codes(unit: &ComparedOrganization) -> Vec<&str> {
    unit.findings.iter().map(|found| found.finding.code.as_str()).collect()
}

fn of<'u>(unit: &'u ComparedOrganization, id: &str) -> &'u ComparisonRow {
    let holds = |line: &&ComparisonRow| line.new.side.ids == [id] || line.old.side.ids == [id];
    unit.rows.iter().find(holds).unwrap()
}

#[test]
fn a_blank_a_slash_a_missing_row_and_a_number_are_kept_apart() {
    for (old, new, change, difference, percent) in [
        ("100", "150", Change::Changed, Some("50"), Some("50")),
        ("150", "100", Change::Changed, Some("-50"), Some("-33.3")),
        ("7", "7", Change::Same, Some("0"), Some("0")),
        ("0", "7", Change::Changed, Some("7"), None),
        ("0", "0", Change::Same, Some("0"), None),
        ("", "0", Change::Appeared, None, None),
        ("/", "3", Change::Appeared, None, None),
        ("absent", "3", Change::Appeared, None, None),
        ("0", "", Change::Vanished, None, None),
        ("3", "absent", Change::Vanished, None, None),
        ("", "", Change::Same, None, None),
        ("/", "/", Change::Same, None, None),
        ("", "/", Change::Other, None, None),
        ("", "absent", Change::Other, None, None),
        ("约3", "3", Change::Incomparable, None, None),
    ] {
        let unit =
            unit(&report("2014", "甲镇", 2016, &[("closed", old)]), &report("2014", "甲镇", 2017, &[("closed", new)]));
        let line = of(&unit, "closed");
        let decimal = |text: Option<&str>| text.map(|text| text.parse::<Decimal>().unwrap());
        assert_eq!(line.change, change, "{old:?} {new:?}");
        assert_eq!((line.difference, line.percent), (decimal(difference), decimal(percent)), "{old:?} {new:?}");
    }
}

#[test]
fn large_jumps_follow_the_rule_in_data() {
    for (id, old, new, jump) in [
        ("received", "10", "40", true),
        ("received", "10", "39", false),
        ("received", "100", "299", false),
        ("received", "0", "30", true),
        ("received", "90", "30", true),
        ("fees", "1", "10.99", false),
        ("fees", "1", "11", true),
    ] {
        let unit = unit(&report("2014", "甲镇", 2016, &[(id, old)]), &report("2014", "甲镇", 2017, &[(id, new)]));
        assert_eq!(of(&unit, id).jump, jump, "{id} {old} {new}");
        assert_eq!(codes(&unit).contains(&"XG701"), jump, "{id} {old} {new}");
    }
}

#[test]
fn what_stands_around_the_figures_is_noticed() {
    let values: &[(&str, &str)] = &[("received", "12"), ("closed", "12"), ("staff", "3")];
    let old = report("2014", "甲镇", 2016, values);
    let with = |change: &dyn Fn(&mut Report)| {
        let mut new = report("2014", "甲镇", 2017, &[("received", "13"), ("closed", "12"), ("staff", "3")]);
        change(&mut new.report);
        unit(&old, &new)
    };
    assert_eq!(codes(&with(&|_| ())), [""; 0]);
    assert_eq!(codes(&with(&|new| new.year = Some(2015))), ["XG703"]);
    assert_eq!(codes(&with(&|new| new.year = Some(2016))), ["XG704"]);
    assert_eq!(codes(&with(&|new| new.year = Some(2018))), ["XG705"]);
    assert_eq!(codes(&with(&|new| new.year = None)), ["XG710"]);
    assert_eq!(codes(&with(&|new| new.period = Period::FirstHalf)), ["XG706"]);
    assert_eq!(codes(&with(&|new| new.organization = Some("乙镇".to_owned()))), ["XG707"]);
    assert_eq!(codes(&unit(&old, &report("2014", "甲镇", 2017, values))), ["XG702"]);
    // So few values may well be the same by chance.
    let few = &[("meetings", "1"), ("staff", "1")];
    assert_eq!(codes(&unit(&report("2014", "甲镇", 2016, few), &report("2014", "甲镇", 2017, few))), [""; 0]);
}

#[test]
fn value_columns_belong_together_by_their_heads() {
    let mut old = report("2014", "甲镇", 2016, &[("received", "5")]);
    let mut new = report("2014", "甲镇", 2017, &[("received", "9")]);
    let column = |named: &mut NamedReport, header: &str, received: i64| {
        let mut values = named.report.values.clone();
        for value in &mut values {
            value.column = Some(header.to_owned());
            if value.id.as_deref() == Some("received") {
                value.cell = CellValue::Number(received.into());
            }
        }
        named.report.values.extend(values);
    };
    column(&mut old, "历年 累计", 100);
    column(&mut new, "历年累计", 109);
    column(&mut new, "区直单位", 1);
    let unit = unit(&old, &new);
    let differences: Vec<_> = unit
        .rows
        .iter()
        .filter(|line| line.change == Change::Changed)
        .map(|line| (line.column.as_deref(), line.difference.unwrap().to_string()))
        .collect();
    assert_eq!(differences, [(None, "4".to_owned()), (Some("历年累计"), "9".to_owned())]);
    assert_eq!(codes(&unit), ["XG709"]);
    assert!(unit.findings[0].finding.message(Lang::ZH).contains("区直单位"));
}

#[test]
fn columns_headed_by_their_own_year_belong_together() {
    let headed = |year: i32, received: &str| {
        let mut named = report("2014", "甲镇", year, &[("received", received)]);
        for value in &mut named.report.values {
            value.column = Some(format!("{year}年度"));
        }
        let total =
            named.report.values.iter().map(|value| Value { column: Some("历年累计".to_owned()), ..value.clone() });
        let total: Vec<_> = total.collect();
        named.report.values.extend(total);
        named
    };
    let unit = unit(&headed(2016, "3"), &headed(2017, "5"));
    let changed = unit.rows.iter().filter(|line| line.change == Change::Changed);
    assert_eq!(changed.map(|line| line.column.as_deref()).collect::<Vec<_>>(), [None, Some("历年累计")]);
    assert_eq!(codes(&unit), [""; 0]);
}

#[test]
fn zeros_and_blanks_are_told_apart_and_shown_on_demand() {
    for (old, new, is_shown) in [("0", "", false), ("/", "0", false), ("3", "", true), ("", "3", true), ("", "/", true)]
    {
        let unit =
            unit(&report("2014", "甲镇", 2016, &[("closed", old)]), &report("2014", "甲镇", 2017, &[("closed", new)]));
        assert_eq!(of(&unit, "closed").is_shown_by_default(), is_shown, "{old:?} {new:?}");
    }
}

#[test]
fn what_one_year_carries_out_the_next_carries_in_across_forms_too() {
    let old =
        report("2019", "甲县", 2020, &[("requests.carried_out.total", "7"), ("requests.carried_out.company", "2")]);
    let values = &[("requests.carried_in.total", "8"), ("requests.carried_in.company", "2")];
    for form in ["2019", "2021"] {
        let unit = unit(&old, &report(form, "甲县", 2021, values));
        assert_eq!(codes(&unit), ["XG161"], "{form}");
        let found = &unit.findings[0];
        let shown = render::finding_values(found, &unit, Lang::EN);
        let places: Vec<_> =
            shown.iter().map(|(_, text, place)| (text.as_str(), place.split(':').next().unwrap())).collect();
        assert_eq!(places, [("8", "甲县2021.xlsx"), ("7", "甲县2020.xlsx")], "{form}");
    }
    // Years that do not follow each other carry nothing over.
    assert_eq!(codes(&unit(&old, &report("2021", "甲县", 2022, values))), ["XG705"]);
}

#[test]
fn forms_lead_to_each_other_with_sums_on_either_side() {
    let old = report(
        "2014",
        "甲县",
        2018,
        &[("received", "50"), ("answered.refused", "9"), ("reviews", "3"), ("lawsuits.upheld", "4"), ("staff", "6")],
    );
    let new = report(
        "2021",
        "甲县",
        2021,
        &[
            ("requests.new.total", "60"),
            ("handled.refused.state_secret.total", "1"),
            ("handled.refused.administrative_query.total", "4"),
            ("review.upheld", "2"),
            ("review.pending", "5"),
            ("review.total", "7"),
            ("lawsuit.direct.upheld", "1"),
            ("lawsuit.after_review.upheld", ""),
        ],
    );
    let unit = unit(&old, &new);
    let summary = |id: &str| {
        let line = of(&unit, id);
        (line.kind, line.change, line.difference.map(|difference| difference.to_string()))
    };
    assert_eq!(summary("received"), (Match::Comparable, Change::Changed, Some("10".to_owned())));
    assert_eq!(summary("answered.refused"), (Match::Partly, Change::Changed, Some("-4".to_owned())));
    assert_eq!(summary("reviews"), (Match::Comparable, Change::Changed, Some("-1".to_owned())));
    // A sum over a blank is no sum.
    assert_eq!(summary("lawsuits.upheld"), (Match::Comparable, Change::Incomparable, None));
    assert_eq!(of(&unit, "lawsuits.upheld").new.state, State::Incomplete);
    assert_eq!(summary("staff"), (Match::Without, Change::Without, None));
    assert_eq!(summary("review.pending"), (Match::Without, Change::Without, None));
    assert_eq!(summary("answered.other_channel"), (Match::Not, Change::Incomparable, None));
}

#[test]
fn a_row_and_the_rows_below_it_are_compared_once() {
    let old = report("2019", "甲县", 2020, &[("handled.other.total", "5")]);
    let rows = |values: &[(&str, &str)]| {
        let unit = unit(&old, &report("2021", "甲县", 2021, values));
        let lines = unit.rows.iter().filter(|line| line.old.side.ids == ["handled.other.total"]);
        lines.map(|line| (line.new.side.ids.len(), line.difference.unwrap().to_string())).collect::<Vec<_>>()
    };
    assert_eq!(rows(&[("handled.other.other.total", "6")]), [(3, "1".to_owned())]);
    let one_row = [
        ("handled.other.total", "3"),
        ("handled.other.other.total", "absent"),
        ("handled.other.fee_not_paid.total", "absent"),
        ("handled.other.not_amended_in_time.total", "absent"),
    ];
    assert_eq!(rows(&one_row), [(1, "-2".to_owned())]);
}

#[test]
fn rows_beyond_the_form_are_the_same_where_their_labels_are() {
    let row = |label: &str, number: i64| Value {
        id: None,
        path: ["本地情况", label].map(str::to_owned).into(),
        column: None,
        unit: Some("件".to_owned()),
        cell: CellValue::Number(number.into()),
        source_text: number.to_string(),
        at: None,
        after: None,
        label: Some(format!("（一）{label}")),
        correction: None,
    };
    let (mut old, mut new) = (report("2014", "甲镇", 2016, &[]), report("2014", "甲镇", 2017, &[]));
    old.report.extra = vec![row("热线数", 4), row("旧行", 1), row("重复", 1)];
    new.report.extra = vec![row("热 线数", 6), row("新行", 2), row("重复", 1), row("重复", 2)];
    let unit = unit(&old, &new);
    let lines: Vec<_> = unit
        .rows
        .iter()
        .filter(|line| line.change != Change::Same)
        .map(|line| (render::name(line, Lang::ZH), line.change, line.difference.map(|d| d.to_string())))
        .collect();
    insta::assert_debug_snapshot!(lines);
}

#[test]
fn amounts_in_other_units_are_not_subtracted() {
    let old = report("2014", "甲镇", 2016, &[("funds", "2"), ("trainees", "5")]);
    let mut new = report("2014", "甲镇", 2017, &[("funds", "20000"), ("trainees", "6")]);
    for value in &mut new.report.values {
        match value.id.as_deref() {
            Some("funds") => value.unit = Some("元".to_owned()),
            Some("trainees") => value.unit = Some("人".to_owned()),
            _ => {}
        }
    }
    let unit = unit(&old, &new);
    assert_eq!((of(&unit, "funds").change, of(&unit, "funds").difference), (Change::Incomparable, None));
    assert_eq!(of(&unit, "trainees").difference, Some(Decimal::ONE));
}

#[test]
fn units_are_matched_and_the_rest_is_named() {
    let old: Vec<_> = ["甲镇", "乙镇", "丙局"].map(|name| report("2014", name, 2016, &[])).into();
    let new: Vec<_> = ["乙镇办公室", "甲镇", "丁局", "丁局"].map(|name| report("2014", name, 2017, &[])).into();
    let found = all(&old, &new);
    assert_eq!(found.organizations.len(), 1);
    let names = |headers: &[ReportSummary]| {
        headers.iter().map(|header| header.organization.clone().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(names(&found.old_only), ["乙镇", "丙局"]);
    assert_eq!(names(&found.new_only), ["乙镇办公室"]);
    assert_eq!(names(&found.new_twice.concat()), ["丁局", "丁局"]);
    assert_eq!(found.proposals.len(), 1);
    let accepted = [("乙镇".to_owned(), "乙镇办公室".to_owned())];
    let found = compare(&old, &new, &accepted, &Aliases::default(), shipped_crosswalk(), &SeverityOverrides::default())
        .unwrap();
    assert_eq!(found.organizations.len(), 2);
    assert!(found.organizations.iter().all(|unit| unit.findings.is_empty()), "an accepted name is no finding");
}

#[test]
fn findings_are_graded_and_switched_off() {
    let (old, new) = (report("2014", "甲镇", 2017, &[]), report("2014", "甲镇", 2016, &[]));
    let found = |grade: Option<Severity>| {
        let overrides = SeverityOverrides(vec![("XG703".to_owned(), grade)]);
        let [old, new] = [&old, &new].map(std::slice::from_ref);
        let found = compare(old, new, &[], &Aliases::default(), shipped_crosswalk(), &overrides).unwrap();
        found.organizations[0].findings.iter().map(|found| found.finding.severity).collect::<Vec<_>>()
    };
    assert_eq!(found(Some(Severity::Error)), [Severity::Error]);
    assert_eq!(found(None), []);
}

#[test]
fn pages_and_workbooks_are_the_same_twice_and_hold_no_markup_of_others() {
    let old = report("2014", "<b>甲镇", 2016, &[("received", "5")]);
    let new = report("2014", "<b>甲镇", 2017, &[("received", "500"), ("closed", "")]);
    let found = all(&[old], &[new]);
    let page = render::write(&found, &[], Format::Html, true, None, Lang::ZH).unwrap();
    assert_eq!(page, render::write(&found, &[], Format::Html, true, None, Lang::ZH).unwrap());
    let text = String::from_utf8(page).unwrap();
    assert!(!text.contains("<b>") && text.contains("&lt;b&gt;甲镇"));
    for lang in [Lang::ZH, Lang::EN] {
        let one = render::write(&found, &[], Format::Xlsx, false, None, lang).unwrap();
        assert_eq!(one, render::write(&found, &[], Format::Xlsx, false, None, lang).unwrap());
        assert_ne!(one, render::write(&found, &[], Format::Xlsx, false, Some(1_500_000_000), lang).unwrap());
    }
}
