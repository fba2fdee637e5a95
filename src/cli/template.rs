//! `xxgk template`: the templates shipped, and the rows of one.

use xxgk::message::Lang;
use xxgk::template::{self, Template};

use super::Exit;
use super::args::TemplateCommand;
use super::say::Voice;
use super::table::Table;
use crate::batch::Failure;

/// Lists or shows templates.
pub fn run(command: &TemplateCommand, voice: &Voice) -> Result<Exit, Failure> {
    let text = match command {
        TemplateCommand::List => list(voice),
        TemplateCommand::Show { id, toml } => {
            let template = template::shipped().get(id)?;
            match template::shipped_toml(id).filter(|_| *toml) {
                Some(text) => text.to_owned(),
                None => show(template, voice),
            }
        }
    };
    voice.put(text.as_bytes())?;
    Ok(Exit::Done)
}

fn name<'t>(template: &'t Template, voice: &Voice) -> &'t str {
    if voice.lang == Lang::Zh { &template.name } else { &template.name_en }
}

fn list(voice: &Voice) -> String {
    let mut table = Table::new(["word.id", "word.years", "word.name"].map(|key| voice.word(key)));
    for template in &template::shipped().0 {
        table.row([&*template.id, &template.years, name(template, voice)]);
    }
    table.draw()
}

fn show(template: &Template, voice: &Voice) -> String {
    let mut text = format!("{}  {}\n", template.id, name(template, voice));
    for (key, value) in [("word.years", &template.years), ("word.source", &template.source)] {
        text += &format!("{}: {value}\n", voice.word(key));
    }
    for part in &template.tables {
        let mut table = Table::new(["word.id", "word.unit", "word.label"].map(|key| voice.word(key)));
        for row in &part.rows {
            let indent = "  ".repeat(row.level);
            table.row([&*row.id, row.unit.as_deref().unwrap_or(""), &format!("{indent}{}", row.label)]);
        }
        text += "\n";
        text += &table.draw();
    }
    text
}
