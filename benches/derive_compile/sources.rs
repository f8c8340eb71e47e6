//! The crates that are compiled: the same structs with other derives.

use std::fmt::Write as _;
use std::path::Path;

/// How many structs a crate has.
pub(crate) const STRUCTS: usize = 200;

/// A field of every struct, with its rules as the derive has them and as `garde` has them.
pub(crate) struct Field {
    name: &'static str,
    kind: &'static str,
    push: &'static str,
    garde: &'static str,
}

const fn field(name: &'static str, kind: &'static str, push: &'static str, garde: &'static str) -> Field {
    Field { name, kind, push, garde }
}

/// The fields of every struct, with eleven rules: those of the record whose validation is measured beside this.
pub(crate) const FIELDS: [Field; 12] = [
    field("id", "i64", "minimum = 1", "range(min = 1)"),
    field("name", "String", "min_length = 1, max_length = 80", "length(chars, min = 1, max = 80)"),
    field("note", "Option<String>", "max_length = 200", "length(chars, max = 200)"),
    field("total", "f64", "minimum = 0, maximum = 1_000_000", "range(min = 0.0, max = 1_000_000.0)"),
    field("paid", "bool", "", ""),
    field("tags", "Vec<String>", "max_items = 10", "length(max = 10)"),
    field("discount", "i32", "minimum = 0, maximum = 100", "range(min = 0, max = 100)"),
    field("lines", "u32", "minimum = 1, maximum = 10_000", "range(min = 1, max = 10_000)"),
    field("customer", "Option<i64>", "minimum = 1", "range(min = 1)"),
    field("email", "String", "min_length = 3, max_length = 254", "length(chars, min = 3, max = 254)"),
    field("country", "String", "min_length = 2, max_length = 2", "length(chars, min = 2, max = 2)"),
    field("created", "String", "min_length = 20, max_length = 35", "length(chars, min = 20, max = 35)"),
];

/// What the structs of a crate derive.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Variant {
    None,
    Serialize,
    Push,
    Three,
}

impl Variant {
    pub(crate) const ALL: [Variant; 4] = [Variant::None, Variant::Serialize, Variant::Push, Variant::Three];

    /// The name in the tables.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Variant::None => "no derive",
            Variant::Serialize => "Serialize",
            Variant::Push => "Push",
            Variant::Three => "Serialize, garde, schemars",
        }
    }

    /// The name of the crate.
    pub(crate) const fn package(self) -> &'static str {
        match self {
            Variant::None => "none",
            Variant::Serialize => "serialize",
            Variant::Push => "push",
            Variant::Three => "three",
        }
    }

    /// The crate's `Cargo.toml`, where `workspace` is the folder of Backstitch.
    pub(crate) fn manifest(self, workspace: &Path) -> String {
        let package = self.package();
        let serde = "serde = { version = \"1\", features = [\"derive\"] }\n";
        let dependencies = match self {
            Variant::None => String::new(),
            Variant::Serialize => serde.to_owned(),
            Variant::Push => {
                let path = workspace.join("crates/backstitch");
                format!("backstitch = {{ path = {path:?}, default-features = false, features = [\"derive\"] }}\n")
            }
            Variant::Three => format!(
                "{serde}garde = {{ version = \"0.23.0\", default-features = false, features = [\"derive\"] }}\n\
                 schemars = {{ version = \"1.2.3\", default-features = false, features = [\"derive\"] }}\n"
            ),
        };
        format!(
            "[package]\nname = \"{package}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n{dependencies}"
        )
    }

    /// The crate's source.
    pub(crate) fn source(self) -> String {
        let mut source = String::new();
        for number in 0..STRUCTS {
            self.write_struct(&mut source, number);
        }
        source
    }

    fn write_struct(self, source: &mut String, number: usize) {
        let attributes = match self {
            Variant::None => String::new(),
            Variant::Serialize => "#[derive(serde::Serialize)]\n".to_owned(),
            Variant::Push => {
                format!("#[derive(backstitch::Push)]\n#[push(table = \"orders_{number}\", key = \"id\")]\n")
            }
            Variant::Three => "#[derive(serde::Serialize, garde::Validate, schemars::JsonSchema)]\n".to_owned(),
        };
        // A string takes all that is written to it.
        let _ = writeln!(source, "{attributes}pub struct Order{number} {{");
        for field in &FIELDS {
            let _ = writeln!(source, "{}    pub {}: {},", self.rules(field), field.name, field.kind);
        }
        source.push_str("}\n\n");
    }

    /// The attribute that states the rules of a field.
    fn rules(self, field: &Field) -> String {
        match self {
            Variant::None | Variant::Serialize => String::new(),
            Variant::Push if field.push.is_empty() => String::new(),
            Variant::Push => format!("    #[push({})]\n", field.push),
            Variant::Three if field.garde.is_empty() => "    #[garde(skip)]\n".to_owned(),
            Variant::Three => format!("    #[garde({})]\n", field.garde),
        }
    }
}
