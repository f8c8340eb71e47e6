//! Whatever the files of a folder hold, reading them ends with a report, and what is sound is generated.
//!
//! An input is several files, one after the other with a line `=====` between them: a definition, a second one that
//! may be a call, a data file, a file to include, a table of answers, the configuration.

#![no_main]

use backstitch_codegen::emit::GENERATORS;
use backstitch_spec::{Options, load_files};
use libfuzzer_sys::fuzz_target;

const PATHS: [&str; 6] =
    ["thing.md", "call.md", "_data/p/a.yml", "_includes/n.html", "_data/p/response-codes/x.yml", "backstitch.yml"];

fuzz_target!(|input: &[u8]| {
    let mut files = Vec::new();
    let mut rest = input;
    for path in PATHS {
        let end = rest.windows(6).position(|window| window == b"=====\n");
        let (file, after) = end.map_or((rest, &[][..]), |end| (&rest[..end], &rest[end + 6..]));
        files.push((path, file));
        rest = after;
    }
    // One way for an input is enough: the next input, a byte longer, takes another.
    let lenient = input.len() % 2 == 1;
    let loaded = load_files(files.iter().copied(), Options { lenient });
    let report = &loaded.report;
    assert_eq!(report.to_github().lines().count(), report.diagnostics().len());
    assert_eq!(report.to_text(false).is_empty(), report.diagnostics().is_empty());
    assert!(report.to_json().starts_with('['));
    // Generating takes longer than reading.
    if report.errors() == 0 && input.len() % 16 < 2 {
        for generator in GENERATORS {
            std::hint::black_box((generator.emit)(&loaded.api));
        }
    }
});
