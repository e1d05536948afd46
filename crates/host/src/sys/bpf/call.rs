//! bpf(2), one function per command.
#![expect(unsafe_code, reason = "bpf(2) has no safe crate")]
// JUSTIFICATION: systemd's own bind filter cannot be changed live and does not exist on Debian 12;
// a library for it would bring an async runtime or a C compiler for BPF.

use std::{
    ffi::CString,
    io,
    os::fd::{AsRawFd, FromRawFd, OwnedFd},
};

use rustix::fs::{Mode, OFlags};

use super::program::Instruction;

/// Commands of `enum bpf_cmd`.
#[repr(i32)]
#[derive(Clone, Copy)]
pub(super) enum Verb {
    MapCreate = 0,
    Lookup = 1,
    Update = 2,
    Delete = 3,
    NextKey = 4,
    ProgLoad = 5,
    Pin = 6,
    GetPinned = 7,
    ProgDetach = 9,
    ProgById = 13,
    Info = 15,
    Query = 16,
    LinkCreate = 28,
    LinkUpdate = 29,
    LinkById = 30,
    NextLink = 31,
    LinkDetach = 34,
}

/// Where a program hangs; numbers of `enum bpf_attach_type`.
#[repr(u32)]
#[derive(Clone, Copy)]
pub(super) enum Attach {
    /// bind(2) of IPv4 sockets.
    Inet4Bind = 8,
    /// bind(2) of IPv6 sockets.
    Inet6Bind = 9,
}

/// `BPF_MAP_TYPE_HASH`.
const HASH: u32 = 1;
/// `BPF_PROG_TYPE_CGROUP_SOCK_ADDR`.
const SOCK_ADDR: u32 = 18;
/// The most programs on one hook that are looked at.
const PROGRAMS_MAX: usize = 256;
/// `BPF_OBJ_NAME_LEN`.
const NAME_LEN: usize = 16;

/// A `union bpf_attr`, of which each command reads its own fields; all else is 0.
#[repr(C, align(8))]
pub(super) struct Attr([u8; 128]);

impl Attr {
    pub(super) fn new() -> Self {
        Self([0; 128])
    }

    pub(super) fn u32(mut self, offset: usize, value: u32) -> Self {
        self.0[offset..offset + 4].copy_from_slice(&value.to_ne_bytes());
        self
    }

    pub(super) fn fd(self, offset: usize, fd: &OwnedFd) -> Self {
        self.u32(offset, fd.as_raw_fd().cast_unsigned())
    }

    /// The address of something that must live until the call is over.
    fn address<T: ?Sized>(mut self, offset: usize, of: *const T) -> Self {
        let address = of.cast::<u8>() as u64;
        self.0[offset..offset + 8].copy_from_slice(&address.to_ne_bytes());
        self
    }

    fn name(mut self, offset: usize, name: &str) -> Self {
        let bytes = &name.as_bytes()[..name.len().min(NAME_LEN - 1)];
        self.0[offset..offset + bytes.len()].copy_from_slice(bytes);
        self
    }

    pub(super) fn get(&self, offset: usize) -> u32 {
        word(&self.0, offset)
    }
}

fn word(bytes: &[u8], offset: usize) -> u32 {
    let word = bytes
        .get(offset..offset + 4)
        .and_then(|word| word.try_into().ok());
    word.map_or(0, u32::from_ne_bytes)
}

pub(super) fn call(verb: Verb, attr: &mut Attr) -> io::Result<i32> {
    // SAFETY: the attributes are as large as said and zero where a command has no field; every
    // address in them is of a place that its maker keeps alive and large enough over the call.
    let answer = unsafe {
        libc::syscall(
            libc::SYS_bpf,
            verb as i32,
            attr.0.as_mut_ptr(),
            attr.0.len(),
        )
    };
    if answer < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(answer as i32)
}

