//! `docs/benchmarks.md`: what was measured, and on which machine.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::Measured;

/// Puts `text` into the page, as the section between the marks that have its name.
///
/// # Errors
///
/// When the page can't be read or written, or has no such marks.
pub fn write_section(name: &str, text: &str) -> io::Result<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/benchmarks.md").canonicalize()?;
    let page = fs::read_to_string(&path)?;
    let [start, end] =
        [format!("<!-- {name}: written by `cargo xtask bench {name}` -->\n"), format!("<!-- end of {name} -->")];
    let places = page.find(&start).map(|place| place + start.len()).zip(page.find(&end));
    let Some((from, to)) = places.filter(|(from, to)| from <= to) else {
        let message = format!("{} has no section between {start:?} and {end:?}", path.display());
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    };
    fs::write(&path, format!("{}{text}{}", &page[..from], &page[to..]))?;
    Ok(path)
}

/// The machine in a line: its processor, how many of its cores there are, and the compiler.
#[must_use]
pub fn machine() -> String {
    let processor = fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
        let line = text.lines().find(|line| line.starts_with("model name"))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    });
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let compiler = std::process::Command::new("rustc").arg("--version").output().ok();
    let compiler = compiler.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    format!(
        "{}, {cores} cores, {} {}, {}",
        processor.as_deref().unwrap_or("a processor without a name"),
        std::env::consts::OS,
        std::env::consts::ARCH,
        compiler.as_deref().unwrap_or("rustc")
    )
}

/// A table with a row a variant: its median, its rate, and how often faster it is than each of the variants `peers`.
#[must_use]
pub fn table(measured: &[Measured], peers: &[&str]) -> String {
    let mut text = String::from("| | median | rate |");
    for peer in peers {
        // A string takes all that is written to it.
        let _ = write!(text, " to {peer} |");
    }
    text.push_str("\n| --- | ---: | ---: |");
    text.push_str(&" ---: |".repeat(peers.len()));
    text.push('\n');
    for row in measured {
        let seconds = row.median.as_secs_f64();
        let _ =
            write!(text, "| {} | {:.3} ms | {:.2} GB/s |", row.name, seconds * 1e3, row.bytes as f64 / seconds / 1e9);
        for peer in peers {
            let ratio =
                measured.iter().find(|found| found.name == *peer).map(|found| found.median.as_secs_f64() / seconds);
            let _ = write!(text, " {:.2} × |", ratio.unwrap_or(f64::NAN));
        }
        text.push('\n');
    }
    text
}

/// A number with a comma after each three digits.
#[must_use]
pub fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
