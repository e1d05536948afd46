//! A control plane that says whatever a test wants, and remembers what it heard.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
};

type Say = dyn Fn(&str) -> String + Send + Sync;

pub(crate) struct Canned {
    address: SocketAddr,
    heard: Arc<Mutex<String>>,
}

impl Canned {
    /// One that answers every call with this.
    pub(crate) fn answer(body: &str) -> Self {
        let body = body.to_owned();
        Self::saying(move |_| body.clone())
    }

    /// One whose answer depends on the path.
    pub(crate) fn saying(say: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let heard = Arc::new(Mutex::new(String::new()));
        let (say, ears): (Arc<Say>, _) = (Arc::new(say), heard.clone());
        // It ends with the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (say, ears) = (say.clone(), ears.clone());
                std::thread::spawn(move || serve(&stream, &*say, &ears));
            }
        });
        Self { address, heard }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// All requests so far, with their headers and bodies.
    pub(crate) fn heard(&self) -> String {
        self.heard.lock().expect("no test panicked").clone()
    }
}

fn serve(stream: &TcpStream, say: &Say, heard: &Mutex<String>) {
    let mut reader = BufReader::new(stream.try_clone().expect("a socket"));
    while let Some((head, body)) = request(&mut reader) {
        let mut all = heard.lock().expect("no test panicked");
        *all = [&all, head.as_str(), &body, "\n"].concat();
        drop(all);
        let path = head.split(' ').nth(1).unwrap_or_default();
        let said = say(path);
        let answer = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{said}",
            said.len()
        );
        if { stream }.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

fn request(reader: &mut BufReader<TcpStream>) -> Option<(String, String)> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse().ok())?
    });
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    Some((head, String::from_utf8_lossy(&body).into_owned()))
}
