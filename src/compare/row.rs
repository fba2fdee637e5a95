//! A row of a comparison: the values of one indicator in two years.
//!
//! Made by `pair`, read by `findings` and the renderers.

use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

use super::crosswalk::Match;
use super::name::Side;
use crate::document::Location;
use crate::finding::Wording;
use crate::report::CellValue;

/// One indicator, or the sum of several, in two years.
///
/// ```
/// use xxgk::engine::Engine;
/// use xxgk::read::ReadOptions;
///
/// let engine = Engine::new();
/// let bytes = std::fs::read("fixtures/zhongzhuang-2017.txt")?;
/// let new = engine.named(&bytes, &ReadOptions::default(), "2017.txt")?;
/// let mut old = new.clone();
/// old[0].report.year = Some(2016);
/// let comparison = engine.compare(&old, &new, &[]).expect("no renamed organization");
/// let row = &comparison.organizations[0].rows[0];
/// assert_eq!(row.old.state, row.new.state);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ComparisonRow {
    /// The value in the older report.
    pub old: SideValue,
    /// The value in the newer report.
    pub new: SideValue,
    /// The header of the value column, if the table has several.
    pub column: Option<String>,
    /// Whether both values mean the same.
    pub(crate) kind: Match,
    /// Why they do not mean exactly the same.
    pub(crate) why: Option<Wording>,
    /// What changed.
    pub change: Change,
    /// Newer minus older value. `None` unless both are numbers in the same unit that are at least partly comparable.
    pub difference: Option<Decimal>,
    /// The difference in percent of the older value, rounded to one decimal. `None` if the older value is 0.
    pub percent: Option<Decimal>,
    /// Whether the change is large by the rule of the crosswalk.
    pub jump: bool,
}

/// How a value changed.
///
/// ```
/// use xxgk::engine::Engine;
/// use xxgk::read::ReadOptions;
///
/// let engine = Engine::new();
/// let bytes = std::fs::read("fixtures/zhongzhuang-2017.txt")?;
/// let new = engine.named(&bytes, &ReadOptions::default(), "2017.txt")?;
/// let mut old = new.clone();
/// old[0].report.year = Some(2016);
/// let comparison = engine.compare(&old, &new, &[]).expect("no renamed organization");
/// use xxgk::compare::Change;
///
/// let rows = &comparison.organizations[0].rows;
/// assert!(rows.iter().any(|row| row.change == Change::Same));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// The same number, or the same state without a number.
    Same,
    /// Another number.
    Changed,
    /// A number in the newer report only.
    Appeared,
    /// A number in the older report only.
    Vanished,
    /// No number in either report, but different states, such as blank and then `/`.
    Other,
    /// Not comparable: another unit, an unreadable value, or another column_key.
    Incomparable,
    /// The other form has no such indicator.
    Without,
}

/// The state of one side of a row.
///
/// ```
/// use xxgk::engine::Engine;
/// use xxgk::read::ReadOptions;
///
/// let engine = Engine::new();
/// let bytes = std::fs::read("fixtures/zhongzhuang-2017.txt")?;
/// let new = engine.named(&bytes, &ReadOptions::default(), "2017.txt")?;
/// let mut old = new.clone();
/// old[0].report.year = Some(2016);
/// let comparison = engine.compare(&old, &new, &[]).expect("no renamed organization");
/// use xxgk::compare::State;
///
/// let states = comparison.organizations[0].rows.iter().map(|row| row.old.state);
/// assert!(states.into_iter().any(|state| matches!(state, State::Value(_))));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// A value, or the sum of several numbers.
    Value(CellValue<()>),
    /// The table does not have the row.
    Absent,
    /// A sum whose addends are not all numbers.
    Incomplete,
    /// The form has no such indicator.
    None,
}

impl State {
    /// The number, or the sum.
    pub fn number(self) -> Option<Decimal> {
        if let Self::Value(cell) = self { cell.number() } else { None }
    }

    /// The name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Value(cell) => cell.status().as_str(),
            Self::Absent => "absent",
            Self::Incomplete => "incomplete",
            Self::None => "none",
        }
    }

    /// Two values of one sum: their sum where both are numbers, what they have in common otherwise.
    pub(super) fn plus(self, other: Self) -> Self {
        match (self, other) {
            (Self::Value(CellValue::Number(one)), Self::Value(CellValue::Number(other))) => {
                Self::Value(CellValue::Number(one + other))
            }
            (one, other) if one == other => one,
            _ => Self::Incomplete,
        }
    }

    /// Whether nothing can be compared with it: a text that is no number, a sum that lacks some.
    pub(super) fn is_uncertain(self) -> bool {
        matches!(self, Self::Value(CellValue::Unreadable(())) | Self::Incomplete)
    }
}

impl Serialize for State {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// The value on one side of a row.
///
/// ```
/// use xxgk::engine::Engine;
/// use xxgk::read::ReadOptions;
///
/// let engine = Engine::new();
/// let bytes = std::fs::read("fixtures/zhongzhuang-2017.txt")?;
/// let new = engine.named(&bytes, &ReadOptions::default(), "2017.txt")?;
/// let mut old = new.clone();
/// old[0].report.year = Some(2016);
/// let comparison = engine.compare(&old, &new, &[]).expect("no renamed organization");
/// let side = &comparison.organizations[0].rows[0].new;
/// println!("{:?} {:?}", side.state.number(), side.unit);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct SideValue {
    /// The indicators.
    pub side: Side,
    /// The state of the value.
    pub state: State,
    /// The 计量单位, if all addends have the same.
    pub unit: Option<String>,
    /// Text and location of each cell, in the order of `side.ids`.
    pub cells: Vec<(String, Option<Location>)>,
}

impl ComparisonRow {
    /// Whether to show the row without `--all`. Hidden are rows without a change, rows without a counterpart, and a 0
    /// that the other report leaves blank.
    pub fn is_shown_by_default(&self) -> bool {
        match self.change {
            Change::Same | Change::Without => false,
            Change::Appeared => self.new.state.number().is_some_and(|number| !number.is_zero()),
            Change::Vanished => self.old.state.number().is_some_and(|number| !number.is_zero()),
            Change::Changed | Change::Other | Change::Incomparable => true,
        }
    }
}

/// A difference with its sign. The minus is U+2212.
pub(crate) fn signed(number: Option<Decimal>) -> String {
    match number {
        None => String::new(),
        Some(number) if number.is_sign_positive() && !number.is_zero() => format!("+{number}"),
        Some(number) if number.is_zero() => "0".to_owned(),
        Some(number) => format!("−{}", number.abs()),
    }
}
