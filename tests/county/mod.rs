//! A county that does not exist: sixty units with figures that keep every rule of their form, in the formats that xxgk
//! writes, and ten of them with a fault each.
//!
//! `county` in `examples/` writes it into a folder; `merge` in `tests/` asserts what is found.

#![allow(dead_code, clippy::unwrap_used)]

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use xxgk::document::Location;
use xxgk::engine::Engine;
use xxgk::font::Fonts;
use xxgk::report::{CellValue, Report, Value};
use xxgk::template::{Template, shipped};
use xxgk::write::{Format, WriteOptions};

pub const YEAR: i32 = 2023;

/// The faults, each with the unit that has it.
pub const FAULTS: [(&str, &str); 10] = [
    ("transposed digits", "石门镇"),
    ("shifted row", "柳河镇"),
    ("blank", "青山乡"),
    ("text for number", "水务局"),
    ("duplicate file", "教育局"),
    ("missing unit", "审计局"),
    ("other template", "统计局"),
    ("wrong year", "林业局"),
    ("two versions", "白塔镇"),
    ("misspelt name", "人力资源和社会保障局"),
];

/// The sixty units that must report.
pub fn roster() -> Vec<String> {
    let towns = [
        "石门镇",
        "柳河镇",
        "白塔镇",
        "东岭镇",
        "西川镇",
        "南关镇",
        "北原镇",
        "长桥镇",
        "黑水镇",
        "金沟镇",
        "马庄镇",
        "牛头镇",
        "龙泉镇",
        "凤台镇",
        "清溪镇",
        "大营镇",
        "小河镇",
        "高台镇",
        "平川镇",
        "沙坪镇",
    ];
    let townships = ["青山乡", "竹林乡", "梨园乡", "桃花乡", "槐树乡", "榆林乡", "枣园乡", "杏坪乡"];
    let streets = ["城东街道", "城西街道", "新华街道", "和平街道"];
    let bureaus = [
        "发展和改革局",
        "教育局",
        "科学技术局",
        "公安局",
        "民政局",
        "司法局",
        "财政局",
        "人力资源和社会保障局",
        "自然资源局",
        "住房和城乡建设局",
        "交通运输局",
        "水务局",
        "农业农村局",
        "商务局",
        "文化和旅游局",
        "卫生健康局",
        "退役军人事务局",
        "应急管理局",
        "审计局",
        "市场监督管理局",
        "统计局",
        "医疗保障局",
        "林业局",
        "信访局",
        "机关事务管理局",
        "供销合作社",
        "档案馆",
        "气象局",
    ];
    let all = towns.iter().chain(&townships).chain(&streets).chain(&bureaus);
    all.map(|name| (*name).to_owned()).collect()
}

/// A sequence of numbers that is the same in every run.
struct Dice(u64);

impl Dice {
    /// A number from 0 below a limit.
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below.max(1)
    }
}

type Figures = BTreeMap<String, Decimal>;

fn set(figures: &mut Figures, id: &str, number: u64) -> u64 {
    figures.insert(id.to_owned(), Decimal::from(number));
    number
}

/// Parts below limits, and their sum under the id of the whole.
fn whole(figures: &mut Figures, dice: &mut Dice, id: &str, parts: &[(&str, u64)]) -> u64 {
    let sum = parts.iter().map(|(part, below)| set(figures, &format!("{id}.{part}"), dice.roll(*below))).sum();
    set(figures, id, sum)
}

