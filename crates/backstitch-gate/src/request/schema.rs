//! The JSON Schema (draft 4) of a batch, and whether records conform to it, in the words of the Java validator that the
//! API's answers are those of.

use backstitch_api::responses::batch;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{Draft, PatternOptions, ValidationError, Validator};
use serde_json::Value;

use super::check;
use super::extent::{DEFINITIONS, Extent, NAMED_SCHEMAS, SCHEMAS};
use super::message::refusal;
use super::violation::{REPORTED, Violation, clipped};
use crate::json::value;
use crate::refusal::Refusal;
use crate::timestamp;

/// The types that draft 4 knows.
const TYPES: [&str; 7] = ["array", "boolean", "integer", "null", "number", "object", "string"];

/// The format that is checked: it makes a column of timestamps. Of all others every string is taken.
const DATE_TIME: &str = "date-time";

/// The most bytes of a schema: what is made of one can take sixty times as many.
const MOST_BYTES: usize = 2_000_000;

/// How often a pattern may go back before it gives up on a string.
const BACKTRACKS: usize = 100_000;

/// A schema, ready to be held against records.
pub(crate) struct Schema {
    document: Value,
    validator: Validator,
    extent: Extent,
}

impl Schema {
    /// Reads a schema and makes it ready.
    ///
    /// # Errors
    /// Where it is none, or too long.
    pub(crate) fn read(text: &str) -> Result<Self, Refusal> {
        if text.len() > MOST_BYTES {
            return Err(refusal(&batch::INVALID_SCHEMA, [("<TEXT>", format!("more than {MOST_BYTES} bytes"))]));
        }
        Schema::compile(serde_json::from_str(text).map_err(check::malformed)?)
    }

    /// Makes a schema ready.
    ///
    /// # Errors
    /// Where it is none.
    pub(crate) fn compile(document: Value) -> Result<Self, Refusal> {
        let mut checked = document.clone();
        // Whatever it says of itself, it is read as draft 4.
        if let Some(schema) = checked.as_object_mut() {
            schema.remove("$schema");
        }
        if let Some(unknown) = prepare(&mut checked) {
            return Err(refusal(&batch::UNKNOWN_TYPE, [("<TYPE>", clipped(&unknown))]));
        }
        let extent = Extent::of(&checked).map_err(|text| refusal(&batch::INVALID_SCHEMA, [("<TEXT>", text)]))?;
        jsonschema::options()
            .with_draft(Draft::Draft4)
            .with_pattern_options(PatternOptions::fancy_regex().backtrack_limit(BACKTRACKS))
            .with_format(DATE_TIME, |text: &str| timestamp::of_text(text).is_some())
            .should_validate_formats(true)
            .build(&checked)
            .map(|validator| Schema { document, validator, extent })
            .map_err(|error| refusal(&batch::INVALID_SCHEMA, [("<TEXT>", clipped(&error.to_string()))]))
    }

    /// Whether it says something of the field `name` of records.
    pub(crate) fn has_property(&self, name: &str) -> bool {
        self.document.get("properties").and_then(|properties| properties.get(name)).is_some()
    }

    /// The schema as it was sent.
    pub(crate) fn document(&self) -> &Value {
        &self.document
    }

    /// What is wrong with the data of a record.
    ///
    /// # Errors
    /// The parser's, for a text that cannot be read.
    pub(crate) fn violations(&self, data: &str) -> Result<Option<Violation>, serde_json::Error> {
        let record = value::read(data)?;
        if self.validator.is_valid(&record) {
            return Ok(None);
        }
        if self.extent == Extent::Recursive {
            return Ok(Some(Violation::new("#", "not valid against a schema with recursive references")));
        }
        let errors = self.validator.iter_errors(&record).take(REPORTED);
        let violations = errors.flat_map(|error| self.violation(&record, &error)).collect();
        Ok(Violation::all("#", violations))
    }

