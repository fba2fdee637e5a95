//! Nothing: what it costs to begin and to end a program.

fn main() {}
