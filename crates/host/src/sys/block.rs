//! The two ends of a block device, where partition tables, file systems, RAID and LVM have their
//! signatures.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    os::unix::fs::{FileTypeExt, OpenOptionsExt},
};

use super::{Sys, SysError};

/// How much of each end.
const END: u64 = 1 << 20;

pub(super) fn is_blank(device: &str) -> Sys<Option<bool>> {
    let failed = |error| SysError::file("read", device, error);
    let mut file = match OpenOptions::new().read(true).open(device) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let mut blank = true;
    for start in ends(&mut file).map_err(failed)? {
        blank &= is_zero(&mut file, start).map_err(failed)?;
    }
    Ok(Some(blank))
}

/// Where they begin, the last first.
fn ends(file: &mut File) -> io::Result<[u64; 2]> {
    let size = file.seek(SeekFrom::End(0))?;
    Ok([size.saturating_sub(END), 0])
}

fn is_zero(file: &mut File, start: u64) -> io::Result<bool> {
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    file.take(END).read_to_end(&mut bytes)?;
    Ok(bytes.iter().all(|&byte| byte == 0))
}

/// `O_EXCL` on a block device is refused while it is mounted or held (open(2)).
pub(super) fn blank(device: &str) -> Sys<()> {
    let opened = OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(libc::O_EXCL)
        .open(device);
    opened
        .and_then(overwrite)
        .map_err(|error| SysError::file("write zeros to", device, error))
}

fn overwrite(mut file: File) -> io::Result<()> {
    if !file.metadata()?.file_type().is_block_device() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let size = file.seek(SeekFrom::End(0))?;
    let zeros = vec![0; END.min(size) as usize];
    for start in ends(&mut file)? {
        file.seek(SeekFrom::Start(start))?;
        file.write_all(&zeros)?;
        file.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_count_and_the_middle_does_not() {
        let path = std::env::temp_dir().join(format!("kloigos-ends-{}", std::process::id()));
        let name = path.to_str().expect("a plain path");
        let size = 4 * END as usize;
        let own = || {
            let (uid, gid) = (rustix::process::getuid(), rustix::process::getgid());
            super::super::Access {
                mode: 0o600,
                uid: uid.as_raw(),
                gid: gid.as_raw(),
            }
        };
        let blank_with = |at: Option<usize>| {
            let mut bytes = vec![0; size];
            if let Some(at) = at {
                bytes[at] = 1;
            }
            super::super::files::write(name, &bytes, own()).expect("a file");
            is_blank(name).expect("it can be read")
        };
        assert_eq!(blank_with(None), Some(true));
        assert_eq!(blank_with(Some(size / 2)), Some(true));
        assert_eq!(blank_with(Some(0)), Some(false));
        assert_eq!(blank_with(Some(size - 1)), Some(false));
        blank(name).expect_err("it is no device");
        super::super::files::remove(name).expect("it is there");
        assert_eq!(is_blank(name).expect("an answer"), None);
    }
}
