//! Where an Import API is, as the commands are told.

use backstitch::{ClientBuilder, Region};

use crate::environment::variable;
use crate::exit::usage;

// The environment is read apart from these, so that it is known which of both said something.
#[derive(clap::Args)]
pub(crate) struct Address {
    /// The address of the API, or of a gate; without it, that of the region [env: STITCH_URL]
    #[arg(long)]
    url: Option<String>,
    /// The data pipeline region: `us`, which is the default, or `eu` [env: STITCH_REGION]
    #[arg(long, value_parser = region)]
    region: Option<Region>,
}

pub(crate) fn region(name: &str) -> Result<Region, String> {
    match name.trim().to_ascii_lowercase().as_str() {
        "us" => Ok(Region::Us),
        "eu" => Ok(Region::Eu),
        _ => Err("write `us` or `eu`".to_owned()),
    }
}

impl Address {
    /// The address that was asked for on the command line, rather than by the environment.
    pub(crate) fn asked(&self) -> Option<&str> {
        let url = self.url.as_deref().filter(|url| !url.trim().is_empty());
        url.or_else(|| self.region.map(Region::base_url))
    }

    /// The address that the command line or the environment says.
    pub(crate) fn said(&self) -> anyhow::Result<Option<String>> {
        if let Some(asked) = self.asked() {
            return Ok(Some(asked.to_owned()));
        }
        if let Some(url) = variable("STITCH_URL")? {
            return Ok(Some(url));
        }
        let Some(name) = variable("STITCH_REGION")? else { return Ok(None) };
        let region = region(&name).map_err(|help| usage(format!("STITCH_REGION is `{name}`: {help}")))?;
        Ok(Some(region.base_url().to_owned()))
    }

    /// Has a client send there.
    pub(crate) fn of(&self, client: ClientBuilder) -> anyhow::Result<ClientBuilder> {
        Ok(match self.said()? {
            Some(url) => client.base_url(url),
            None => client,
        })
    }
}
