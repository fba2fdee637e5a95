//! Tables of unusual structure: every value is right, or left out and named.
//!
//! The truth files of `fixtures/structure` say which values a table has, how many must be left out with a finding
//! (`flagged`), which findings there must be (`codes`), and which values are kept beside the form (`extra`).

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use rust_decimal::Decimal;
use serde_json::Value as Json;
use xxgk::engine::Engine;
use xxgk::read::ReadOptions;
use xxgk::report::{CellValue, Report, Value};
use xxgk::write::{Format, WriteOptions};

fn fixtures() -> Vec<(PathBuf, Json)> {
    let entries = std::fs::read_dir("fixtures/structure").unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| !path.to_str().unwrap().ends_with(".truth.json") && path.extension().unwrap() != "py");
    paths.sort();
    let truth = |path: PathBuf| {
        let own = path.with_extension("truth.json");
        let truth = serde_json::from_slice(&std::fs::read(&own).unwrap_or_else(|_| panic!("{own:?}"))).unwrap();
        (path, truth)
    };
    paths.into_iter().map(truth).collect()
}

fn reports(path: &Path) -> Vec<Report> {
    let engine = Engine::new();
    let options = ReadOptions::default().name(path.file_name().unwrap().to_str().unwrap());
    let input = engine.read(&std::fs::read(path).unwrap(), &options).unwrap();
    engine.recognize(&input).unwrap_or_else(|error| panic!("{path:?}: {error}"))
}

/// A label without ordinals, brackets and marks.
fn bare(label: &str) -> String {
    let label = label.split(['（', '(']).next().unwrap().trim_end_matches('*');
    label.rsplit(['：', '.']).next().unwrap().to_owned()
}

/// The value with a label and column, as in `网站公开 / 2011年度`.
fn by_label<'r>(report: &'r Report, key: &str) -> Option<&'r Value> {
    let (label, column) = key.split_once(" / ").unwrap();
    report.values.iter().find(|value| {
        bare(value.path.last().unwrap()) == label && value.column.as_deref().is_none_or(|own| own == column)
    })
}

#[test]
fn each_value_is_right_or_left_out_and_named() {
    for (path, truth) in fixtures() {
        let reports = reports(&path);
        let report = &reports[0];
        let mut flagged = 0;
        let mut compare = |key: &str, expected: &Json, value: Option<&Value>| {
            let number = expected.as_number().map(|number| number.to_string().parse::<Decimal>().unwrap());
            let value = value.unwrap_or_else(|| panic!("{path:?}: no {key}"));
            let is_named = report.findings.iter().any(|own| own.ids.iter().any(|id| Some(id) == value.id.as_ref()));
            flagged += u64::from(value.number().is_none() && is_named);
            assert_eq!(value.number(), number, "{path:?}: {key} {:?}", value.at);
        };
        for (id, expected) in truth.get("values").and_then(Json::as_object).into_iter().flatten() {
            compare(id, expected, report.value(id, None));
        }
        for (label, expected) in truth.get("values_by_label").and_then(Json::as_object).into_iter().flatten() {
            compare(label, expected, by_label(report, label));
        }
        let codes: Vec<&str> = report.findings.iter().map(|finding| finding.code.as_str()).collect();
        for code in truth.get("codes").and_then(Json::as_array).into_iter().flatten() {
            assert!(codes.contains(&code.as_str().unwrap()), "{path:?}: no {code} in {codes:?}");
        }
        if let Some(expected) = truth.get("flagged") {
            assert_eq!(Some(flagged), expected.as_u64(), "{path:?}");
        }
        if let Some(count) = truth.get("reports") {
            assert_eq!(Some(reports.len() as u64), count.as_u64(), "{path:?}");
        }
        let expected: Vec<Option<Decimal>> = truth
            .get("extra")
            .and_then(Json::as_array)
            .into_iter()
            .flatten()
            .map(|number| number.to_string().parse().ok())
            .collect();
        let extra: Vec<Option<Decimal>> = report.extra.iter().map(Value::number).collect();
        assert_eq!(extra, expected, "{path:?}");
    }
}

