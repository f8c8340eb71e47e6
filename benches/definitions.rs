//! Reading a tree of definitions as large as the vendor's documentation: 340 documents, 1.3 MB of YAML.
//!
//! Beside it, what a YAML library alone needs for the same text, and PyYAML, if this machine has it.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use backstitch_benches::{Variant, interleaved, print};
use backstitch_spec::Options;

/// How many documents the tree has.
const DOCUMENTS: usize = 340;

/// How many bytes a document has, at least.
const BYTES: usize = 3_850;

/// How many rounds are timed.
const ROUNDS: usize = 15;

fn document(number: usize) -> String {
    let product = if number.is_multiple_of(2) { "library" } else { "stage" };
    let mut text = format!(
        "---\n# -------------------------- #\n#        CONTENT TYPE        #\n# -------------------------- #\n\n\
         product-type: \"{product}\"\ncontent-type: \"api-structure\"\nkey: \"thing-{number}-object\"\n\n\
         title: \"Thing {number}\"\ndescription: |\n  {{% include misc/data-files.html %}}\n  \
         {{{{ site.data.{product}.core-objects.thing | flatify }}}}\n\n  See [the guide]({{{{ link.guides.things | \
         prepend: site.baseurl | append: \"#things\" }}}}).\n\nobject-attributes:\n"
    );
    let mut examples = String::new();
    let mut attribute = 0;
    while text.len() + examples.len() < BYTES {
        let _ = write!(
            text,
            "  - name: \"field_{attribute}\"\n    type: \"string\"\n    required: true\n    description: |\n      What \
             is known of the thing. {{{{ general.attributes.note }}}} Possible values are:\n\n      - `FULL`: all of \
             it is there\n      - `PART`: some of it is there, and the rest [comes later]({{{{ link.guides.later | \
             prepend: site.baseurl }}}})\n    value: \"FULL\"\n\n"
        );
        let comma = if attribute == 0 { "" } else { "," };
        let _ = write!(examples, "{comma}\n        \"field_{attribute}\": \"FULL\"");
        attribute += 1;
    }
    let _ = write!(text, "examples:\n  - type: \"Whole\"\n    code: |\n      {{{examples}\n      }}\n---\n");
    text
}

/// Writes the tree; the bytes of its documents.
fn write(root: &Path) -> std::io::Result<usize> {
    for folder in ["_api", "_data/library", "_data/stage", "_includes/misc"] {
        fs::create_dir_all(root.join(folder))?;
    }
    fs::write(root.join("_config.yml"), "baseurl: \"/docs\"\n")?;
    fs::write(root.join("_includes/misc/data-files.html"), "{% assign link = site.data.urls %}\n")?;
    fs::write(root.join("_data/urls.yml"), "guides:\n  things: \"/guides/things\"\n  later: \"/guides/later\"\n")?;
    for product in ["library", "stage"] {
        let data = root.join("_data").join(product);
        fs::write(data.join("general.yml"), "attributes:\n  note: \"Nobody changes it.\"\n")?;
        fs::write(data.join("core-objects.yml"), "thing: |\n  A thing of {{ site.baseurl }}.\n")?;
    }
    let mut bytes = 0;
    for number in 0..DOCUMENTS {
        let text = document(number);
        bytes += text.len();
        fs::write(root.join(format!("_api/thing-{number}.md")), text)?;
    }
    Ok(bytes)
}

fn main() -> std::io::Result<()> {
    let folder = tempfile::tempdir()?;
    let root = folder.path().join("site");
    let bytes = write(&root)?;
    let mut fronts = Vec::with_capacity(DOCUMENTS);
    for number in 0..DOCUMENTS {
        let text = fs::read_to_string(root.join(format!("_api/thing-{number}.md")))?;
        fronts.push(text.trim_start_matches("---\n").trim_end_matches("---\n").to_owned());
    }
    let loaded = backstitch_spec::load(&root, Options::default());
    assert_eq!(loaded.report.diagnostics().len(), 0);
    assert_eq!(loaded.api.objects.len(), DOCUMENTS);
    let tests = loaded.api.objects.iter().flat_map(|object| &object.examples).filter(|example| example.checked).count();
    println!("{DOCUMENTS} documents, {bytes} bytes, {tests} examples that agree");

    let mut variants = [
        Variant::new("lint the tree", || {
            let loaded = backstitch_spec::load(&root, Options::default());
            std::hint::black_box(loaded.report.to_text(false));
            bytes
        }),
        Variant::new("YAML alone, to values", || {
            for text in &fronts {
                std::hint::black_box(serde_yaml::from_str::<serde_yaml::Value>(text).is_ok());
            }
            bytes
        }),
    ];
    print("definitions", &interleaved(&mut variants, ROUNDS));

    let script = "import sys, glob, time, yaml\nfiles = [open(f).read() for f in glob.glob(sys.argv[1] + '/*.md')]\n\
                  start = time.process_time()\nfor text in files:\n    yaml.safe_load(text.split('---\\n')[1])\n\
                  print('  PyYAML %s, safe_load alone: %.0f ms' % (yaml.__version__, 1e3 * (time.process_time() - start)))\n";
    match Command::new("python3").arg("-c").arg(script).arg(root.join("_api")).status() {
        Ok(status) if status.success() => {}
        _ => println!("  PyYAML is not on this machine: `pip install pyyaml` to have it beside"),
    }
    Ok(())
}
