//! The filters that Jekyll and the site have beyond Liquid's own.

use std::collections::HashMap;
use std::fmt;
use std::sync::Weak;

use liquid_core::model::{KString, ScalarCow, ValueView};
use liquid_core::parser::{self, FilterArguments, ParameterReflection};
use liquid_core::runtime::{StackFrame, Template};
use liquid_core::{
    Error, Expression, Filter, FilterReflection, Language, ParseFilter, Renderable as _, Result, Runtime, Value,
};

use liquid_lib::stdlib;

use crate::placeholder;

/// How often a rendered text may be rendered again before it counts as a cycle.
const GREATEST_NESTING: usize = 16;

/// How many texts may be rendered again for one.
const MOST_TEXTS: usize = 10_000;

/// What a filter makes of its input and its arguments.
type Apply = fn(&Weak<Language>, &dyn ValueView, &[Value], &dyn Runtime) -> Result<Value>;

/// Every filter: its name, how many arguments it takes, what it does.
const OWN: [(&str, usize, Apply); 18] = [
    ("abs", 0, |_, input, _, _| arithmetic(input, &Value::scalar(0), |a, _| a.checked_abs(), |a, _| a.abs())),
    ("absolute_url", 0, |_, input, _, runtime| Ok(text(site(runtime, "url") + &relative(input, runtime)))),
    ("divided_by", 1, |_, input, by, _| arithmetic(input, &by[0], i64::checked_div_euclid, |a, b| a / b)),
    ("flatify", 0, flatify),
    ("jsonify", 0, |_, input, _, _| {
        serde_json::to_string(&input.to_value()).map(Value::scalar).map_err(|error| Error::with_msg(error.to_string()))
    }),
    // The output is Markdown, and so is what is to be made of it.
    ("markdownify", 0, |_, input, _, _| Ok(text(input.to_kstr().trim_end().to_owned()))),
    ("minus", 1, |_, input, by, _| arithmetic(input, &by[0], i64::checked_sub, |a, b| a - b)),
    ("modulo", 1, |_, input, by, _| arithmetic(input, &by[0], i64::checked_rem_euclid, f64::rem_euclid)),
    ("normalize_whitespace", 0, |_, input, _, _| {
        Ok(text(input.to_kstr().split_whitespace().collect::<Vec<_>>().join(" ")))
    }),
    ("number_of_words", 0, |_, input, _, _| {
        let words = input.to_kstr().split_whitespace().count();
        Ok(Value::scalar(i64::try_from(words).unwrap_or(i64::MAX)))
    }),
    ("plus", 1, |_, input, by, _| arithmetic(input, &by[0], i64::checked_add, |a, b| a + b)),
    ("relative_url", 0, |_, input, _, runtime| Ok(text(relative(input, runtime)))),
    ("replace_regex", 2, replace_regex),
    ("smartify", 0, |_, input, _, _| Ok(text(input.to_kstr()))),
    ("slice", 2, slice),
    ("times", 1, |_, input, by, _| arithmetic(input, &by[0], i64::checked_mul, |a, b| a * b)),
    ("where_exp", 2, where_exp),
    ("xml_escape", 0, |_, input, _, _| Ok(text(escape(&input.to_kstr())))),
];

/// The filters, of an engine that speaks `language`.
pub(crate) fn own(language: &Weak<Language>) -> impl Iterator<Item = Box<dyn ParseFilter>> {
    OWN.into_iter().map(|(name, arguments, apply)| -> Box<dyn ParseFilter> {
        Box::new(Own { name, arguments, apply, language: Weak::clone(language) })
    })
}

fn text(text: impl Into<KString>) -> Value {
    Value::scalar(text.into())
}

