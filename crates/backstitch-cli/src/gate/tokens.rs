//! The tokens that a gate is given on the command line, or in a file.

use std::path::Path;

use anyhow::Context as _;
use backstitch_gate::GateBuilder;

/// What follows the token of a paused or deleted integration.
const INACTIVE: &str = "inactive";

/// What follows a token of another region.
const OTHER_REGION: &str = "other-region";

/// A token and what it is good for.
pub(crate) enum Token<'a> {
    /// `TOKEN=CLIENT_ID`
    Good(&'a str, i64),
    /// `TOKEN=CLIENT_ID inactive`
    Inactive(&'a str, i64),
    /// `TOKEN other-region`
    OtherRegion(&'a str),
}

/// Why a text is no token. It does not repeat the text: a token is a secret.
pub(crate) enum Problem {
    NoClient,
    NoNumber,
    /// What follows a token and its client means nothing.
    Word(String),
}

impl Problem {
    pub(crate) fn of(&self, what: &str) -> anyhow::Error {
        match self {
            Problem::NoClient => anyhow::anyhow!("{what} is not TOKEN=CLIENT_ID: write it as at_secret=7723"),
            Problem::Word(word) => anyhow::anyhow!(
                "`{word}` means nothing in {what}: after TOKEN=CLIENT_ID there may be `{INACTIVE}`, after a TOKEN alone `{OTHER_REGION}`"
            ),
            Problem::NoNumber => {
                anyhow::anyhow!("what follows `=` in {what} is no client id: write a number, as in =7723")
            }
        }
    }
}

impl<'a> Token<'a> {
    /// Reads a token. That is done here and not by the parser of the arguments, whose errors repeat what they are about.
    pub(crate) fn parse(text: &'a str) -> Result<Self, Problem> {
        let text = text.trim();
        match text.rsplit_once(char::is_whitespace) {
            Some((token, OTHER_REGION)) => Ok(Token::OtherRegion(token.trim())),
            Some((rest, INACTIVE)) => Token::inactive(rest),
            // A word of letters alone is no token.
            Some((rest, word))
                if of_client(rest).is_ok() && word.chars().all(|c| c.is_ascii_alphabetic() || c == '-') =>
            {
                Err(Problem::Word(word.to_owned()))
            }
            _ => of_client(text).map(|(token, client_id)| Token::Good(token, client_id)),
        }
    }

    /// Reads a token of a paused or deleted integration.
    pub(crate) fn inactive(text: &'a str) -> Result<Self, Problem> {
        of_client(text).map(|(token, client_id)| Token::Inactive(token, client_id))
    }

    /// Has a gate know it.
    pub(crate) fn add_to(&self, builder: GateBuilder) -> GateBuilder {
        match *self {
            Token::Good(token, client_id) => builder.token(token, client_id),
            Token::Inactive(token, client_id) => builder.inactive_token(token, client_id),
            Token::OtherRegion(token) => builder.other_region_token(token),
        }
    }
}

/// A token and its client.
fn of_client(text: &str) -> Result<(&str, i64), Problem> {
    let (token, client_id) = text.rsplit_once('=').ok_or(Problem::NoClient)?;
    Ok((token.trim(), client_id.trim().parse().map_err(|_| Problem::NoNumber)?))
}

/// Has a gate know the tokens in a file.
pub(crate) fn add_file(file: &Path, mut builder: GateBuilder) -> anyhow::Result<GateBuilder> {
    let text =
        std::fs::read_to_string(file).with_context(|| format!("cannot read the tokens in {}", file.display()))?;
    let lines = text.lines().map(str::trim).enumerate();
    for (index, line) in lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
        let token =
            Token::parse(line).map_err(|problem| problem.of(&format!("line {} of {}", index + 1, file.display())))?;
        builder = token.add_to(builder);
    }
    Ok(builder)
}