pub(super) fn open(verb: Verb, mut attr: Attr) -> io::Result<OwnedFd> {
    let fd = call(verb, &mut attr)?;
    // SAFETY: the kernel has just opened it for this process and nobody else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// A map from u32 to two u32.
pub(super) fn create_map(name: &str, entries: u32) -> io::Result<OwnedFd> {
    let attr = Attr::new()
        .u32(0, HASH)
        .u32(4, 4)
        .u32(8, 8)
        .u32(12, entries);
    open(Verb::MapCreate, attr.name(28, name))
}

/// Has the kernel check and take a program.
pub(super) fn load_program(
    name: &str,
    program: &[Instruction],
    attach: Attach,
) -> io::Result<OwnedFd> {
    let licence = c"Apache-2.0";
    let attr = Attr::new()
        .u32(0, SOCK_ADDR)
        .u32(4, program.len() as u32)
        .address(8, program.as_ptr())
        .address(16, licence.as_ptr())
        .name(48, name)
        .u32(68, attach as u32);
    open(Verb::ProgLoad, attr)
}

/// Hangs a program on a cgroup.
pub(super) fn create_link(
    program: &OwnedFd,
    cgroup: &OwnedFd,
    attach: Attach,
) -> io::Result<OwnedFd> {
    let attr = Attr::new()
        .fd(0, program)
        .fd(4, cgroup)
        .u32(8, attach as u32);
    open(Verb::LinkCreate, attr)
}

/// Puts another program in the place of the one that hangs there.
pub(super) fn update_link(link: &OwnedFd, program: &OwnedFd) -> io::Result<()> {
    let mut attr = Attr::new().fd(0, link).fd(4, program);
    call(Verb::LinkUpdate, &mut attr).map(drop)
}

/// Keeps an object alive under a path.
pub(super) fn pin(object: &OwnedFd, path: &str) -> io::Result<()> {
    let path = CString::new(path)?;
    let mut attr = Attr::new().address(0, path.as_ptr()).fd(8, object);
    call(Verb::Pin, &mut attr).map(drop)
}

/// The object kept under a path.
pub(super) fn get_pinned(path: &str) -> io::Result<OwnedFd> {
    let path = CString::new(path)?;
    open(Verb::GetPinned, Attr::new().address(0, path.as_ptr()))
}

/// A program by its number.
pub(super) fn program_by_id(id: u32) -> io::Result<OwnedFd> {
    open(Verb::ProgById, Attr::new().u32(0, id))
}

/// The numbers of the programs on a cgroup's hook.
pub(super) fn programs_on(cgroup: &OwnedFd, attach: Attach) -> io::Result<Vec<u32>> {
    let mut ids = vec![0_u32; PROGRAMS_MAX];
    let mut attr = Attr::new()
        .fd(0, cgroup)
        .u32(4, attach as u32)
        .address(16, ids.as_mut_ptr())
        .u32(24, ids.len() as u32);
    call(Verb::Query, &mut attr)?;
    ids.truncate(attr.get(24) as usize);
    Ok(ids)
}

/// What the kernel says of a map, program or link; the fields differ.
#[repr(C, align(8))]
pub(super) struct ObjectInfo([u8; 256]);

impl ObjectInfo {
    /// The kind of a link.
    pub(super) fn kind(&self) -> u32 {
        word(&self.0, 0)
    }

    /// Where a link on a cgroup hangs.
    pub(super) fn hook_of_link(&self) -> u32 {
        word(&self.0, 24)
    }

    /// The number of a map or a link.
    pub(super) fn id(&self) -> u32 {
        word(&self.0, 4)
    }

    /// The number of a link's program.
    pub(super) fn program_of_link(&self) -> u32 {
        word(&self.0, 8)
    }

    /// The name of a program.
    pub(super) fn name(&self) -> &str {
        let name = &self.0[64..64 + NAME_LEN];
        let end = name.iter().position(|&byte| byte == 0).unwrap_or(NAME_LEN);
        std::str::from_utf8(&name[..end]).unwrap_or_default()
    }
}

/// What the kernel says of an object.
pub(super) fn object_info(object: &OwnedFd) -> io::Result<ObjectInfo> {
    info(object, ObjectInfo([0; 256]))
}

fn info(object: &OwnedFd, mut info: ObjectInfo) -> io::Result<ObjectInfo> {
    let mut attr = Attr::new()
        .fd(0, object)
        .u32(4, info.0.len() as u32)
        .address(8, info.0.as_mut_ptr());
    call(Verb::Info, &mut attr)?;
    Ok(info)
}

/// The numbers of a program's maps.
pub(super) fn maps_of(program: &OwnedFd) -> io::Result<Vec<u32>> {
    let mut ids = [0_u32; 4];
    let mut asked = ObjectInfo([0; 256]);
    asked.0[52..56].copy_from_slice(&(ids.len() as u32).to_ne_bytes());
    let address = ids.as_mut_ptr() as u64;
    asked.0[56..64].copy_from_slice(&address.to_ne_bytes());
    let answer = info(program, asked)?;
    let known = (word(&answer.0, 52) as usize).min(ids.len());
    Ok(ids[..known].to_vec())
}

/// The value under a key.
pub(super) fn lookup(map: &OwnedFd, key: u32) -> io::Result<Option<(u16, u16)>> {
    let mut value = [0_u32; 2];
    let mut attr = Attr::new()
        .fd(0, map)
        .address(8, &raw const key)
        .address(16, value.as_mut_ptr());
    match absence(call(Verb::Lookup, &mut attr))? {
        Some(_) => Ok(Some((value[0] as u16, value[1] as u16))),
        None => Ok(None),
    }
}

/// Sets the value under a key.
pub(super) fn update(map: &OwnedFd, key: u32, (first, last): (u16, u16)) -> io::Result<()> {
    let value = [u32::from(first), u32::from(last)];
    let mut attr = Attr::new()
        .fd(0, map)
        .address(8, &raw const key)
        .address(16, value.as_ptr());
    call(Verb::Update, &mut attr).map(drop)
}

/// Removes a key; one that is not there is success.
pub(super) fn delete(map: &OwnedFd, key: u32) -> io::Result<()> {
    let mut attr = Attr::new().fd(0, map).address(8, &raw const key);
    absence(call(Verb::Delete, &mut attr)).map(drop)
}

/// The key after this one, or the first.
pub(super) fn key_after(map: &OwnedFd, key: Option<u32>) -> io::Result<Option<u32>> {
    let mut next = 0_u32;
    let mut attr = Attr::new().fd(0, map).address(16, &raw mut next);
    if let Some(key) = &key {
        attr = attr.address(8, std::ptr::from_ref(key));
    }
    Ok(absence(call(Verb::NextKey, &mut attr))?.map(|_| next))
}

pub(super) fn absence(answer: io::Result<i32>) -> io::Result<Option<i32>> {
    match answer {
        Ok(code) => Ok(Some(code)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// A directory to name a cgroup by.
pub(super) fn open_dir(path: &str) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    Ok(rustix::fs::open(path, flags, Mode::empty())?)
}
