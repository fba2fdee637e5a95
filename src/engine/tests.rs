use super::*;

const SAMPLE: &[u8] = include_bytes!("../../fixtures/zhongzhuang-2017.txt");

#[test]
fn a_file_is_examined_written_and_read_back() {
    let engine = Engine::new();
    let examined = engine.examine(SAMPLE, &ReadOptions::default()).unwrap();
    let [one] = &examined[..] else { panic!("{examined:?}") };
    assert!(one.rule_findings().count() > 0);
    for format in Format::ALL.iter().filter(|format| !format.is_binary()) {
        let output = engine.write(&[&one.report], *format, &WriteOptions::default()).unwrap();
        let again = engine.examine(&output.bytes, &ReadOptions::default()).unwrap();
        assert_eq!(again[0].report.organization, one.report.organization, "{format:?}");
        assert_eq!(again[0].rule_findings().count(), one.rule_findings().count(), "{format:?}");
    }
}

#[test]
fn a_report_whose_template_is_not_loaded_is_data_and_no_form() {
    let engine = Engine::new();
    let mut report = engine.examine(SAMPLE, &ReadOptions::default()).unwrap().remove(0).report;
    report.template = Some("own".to_owned());
    for format in Format::ALL {
        let written = engine.write(&[&report], *format, &WriteOptions::default());
        let is_refused = written.is_err_and(|error| matches!(error.kind(), ErrorKind::TemplateNotLoaded { .. }));
        assert_eq!(is_refused, format.needs_template(), "{format:?}");
        let written = engine.write(&[&report, &report], *format, &WriteOptions::default());
        let is_refused = written.is_err_and(|error| matches!(error.kind(), ErrorKind::SeveralReports { .. }));
        assert_eq!(is_refused, !format.holds_many(), "{format:?}");
    }
}
