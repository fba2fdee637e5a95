//! Random values for a form.

use std::collections::BTreeSet;

use fastrand::Rng;
use xxgk::template::{Relation, ValueKind};

use crate::form::{Form, Indicator};
use crate::page::{Key, Values};

/// What the values of a report are like.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    /// Distinct numbers of any size, some blanks, zeros and marks: any misplaced value shows.
    Distinct,
    /// The same, with the form's sums.
    Sums,
    /// Numbers below 20 and many zeros, with the form's sums, as small towns have them.
    Small,
}

/// Values for every indicator. `taken` holds the numbers that are in use, so that no two reports of a file share one.
pub fn values(form: &Form, rng: &mut Rng, taken: &mut BTreeSet<u32>) -> Values {
    let style = [Style::Distinct, Style::Distinct, Style::Sums, Style::Small][rng.usize(..4)];
    let mut values: Values = form.indicators.iter().map(|own| (own.key.clone(), one(own, style, rng, taken))).collect();
    if style != Style::Distinct {
        if form.is_matrix() {
            matrix_sums(&mut values);
        } else {
            list_sums(form, &mut values);
        }
    }
    values
}

/// A number that no other value has.
pub fn distinct(rng: &mut Rng, taken: &mut BTreeSet<u32>) -> u32 {
    let limit = [30, 300, 3000, 30_000][rng.usize(..4)];
    loop {
        let number = rng.u32(1..limit);
        if taken.insert(number) {
            return number;
        }
        let number = rng.u32(1..100_000);
        if taken.insert(number) {
            return number;
        }
    }
}

fn one(own: &Indicator, style: Style, rng: &mut Rng, taken: &mut BTreeSet<u32>) -> String {
    let whole = match (style, rng.u32(..100)) {
        (Style::Distinct, 0..7) | (Style::Sums, 0..3) => return String::new(),
        (Style::Distinct, 7..11) => return "/".to_owned(),
        (Style::Distinct, 11..20) | (Style::Sums, 3..30) | (Style::Small, 0..60) => return "0".to_owned(),
        (Style::Small, _) => rng.u32(1..20),
        _ => distinct(rng, taken),
    };
    match own.kind {
        ValueKind::Decimal if rng.bool() => format!("{whole}.{}{}", rng.u32(..10), rng.u32(1..10)),
        ValueKind::Signed if rng.bool() => format!("-{whole}"),
        _ => whole.to_string(),
    }
}

fn number(values: &Values, id: &str) -> i64 {
    values.get(&Key::own(id)).and_then(|text| text.parse().ok()).unwrap_or(0)
}

fn set(values: &mut Values, id: &str, sum: i64) {
    if let Some(text) = values.get_mut(&Key::own(id)) {
        *text = sum.to_string();
    }
}

/// Sums of a list, from the innermost rows up.
fn list_sums(form: &Form, values: &mut Values) {
    let Some(template) = &form.template else { return };
    let rows: Vec<_> = template.tables().iter().flat_map(|table| &table.rows).collect();
    for row in rows.iter().rev() {
        let parts = rows.iter().filter(|part| {
            part.parent.as_deref() == Some(&row.id)
                && matches!(part.relation, Some(Relation::Sum | Relation::PartSum))
                && (form.with_optional || !part.optional)
        });
        let parts: Vec<i64> = parts.map(|part| number(values, &part.id)).collect();
        if !parts.is_empty() {
            set(values, &row.id, parts.iter().sum());
        }
    }
}

/// The sums of the tables of requests and cases.
fn matrix_sums(values: &mut Values) {
    let columns = ["natural_person", "company", "research", "nonprofit", "legal_service", "other"];
    let ids: Vec<String> = values.keys().map(|key| key.id.clone()).collect();
    for column in columns {
        let end = format!(".{column}");
        let own = |id: &String| {
            id.strip_suffix(&end)
                .is_some_and(|row| row.starts_with("handled.") && !["handled.total", "handled.other"].contains(&row))
        };
        let handled: i64 = ids.iter().filter(|id| own(id)).map(|id| number(values, id)).sum();
        let received = number(values, &format!("requests.new.{column}")).max(handled);
        set(values, &format!("requests.new.{column}"), received);
        set(values, &format!("handled.total.{column}"), handled);
        let carried = received + number(values, &format!("requests.carried_in.{column}")) - handled;
        set(values, &format!("requests.carried_out.{column}"), carried);
    }
    for id in ids.iter().filter(|id| id.starts_with("handled.") || id.starts_with("requests.")) {
        if let Some(row) = id.strip_suffix(".total") {
            let sum = columns.iter().map(|column| number(values, &format!("{row}.{column}"))).sum();
            set(values, id, sum);
        }
    }
    for group in ["review", "lawsuit.direct", "lawsuit.after_review"] {
        let parts = ["upheld", "corrected", "other", "pending"];
        let sum = parts.iter().map(|part| number(values, &format!("{group}.{part}"))).sum();
        set(values, &format!("{group}.total"), sum);
    }
}
