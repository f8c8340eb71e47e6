//! A gate in a process of its own, which tests kill: `serve ADDRESS DATABASE`. It says when it listens, and ends with
//! its input.

use std::io::Write as _;

use backstitch_gate::Gate;

const CLIENT_ID: i64 = 7723;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, address, database] = arguments.as_slice() else {
        return Err("usage: serve ADDRESS DATABASE".into());
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let gate = Gate::builder().listen(address).database(database.as_str()).token("at_good", CLIENT_ID);
        let gate = gate.start().await?;
        writeln!(std::io::stdout(), "ready")?;
        let input = tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin(), &mut std::io::sink()));
        gate.serve_until(async {
            let _ = input.await;
        })
        .await;
        Ok(())
    })
}
