//! The arguments of commands that make documents: `new` and `report`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;
use clap::builder::TypedValueParser;

use super::{InputArguments, WriteArguments, by_name};
use crate::write;

#[derive(Args)]
pub(crate) struct New {
    #[arg(long, value_name = "ID|FILE", default_value = "2021")]
    pub template: PathBuf,
    #[arg(long, value_name = "NAME", conflicts_with = "roster")]
    pub organization: Option<String>,
    #[arg(long, value_name = "YEAR")]
    pub year: Option<i32>,
    #[arg(long, alias = "from", value_name = "FILE|DIR")]
    pub last: Vec<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub roster: Option<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub aliases: Option<PathBuf>,
    #[arg(short, long, value_name = "FILE|DIR")]
    pub output: PathBuf,
    #[arg(short, long, value_name = "FMT", value_parser = form_format())]
    pub to: Option<write::Format>,
    #[arg(long)]
    pub report: bool,
    #[command(flatten)]
    pub writing: WriteArguments,
    #[arg(long)]
    pub landscape: bool,
}

#[derive(Args)]
pub(crate) struct Report {
    #[arg(value_name = "TABLE")]
    pub table: PathBuf,
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    #[arg(long, value_name = "FILE|DIR")]
    pub last: Vec<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub aliases: Option<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub text: Option<PathBuf>,
    #[arg(long, value_name = "FILE", conflicts_with_all = ["last", "aliases", "text", "fonts"])]
    pub into: Option<PathBuf>,
    #[command(flatten)]
    pub writing: WriteArguments,
    #[arg(long = "font", value_name = "ROLE=PATH")]
    pub fonts: Vec<OsString>,
    #[command(flatten)]
    pub input: InputArguments,
}

/// Formats of blank forms.
fn form_format() -> impl TypedValueParser<Value = write::Format> {
    let formats = write::Format::ALL.iter().filter(|format| format.prints());
    by_name(formats.map(|format| (format.name(), *format)))
}