/// What was rendered, as text: the engine writes nothing but text.
pub(crate) fn to_text(rendered: Vec<u8>) -> String {
    String::from_utf8(rendered).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

fn relative(input: &dyn ValueView, runtime: &dyn Runtime) -> String {
    let path = input.to_kstr();
    format!("{}/{}", site(runtime, "baseurl"), path.trim_start_matches('/'))
}

/// A key of the site's configuration.
fn site(runtime: &dyn Runtime, key: &str) -> String {
    let path = [ScalarCow::new("site"), ScalarCow::new(key.to_owned())];
    runtime.try_get(&path).map(|value| value.to_kstr().into_owned().to_string()).unwrap_or_default()
}

fn replace_regex(_: &Weak<Language>, input: &dyn ValueView, arguments: &[Value], _: &dyn Runtime) -> Result<Value> {
    let [pattern, replacement] = arguments else { return Err(Error::with_msg("replace_regex takes two arguments")) };
    let pattern = regex::Regex::new(&pattern.to_kstr()).map_err(|error| {
        let message = error.to_string();
        Error::with_msg(message.lines().last().unwrap_or("no regular expression").trim().to_owned())
    })?;
    Ok(text(pattern.replace_all(&input.to_kstr(), replacement.to_kstr().as_str()).into_owned()))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

/// Arithmetic that ends in an error where the engine's own would end the program.
fn arithmetic(
    input: &dyn ValueView,
    by: &Value,
    whole: fn(i64, i64) -> Option<i64>,
    any: fn(f64, f64) -> f64,
) -> Result<Value> {
    let number = |value: &dyn ValueView| -> Option<f64> { value.as_scalar()?.to_float() };
    let integer = |value: &dyn ValueView| -> Option<i64> { value.as_scalar()?.to_integer() };
    if let (Some(a), Some(b)) = (integer(input), integer(by)) {
        return whole(a, b)
            .map(Value::scalar)
            .ok_or_else(|| Error::with_msg("a number too large, or a division by zero"));
    }
    match (number(input), number(by)) {
        (Some(a), Some(b)) => Ok(Value::scalar(any(a, b))),
        _ => Err(Error::with_msg("a number expected")),
    }
}

/// `slice: 2, 3`: so many characters from the one at this place.
fn slice(_: &Weak<Language>, input: &dyn ValueView, arguments: &[Value], _: &dyn Runtime) -> Result<Value> {
    let number = |value: &Value| value.as_scalar().and_then(|scalar| scalar.to_integer());
    let one = Value::scalar(1);
    let (start, length) = (arguments.first(), arguments.get(1).unwrap_or(&one));
    let (Some(start), Some(length)) = (start.and_then(number), number(length)) else {
        return Err(Error::with_msg("slice takes the place of the first character and how many there are"));
    };
    let input = input.to_kstr();
    let count = input.chars().count();
    let from_end = usize::try_from(start.unsigned_abs()).unwrap_or(usize::MAX);
    let start = if start < 0 { count.saturating_sub(from_end) } else { from_end };
    Ok(text(input.chars().skip(start).take(usize::try_from(length).unwrap_or(0)).collect::<String>()))
}

/// `where_exp: "item", "item.kind == 'x'"`: the elements for which the expression holds.
fn where_exp(
    language: &Weak<Language>,
    input: &dyn ValueView,
    arguments: &[Value],
    runtime: &dyn Runtime,
) -> Result<Value> {
    let ([name, condition], Some(language)) = (arguments, language.upgrade()) else {
        return Err(Error::with_msg("where_exp takes the name of an element and an expression"));
    };
    let Some(elements) = input.as_array() else { return Ok(input.to_value()) };
    let text = format!("{{% if {} %}}1{{% endif %}}", condition.to_kstr());
    let condition = Template::new(parser::parse(&text, &language)?);
    let name = name.to_kstr().into_owned();
    let mut kept = Vec::new();
    for element in elements.values() {
        let scope: HashMap<KString, &dyn ValueView> = HashMap::from([(name.clone(), element)]);
        let mut holds = Vec::new();
        condition.render_to(&mut holds, &StackFrame::new(runtime, &scope))?;
        if !holds.is_empty() {
            kept.push(element.to_value());
        }
    }
    Ok(Value::Array(kept))
}

/// `flatify`: renders its input again, since data may hold placeholders too. All that can be named where it
/// stands can be named in its input.
fn flatify(language: &Weak<Language>, input: &dyn ValueView, _: &[Value], runtime: &dyn Runtime) -> Result<Value> {
    let input = input.to_kstr();
    if !placeholder::is_template(&input) {
        return Ok(text(input));
    }
    let Some(language) = language.upgrade() else {
        return Err(Error::with_msg("the template engine is gone"));
    };
    let template = Template::new(parser::parse(&placeholder::quote_includes(&input), &language)?);
    {
        let mut nesting = runtime.registers().get_mut::<Nesting>();
        nesting.depth += 1;
        nesting.count += 1;
        if nesting.depth > GREATEST_NESTING || nesting.count > MOST_TEXTS {
            return Err(Error::with_msg("the text leads to itself"));
        }
    }
    let mut rendered = Vec::new();
    let result = template.render_to(&mut rendered, runtime);
    runtime.registers().get_mut::<Nesting>().depth -= 1;
    result?;
    Ok(text(to_text(rendered)))
}

/// How many texts are being rendered within one another, and how many were.
#[derive(Default)]
struct Nesting {
    depth: usize,
    count: usize,
}

/// `date` of a text that says when: what is generated must not depend on when it is generated.
#[derive(Clone)]
struct SteadyDate;

/// The filters that are those of the library but for a rule of ours.
pub(crate) fn with_rules() -> impl Iterator<Item = Box<dyn ParseFilter>> {
    let date: Box<dyn ParseFilter> = Box::new(SteadyDate);
    std::iter::once(date)
}

impl ParseFilter for SteadyDate {
    fn parse(&self, arguments: FilterArguments<'_>) -> Result<Box<dyn Filter>> {
        Ok(Box::new(Steady(stdlib::Date.parse(arguments)?)))
    }

    fn reflection(&self) -> &dyn FilterReflection {
        &stdlib::Date
    }
}

#[derive(Debug)]
struct Steady(Box<dyn Filter>);

impl Filter for Steady {
    fn evaluate(&self, input: &dyn ValueView, runtime: &dyn Runtime) -> Result<Value> {
        if matches!(input.to_kstr().as_str(), "now" | "today") {
            return Err(Error::with_msg("a date that is another each time: write the day"));
        }
        self.0.evaluate(input, runtime)
    }
}

impl fmt::Display for Steady {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A filter of this module.
#[derive(Clone)]
struct Own {
    name: &'static str,
    arguments: usize,
    apply: Apply,
    language: Weak<Language>,
}

impl FilterReflection for Own {
    fn name(&self) -> &str {
        self.name
    }

    fn description(&self) -> &'static str {
        ""
    }

    fn positional_parameters(&self) -> &'static [ParameterReflection] {
        &[]
    }

    fn keyword_parameters(&self) -> &'static [ParameterReflection] {
        &[]
    }
}

