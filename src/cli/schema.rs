//! `xxgk schema`: the JSON Schema of an output.

use super::args::{Schema, SchemaName};
use super::console::Console;
use super::exit::Exit;
use crate::batch::Failure;

/// Prints the schema.
pub(super) fn run(arguments: &Schema, console: &Console) -> Result<Exit, Failure> {
    let schema = match arguments.name {
        SchemaName::Report => include_str!("../../templates/schema/report.json"),
        SchemaName::Check => include_str!("../../templates/schema/check.json"),
        SchemaName::Compare => include_str!("../../templates/schema/compare.json"),
    };
    console.put(schema.as_bytes())?;
    Ok(Exit::Done)
}
