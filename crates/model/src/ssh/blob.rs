//! The inside of a public key: length-prefixed fields (RFC 4251 section 5), of which the first
//! names the type again.

use super::KeyError;

/// The types we take.
const KNOWN: [&str; 7] = [
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
    "ssh-rsa",
];

/// DSA has 1024 bits and was removed from OpenSSH 10.
const WEAK: [&str; 2] = ["ssh-dss", "ssh-dsa"];

/// The shortest RSA modulus, in bits: `RequiredRSASize` of OpenSSH could be lower, NIST SP 800-131A
/// does not allow it.
const RSA_BITS: usize = 2048;

pub(super) fn known_type(word: &str) -> Result<&'static str, KeyError> {
    if let Some(weak) = WEAK.into_iter().find(|weak| *weak == word) {
        return Err(KeyError::WeakType(weak));
    }
    KNOWN
        .into_iter()
        .find(|known| *known == word)
        .ok_or(KeyError::NoType)
}

/// Checks that the blob is whole, of the type it is said to be, and strong enough.
pub(super) fn check(algorithm: &str, blob: &[u8]) -> Result<(), KeyError> {
    let fields = fields(blob).ok_or(KeyError::Damaged("it is cut off"))?;
    let (name, values) = fields
        .split_first()
        .ok_or(KeyError::Damaged("it is empty"))?;
    if *name != algorithm.as_bytes() {
        return Err(KeyError::Damaged(
            "its content is of another type than it says",
        ));
    }
    match (algorithm, values) {
        ("ssh-ed25519", [point]) => exactly(point.len() == 32),
        ("sk-ssh-ed25519@openssh.com", [point, application]) => {
            exactly(point.len() == 32 && !application.is_empty())
        }
        ("sk-ecdsa-sha2-nistp256@openssh.com", [curve, point, application]) => {
            exactly(*curve == b"nistp256" && is_point(point, 32) && !application.is_empty())
        }
        ("ecdsa-sha2-nistp256", [curve, point]) => {
            exactly(*curve == b"nistp256" && is_point(point, 32))
        }
        ("ecdsa-sha2-nistp384", [curve, point]) => {
            exactly(*curve == b"nistp384" && is_point(point, 48))
        }
        ("ecdsa-sha2-nistp521", [curve, point]) => {
            exactly(*curve == b"nistp521" && is_point(point, 66))
        }
        ("ssh-rsa", [exponent, modulus]) => check_rsa(exponent, modulus),
        _ => exactly(false),
    }
}

fn exactly(sound: bool) -> Result<(), KeyError> {
    sound
        .then_some(())
        .ok_or(KeyError::Damaged("its content does not fit its type"))
}

/// An uncompressed point: 4 and two coordinates (SEC 1, section 2.3.3).
fn is_point(point: &[u8], coordinate: usize) -> bool {
    point.first() == Some(&4) && point.len() == 1 + 2 * coordinate
}

fn check_rsa(exponent: &[u8], modulus: &[u8]) -> Result<(), KeyError> {
    exactly(bits(exponent) >= 2 && exponent.last().is_some_and(|low| low % 2 == 1))?;
    match bits(modulus) {
        short if short < RSA_BITS => Err(KeyError::ShortRsa(short)),
        long => exactly(long <= 16_384),
    }
}

/// The length of a positive `mpint`.
fn bits(mpint: &[u8]) -> usize {
    let significant = mpint.iter().position(|&byte| byte != 0);
    significant.map_or(0, |at| {
        (mpint.len() - at) * 8 - mpint[at].leading_zeros() as usize
    })
}

/// The length-prefixed fields; `None` when the bytes do not end where a field does.
fn fields(mut blob: &[u8]) -> Option<Vec<&[u8]>> {
    let mut fields = Vec::new();
    while !blob.is_empty() {
        let (length, rest) = blob.split_first_chunk::<4>()?;
        let (field, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        fields.push(field);
        blob = rest;
    }
    Some(fields)
}
