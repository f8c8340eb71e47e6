//! Which table records are sent to, and as what.

use std::path::PathBuf;

use backstitch::{BodyError, PushBody, RawValue, Table};
use jsonschema::Validator;
use serde_json::Value;

use super::shape::{self, Rename, Shape};
use crate::exit::usage;
use crate::input::{File, read_twice};
use crate::schema;

/// A call of the API that takes records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Endpoint {
    /// Each value has the type that it has in JSON
    Push,
    /// The columns have the types of a schema
    Batch,
}

#[derive(clap::Args)]
pub(crate) struct Target {
    /// The table that the records go to
    #[arg(long, short)]
    pub(crate) table: String,
    /// A field of the primary key; given again for each more. A batch without one only adds rows
    #[arg(long, short, value_name = "FIELD")]
    pub(crate) key: Vec<String>,
    /// An integer field that says which of two records with one key is the newer; without it, that is the later one
    #[arg(long, value_name = "FIELD")]
    pub(crate) sequence_field: Option<String>,
    /// Send a field under another name; the names of the other options are the new ones
    #[arg(long, value_name = "OLD=NEW", value_parser = shape::rename)]
    pub(crate) rename: Vec<Rename>,
    /// Where records are sent to
    #[arg(long, value_enum, value_name = "ENDPOINT", default_value = "push")]
    pub(crate) endpoint: Endpoint,
    /// The JSON Schema of the records, for --endpoint batch; without it the files are read once before to find it
    #[arg(long, value_name = "FILE")]
    pub(crate) schema: Option<PathBuf>,
}

impl Target {
    pub(crate) fn shape(&self) -> anyhow::Result<Shape> {
        if self.endpoint == Endpoint::Push && self.key.is_empty() {
            return Err(usage(
                "no key: name the field of the primary key with --key; rows without one are sent with --endpoint batch",
            ));
        }
        if self.endpoint == Endpoint::Push && self.schema.is_some() {
            return Err(usage("a --schema is for --endpoint batch: values that are pushed have their types from JSON"));
        }
        if self.key.iter().any(String::is_empty) {
            return Err(usage("--key names no field: write its name"));
        }
        self.check_name()?;
        Shape::new(&self.rename, self.sequence_field.as_deref())
    }

    /// Holds the name of the table against the rules of the API, before there is a record that they are told of.
    fn check_name(&self) -> anyhow::Result<()> {
        let (table, record) = (Table::new(&self.table).keys(["id"]), RawValue::from_string("{\"id\":1}".to_owned())?);
        match PushBody::json(0).push_json(&table, 1, &record) {
            Err(BodyError::Invalid(violations)) => {
                let told: Vec<&str> = violations.iter().map(|violation| violation.message.as_ref()).collect();
                Err(usage(format!("--table `{}` {}", self.table, told.join("; "))))
            }
            _ => Ok(()),
        }
    }

    /// The schema that was given, and what holds records against it.
    pub(crate) fn schema(&self) -> anyhow::Result<Option<(Value, Validator)>> {
        let Some(path) = &self.schema else { return Ok(None) };
        let told = path.display();
        let text = std::fs::read(path).map_err(|error| usage(format!("the schema {told} can't be read: {error}")))?;
        let schema: Value = serde_json::from_slice(&text)
            .map_err(|error| usage(format!("{told}:{}:{}: not JSON: {error}", error.line(), error.column())))?;
        if !schema.is_object() {
            return Err(usage(format!("{told} is no JSON Schema: it must be an object")));
        }
        // Otherwise the API would refuse each record for it.
        let validator = jsonschema::draft4::new(&schema).map_err(|error| {
            usage(format!("{told} is no JSON Schema of draft 4: {}: {error}", error.instance_path()))
        })?;
        Ok(Some((schema, validator)))
    }

    /// The table, with its schema where it needs one; a schema that is found is told.
    pub(crate) fn table(&self, files: &[File], shape: &Shape, tell: impl Fn(&str)) -> anyhow::Result<Table> {
        let table = Table::new(&self.table).keys(&self.key);
        if self.endpoint == Endpoint::Push {
            return Ok(table);
        }
        if let Some((schema, _)) = self.schema()? {
            return Ok(table.schema(schema));
        }
        for file in files {
            read_twice(&file.path, "finding a schema needs it: give its schema with --schema FILE")?;
        }
        let schema = schema::of_files(files, shape, &self.key, &tell)?;
        tell(&format!("the schema, as the files have it (--schema takes one of your own): {schema}"));
        Ok(table.schema(schema))
    }
}