/// Joining any two rows of a table with bars loses no value and moves none.
#[test]
fn any_two_joined_rows_are_read() {
    let text = std::fs::read_to_string("fixtures/shapes/S03-2014-pipes.txt").unwrap();
    let truth = std::fs::read("fixtures/shapes/S03-2014-pipes.truth.json").unwrap();
    let truth: Json = serde_json::from_slice(&truth).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let engine = Engine::new();
    for at in 2..lines.len() - 1 {
        let mut joined: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        let next = joined.remove(at + 1);
        joined[at] = format!("{} {next}", joined[at]);
        let input = engine.read(joined.join("\n").as_bytes(), &ReadOptions::default()).unwrap();
        let report = &engine.recognize(&input).unwrap()[0];
        for (id, expected) in truth["values"].as_object().unwrap() {
            let value = report.value(id, None).unwrap();
            let number = expected.as_number().map(|number| number.to_string().parse::<Decimal>().unwrap());
            let is_named = report.findings.iter().any(|own| own.ids.iter().any(|own| **own == *id.as_str()));
            let is_left_out = value.number().is_none() && (is_named || value.cell.is_unreadable());
            assert!(value.number() == number || is_left_out, "{at}: {id} {:?}\n{}", value.number(), joined[at]);
        }
    }
}

fn read_as(bytes: &[u8], name: &str) -> Report {
    let engine = Engine::new();
    let input = engine.read(bytes, &ReadOptions::default().name(name)).unwrap();
    engine.recognize(&input).unwrap().remove(0)
}

fn codes(report: &Report) -> Vec<&str> {
    report.findings.iter().map(|finding| finding.code.as_str()).collect()
}

fn written(report: &Report, format: Format) -> String {
    let output = Engine::new().write(&[report], format, &WriteOptions::default()).unwrap();
    String::from_utf8(output.bytes).unwrap()
}

fn sample_csv() -> String {
    let report = read_as(&std::fs::read("fixtures/zhongzhuang-2017.csv").unwrap(), "a.csv");
    written(&report, Format::Csv).trim_start_matches('\u{feff}').replace('\r', "")
}

#[test]
fn a_row_of_numbers_below_the_table_is_named() {
    let before = read_as(sample_csv().as_bytes(), "a.csv");
    assert!(!codes(&before).contains(&"XG351"), "{:?}", before.findings);
    let report = read_as(format!("{}\n,,\n网站访问量,,88123\n", sample_csv()).as_bytes(), "a.csv");
    let named = report.findings.iter().find(|finding| finding.code == "XG351").unwrap();
    assert!(named.at.is_some());
    assert_eq!(report.values.len(), before.values.len());
}

#[test]
fn the_mark_of_a_footnote_is_no_digit() {
    let line = sample_csv().lines().find(|line| line.contains("网站公开")).unwrap().to_owned();
    let value = line.rsplit(',').next().unwrap().trim();
    for mark in ["²", "①"] {
        let text = sample_csv().replace(&line, &format!("{}{mark}", line.trim_end()));
        let report = read_as(text.as_bytes(), "a.csv");
        let own = report.value("disclosed_by.website", None).unwrap();
        assert!(own.cell.is_unreadable(), "{value}{mark}: {own:?}");
        assert!(codes(&report).contains(&"XG306"));
    }
}

#[test]
fn a_unit_in_the_header_counts_for_amounts() {
    let line = sample_csv().lines().find(|line| line.contains("统计数")).unwrap().to_owned();
    let text = sample_csv().replace(&line, &line.replace("统计数", "统计数（单位：元）"));
    let report = read_as(text.as_bytes(), "a.csv");
    let fees = report.value("funds", None).unwrap();
    assert_ne!(text, sample_csv());
    assert!(fees.cell.is_blank() || codes(&report).contains(&"XG308"), "{fees:?} {:?}", codes(&report));
}