impl ParseFilter for Own {
    fn parse(&self, mut arguments: FilterArguments<'_>) -> Result<Box<dyn Filter>> {
        let found: Vec<Expression> = arguments.positional.by_ref().collect();
        let least = if self.name == "slice" { 1 } else { self.arguments };
        if !(least..=self.arguments).contains(&found.len()) || arguments.keyword.next().is_some() {
            let expected = match self.arguments {
                0 => "no argument".to_owned(),
                count => format!("{count} arguments"),
            };
            return Err(Error::with_msg(format!("{} takes {expected}", self.name)));
        }
        Ok(Box::new(Applied { filter: self.clone(), arguments: found }))
    }

    fn reflection(&self) -> &dyn FilterReflection {
        self
    }
}

/// A filter with its arguments.
struct Applied {
    filter: Own,
    arguments: Vec<Expression>,
}

impl Filter for Applied {
    fn evaluate(&self, input: &dyn ValueView, runtime: &dyn Runtime) -> Result<Value> {
        let mut arguments = Vec::with_capacity(self.arguments.len());
        for argument in &self.arguments {
            arguments.push(argument.evaluate(runtime)?.into_owned());
        }
        (self.filter.apply)(&self.filter.language, input, &arguments, runtime)
    }
}

impl fmt::Debug for Applied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.filter.name)
    }
}

impl fmt::Display for Applied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.filter.name)
    }
}
