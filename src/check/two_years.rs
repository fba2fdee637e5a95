//! Rules over two years: what was carried over, what is in force.
//!
//! In: the reports of one organization for two years that follow each other. Out: findings of the rules of kind
//! `two-years`, with the figures and places of both.

use super::rule::{side, sum};
use super::{Breach, Figures, NoNumber, Operand, SeverityOverrides};
use crate::finding::{Figure, Finding};
use crate::message::{self, Arguments, Lang};
use crate::report::Report;
use crate::template::{ResolvedRule, RuleKind, Template};

/// Holds a report against that of the year before, of the same form.
pub fn two_years(this: &Report, last: &Report, template: &Template, overrides: &SeverityOverrides) -> Vec<Finding> {
    let mut findings = Vec::new();
    let (now, before) = (Figures::new(this, template, None), Figures::new(last, template, None));
    for claim in template.resolved_rules() {
        let rule = &template.rules()[claim.rule];
        let Some(severity) = overrides.of(&rule.code, rule.severity).filter(|_| rule.kind == RuleKind::TwoYears) else {
            continue;
        };
        if let Ok(Some(breach)) = carried(claim, &now, &before) {
            findings.push(breach.finding(rule, severity));
        }
    }
    findings
}

pub(super) fn carried<'r>(
    claim: &ResolvedRule,
    now: &Figures<'r>,
    before: &Figures<'r>,
) -> Result<Option<Breach<'r>>, NoNumber> {
    let (total, last) = (now.operands(&claim.total)?, before.operands(&claim.last)?);
    let (plus, minus) = (now.operands(&claim.parts)?, now.operands(&claim.minus)?);
    let wanted = sum(&last) + sum(&plus) - sum(&minus);
    let difference = sum(&total) - wanted;
    if difference.is_zero() || total.is_empty() {
        return Ok(None);
    }
    let mut reckoning = side(&last);
    for (sign, operands) in [("+", &plus), ("−", &minus)] {
        for operand in operands.iter() {
            reckoning += &format!(" {sign} {}", side(&[*operand]));
        }
    }
    let figures = total.iter().chain(&plus).chain(&minus).map(Operand::figure);
    let of_last_year = |operand: &Operand<'_>| {
        let words = Arguments::from([("label", operand.indicator.label.to_string())]);
        Figure { label: message::text("word.of_last_year", Lang::ZH, &words).into(), ..operand.figure() }
    };
    let figures = figures.chain(last.iter().map(of_last_year));
    Ok(Some(Breach {
        key: "rule.two-years",
        arguments: Arguments::from([
            ("total", side(&total)),
            ("last", reckoning),
            ("sum", wanted.normalize().to_string()),
            ("difference", difference.abs().normalize().to_string()),
        ]),
        figures: figures.collect(),
        cause: None,
        typos: Vec::new(),
    }))
}
