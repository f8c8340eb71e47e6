//! The command, from its input to a sink on loopback, beside what others wrote for the same input. What is measured goes
//! into `docs/benchmarks.md`.
//!
//! Each program runs in a process of its own under a small one that is this executable once more and tells what its only
//! child took. The sink counts records, so that whoever loses one, or sends one twice, ends the benchmark.

mod program;
mod report;
mod singer;

use anyhow::bail;
use backstitch_benches::sink;

fn main() -> anyhow::Result<()> {
    // Cargo's own argument says that this is a benchmark.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [] => {
            let command = program::backstitch()?;
            // A part each of the page's section.
            let parts = [singer::measure(&command)?];
            let text = report::section(&parts);
            println!("{text}");
            println!("written to {}", backstitch_benches::page::write_section("cli", &text)?.display());
            Ok(())
        }
        [sink::COUNTING_SINK] => sink::run(true),
        [program::MEASURED, program, ref arguments @ ..] => program::run(program, arguments),
        _ => bail!("start this without arguments: those that it knows are for the processes that it starts"),
    }
}
