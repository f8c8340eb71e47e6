//! `backstitch completions`: what a shell completes the command's arguments with.

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::terminal::product;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The shell
    shell: Shell,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut written = Vec::new();
    clap_complete::generate(arguments.shell, &mut crate::Arguments::command(), "backstitch", &mut written);
    product(&written)
}