fn extended_2014(dice: &mut Dice) -> Figures {
    let mut own = Figures::new();
    let f = &mut own;
    let disclosed = set(f, "disclosed", 200 + dice.roll(700));
    let issued = set(f, "normative_issued", 3 + dice.roll(40));
    set(f, "disclosed.normative", issued);
    let issues = set(f, "gazette.issues", 4 + dice.roll(9));
    set(f, "gazette.copies", issues * (50 + dice.roll(100)));
    set(f, "disclosed_by.gazette", dice.roll(60));
    set(f, "disclosed_by.website", disclosed);
    set(f, "disclosed_by.weibo", dice.roll(disclosed));
    set(f, "disclosed_by.wechat", dice.roll(disclosed));
    set(f, "disclosed_by.other", dice.roll(disclosed / 2));
    let responded = set(f, "responded", 10 + dice.roll(30));
    let conferences = set(f, "responded_by.press_conference", dice.roll(9));
    set(f, "responded_by.press_conference.chief", dice.roll(conferences + 1));
    let interviews = set(f, "responded_by.interview", dice.roll(9));
    set(f, "responded_by.interview.chief", dice.roll(interviews + 1));
    set(f, "responded_by.interpretation", dice.roll(20));
    set(f, "responded_by.social_media", dice.roll(responded + 1));
    set(f, "responded_by.other", dice.roll(responded + 1));
    let refused =
        ["state_secret", "trade_secret", "privacy", "security_stability", "not_government_information", "other_legal"];
    let refused = whole(f, dice, "answered.refused", &refused.map(|part| (part, 4)));
    let kinds = [
        ("already_public", 60),
        ("granted", 90),
        ("partly_granted", 12),
        ("other_agency", 9),
        ("not_existing", 9),
        ("amendment_requested", 5),
        ("other_channel", 5),
    ];
    let answered = whole(f, dice, "answered", &kinds) + refused;
    set(f, "answered", answered);
    set(f, "closed", answered);
    let extended = set(f, "closed.extended", dice.roll(answered / 4 + 1));
    set(f, "closed.on_time", answered - extended);
    // Some requests are not closed in the year.
    let received = set(f, "received", answered + dice.roll(6));
    let in_person = set(f, "received.in_person", received / 2 + dice.roll(received / 4 + 1));
    let online = set(f, "received.online", dice.roll(received - in_person + 1));
    let fax = set(f, "received.fax", dice.roll((received - in_person - online).min(3) + 1));
    set(f, "received.letter", received - in_person - online - fax);
    for id in ["reviews", "lawsuits", "complaints"] {
        whole(f, dice, id, &[("upheld", 5), ("corrected", 3), ("other", 3)]);
    }
    whole(f, dice, "library_submissions", &[("paper", 80), ("electronic", 200)]);
    let county = set(f, "websites.county", 1 + dice.roll(2));
    let township = set(f, "websites.township", dice.roll(2));
    set(f, "websites", county + township);
    let county = set(f, "reading_points.county", 1 + dice.roll(2));
    let township = set(f, "reading_points.township", dice.roll(4));
    set(f, "reading_points", county + township);
    whole(f, dice, "visitors", &[("county", 300), ("township", 300)]);
    set(f, "offices", 1);
    whole(f, dice, "staff", &[("full_time", 4), ("part_time", 12)]);
    f.insert("funds".to_owned(), Decimal::new(dice.roll(2000) as i64, 2));
    set(f, "meetings", dice.roll(9));
    let trainings = set(f, "trainings", 1 + dice.roll(5));
    set(f, "trainees", trainings * (5 + dice.roll(60)));
    own
}

fn matrix_2021(dice: &mut Dice, template: &Template) -> Figures {
    let mut own = Figures::new();
    let f = &mut own;
    for id in ["regulations", "normative"] {
        let issued = set(f, &format!("{id}.issued"), dice.roll(6));
        set(f, &format!("{id}.repealed"), dice.roll(4));
        set(f, &format!("{id}.in_force"), issued + dice.roll(40));
    }
    for id in ["licences", "penalties", "coercive_measures"] {
        set(f, &format!("{id}.decisions"), dice.roll(900));
    }
    f.insert("charges.amount".to_owned(), Decimal::new(dice.roll(500_000) as i64, 2));
    let applicants = ["natural_person", "company", "research", "nonprofit", "legal_service", "other"];
    let requests = template.tables().iter().find(|table| table.id == "requests").unwrap();
    let mut totals: BTreeMap<&str, u64> = BTreeMap::new();
    for (number, applicant) in applicants.into_iter().enumerate() {
        let mut handled = 0;
        for row in requests.rows.iter().filter(|row| row.id.starts_with("handled.")) {
            if row.optional || row.id == "handled.total" {
                continue;
            }
            let below = match (row.id.as_str(), number) {
                ("handled.granted", 0) => 130,
                (_, 0) => 14,
                (_, 1) => 4,
                _ => 2,
            };
            let count = dice.roll(below);
            set(f, &format!("{}.{applicant}", row.id), count);
            handled += count;
            *totals.entry(&row.id).or_default() += count;
        }
        let carried_out = dice.roll(handled / 4 + 1);
        let carried_in = dice.roll(handled / 3 + 1);
        let new = handled + carried_out - carried_in;
        for (id, count) in [
            ("requests.new", new),
            ("requests.carried_in", carried_in),
            ("handled.total", handled),
            ("requests.carried_out", carried_out),
        ] {
            set(f, &format!("{id}.{applicant}"), count);
            *totals.entry(id).or_default() += count;
        }
    }
    for (id, total) in totals {
        set(f, &format!("{id}.total"), total);
    }
    for id in ["review", "lawsuit.direct", "lawsuit.after_review"] {
        let parts = ["upheld", "corrected", "other", "pending"];
        let sum = parts.iter().map(|part| set(f, &format!("{id}.{part}"), dice.roll(5))).sum();
        set(f, &format!("{id}.total"), sum);
    }
    own
}

