//! Help and usage errors in the language of messages: every word comes from the catalogue.
//!
//! In: the commands of [`super::args`]. Out: the same with help, headings and usage filled in, and the errors of the
//! parser in the catalogue's words.

use std::io::{self, Write};

use crate::message::{self, Arguments, Lang};
use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command, CommandFactory};
use unicode_linebreak::linebreaks;
use unicode_width::UnicodeWidthStr;

use super::args;
use super::console::Console;
use super::exit::Exit;

fn text(key: &str, lang: Lang, words: &[(&str, &str)]) -> String {
    let words: Arguments = words.iter().map(|(name, word)| ((*name).to_owned(), (*word).to_owned())).collect();
    message::text(key, lang, &words)
}

/// The whole command line with its help in one language.
pub(super) fn command(lang: Lang) -> Command {
    let version = Arg::new("version").short('V').long("version").action(ArgAction::Version).display_order(904);
    let bare = args::Arguments::command().arg(version);
    let mut built = fill(bare.clone(), "", lang);
    built.build();
    fill_usage(fill(bare, "", lang), &built, lang)
}

/// The key of an argument's help: `help.convert.lang`, or else `help.option.lang`.
fn key(path: &str, argument: &str) -> String {
    let own = format!("help.{path}.{argument}");
    if message::has(&own) { own } else { format!("help.option.{argument}") }
}

/// The columns of a terminal that help is written for.
const COLUMNS: usize = 80;

/// The columns that remain for help beside the longest argument, or the longest option with its short name, of a built
/// command.
fn room(command: &Command, positional: bool) -> usize {
    let arguments = command.get_arguments().filter(|argument| argument.is_positional() == positional);
    let longest = arguments.map(|argument| argument.to_string().len()).max().unwrap_or(0);
    // Two spaces on either side; every command has the global options.
    COLUMNS - 4 - if positional { longest } else { "-x, ".len() + longest.max("--lang <LANG>".len()) }
}

/// The columns that remain for the help of an option in the command that leaves the fewest.
fn narrowest(command: &Command) -> usize {
    command.get_subcommands().map(narrowest).fold(room(command, false), usize::min)
}

/// Breaks a text into lines of at most `columns`. Chinese breaks between characters, which clap's own wrapping does not.
fn wrap(text: &str, columns: usize) -> String {
    let (mut lines, mut line, mut begun) = (String::new(), String::new(), 0);
    for (end, _) in linebreaks(text) {
        let word = &text[begun..end];
        if (line.clone() + word.trim_end()).width() > columns {
            lines += line.trim_end();
            lines.push('\n');
            line.clear();
        }
        line += word;
        begun = end;
    }
    lines + &line
}

fn fill(command: Command, path: &str, lang: Lang) -> Command {
    let word = |key: &str| text(key, lang, &[]);
    let header = *command.get_styles().get_header();
    let usage = word("word.usage");
    let about = word(&if path.is_empty() { "help.about".to_owned() } else { format!("help.{path}.about") });
    let mut built = command.clone();
    built.build();
    // Global options have the same text in every command.
    let rooms = [room(&built, false), room(&built, true), narrowest(&built)];
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help).display_order(903);
    let mut command = command
        .arg(help)
        .mut_args(|argument| {
            let values: Vec<_> =
                argument.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
            let help =
                text(&key(path, argument.get_id().as_str()), lang, &[("values", &values.join(lang.list_separator()))]);
            let help =
                wrap(&help, rooms[if argument.is_global_set() { 2 } else { usize::from(argument.is_positional()) }]);
            let heading = word(if argument.is_positional() { "word.arguments" } else { "word.options" });
            let argument = argument.help(help).help_heading(heading);
            if argument.get_action().takes_values() {
                argument.hide_possible_values(true).hide_default_value(true)
            } else {
                argument
            }
        })
        .about(wrap(&about, COLUMNS))
        .subcommand_help_heading(word("word.commands"))
        .help_template(format!(
            "{{about-with-newline}}\n{header}{usage}{header:#} {{usage}}\n\n{{all-args}}{{after-help}}"
        ));
    if path.is_empty() || path == "convert" {
        let files = if path.is_empty() { wrap(&word("help.files"), COLUMNS) + "\n\n" } else { String::new() };
        command = command.after_help(files + &wrap(&word("help.after"), COLUMNS));
    }
    let names: Vec<_> = command.get_subcommands().map(|below| below.get_name().to_owned()).collect();
    for name in names {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        command = command.mut_subcommand(name, |below| fill(below, &path, lang));
    }
    command
}

