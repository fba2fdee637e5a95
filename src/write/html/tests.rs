use super::*;
use crate::layout::{LayoutOptions, layout};
use crate::report::Report;
use crate::template::shipped;
use crate::write::sample;

fn written(report: &Report, is_fragment: bool) -> String {
    let template = shipped().get(report.template.as_deref().unwrap()).unwrap();
    let mut bytes = Vec::new();
    write(&layout(report, template, LayoutOptions::default()), is_fragment, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn page_and_fragment_of_a_form() {
    insta::with_settings!({ snapshot_path => "../../../tests/snapshots", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("html__page", written(&sample::matrix("2021", 1), false));
        insta::assert_snapshot!("html__fragment", written(&sample::report(), true));
    });
}

#[test]
fn each_data_cell_names_headers_that_exist() {
    for report in [sample::report(), sample::matrix("2021", 1), sample::matrix("2019", 1)] {
        let page = written(&report, false);
        let ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let unique: std::collections::BTreeSet<&&str> = ids.iter().collect();
        assert_eq!(unique.len(), ids.len());
        let named = page.split(" headers=\"").skip(1).filter_map(|rest| rest.split('"').next());
        assert!(named.flat_map(|names| names.split(' ')).all(|name| ids.contains(&name)));
        assert_eq!(page.matches("<td").count(), page.matches("<td headers=").count());
    }
}

#[test]
fn texts_are_escaped() {
    let mut report = sample::report();
    report.organization = Some("<script>&\"\u{1}镇".to_owned());
    let page = written(&report, false);
    assert!(page.contains("&lt;script&gt;&amp;&quot;\u{fffd}镇") && !page.contains("<script"));
}

#[test]
fn values_with_findings_are_marked_and_refer_to_them() {
    let (report, template) = (sample::report(), shipped().get("2014-extended").unwrap());
    let mut finding = crate::finding::Finding::new("XG201");
    finding.ids = vec![report.values[1].id.clone().unwrap()];
    let (page, elsewhere) = marked::write(&report, template, &[finding], crate::message::Lang::ZH);
    let page = String::from_utf8(page).unwrap();
    assert!(elsewhere.is_empty());
    assert_eq!(page.matches("data-severity=\"").count(), 1);
    assert!(page.contains("aria-describedby=\"f1\"") && page.contains("<li id=\"f1\">"));
}
