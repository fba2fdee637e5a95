//! Progress of a run: a bar on a terminal, lines elsewhere when asked for.

use std::io::{self, IsTerminal};

use indicatif::{ProgressBar, ProgressStyle};

use super::super::args::When;
use super::super::console::Console;

/// How progress is shown.
pub(super) enum Progress {
    /// Nothing.
    Silent,
    /// A bar that is redrawn.
    Bar(ProgressBar),
    /// A line at every tenth of the inputs.
    Lines {
        /// How many inputs there are.
        count: usize,
    },
}

impl Progress {
    /// Chooses by the option, the streams and the number of inputs.
    pub(super) fn new(when: When, count: usize, console: &Console) -> Self {
        let terminal = io::stderr().is_terminal();
        match when {
            When::Never => Self::Silent,
            When::Auto if console.quiet || count < 2 || !terminal => Self::Silent,
            _ if !terminal => Self::Lines { count },
            _ => {
                let bar = ProgressBar::new(count as u64);
                let style = ProgressStyle::with_template("{bar:32} {pos}/{len} {eta}");
                Self::Bar(bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())))
            }
        }
    }

    /// The bar, for those who print beside it.
    pub(super) fn bar(&self) -> Option<ProgressBar> {
        match self {
            Self::Bar(bar) => Some(bar.clone()),
            _ => None,
        }
    }

    /// Shows how many inputs are done.
    pub(super) fn set(&self, done: usize, console: &Console) {
        match self {
            Self::Silent => {}
            Self::Bar(bar) => bar.set_position(done as u64),
            Self::Lines { count } => {
                // Whether this input completes a tenth.
                if done * 10 / count > (done - 1) * 10 / count {
                    console.line(
                        &console.text("cli.progress", &[("done", &done.to_string()), ("inputs", &count.to_string())]),
                    );
                }
            }
        }
    }

    /// Removes the bar.
    pub(super) fn clear(&self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}
