//! The arguments of the command line. Their help is in the message catalogue (`help.*`), see [`super::help`].

mod comparison_output;
mod document;

use std::convert::Infallible;
use std::ffi::OsString;
use std::path::PathBuf;

use crate::check::render::OutputFormat;
use crate::merge::ValueColumn;
use crate::message::Lang;
use crate::read::SheetChoice;
use crate::{read, write};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
pub(super) use comparison_output::ComparisonOutput;
pub(super) use document::{New, Report};

#[derive(Parser)]
#[command(name = "xxgk", version, disable_help_flag = true, disable_version_flag = true)]
#[command(disable_help_subcommand = true, subcommand_required = true, arg_required_else_help = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub global: Global,
}

#[derive(Args)]
pub(super) struct Global {
    #[arg(long, value_name = "LANG", global = true, display_order = 900, value_parser = lang())]
    pub lang: Option<Lang>,
    #[arg(short, long, global = true, display_order = 901, conflicts_with = "verbose")]
    pub quiet: bool,
    #[arg(short, long, global = true, display_order = 902)]
    pub verbose: bool,
}

#[derive(Subcommand)]
pub(super) enum Command {
    Convert(Box<Convert>),
    Check(Box<Check>),
    Compare(Box<Compare>),
    Merge(Box<Merge>),
    Inspect(Inspect),
    New(New),
    Report(Report),
    Template(Template),
    Rule(Rule),
    Schema(Schema),
    Completions(Completions),
}

impl Command {
    /// The command line with this command alone, without help: building all commands takes longer.
    pub(super) fn alone(name: &str) -> Option<clap::Command> {
        let augment = match name {
            "convert" => Convert::augment_args,
            "check" => Check::augment_args,
            "compare" => Compare::augment_args,
            "merge" => Merge::augment_args,
            "inspect" => Inspect::augment_args,
            "new" => New::augment_args,
            "report" => Report::augment_args,
            "template" => Template::augment_args,
            "rule" => Rule::augment_args,
            "schema" => Schema::augment_args,
            "completions" => Completions::augment_args,
            _ => return None,
        };
        let command = augment(clap::Command::new(name.to_owned())).disable_help_flag(true);
        Some(Global::augment_args(clap::Command::new("xxgk")).disable_help_flag(true).subcommand(command))
    }
}

#[derive(Args)]
pub(super) struct Convert {
    #[arg(value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,
    #[arg(short, long, value_name = "FILE|DIR")]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub input: InputArguments,
    #[arg(short, long, value_name = "FMT", value_delimiter = ',', value_parser = output_format())]
    pub to: Vec<write::Format>,
    #[arg(short = 'n', long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub writing: WriteArguments,
    #[arg(long)]
    pub fail_fast: bool,
    #[arg(short, long, value_name = "N")]
    pub jobs: Option<usize>,
    #[arg(long)]
    pub resume: bool,
    #[arg(long, value_name = "PATTERN")]
    pub name: Option<String>,
    #[arg(long, conflicts_with_all = ["resume", "fail_fast"])]
    pub join: bool,
    #[arg(long, value_name = "FILE")]
    pub corrections: Option<PathBuf>,
    #[arg(long, value_name = "FILE", conflicts_with_all = ["resume", "dry_run"])]
    pub write_corrections: Option<PathBuf>,
    #[arg(long)]
    pub tidy: bool,
    #[arg(long, value_name = "FILE")]
    pub summary: Option<PathBuf>,
    #[arg(long, value_name = "WHEN", value_enum, default_value = "auto", hide_default_value = true)]
    pub progress: When,
    #[arg(long, value_name = "ENC")]
    pub encoding: Option<String>,
    #[arg(long, conflicts_with = "no_bom")]
    pub bom: bool,
    #[arg(long)]
    pub no_bom: bool,
    #[arg(long)]
    pub landscape: bool,
    #[arg(long)]
    pub embed_json: bool,
    #[arg(long)]
    pub fragment: bool,
    #[arg(long = "font", value_name = "ROLE=PATH")]
    pub fonts: Vec<OsString>,
}