#[test]
fn a_mark_is_no_part_of_the_label_before_it() {
    let engine = Engine::new();
    let text = std::fs::read_to_string("fixtures/shapes/S03-2014-pipes.txt").unwrap();
    let line = text.lines().find(|line| line.contains("主动公开政府信息数(")).unwrap();
    let value = read_as(text.as_bytes(), "a.txt").value("disclosed", None).unwrap().number().unwrap();
    for (mark, is_missing) in [("〔缺〕".to_owned(), true), (format!("〔{value}？〕"), false)] {
        let marked = line.replace(&value.to_string(), &mark);
        let input = engine.read(text.replace(line, &marked).as_bytes(), &ReadOptions::default()).unwrap();
        let report = &engine.recognize(&input).unwrap()[0];
        let own = report.value("disclosed", None).unwrap();
        assert_eq!((own.number(), own.cell.is_unreadable()), (None, !is_missing), "{mark} {own:?}");
    }
}

#[test]
fn a_stored_report_without_an_entry_has_a_missing_value() {
    let report = read_as(sample_csv().as_bytes(), "a.csv");
    let mut stored: Json = serde_json::from_str(&written(&report, Format::Json)).unwrap();
    let values = stored["values"].as_array_mut().unwrap();
    let count = values.len();
    values.retain(|value| value["id"] != "disclosed_by.website");
    assert_eq!(values.len(), count - 1);
    let back = read_as(&serde_json::to_vec(&stored).unwrap(), "a.json");
    let own = back.value("disclosed_by.website", None).unwrap();
    assert_eq!(own.cell.status().as_str(), "missing");
    let named = back.findings.iter().find(|finding| finding.code == "XG304").unwrap();
    assert!(named.ids.iter().any(|id| **id == *"disclosed_by.website"));
    assert_eq!(back.values.len(), report.values.len());
}

#[test]
fn the_opposite_of_a_label_is_no_label() {
    let text = written(&read_as(&std::fs::read("fixtures/2021/report.html").unwrap(), "a.html"), Format::Csv);
    for (label, other) in [("1.属于国家秘密", "1.不属于国家秘密"), ("行政许可", "非行政许可")] {
        let report = read_as(text.replace(label, other).as_bytes(), "a.csv");
        let named = report.findings.iter().find(|finding| finding.code == "XG352").unwrap();
        assert!(named.ids.iter().all(|id| report.value(id, None).unwrap().cell.is_unreadable()), "{named:?}");
        assert!(!codes(&report).contains(&"XG303"));
    }
}

#[test]
fn what_is_beside_the_form_reads_back_from_written_files() {
    let text = written(&read_as(&std::fs::read("fixtures/2021/report.html").unwrap(), "a.html"), Format::Csv);
    let beside: Vec<String> = text
        .lines()
        .map(|line| {
            let mut cells: Vec<String> = line.trim_end().split(',').map(str::to_owned).collect();
            let is_row =
                ["一、本年新收", "二、上年", "三、本年", "四、结转"].iter().any(|start| line.starts_with(start));
            if is_row || (line.starts_with("（本列数据") && cells[9] == "总计") {
                cells[10] = if is_row { "12" } else { "占比" }.to_owned();
            }
            cells.join(",")
        })
        .collect();
    let report = read_as(beside.join("\n").as_bytes(), "a.csv");
    assert!(report.extra.len() > 20);
    let back = read_as(written(&report, Format::Csv).as_bytes(), "b.csv");
    let shown = |report: &Report| -> Vec<(Option<String>, Option<String>, Option<Decimal>)> {
        let of = |value: &Value| (value.path.last().cloned(), value.column.clone(), value.number());
        report.extra.iter().map(of).collect()
    };
    assert_eq!(shown(&back), shown(&report));
}

#[test]
fn a_blank_row_of_values_reads_back_as_blank() {
    let text = written(&read_as(&std::fs::read("fixtures/2021/report.html").unwrap(), "a.html"), Format::Csv);
    let mut lines: Vec<&str> = text.trim_end().lines().map(str::trim_end).collect();
    let blank = ",".repeat(14);
    *lines.last_mut().unwrap() = &blank;
    let report = read_as(lines.join("\n").as_bytes(), "a.csv");
    for format in [Format::Csv, Format::Xlsx] {
        let bytes = Engine::new().write(&[&report], format, &WriteOptions::default()).unwrap().bytes;
        let back = read_as(&bytes, "b");
        assert!(back.value("review.upheld", None).unwrap().cell.is_blank(), "{format:?}");
    }
}