/// The report of a unit.
pub fn report(form: &str, name: &str, seed: u64) -> Report {
    let template = shipped().find(form).unwrap();
    let mut dice = Dice(seed);
    dice.roll(2);
    let figures = if form == "2021" { matrix_2021(&mut dice, template) } else { extended_2014(&mut dice) };
    let values = template.indicators().iter().map(|own| {
        let (t, r, c) = own.place;
        let table = &template.tables()[t];
        let number = figures.get(&*own.id).copied();
        assert!(number.is_some() || table.rows[r].optional, "{} has a figure", own.id);
        Value {
            id: Some(own.id.clone()),
            path: template.path_of(table, &table.rows[r], &table.columns[c]).into(),
            column: None,
            unit: table.unit_of(&table.rows[r], &table.columns[c]).map(str::to_owned),
            cell: number.map_or(CellValue::Blank, CellValue::Number),
            source_text: number.map(|number| number.to_string()).unwrap_or_default(),
            at: number.map(|_| Location::Page { page: 1 }),
            after: None,
            label: None,
            correction: None,
        }
    });
    Report {
        template: Some(form.to_owned()),
        organization: Some(name.to_owned()),
        year: Some(YEAR),
        values: values.collect(),
        ..Report::default()
    }
}

/// A file of the county.
pub struct File {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// The county's files, and the reports of the units that are to be in the totals, as they should be added.
pub struct County {
    pub files: Vec<File>,
    pub counted: Vec<Report>,
}

/// The county on a form; with its faults or without.
pub fn county(form: &str, with_faults: bool) -> County {
    let mut files = Vec::new();
    let mut counted = Vec::new();
    for (at, name) in roster().into_iter().enumerate() {
        let mut own = report(form, &name, at as u64 + 1);
        let fault = FAULTS.iter().find(|(_, unit)| with_faults && *unit == name).map_or("", |(fault, _)| fault);
        // Workbooks hold what clerks do to them; JSON has no blanks that are not filled in.
        let format = match (fault, at % 4) {
            ("", 1) => Some("csv"),
            ("", 2) => Some("gb18030"),
            ("", 3) => Some("json"),
            _ => None,
        };
        let mut counts = true;
        match fault {
            "transposed digits" => transpose(&mut own, form),
            "shifted row" => shift(&mut own, form),
            "blank" => {
                let value = value_mut(&mut own, if form == "2021" { "licences.decisions" } else { "offices" });
                value.set(CellValue::Blank, "");
            }
            "text for number" => {
                let value = value_mut(&mut own, if form == "2021" { "penalties.decisions" } else { "meetings" });
                value.set(CellValue::Unreadable("30余".to_owned()), "");
            }
            "missing unit" => continue,
            "other template" => {
                own = report(if form == "2021" { "2014-extended" } else { "2021" }, &name, 999);
                counts = false;
            }
            "wrong year" => own.year = Some(YEAR - 1),
            "two versions" => {
                let mut other = report(form, &name, 777);
                other.title = None;
                files.push(file(&format!("{name}（定稿）"), &other, None));
                counts = false;
            }
            "misspelt name" => {
                own.organization = Some("人力资源社会保障局".to_owned());
                counts = false;
            }
            _ => {}
        }
        files.push(file(&name, &own, format));
        if fault == "duplicate file" {
            let bytes = files.last().unwrap().bytes.clone();
            files.push(File { name: format!("{name} - 副本.xlsx"), bytes });
        }
        if counts {
            counted.push(own);
        }
    }
    County { files, counted }
}

fn value_mut<'r>(report: &'r mut Report, id: &str) -> &'r mut Value {
    report.values.iter_mut().find(|value| value.id.as_deref() == Some(id)).unwrap()
}

