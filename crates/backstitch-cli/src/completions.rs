//! `backstitch completions`: what a shell completes the command's arguments with.

use std::io;

use clap::CommandFactory as _;
use clap_complete::Shell;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The shell
    shell: Shell,
}

pub(crate) fn run(arguments: &Arguments) {
    let mut written = Vec::new();
    clap_complete::generate(arguments.shell, &mut crate::Arguments::command(), "backstitch", &mut written);
    // A reader that went away is no reason to fail.
    let _ = io::Write::write_all(&mut io::stdout(), &written);
}