#[test]
fn a_row_of_another_label_below_a_merged_one_is_kept() {
    let text = written(&read_as(&std::fs::read("fixtures/2021/report.html").unwrap(), "a.html"), Format::Csv);
    let report = read_as(text.replace("1.信访举报投诉类申请", "1.其他情形的申请").as_bytes(), "a.csv");
    assert!(codes(&report).contains(&"XG305"), "{:?}", codes(&report));
    assert_eq!(report.extra.len(), 7);
}

#[test]
fn row_numbers_before_the_labels_are_no_values() {
    let report = read_as(sample_csv().as_bytes(), "a.csv");
    for (header, is_code) in [("", true), ("", false), ("序号", false)] {
        let mut number = 0;
        let lines: Vec<String> = sample_csv()
            .lines()
            .flat_map(|line| {
                let cells: Vec<String> =
                    line.trim_end().split(',').filter(|cell| !cell.is_empty()).map(str::to_owned).collect();
                let own = match cells.len() {
                    _ if line.contains("统　计　指　标") => header.to_owned(),
                    2.. => {
                        number += 1;
                        if is_code { format!("{number:02}") } else { number.to_string() }
                    }
                    _ => String::new(),
                };
                Some(own).filter(|own| !own.is_empty()).into_iter().chain(cells)
            })
            .collect();
        let own = read_as(lines.join("\n").as_bytes(), "a.txt");
        for value in report.values.iter().filter(|value| value.number().is_some()) {
            let read = own.value(value.id.as_deref().unwrap(), None).unwrap();
            let is_named = own.findings.iter().any(|finding| finding.ids.contains(value.id.as_ref().unwrap()));
            let is_left_out = read.number().is_none() && (is_named || read.cell.is_unreadable());
            assert!(read.number() == value.number() || is_left_out, "{header} {is_code} {:?} {read:?}", value.number());
        }
    }
}

#[test]
fn a_column_of_unreadable_values_is_a_column_of_values() {
    let doubtful: Vec<String> = sample_csv()
        .lines()
        .map(|line| line.strip_suffix(",0").map_or(line.to_owned(), |rest| format!("{rest},0?")))
        .collect();
    let zeros = sample_csv().lines().filter(|line| line.ends_with(",0")).count();
    let report = read_as(doubtful.join("\n").as_bytes(), "a.csv");
    let unreadable = report.values.iter().filter(|value| value.cell.is_unreadable()).count();
    assert_eq!(unreadable, zeros);
    let all: Vec<String> = sample_csv()
        .lines()
        .map(|line| {
            if line.ends_with(|c: char| c.is_ascii_digit()) && line.contains(',') {
                format!("{line}?")
            } else {
                line.to_owned()
            }
        })
        .collect();
    let report = read_as(all.join("\n").as_bytes(), "a.csv");
    assert!(report.values.iter().all(|value| !value.cell.is_number()));
    assert!(report.values.iter().filter(|value| value.cell.is_unreadable()).count() > 60, "{:?}", codes(&report));
}

#[test]
fn a_row_printed_twice_in_text_is_named() {
    let text = std::fs::read_to_string("fixtures/shapes/S18-2021-blankline-clipped-head.txt").unwrap();
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let at = lines.iter().position(|line| line.ends_with("属于国家秘密")).unwrap();
    let mut twice: Vec<&str> = lines[..at].to_vec();
    twice.extend([lines[at], "901", "902", "903", "904", "905", "906", "907"]);
    twice.extend(&lines[at..]);
    let report = read_as(twice.join("\n").as_bytes(), "a.txt");
    assert!(codes(&report).iter().any(|code| ["XG326", "XG305"].contains(code)), "{:?}", codes(&report));
}