fn fill(value: &mut Value, number: Option<Decimal>) {
    value.set(
        number.map_or(CellValue::Blank, CellValue::Number),
        number.map(|number| number.to_string()).unwrap_or_default(),
    );
}

/// Exchanges the first two digits of a part of a sum.
fn transpose(report: &mut Report, form: &str) {
    let value = value_mut(report, if form == "2021" { "handled.granted.natural_person" } else { "closed.on_time" });
    let digits: Vec<char> = value.text().chars().collect();
    assert!(digits.len() > 1 && digits[0] != digits[1] && digits[1] != '0', "{}", value.text());
    let text: String = [digits[1], digits[0]].iter().chain(&digits[2..]).collect();
    fill(value, Some(text.parse().unwrap()));
}

/// Moves the figures from some row on a row down, as a cell that was put in between does.
fn shift(report: &mut Report, form: &str) {
    let template = shipped().find(form).unwrap();
    let start = if form == "2021" { "handled.refused.state_secret" } else { "received.online" };
    let (table, first, _) = template
        .indicators()
        .iter()
        .find(|own| *own.id == *start || *own.id == format!("{start}.natural_person"))
        .unwrap()
        .place;
    let mut columns: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, own) in template.indicators().iter().enumerate() {
        if own.place.0 == table && own.place.1 >= first && report.values[at].at.is_some() {
            columns.entry(own.place.2).or_default().push(at);
        }
    }
    for column in columns.into_values() {
        let numbers: Vec<_> = column.iter().map(|at| report.values[*at].number()).collect();
        for (number, at) in column.iter().enumerate() {
            let above = number.checked_sub(1).and_then(|above| numbers[above]);
            fill(&mut report.values[*at], above);
        }
    }
}

fn file(name: &str, report: &Report, format: Option<&str>) -> File {
    let fonts = Fonts::default();
    let mut options = WriteOptions::default().fonts(&fonts).bom(format == Some("csv"));
    options.encoding = (format == Some("gb18030")).then(|| "gb18030".to_owned());
    let (to, ending) = match format {
        Some("json") => (Format::Json, "json"),
        Some(_) => (Format::Csv, "csv"),
        None => (Format::Xlsx, "xlsx"),
    };
    let output = Engine::new().write(&[report], to, &options).unwrap();
    assert_eq!(output.findings, []);
    File { name: format!("{name}.{ending}"), bytes: output.bytes }
}

/// The sums of the counted units, indicator by indicator: none where a figure cannot be read or nobody has one.
pub fn sums(reports: &[Report]) -> BTreeMap<String, Option<Decimal>> {
    let mut sums: BTreeMap<String, (Decimal, bool, bool)> = BTreeMap::new();
    for value in reports.iter().flat_map(|report| &report.values) {
        let sum = sums.entry(value.id.as_deref().unwrap().to_owned()).or_default();
        sum.0 += value.number().unwrap_or_default();
        sum.1 |= value.number().is_some();
        sum.2 |= value.cell.is_unreadable();
    }
    sums.into_iter().map(|(id, (sum, any, open))| (id, (any && !open).then_some(sum))).collect()
}

/// The files of so many units without faults, as workbooks.
pub fn many(form: &str, count: u64) -> Vec<File> {
    let unit = |number| {
        let name = format!("第{number}镇");
        file(&name, &report(form, &name, 1000 + number), None)
    };
    (1..=count).map(unit).collect()
}