    fn violation(&self, record: &Value, error: &ValidationError<'_>) -> Vec<Violation> {
        let pointer = format!("#{}", error.instance_path().as_str());
        let instance = error.instance();
        let of_each = |context: &[Vec<ValidationError<'static>>]| -> Vec<Vec<Violation>> {
            context
                .iter()
                .map(|errors| errors.iter().flat_map(|error| self.violation(record, error)).collect())
                .collect()
        };
        let words = match error.kind() {
            ValidationErrorKind::Type { kind: TypeKind::Single(expected) } => {
                return vec![wrong_type(&pointer, expected.as_str(), instance)];
            }
            ValidationErrorKind::Type { kind: TypeKind::Multiple(expected) } => {
                let types: Vec<String> = match self.document.pointer(error.schema_path().as_str()) {
                    Some(Value::Array(types)) => types.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
                    _ => expected.iter().map(|kind| kind.as_str().to_owned()).collect(),
                };
                let each = types.iter().map(|kind| vec![wrong_type(&pointer, kind, instance)]).collect();
                return vec![of_none(&pointer, each)];
            }
            ValidationErrorKind::AnyOf { context } => return vec![of_none(&pointer, of_each(context))],
            ValidationErrorKind::OneOfNotValid { context } => {
                let words = "0 subschemas matched instead of one";
                return vec![Violation::of_none(&pointer, words, of_each(context))];
            }
            ValidationErrorKind::OneOfMultipleValid { context } => {
                let matched = context.iter().filter(|errors| errors.is_empty()).count();
                format!("#: {matched} subschemas matched instead of one")
            }
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                return unexpected.iter().take(REPORTED).map(|name| Violation::extraneous(&pointer, name)).collect();
            }
            // Of an object without any field that is allowed, the validator names a value.
            ValidationErrorKind::FalseSchema => {
                let fields = record.pointer(error.instance_path().as_str()).and_then(Value::as_object);
                let names = fields.into_iter().flat_map(|fields| fields.keys()).take(REPORTED);
                let extraneous: Vec<Violation> = names.map(|name| Violation::extraneous(&pointer, name)).collect();
                if !extraneous.is_empty() {
                    return extraneous;
                }
                clipped(&error.to_string())
            }
            ValidationErrorKind::Required { property } => {
                return vec![Violation::missing(&pointer, property.as_str().unwrap_or_default())];
            }
            ValidationErrorKind::Enum { .. } => format!("{} is not a valid enum value", shown(instance)),
            ValidationErrorKind::Maximum { limit } => format!("{} is not less or equal to {limit}", shown(instance)),
            ValidationErrorKind::Minimum { limit } => format!("{} is not greater or equal to {limit}", shown(instance)),
            ValidationErrorKind::ExclusiveMaximum { limit } => format!("{} is not less than {limit}", shown(instance)),
            ValidationErrorKind::ExclusiveMinimum { limit } => {
                format!("{} is not greater than {limit}", shown(instance))
            }
            ValidationErrorKind::MultipleOf { multiple_of } => {
                format!("{} is not a multiple of {multiple_of}", shown(instance))
            }
            ValidationErrorKind::MinLength { limit } => {
                format!("expected minLength: {limit}, actual: {}", size(instance))
            }
            ValidationErrorKind::MaxLength { limit } => {
                format!("expected maxLength: {limit}, actual: {}", size(instance))
            }
            ValidationErrorKind::Pattern { pattern } => {
                format!("string [{}] does not match pattern {}", shown(instance), clipped(pattern))
            }
            ValidationErrorKind::Format { format } => format!("[{}] is not a valid {format}", shown(instance)),
            ValidationErrorKind::MinItems { limit } => {
                format!("expected minimum item count: {limit}, found: {}", size(instance))
            }
            ValidationErrorKind::MaxItems { limit } => {
                format!("expected maximum item count: {limit}, found: {}", size(instance))
            }
            ValidationErrorKind::AdditionalItems { limit } => {
                format!("expected: [{limit}] array items, found: [{}]", size(instance))
            }
            ValidationErrorKind::UniqueItems => "array items are not unique".to_owned(),
            ValidationErrorKind::MinProperties { limit } => {
                format!("minimum size: [{limit}], found: [{}]", size(instance))
            }
            ValidationErrorKind::MaxProperties { limit } => {
                format!("maximum size: [{limit}], found: [{}]", size(instance))
            }
            ValidationErrorKind::Not { .. } => "subject must not be valid against the schema of not".to_owned(),
            _ => clipped(&error.to_string()),
        };
        vec![Violation::new(pointer, words)]
    }
}

fn of_none(pointer: &str, schemas: Vec<Vec<Violation>>) -> Violation {
    let words = format!("no subschema matched out of the total {} subschemas", schemas.len());
    Violation::of_none(pointer, words, schemas)
}

fn wrong_type(pointer: &str, expected: &str, instance: &Value) -> Violation {
    Violation::new(pointer, format!("expected: {}, found: {}", type_name(expected), found(instance)))
}

/// What the Java validator calls a type of JSON Schema.
fn type_name(name: &str) -> &str {
    match name {
        "array" => "JSONArray",
        "boolean" => "Boolean",
        "integer" => "Integer",
        "null" => "Null",
        "number" => "Number",
        "object" => "JSONObject",
        "string" => "String",
        other => other,
    }
}

fn found(value: &Value) -> &'static str {
    super::violation::found(&match value {
        // Only its first character counts.
        Value::String(_) => "\"".to_owned(),
        Value::Array(_) => "[".to_owned(),
        Value::Object(_) => "{".to_owned(),
        scalar => scalar.to_string(),
    })
}

/// The start of a value as an answer repeats it.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => clipped(text),
        other => clipped(&other.to_string()),
    }
}

/// The number of characters, elements or fields.
fn size(value: &Value) -> usize {
    match value {
        Value::String(text) => text.chars().count(),
        Value::Array(elements) => elements.len(),
        Value::Object(fields) => fields.len(),
        _ => 0,
    }
}

fn is_map(keyword: &str) -> bool {
    keyword == DEFINITIONS || NAMED_SCHEMAS.contains(&keyword)
}

/// Takes out of a schema and those in it the formats that are not checked. The first type that is not known, if there
/// is one.
fn prepare(schema: &mut Value) -> Option<String> {
    let mut left = vec![schema];
    while let Some(schema) = left.pop() {
        let Some(schema) = schema.as_object_mut() else { continue };
        if schema.get("format").is_some_and(|format| format.is_string() && format != DATE_TIME) {
            schema.remove("format");
        }
        let types = match schema.get("type") {
            Some(Value::Array(types)) => types.as_slice(),
            Some(one) => std::slice::from_ref(one),
            None => &[],
        };
        if let Some(unknown) = types.iter().filter_map(Value::as_str).find(|name| !TYPES.contains(name)) {
            return Some(unknown.to_owned());
        }
        for (keyword, value) in schema.iter_mut().rev() {
            let (stands_below, by_name) = (SCHEMAS.contains(&keyword.as_str()), is_map(keyword));
            if stands_below && !value.is_array() {
                left.push(value);
                continue;
            }
            match value {
                Value::Array(schemas) if stands_below => left.extend(schemas.iter_mut().rev()),
                Value::Object(schemas) if by_name => left.extend(schemas.values_mut().rev()),
                _ => {}
            }
        }
    }
    None
}
