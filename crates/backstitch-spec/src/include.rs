//! `{% include file.html name=value %}`: a file of the includes, with values of its own.
//!
//! What a file names under `include` and was not given is empty, so that a file can have parameters that may be left
//! out.

use std::collections::HashMap;
use std::fmt;
use std::io::Write;

use liquid_core::error::ResultLiquidExt as _;
use liquid_core::model::{DisplayCow, KString, KStringCow, KStringRef, ObjectView, State, ValueView};
use liquid_core::parser::TryMatchToken;
use liquid_core::runtime::StackFrame;
use liquid_core::{
    Error, Expression, Language, ParseTag, Renderable, Result, Runtime, TagReflection, TagTokenIter, Value,
};

/// How deep files may be included within one another.
const GREATEST_DEPTH: usize = 32;

/// How many files may be included for one text, those of loops counted.
const MOST_FILES: usize = 10_000;

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct IncludeTag;

impl TagReflection for IncludeTag {
    fn tag(&self) -> &'static str {
        "include"
    }

    fn description(&self) -> &'static str {
        "Puts a file here."
    }
}

impl ParseTag for IncludeTag {
    fn parse(&self, mut arguments: TagTokenIter<'_>, _options: &Language) -> Result<Box<dyn Renderable>> {
        let name = arguments.expect_next("the name of a file expected")?;
        let name = match name.expect_identifier() {
            TryMatchToken::Matches(name) => name.to_owned(),
            TryMatchToken::Fails(name) => name.as_str().trim_matches(['"', '\'']).to_owned(),
        };
        let mut parameters = Vec::new();
        while let Ok(next) = arguments.expect_next("") {
            let name = next.expect_identifier().into_result()?.to_owned();
            arguments.expect_next("`=` expected")?.expect_str("=").into_result_custom_msg("`=` expected")?;
            parameters.push((name.into(), arguments.expect_next("a value expected")?.expect_value().into_result()?));
        }
        Ok(Box::new(Include { name, parameters }))
    }

    fn reflection(&self) -> &dyn TagReflection {
        self
    }
}

#[derive(Debug)]
struct Include {
    name: String,
    parameters: Vec<(KString, Expression)>,
}

/// How many files are being included within one another, and how many were included.
#[derive(Default)]
struct Nesting {
    depth: usize,
    count: usize,
}

impl Renderable for Include {
    fn render_to(&self, writer: &mut dyn Write, runtime: &dyn Runtime) -> Result<()> {
        let mut given = HashMap::new();
        for (name, value) in &self.parameters {
            given.insert(name.clone(), value.evaluate(runtime)?.into_owned());
        }
        let parameters = Parameters(given);
        let mut values: HashMap<KStringRef<'_>, &dyn ValueView> = HashMap::new();
        values.insert("include".into(), &parameters);
        let scope = StackFrame::new(runtime, &values);
        let file = runtime.partials().get(&self.name)?;
        {
            let mut nesting = runtime.registers().get_mut::<Nesting>();
            nesting.depth += 1;
            nesting.count += 1;
            if nesting.depth > GREATEST_DEPTH || nesting.count > MOST_FILES {
                return Err(Error::with_msg("the file includes itself, or too many others"));
            }
        }
        let result = file.render_to(writer, &scope).trace_with(|| format!("{{% include {} %}}", self.name).into());
        runtime.registers().get_mut::<Nesting>().depth -= 1;
        result
    }
}

/// What a file was given; everything else is empty.
#[derive(Debug)]
struct Parameters(HashMap<KString, Value>);

impl ValueView for Parameters {
    fn as_debug(&self) -> &dyn fmt::Debug {
        self
    }

    fn render(&self) -> DisplayCow<'_> {
        ValueView::render(&self.0)
    }

    fn source(&self) -> DisplayCow<'_> {
        ValueView::source(&self.0)
    }

    fn type_name(&self) -> &'static str {
        "object"
    }

    fn query_state(&self, state: State) -> bool {
        self.0.query_state(state)
    }

    fn to_kstr(&self) -> KStringCow<'_> {
        ValueView::to_kstr(&self.0)
    }

    fn to_value(&self) -> Value {
        ValueView::to_value(&self.0)
    }

    fn as_object(&self) -> Option<&dyn ObjectView> {
        Some(self)
    }
}

impl ObjectView for Parameters {
    fn as_value(&self) -> &dyn ValueView {
        self
    }

    fn size(&self) -> i64 {
        ObjectView::size(&self.0)
    }

    fn keys<'k>(&'k self) -> Box<dyn Iterator<Item = KStringCow<'k>> + 'k> {
        ObjectView::keys(&self.0)
    }

    fn values<'k>(&'k self) -> Box<dyn Iterator<Item = &'k dyn ValueView> + 'k> {
        ObjectView::values(&self.0)
    }

    fn iter<'k>(&'k self) -> Box<dyn Iterator<Item = (KStringCow<'k>, &'k dyn ValueView)> + 'k> {
        ObjectView::iter(&self.0)
    }

    fn contains_key(&self, _index: &str) -> bool {
        true
    }

    fn get<'s>(&'s self, index: &str) -> Option<&'s dyn ValueView> {
        Some(self.0.get(index).map_or(&Value::Nil as &dyn ValueView, |value| value as &dyn ValueView))
    }
}
