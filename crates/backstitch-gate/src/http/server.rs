//! Connections, from the first to a graceful stop.

use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::socket::{Cut, Cuttable, Socket};

/// The usual reason that a connection cannot be accepted is that the process has too many files open,
/// which only time mends.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How long connections may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// For a request's head, and so also between two requests.
    pub(crate) head: Duration,
    /// For requests under way when the gate stops.
    pub(crate) stop: Duration,
}

/// Serves until `stop` is sent or its sender is gone, then lets requests that are under way finish.
pub(crate) async fn serve(listener: TcpListener, router: Router, patience: Patience, mut stop: oneshot::Receiver<()>) {
    let mut http = http1::Builder::new();
    // Half-closing clients such as `nc` still want their answer.
    http.timer(TokioTimer::new()).header_read_timeout(patience.head).half_close(true);
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = &mut stop => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    // Answers are small; without this they could wait for the client's acknowledgement.
                    let _ = stream.set_nodelay(true);
                    let cut = Cut::default();
                    let service = Cuttable::new(TowerToHyperService::new(router.clone()), cut.clone());
                    let socket = TokioIo::new(Socket::new(stream, cut));
                    connections.spawn(graceful.watch(http.serve_connection(socket, service)));
                }
                Err(_) => sleep(ACCEPT_PAUSE).await,
            }
        }
    }
    drop(listener);
    // What is left after this is half a request.
    let _ = timeout(patience.stop, graceful.shutdown()).await;
    connections.shutdown().await;
}
