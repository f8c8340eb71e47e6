//! `backstitch status`: how an Import API is doing.

use backstitch::{Client, Region};

use crate::terminal::{plain, say};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The address of the API; without it, that of the region
    #[arg(long, env = "STITCH_URL", hide_env_values = true)]
    url: Option<String>,
    /// The data pipeline region: `us` or `eu`
    #[arg(long, env = "STITCH_REGION", default_value = "us", value_parser = region)]
    region: Region,
}

fn region(name: &str) -> Result<Region, String> {
    match name.to_ascii_lowercase().as_str() {
        "us" => Ok(Region::Us),
        "eu" => Ok(Region::Eu),
        _ => Err("write `us` or `eu`".to_owned()),
    }
}

pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    // The status needs no token, and none is sent.
    let mut builder = Client::builder().client_id(0).token("none").region(arguments.region);
    if let Some(url) = &arguments.url {
        builder = builder.base_url(url);
    }
    let client = builder.build()?;
    let status = client.status().await?;
    let told = [&status.status, &status.name, &status.version].map(|text| plain(text));
    say!("{}: {} ({} {})", client.base_url(), told[0], told[1], told[2]);
    if let Some(reason) = &status.reason {
        say!("reason: {}", plain(reason));
    }
    if status.status == "OK" {
        Ok(())
    } else {
        anyhow::bail!("the API says that it can't take requests now; try again later")
    }
}
