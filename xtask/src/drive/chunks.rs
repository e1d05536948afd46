//! A body that came in chunks (RFC 9112, section 7.1).

use anyhow::{Context, Result, ensure};

/// The whole body; an error when it broke off.
pub(super) fn joined(mut rest: &[u8]) -> Result<Vec<u8>> {
    const BROKE_OFF: &str = "the answer broke off";
    let mut body = Vec::with_capacity(rest.len());
    loop {
        let end = rest.windows(2).position(|bytes| bytes == b"\r\n");
        let end = end.context(BROKE_OFF)?;
        let size = str::from_utf8(&rest[..end])?;
        let size = usize::from_str_radix(size.trim(), 16).context("a chunk has no size")?;
        rest = &rest[end + 2..];
        if size == 0 {
            return Ok(body);
        }
        ensure!(rest.len() >= size + 2, BROKE_OFF);
        body.extend_from_slice(&rest[..size]);
        ensure!(&rest[size..size + 2] == b"\r\n", "a chunk has no end");
        rest = &rest[size + 2..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_chunk_ends_a_body() {
        let whole = b"4\r\nab\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n";
        assert_eq!(joined(whole).expect("whole"), b"ab\r\n0123456789");
        for cut in [0, 1, 5, 9, 12, 22, 25] {
            assert!(joined(&whole[..cut]).is_err(), "{cut}");
        }
        assert!(joined(b"x\r\n").is_err());
    }
}