/// When something is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum When {
    Auto,
    Always,
    Never,
}

/// How inputs are read, the same in all commands.
#[derive(Args, Clone, Default)]
pub(super) struct InputArguments {
    #[arg(short, long, value_name = "FMT", value_parser = input_format())]
    pub from: Option<read::Format>,
    #[arg(long, value_name = "ID|FILE")]
    pub template: Option<PathBuf>,
    #[arg(long, value_name = "NAME|N", value_parser = sheet)]
    pub sheet: Option<SheetChoice>,
    #[arg(long, value_name = "ENC")]
    pub input_encoding: Option<String>,
    #[arg(long, value_name = "SECONDS")]
    pub timeout: Option<u64>,
}

/// How outputs are written, the same in all commands that write files.
#[derive(Args, Clone, Copy, Default)]
pub(super) struct WriteArguments {
    #[arg(long)]
    pub force: bool,
    #[arg(long)]
    pub sync: bool,
}

#[derive(Args)]
pub(super) struct Check {
    #[arg(value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,
    #[arg(long, value_name = "FMT", default_value = "full", value_parser = check_format())]
    pub output_format: OutputFormat,
    #[arg(long, value_name = "LEVEL", default_value = "error", value_parser = ["error", "warning", "note", "never"])]
    pub fail_on: String,
    #[arg(long)]
    pub statistics: bool,
    #[arg(long, value_name = "FILE")]
    pub overview: Option<PathBuf>,
    #[arg(long)]
    pub join: bool,
    #[arg(long = "rule", value_name = "CODE=LEVEL")]
    pub rules: Vec<String>,
    #[arg(long, value_name = "FILE|DIR")]
    pub last: Vec<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub aliases: Option<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub corrections: Option<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub write_corrections: Option<PathBuf>,
    #[arg(short, long, value_name = "FILE|DIR")]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub writing: WriteArguments,
    #[arg(short, long, value_name = "N")]
    pub jobs: Option<usize>,
    #[command(flatten)]
    pub input: InputArguments,
}

#[derive(Args)]
pub(super) struct Compare {
    #[arg(value_name = "OLD")]
    pub old: PathBuf,
    #[arg(value_name = "NEW")]
    pub new: PathBuf,
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    #[arg(short, long, value_name = "FMT", value_parser = comparison_format())]
    pub to: Option<ComparisonOutput>,
    #[arg(long)]
    pub all: bool,
    #[arg(long)]
    pub join: bool,
    #[arg(long, value_name = "FILE")]
    pub corrections: Option<PathBuf>,
    #[arg(long = "match", value_name = "OLD=NEW")]
    pub accept: Vec<String>,
    #[arg(long, value_name = "FILE")]
    pub aliases: Option<PathBuf>,
    #[arg(long, value_name = "LEVEL", default_value = "error", value_parser = ["error", "warning", "note", "never"])]
    pub fail_on: String,
    #[arg(long = "rule", value_name = "CODE=LEVEL")]
    pub rules: Vec<String>,
    #[command(flatten)]
    pub writing: WriteArguments,
    #[command(flatten)]
    pub input: InputArguments,
}

#[derive(Args)]
pub(super) struct Merge {
    #[arg(value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    #[arg(short, long, value_name = "FMT", value_parser = merged_format())]
    pub to: Option<write::Format>,
    #[arg(long, value_name = "NAME")]
    pub organization: Option<String>,
    #[arg(long, value_name = "FILE")]
    pub roster: Option<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub aliases: Option<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub corrections: Option<PathBuf>,
    #[arg(id = "scope", long = "value-column", alias = "scope", value_name = "NAME|N", value_parser = value_column)]
    pub value_column: Option<ValueColumn>,
    #[arg(long)]
    pub join: bool,
    #[arg(long)]
    pub strict: bool,
    #[arg(long, value_name = "LEVEL", default_value = "error", value_parser = ["error", "warning", "note", "never"])]
    pub fail_on: String,
    #[command(flatten)]
    pub writing: WriteArguments,
    #[arg(long)]
    pub landscape: bool,
    #[arg(long)]
    pub embed_json: bool,
    #[arg(long = "font", value_name = "ROLE=PATH")]
    pub fonts: Vec<OsString>,
    #[command(flatten)]
    pub input: InputArguments,
}

