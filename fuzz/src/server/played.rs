//! A simulated server: it sends one piece for each request, whatever the request is.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::framing::{Requests, Speaker};
use super::scram::Scram;

/// The input over all connections.
#[derive(Debug, Default)]
pub(super) struct Heard {
    /// The most answers that one of them requested.
    pub(super) asked: usize,
    pub(super) bytes: Vec<u8>,
}

/// The script that all connections share.
struct Script {
    pieces: Vec<Vec<u8>>,
    speaker: Speaker,
    patience: Duration,
    heard: Mutex<Heard>,
    is_over: AtomicBool,
}

/// The server.
pub(super) struct Played {
    script: Arc<Script>,
    port: u16,
    listening: JoinHandle<()>,
}

impl Played {
    pub(super) fn start(pieces: Vec<Vec<u8>>, speaker: Speaker, patience: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let port = listener.local_addr().expect("it is bound").port();
        let script = Arc::new(Script {
            pieces,
            speaker,
            patience,
            heard: Mutex::default(),
            is_over: AtomicBool::new(false),
        });
        let listening = thread::spawn({
            let script = Arc::clone(&script);
            move || listen(&listener, &script)
        });
        Self {
            script,
            port,
            listening,
        }
    }

    pub(super) fn url(&self) -> String {
        let scheme = match self.script.speaker {
            Speaker::Postgres => "postgres",
            Speaker::Mysql => "mysql",
        };
        format!("{scheme}://ann:secret@127.0.0.1:{}/shop", self.port)
    }

    /// Ends it, and says what it heard.
    pub(super) fn end(self) -> Heard {
        self.script.is_over.store(true, Ordering::Release);
        // A client that waits for a connection gets one.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        self.listening.join().expect("it does not panic");
        std::mem::take(&mut *self.script.lock())
    }
}

impl Script {
    fn lock(&self) -> std::sync::MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn listen(listener: &TcpListener, script: &Arc<Script>) {
    while let Ok((peer, _)) = listener.accept() {
        if script.is_over.load(Ordering::Acquire) {
            return;
        }
        let script = Arc::clone(script);
        thread::spawn(move || serve(peer, &script));
    }
}

fn serve(mut peer: TcpStream, script: &Script) {
    let mut pieces = script.pieces.iter();
    let (mut requests, mut buffer) = (Requests::new(script.speaker), [0; 4096]);
    let mut scram = (script.speaker == Speaker::Postgres).then(Scram::default);
    let mut asked = usize::from(script.speaker == Speaker::Mysql);
    let _ = peer.set_read_timeout(Some(script.patience));
    let _ = peer.set_nodelay(true);
    let mut due = asked;
    loop {
        for piece in pieces.by_ref().take(due) {
            let mut piece = piece.clone();
            if let Some(scram) = &mut scram {
                scram.complete(&mut piece);
            }
            if peer.write_all(&piece).is_err() {
                return;
            }
        }
        if pieces.len() == 0 {
            // Its end stays open for what is still sent to it.
            let _ = peer.shutdown(Shutdown::Write);
        }
        let Ok(length @ 1..) = peer.read(&mut buffer) else {
            return;
        };
        if let Some(scram) = &mut scram {
            scram.hear(&buffer[..length]);
        }
        due = requests.take(&buffer[..length]);
        asked += due;
        let mut heard = script.lock();
        heard.asked = heard.asked.max(asked);
        heard.bytes.extend_from_slice(&buffer[..length]);
    }
}
