//! Parts of a year, as titles name them.

use serde::{Deserialize, Serialize};

/// The part of a year that a table reports on.
///
/// ```
/// use xxgk::engine::Engine;
/// use xxgk::read::ReadOptions;
///
/// let engine = Engine::new();
/// let bytes = std::fs::read("fixtures/zhongzhuang-2017.txt")?;
/// let report = engine.examine(&bytes, &ReadOptions::default())?.remove(0).report;
/// use xxgk::report::Period;
///
/// assert_eq!(report.period, Period::Year);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// The whole year.
    #[default]
    Year,
    /// 上半年.
    FirstHalf,
    /// 下半年.
    SecondHalf,
    /// 一季度.
    #[serde(rename = "quarter_1")]
    Quarter1,
    /// 二季度.
    #[serde(rename = "quarter_2")]
    Quarter2,
    /// 三季度.
    #[serde(rename = "quarter_3")]
    Quarter3,
    /// 四季度.
    #[serde(rename = "quarter_4")]
    Quarter4,
}