#[derive(Args)]
pub(super) struct Rule {
    #[arg(value_name = "CODE")]
    pub code: Option<String>,
    #[arg(long, value_name = "ID|FILE")]
    pub template: Option<PathBuf>,
    #[arg(short, long, value_name = "FMT", value_parser = ["text", "json"])]
    pub to: Option<String>,
}

#[derive(Args)]
pub(super) struct Inspect {
    #[arg(id = "input", value_name = "FILE")]
    pub file: PathBuf,
    #[arg(short, long, value_name = "FMT", value_parser = ["text", "json"])]
    pub to: Option<String>,
    #[command(flatten)]
    pub input: InputArguments,
}

#[derive(Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(super) struct Template {
    #[command(subcommand)]
    pub command: TemplateCommand,
}

#[derive(Subcommand)]
pub(super) enum TemplateCommand {
    List,
    Show {
        #[arg(value_name = "ID")]
        id: String,
        #[arg(long)]
        toml: bool,
    },
    Infer {
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        input: InputArguments,
    },
}

#[derive(Args)]
pub(super) struct Schema {
    #[arg(value_name = "NAME", value_enum, default_value = "report", hide_default_value = true)]
    pub name: SchemaName,
}

/// A JSON output that has a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum SchemaName {
    Report,
    Check,
    Compare,
}

#[derive(Args)]
pub(super) struct Completions {
    #[arg(value_name = "SHELL")]
    pub shell: Shell,
}

fn lang() -> impl TypedValueParser<Value = Lang> {
    PossibleValuesParser::new(Lang::ALL.iter().map(|lang| lang.code()))
        .try_map(|code| Lang::from_code(&code).ok_or("unknown language"))
}

/// A value that has one of some names.
fn by_name<T: Clone + Send + Sync + 'static>(
    known: impl IntoIterator<Item = (&'static str, T)>,
) -> impl TypedValueParser<Value = T> {
    let known: Vec<_> = known.into_iter().collect();
    PossibleValuesParser::new(known.iter().map(|(name, _)| *name)).try_map(move |name| {
        let found = known.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.clone()).ok_or("unknown name")
    })
}

fn input_format() -> impl TypedValueParser<Value = read::Format> {
    by_name(read::Format::ALL.iter().map(|format| (format.name(), *format)))
}

fn check_format() -> impl TypedValueParser<Value = OutputFormat> {
    by_name(OutputFormat::ALL)
}

fn comparison_format() -> impl TypedValueParser<Value = ComparisonOutput> {
    by_name(ComparisonOutput::all().map(|output| (output.name(), output)))
}

fn output_format() -> impl TypedValueParser<Value = write::Format> {
    by_name(write::Format::ALL.iter().map(|format| (format.name(), *format)))
}

/// Formats that hold totals.
fn merged_format() -> impl TypedValueParser<Value = write::Format> {
    let formats = write::Format::ALL.iter().filter(|format| format.holds_merged());
    by_name(formats.map(|format| (format.name(), *format)))
}

fn value_column(text: &str) -> Result<ValueColumn, Infallible> {
    Ok(match text.parse::<usize>() {
        Ok(number) if number > 0 => ValueColumn::Number(number),
        _ => ValueColumn::Name(text.to_owned()),
    })
}

fn sheet(text: &str) -> Result<SheetChoice, Infallible> {
    Ok(match text.parse::<usize>() {
        Ok(number) if number > 0 => SheetChoice::Number(number),
        _ => SheetChoice::Name(text.to_owned()),
    })
}