/// Translates the usage lines, which the parser makes itself.
fn fill_usage(command: Command, built: &Command, lang: Lang) -> Command {
    let usage = built.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").trim();
    let usage = usage.replace("[OPTIONS]", &text("word.options_place", lang, &[]));
    let usage = usage.replace("<COMMAND>", &text("word.command_place", lang, &[]));
    let mut command = command.override_usage(usage);
    for below in built.get_subcommands() {
        command = command.mut_subcommand(below.get_name(), |inner| fill_usage(inner, below, lang));
    }
    command
}

/// Prints the parser's output: help and version on standard output, errors on standard error.
pub(super) fn refuse(error: &clap::Error, console: &Console) -> Exit {
    // If standard error is closed, nobody reads it.
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            return match error.print().and_then(|()| io::stdout().flush()) {
                Err(failed) if failed.kind() != io::ErrorKind::BrokenPipe => {
                    console.failure(None, &console.no_stdout(failed));
                    Exit::Failed
                }
                _ => Exit::Done,
            };
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = error.print();
        }
        _ => match translated(error, console.lang) {
            Some(lines) => {
                let _ = io::stderr().lock().write_all(lines.as_bytes());
            }
            None => {
                let _ = error.print();
            }
        },
    }
    Exit::Usage
}

/// The parser's error in the words of the catalogue; none for kinds that it has no sentence for.
fn translated(error: &clap::Error, lang: Lang) -> Option<String> {
    let get = |kind| error.get(kind).map(plain).filter(|text| !text.is_empty());
    let argument = get(ContextKind::InvalidArg).or_else(|| get(ContextKind::InvalidSubcommand)).unwrap_or_default();
    let value = get(ContextKind::InvalidValue);
    let other = get(ContextKind::PriorArg).unwrap_or_default();
    let key = match error.kind() {
        ErrorKind::UnknownArgument => "parse.unknown_argument",
        ErrorKind::MissingRequiredArgument => "parse.missing_argument",
        ErrorKind::InvalidValue if value.is_none() => "parse.missing_value",
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => "parse.invalid_value",
        ErrorKind::InvalidSubcommand => "parse.invalid_command",
        ErrorKind::MissingSubcommand => "parse.missing_command",
        ErrorKind::ArgumentConflict if argument == other => "parse.too_often",
        ErrorKind::ArgumentConflict => "parse.conflict",
        _ => return None,
    };
    let words = [("argument", argument.as_str()), ("value", value.as_deref().unwrap_or("")), ("other", &other)];
    let mut lines = format!("xxgk: {}: {}\n", text("word.error", lang, &[]), text(key, lang, &words));
    let similar = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    let similar =
        similar.into_iter().find_map(get).map(|similar| text("parse.similar", lang, &[("similar", &similar)]));
    let values = get(ContextKind::ValidValue).map(|values| text("parse.values", lang, &[("values", &values)]));
    for hint in similar.into_iter().chain(values) {
        lines += &format!("  {}: {hint}\n", text("word.hint", lang, &[]));
    }
    if let Some(usage) = get(ContextKind::Usage) {
        lines += &format!("\n{}\n", usage.replace("Usage:", &text("word.usage", lang, &[])));
    }
    lines += &format!("\n{}\n", text("parse.more", lang, &[("command", "xxgk")]));
    Some(super::console::clean_lines(&lines))
}

