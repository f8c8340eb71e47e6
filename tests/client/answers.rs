//! What is read of answers, and what an answer that is none means.

use backstitch::{ClientError, Reason};

use crate::server::{self, answer};
use crate::{client, customer};

/// Far more than is read, and far less than a server sends that nobody stops: sockets keep some of it.
const NOT_MUCH: usize = 64 << 20;

#[tokio::test]
async fn an_acceptance_that_never_ends_is_one() {
    let (url, server) = server::never_ending("HTTP/1.1 201 Created\r\n\r\n".into()).await;
    let client = client(url);
    let status = client.push(&[customer(1)]).await.unwrap();
    assert_eq!((status.status.as_str(), status.message.as_str()), ("OK", "accepted with status 201"));
    assert!(server.await.unwrap() < NOT_MUCH);
}

#[tokio::test]
async fn a_refusal_that_never_ends_is_one() {
    let (url, server) = server::never_ending("HTTP/1.1 400 Bad Request\r\n\r\nno, since ".into()).await;
    let client = client(url);
    let error = client.batch(&[customer(1)]).await.unwrap_err();
    let ClientError::Refused(refusal) = &error.cause else { panic!("{error}") };
    assert_eq!((refusal.status, refusal.reason, refusal.message.len()), (400, Reason::BadRequest, 500));
    assert!(refusal.message.starts_with("no, since xxx"), "{refusal}");
    assert!(server.await.unwrap() < NOT_MUCH);
}

#[tokio::test]
async fn a_status_that_never_ends_is_none() {
    let (url, server) = server::never_ending("HTTP/1.1 200 OK\r\n\r\n{\"name\":\"".into()).await;
    let client = client(url);
    let error = client.status().await.unwrap_err();
    assert!(matches!(error, ClientError::NotTheApi { status: 200, .. }), "{error}");
    assert!(server.await.unwrap() < NOT_MUCH);
}

#[tokio::test]
async fn what_an_answer_means_is_known_where_its_body_breaks_off() {
    let broken = |status| answer(status, "half").replace("Content-Length: 4", "Content-Length: 8");
    let (url, server) = server::answering([201, 302, 422].map(broken).into()).await;
    let client = client(url);
    let status = client.push(&[customer(1)]).await.unwrap();
    assert_eq!(status.message, "accepted with status 201");
    for expected in [302, 422] {
        let error = client.push(&[customer(1)]).await.unwrap_err();
        let ClientError::Refused(refusal) = &error.cause else { panic!("{error}") };
        assert_eq!((refusal.status, refusal.message.as_str()), (expected, "half"));
        assert_eq!(error.refused, [0..1]);
    }
    assert_eq!(server.await.unwrap().len(), 3);
}
