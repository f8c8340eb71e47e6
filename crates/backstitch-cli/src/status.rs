//! `backstitch status`: how an Import API is doing.

use crate::account::Account;
use crate::terminal::{plain, say};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    account: Account,
}

pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    // The status needs no token, and none is sent.
    let client = arguments.account.settings()?.stranger()?;
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
