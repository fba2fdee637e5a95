//! `xxgk template`: the templates shipped, and the rows of one.

use std::path::Path;
use std::sync::Arc;

use crate::engine::Engine;
use crate::read::ReadOptions;
use crate::template::{self, Template};

use super::args::{InputArguments, TemplateCommand};
use super::common;
use super::console::Console;
use super::exit::Exit;
use super::table::Table;
use crate::batch::{Failure, plan};

/// Lists or shows templates.
pub(super) fn run(command: &TemplateCommand, console: &Console) -> Result<Exit, Failure> {
    let text = match command {
        TemplateCommand::Infer { file, input } => return infer(file, input, console),
        TemplateCommand::List => list(console),
        TemplateCommand::Show { id, toml } => {
            let template = template::shipped().get(id)?;
            match template::shipped_toml(id).filter(|_| *toml) {
                Some(text) => text.to_owned(),
                None => show(template, console),
            }
        }
    };
    console.put(text.as_bytes())?;
    Ok(Exit::Done)
}

/// Prints the TOML of a template made from the table in a file.
fn infer(file: &Path, input: &InputArguments, console: &Console) -> Result<Exit, Failure> {
    if file.is_dir() {
        return Err(Failure::new("usage.folder_input").with("input", file.display()));
    }
    let input = Arc::new(common::input_options(input.clone())?);
    let plan = Arc::new(plan::to_read(vec![file.to_owned()])?);
    let work = |engine: &Engine, bytes: &[u8], options: &ReadOptions, _: &str| {
        Ok(vec![template::to_toml_string(&engine.infer(&engine.read(bytes, options)?)?)])
    };
    let made = common::read_all(&plan, &input, console, work, |_, _| ())?;
    let Some(text) = made.first() else { return Ok(Exit::Failed) };
    console.put(text.as_bytes())?;
    Ok(Exit::Done)
}

fn name<'t>(template: &'t Template, console: &Console) -> &'t str {
    console.lang.choose(template.name(), template.name_en())
}

fn list(console: &Console) -> String {
    let mut table = Table::new(["word.id", "word.years", "word.name"].map(|key| console.word(key)));
    for template in &template::shipped().0 {
        table.row([template.id(), template.years(), name(template, console)]);
    }
    table.draw()
}

fn show(template: &Template, console: &Console) -> String {
    let mut text = format!("{}  {}\n", template.id(), name(template, console));
    for (key, value) in [("word.years", template.years()), ("word.source", template.source())] {
        text += &format!("{}: {value}\n", console.word(key));
    }
    for part in template.tables() {
        let mut table = Table::new(["word.id", "word.unit", "word.label"].map(|key| console.word(key)));
        for row in &part.rows {
            let indent = "  ".repeat(row.level);
            table.row([&*row.id, row.unit.as_deref().unwrap_or(""), &format!("{indent}{}", row.label)]);
        }
        text += "\n";
        text += &table.draw();
    }
    text
}
