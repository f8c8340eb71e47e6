//! Where an Import API is, as the commands are told.

use backstitch::{ClientBuilder, Region};

#[derive(clap::Args)]
pub(crate) struct Address {
    /// The address of the API; without it, that of the region
    #[arg(long, env = "STITCH_URL", hide_env_values = true)]
    url: Option<String>,
    /// The data pipeline region: `us` or `eu`
    #[arg(long, env = "STITCH_REGION", default_value = "us", value_parser = region)]
    region: Region,
}

pub(crate) fn region(name: &str) -> Result<Region, String> {
    match name.to_ascii_lowercase().as_str() {
        "us" => Ok(Region::Us),
        "eu" => Ok(Region::Eu),
        _ => Err("write `us` or `eu`".to_owned()),
    }
}

impl Address {
    /// The address that was asked for on the command line, rather than by the environment.
    pub(crate) fn asked(&self) -> Option<&str> {
        let environment = std::env::var("STITCH_URL").ok();
        self.url.as_deref().filter(|url| environment.as_deref() != Some(*url))
    }

    /// Has a client send there.
    pub(crate) fn of(&self, client: ClientBuilder) -> ClientBuilder {
        let client = client.region(self.region);
        match &self.url {
            Some(url) => client.base_url(url),
            None => client,
        }
    }
}