#[test]
fn numbers_apart_from_each_other_are_not_split() {
    let rows = "三、收到和处理政府信息公开申请情况\n自然人 法人或其他组织 总计\n商业企业 科研机构 社会公益组织 法律服务机构 其他\n\
        一、本年新收政府信息公开申请数量 15 1 0 0 2 0 18\n二、上年结转政府信息公开申请数量 0 3 1 1 0 0 5\n\
        三、本年度办理结果 （一）予以公开 0 2 1 0 2 16\n（二）部分公开 1 0 0 0 0 0 1\n";
    let report = read_as(format!("青溪镇2022年政府信息公开工作年度报告\n{rows}").as_bytes(), "a.txt");
    for column in ["natural_person", "other", "total"] {
        let value = report.value(&format!("handled.granted.{column}"), None).unwrap();
        assert!(value.cell.is_unreadable(), "{value:?}");
    }
}

/// The numbers of the first report in a text by label and column; none where a value is left out.
fn local_numbers(text: &str) -> Vec<(String, Option<Decimal>)> {
    let engine = Engine::new();
    let input = engine.read(text.as_bytes(), &ReadOptions::default()).unwrap();
    let report = &engine.recognize(&input).unwrap()[0];
    let name = |value: &Value| format!("{} {}", value.path.last().unwrap(), value.column.as_deref().unwrap_or("-"));
    report.values.iter().map(|value| (name(value), value.cell.number())).collect()
}

#[test]
fn a_value_that_reaches_into_the_column_beside_it_is_left_out() {
    let table = "安宁镇2011年政府信息公开情况统计表\n\
        指标名称            计量单位  2011年度  历年累计\n\
        主动公开信息数      条        275       152\n\
        网站公开            条        41        15\n\
        政府公报公开        条               2220\n\
        便民服务窗口公开    条        293       0\n";
    let numbers = local_numbers(table);
    let wanted = |label: &str| numbers.iter().find(|(own, _)| own == label).unwrap().1;
    assert_eq!(wanted("政府公报公开 2011年度"), None);
    assert_eq!(wanted("政府公报公开 历年累计"), None);
    assert_eq!(wanted("便民服务窗口公开 2011年度"), Some(293.into()));
    // In line with the others, it is the value of its own column.
    let numbers = local_numbers(&table.replace("               2220", "                  222"));
    let (_, number) = numbers.iter().find(|(label, _)| label == "政府公报公开 历年累计").unwrap();
    assert_eq!(*number, Some(222.into()));
}

#[test]
fn cells_in_lines_of_their_own_are_below_their_headers() {
    let rows = [
        ("590", "主动公开信息数", "0", "条"),
        ("7", "网站公开", "134", "条"),
        ("3", "接听时间", "", "小时"),
        ("", "行政复议数", "9", "件"),
    ];
    let mut lines = vec!["安宁镇2011年政府信息公开情况统计表", "2011年度", "指标名称", "历年累计", "计量单位"];
    lines.extend(rows.iter().flat_map(|(one, label, two, unit)| [*one, *label, *two, *unit]));
    let numbers = local_numbers(&lines.join("\n"));
    let found: Vec<(&str, Option<Decimal>)> = numbers.iter().map(|(label, own)| (label.as_str(), *own)).collect();
    assert_eq!(
        found,
        [
            ("主动公开信息数 2011年度", Some(590.into())),
            ("主动公开信息数 历年累计", Some(0.into())),
            ("网站公开 2011年度", Some(7.into())),
            ("网站公开 历年累计", Some(134.into())),
            ("接听时间 2011年度", Some(3.into())),
            ("接听时间 历年累计", None),
            ("行政复议数 2011年度", None),
            ("行政复议数 历年累计", Some(9.into())),
        ]
    );
}

