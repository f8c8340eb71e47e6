//! Sending what is in a spool: a sender does it.

use std::time::{Duration, Instant};

use anyhow::bail;
use backstitch::{Client, Sender, Summary, spool};

use super::{Arguments, progress};
use crate::exit::usage;
use crate::spool::count;
use crate::terminal::say;

/// How often it is looked how far it is.
const LOOK: Duration = Duration::from_millis(100);

/// Why no more is sent.
enum End {
    /// Nothing more can be.
    Done,
    /// Nothing was accepted for too long.
    Silence,
    Interrupted,
}

pub(super) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let file = &arguments.file;
    let found = spool::inspect(file)?;
    if found.records == 0 {
        say!("{} has no records: there is nothing to send", file.display());
        return Ok(());
    }
    if let Some(url) = arguments.account.asked()
        && url.trim_end_matches('/') != found.identity.base_url
    {
        return Err(usage(format!(
            "the spool is of {}, not of {url}: to send what is in it there, write it out with `backstitch spool export \
             {file} --output FILE`, send that with `backstitch spool replay FILE --url {url}`, and remove the spool then",
            found.identity,
            file = file.display()
        )));
    }
    let settings = arguments.account.settings()?;
    let client = Client::builder().token(settings.token()?).client_id(found.identity.client_id);
    let client = client.base_url(&found.identity.base_url).build().map_err(|error| usage(error.to_string()))?;
    say!("{} of {}", count(found.records, "record"), found.identity);
    let sender = client.sender().spool(file).start().await?;
    let end = watch(&sender, found.records, arguments.patience()).await;
    let summary = sender.close_within(Duration::ZERO).await?;
    say!("{} accepted, {} rejected, {} left in the spool", summary.accepted, summary.rejected, summary.spooled);
    tell(arguments, &client, &summary, &end).await
}

/// Waits until all is sent that can be.
async fn watch(sender: &Sender, records: u64, patience: Duration) -> End {
    let bar = progress(Some(records));
    let mut known = 0;
    let mut since = Instant::now();
    let mut looks = tokio::time::interval(LOOK);
    let mut done = std::pin::pin!(sender.flush());
    let end = loop {
        tokio::select! {
            () = &mut done => break End::Done,
            _ = tokio::signal::ctrl_c() => break End::Interrupted,
            _ = looks.tick() => {}
        }
        let status = sender.status();
        let now_known = status.accepted + status.rejected;
        if now_known > known {
            (known, since) = (now_known, Instant::now());
        }
        bar.set_position(known);
        if status.rejected > 0 {
            bar.set_message(format!("({} rejected)", status.rejected));
        }
        if since.elapsed() >= patience {
            break End::Silence;
        }
    };
    bar.finish_and_clear();
    end
}

/// Succeeds if everything was delivered; otherwise says what is to be done.
async fn tell(arguments: &Arguments, client: &Client, summary: &Summary, end: &End) -> anyhow::Result<()> {
    let file = arguments.file.display();
    let mut told = Vec::new();
    if summary.rejected > 0 {
        told.push(format!(
            "{} rejected: {file}.rejected.jsonl has them, with the reasons; mend them there, and send them with \
             `backstitch spool replay {file}.rejected.jsonl`",
            count(summary.rejected, "record"),
        ));
    }
    let left = summary.spooled + summary.lost;
    if left > 0 {
        told.push(format!("{} left: {}", count(left, "record"), why(arguments, client, summary, end).await));
    }
    if told.is_empty() { Ok(()) } else { bail!("{}", told.join("; and ")) }
}

async fn why(arguments: &Arguments, client: &Client, summary: &Summary, end: &End) -> String {
    let file = arguments.file.display();
    match (&summary.trouble, end) {
        (Some(trouble), _) => trouble.clone(),
        (None, End::Interrupted) => "interrupted; start it again to go on".to_owned(),
        (None, End::Done) => format!("they can't be read; `backstitch spool verify {file}` says more"),
        // Who is not reached says nothing: asked once more, there is an error to tell.
        (None, End::Silence) => match client.status().await {
            Ok(_) => {
                format!(
                    "nothing was accepted for {} seconds; try again later, or with a longer --timeout",
                    arguments.timeout
                )
            }
            Err(error) => error.to_string(),
        },
    }
}