/// A word or words of an error as plain text.
fn plain(value: &ContextValue) -> String {
    let styled = |text: &StyledStr| text.to_string();
    match value {
        ContextValue::String(text) => text.clone(),
        ContextValue::Strings(texts) => texts.join(", "),
        ContextValue::StyledStr(text) => styled(text),
        ContextValue::StyledStrs(texts) => texts.iter().map(styled).collect::<Vec<_>>().join(", "),
        ContextValue::Number(number) => number.to_string(),
        ContextValue::Bool(yes) => yes.to_string(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(command: &Command, check: &mut impl FnMut(&str, &str)) {
        let name = command.get_name();
        check(name, &command.get_about().map(ToString::to_string).unwrap_or_default());
        for argument in command.get_arguments() {
            check(
                &format!("{name} {}", argument.get_id()),
                &argument.get_help().map(ToString::to_string).unwrap_or_default(),
            );
        }
        command.get_subcommands().for_each(|below| walk(below, check));
    }

    #[test]
    fn everything_has_help_in_both_languages() {
        for lang in Lang::ALL.iter().copied() {
            let mut seen = 0;
            let mut command = command(lang);
            command.build();
            walk(&command, &mut |name, help| {
                seen += 1;
                assert!(!help.is_empty() && !help.starts_with("help.") && !help.contains('{'), "{name}: {help:?}");
                let chinese = help.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
                assert_eq!(chinese, lang == Lang::ZH, "{name}: {help:?}");
                let is_lower = lang == Lang::EN && help.starts_with(|c: char| c.is_lowercase());
                assert!(!is_lower && !help.ends_with(['.', '。']), "{name}: {help:?}");
            });
            assert!(seen > 40, "{seen}");
        }
    }

    #[test]
    fn help_lists_every_language_and_format() {
        for lang in Lang::ALL.iter().copied() {
            let help = command(lang);
            let of = |command: &Command, option: &str| {
                let argument = command.get_arguments().find(|argument| argument.get_id() == option);
                argument.and_then(Arg::get_help).expect("it has help").to_string().replace('\n', " ")
            };
            let convert = help.find_subcommand("convert").expect("a command");
            let languages: Vec<_> = Lang::ALL.iter().map(|lang| lang.code()).collect();
            let formats: Vec<_> = crate::write::Format::ALL.iter().map(|format| format.name()).collect();
            for (help, names) in [(of(&help, "lang"), languages), (of(convert, "to"), formats)] {
                let listed = |name: &str| help.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == name);
                assert!(names.iter().all(|name| listed(name)), "{help}: {names:?}");
            }
        }
    }

    #[test]
    fn help_fits_a_terminal() {
        fn check(command: &mut Command) {
            let help = command.render_help().to_string();
            for line in help.lines() {
                assert!(line.width() <= COLUMNS, "{}: {line}", command.get_name());
            }
            command.get_subcommands_mut().for_each(check);
        }
        for lang in Lang::ALL {
            let mut command = command(*lang);
            command.build();
            check(&mut command);
        }
    }

    #[test]
    fn lines_break_where_a_language_breaks_them() {
        assert_eq!(wrap("Output file or folder", 12), "Output file\nor folder");
        assert_eq!(wrap("输出文件或文件夹", 8), "输出文件\n或文件夹");
        assert_eq!(wrap("", 8), "");
    }

    #[test]
    fn a_command_alone_is_the_same_as_among_all() {
        let all = args::Arguments::command();
        for command in all.get_subcommands() {
            let name = command.get_name();
            let alone = args::Command::alone(name).unwrap_or_else(|| panic!("{name} is not known alone"));
            let alone = alone.find_subcommand(name).expect("it is named so");
            let arguments = |command: &Command| format!("{:?}", command.get_arguments().collect::<Vec<_>>());
            assert_eq!(arguments(alone), arguments(command));
            let settings = |command: &Command| {
                (
                    command.is_subcommand_required_set(),
                    command.is_arg_required_else_help_set(),
                    command.get_subcommands().count(),
                )
            };
            assert_eq!(settings(alone), settings(command));
        }
        assert!(args::Command::alone("help").is_none());
    }

    #[test]
    fn the_arguments_fit_together() {
        Lang::ALL.iter().for_each(|lang| command(*lang).debug_assert());
    }

    #[test]
    fn chinese_help_has_no_english_headings() {
        let mut command = command(Lang::ZH);
        command.build();
        let mut all = command.render_help().to_string();
        for below in command.get_subcommands_mut() {
            all += &below.render_help().to_string();
        }
        for english in ["Usage", "Options", "Arguments", "Commands", "OPTIONS", "COMMAND", "Print help"] {
            assert!(!all.contains(english), "{english} in {all}");
        }
    }
}