#[test]
fn rows_of_text_with_unknown_units_are_named() {
    let engine = Engine::new();
    let text = "安宁镇2011年政府信息公开情况统计表\n指标名称\n计量单位\n数量\n主动公开信息数\n条\n9\n网站公开\n条\n8\n\
        政府公报公开\n条\n7\n热线电话接听时间\n小时\n163\n行政复议数\n件\n";
    let input = engine.read(text.as_bytes(), &ReadOptions::default()).unwrap();
    let reports = engine.recognize(&input).unwrap();
    let messages: Vec<String> =
        reports[0].findings.iter().map(|finding| finding.message(xxgk::message::Lang::ZH)).collect();
    let is_named = |message: &String| message.contains("热线电话接听时间") && message.contains("163");
    assert!(messages.iter().any(is_named), "{messages:?}");
}

/// Headers that say the opposite, or name another year, are not those of the form.
#[test]
fn headers_of_something_else_take_no_values() {
    let page = std::fs::read_to_string("fixtures/2021/report.html").unwrap();
    let engine = Engine::new();
    for (header, other, id) in [
        ("<td>商业企业</td>", "<td>非商业企业</td>", "requests.new.company"),
        ("<td>现行有效件数</td>", "<td>现行有效件数（上年）</td>", "normative.in_force"),
        ("<td>现行有效件数</td>", "<td>现行无效件数</td>", "normative.in_force"),
        ("<td colspan=\"5\">行政复议</td>", "<td colspan=\"5\">上年行政复议</td>", "review.total"),
    ] {
        assert!(page.contains(header), "{header}");
        let changed = page.replace(header, other);
        let input = engine.read(changed.as_bytes(), &ReadOptions::default().name("report.html")).unwrap();
        let report = &engine.recognize(&input).unwrap()[0];
        assert_eq!(report.value(id, None).and_then(Value::number), None, "{other}");
        assert!(report.findings.iter().any(|finding| finding.code == "XG348"), "{other}");
        assert!(report.findings.iter().any(|finding| finding.ids.iter().any(|own| &**own == id)), "{other}");
    }
}

/// A cell on each line: blank lines before the values are those of merged labels, and not values that are lost.
#[test]
fn blank_lines_before_all_rows_are_no_values() {
    let table = std::fs::read_to_string("fixtures/2021/report.txt").unwrap();
    let cells = |line: &str| match line.strip_prefix("| ") {
        Some(row) => row.trim_end().trim_end_matches('|').split(" | ").map(str::trim).collect::<Vec<_>>().join("\n"),
        None => line.to_owned(),
    };
    let text = table.lines().map(cells).collect::<Vec<_>>().join("\n");
    let received = "一、本年新收政府信息公开申请数量\n\n\n41\n6\n1\n0\n2\n0\n50\n";
    assert!(text.contains(received), "{text}");
    let lost = text.replace(received, "一、本年新收政府信息公开申请数量\n\n\n41\n6\n1\n2\n50\n");
    let engine = Engine::new();
    for (text, total) in [(text, Some(Decimal::from(50))), (lost, None)] {
        let input = engine.read(text.as_bytes(), &ReadOptions::default().name("report.txt")).unwrap();
        let report = &engine.recognize(&input).unwrap()[0];
        let own = |id: &str| report.value(id, None).and_then(Value::number);
        assert_eq!(own("requests.new.total"), total);
        assert_eq!(own("requests.new.research"), total.map(|_| Decimal::ONE));
        let is_named = report.findings.iter().any(|finding| finding.ids.iter().any(|id| &**id == "requests.new.total"));
        assert_eq!(is_named, total.is_none());
    }
}

#[test]
fn a_number_beside_a_unit_leaves_a_blank_value_in_doubt() {
    let table = |cells: &str| {
        format!(
            "某市政府信息公开统计表\n指标,,2020年度,2021年度\n{cells}\n当面申请数,件,3,4\n网络申请数,件,5,6\n信函申请数,件,7,8\n"
        )
    };
    let value = |cells: &str| {
        let report = read_as(table(cells).as_bytes(), "a.csv");
        by_label(&report, "收到申请数 / 2020年度").map(|value| value.cell.clone())
    };
    assert_eq!(value("收到申请数,件,,31"), Some(CellValue::Blank));
    let doubtful = value("收到申请数,件12,,31").unwrap();
    assert!(doubtful.is_unreadable(), "{doubtful:?}");
}
