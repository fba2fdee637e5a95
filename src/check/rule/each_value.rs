//! What the kinds have in common that look at each value by itself.

use super::kind::Case;
use crate::check::values::figure;
use crate::check::violation::Violation;
use crate::report::Value;
use crate::template::Indicator;

/// The values of a case that a test finds wrong, with more arguments of the message from the first of them.
pub(super) fn violation<'r>(
    key: &'static str,
    case: &Case<'_, '_>,
    is_wrong: impl Fn(&Indicator, &Value) -> bool,
    arguments: impl Fn(&Indicator, &Value) -> Vec<(&'static str, String)>,
) -> Option<Violation<'r>> {
    let values = case.values;
    let filled =
        case.resolved.parts.iter().filter_map(|number| Some((values.indicator(*number), values.get(*number)?)));
    let mut wrong = filled.filter(|(indicator, value)| is_wrong(indicator, value)).peekable();
    let (first, value) = *wrong.peek()?;
    let wrong: Vec<(&Indicator, &Value)> = wrong.collect();
    let labels = wrong.iter().map(|(indicator, _)| &*indicator.label);
    let label = ("label", labels.collect::<Vec<_>>().join("、"));
    Some(Violation {
        key,
        arguments: std::iter::once(label).chain(arguments(first, value)).collect(),
        figures: wrong.iter().map(|(indicator, value)| figure(&indicator.label, value)).collect(),
        cause: None,
        typos: None,
    })
}

/// The text of a value as an argument.
pub(super) fn text(_: &Indicator, value: &Value) -> Vec<(&'static str, String)> {
    vec![("text", value.text().trim().to_owned())]
}
