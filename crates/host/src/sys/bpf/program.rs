//! The filter's instructions, assembled by hand: no compiler for BPF is needed anywhere.

use std::{
    io,
    os::fd::{AsRawFd, OwnedFd},
};

use super::call::{self, Attach};

/// The name of this version of the program. Raise the number when an instruction changes.
pub(super) const NAME: &str = "kloigos_bind_1";
/// What the name of every version begins with.
pub(super) const NAME_PREFIX: &str = "kloigos_bind";
/// The map from uid to first and last port.
pub(super) const MAP_NAME: &str = "kloigos_ports";
/// The most units of a server.
pub(super) const MAP_ENTRIES: u32 = 4096;

/// One instruction, as `struct bpf_insn` of `linux/bpf.h`.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct Instruction {
    code: u8,
    registers: u8,
    offset: i16,
    immediate: i32,
}

const fn op(code: u8, dst: u8, src: u8, offset: i16, immediate: i32) -> Instruction {
    Instruction {
        code,
        registers: src << 4 | dst,
        offset,
        immediate,
    }
}

/// The port is `user_port` of `struct bpf_sock_addr`, at byte 24, in network order. Port 0 asks
/// the kernel for an ephemeral one, as clients do: the rules drop what a server there would say.
fn instructions(map: i32) -> [Instruction; 21] {
    [
        op(0xbf, 6, 1, 0, 0),   //  0 r6 = the context
        op(0x85, 0, 0, 0, 15),  //  1 r0 = bpf_get_current_uid_gid()
        op(0x63, 10, 0, -4, 0), //  2 the uid, its lower half, onto the stack
        op(0x18, 1, 1, 0, map), //  3 r1 = the map
        op(0, 0, 0, 0, 0),      //  4 (second half of 3)
        op(0xbf, 2, 10, 0, 0),  //  5 r2 = the stack
        op(0x07, 2, 0, 0, -4),  //  6 r2 = where the uid is
        op(0x85, 0, 0, 0, 1),   //  7 r0 = bpf_map_lookup_elem()
        op(0x55, 0, 0, 2, 0),   //  8 a unit's user goes on at 11
        op(0xb7, 0, 0, 0, 1),   //  9 everyone else
        op(0x95, 0, 0, 0, 0),   // 10 may
        op(0x61, 2, 6, 24, 0),  // 11 r2 = the port
        op(0xdc, 2, 0, 0, 16),  // 12 in host order
        op(0x61, 3, 0, 0, 0),   // 13 r3 = the first port
        op(0x61, 4, 0, 4, 0),   // 14 r4 = the last
        op(0xb7, 0, 0, 0, 1),   // 15 it may,
        op(0x15, 2, 0, 3, 0),   // 16 when the port is 0,
        op(0x2d, 3, 2, 1, 0),   // 17 or not before the first
        op(0xbd, 2, 4, 1, 0),   // 18 nor after the last;
        op(0xb7, 0, 0, 0, 0),   // 19 otherwise bind(2) is EPERM
        op(0x95, 0, 0, 0, 0),   // 20
    ]
}

/// Has the kernel check and take the program for one hook.
pub(super) fn load(map: &OwnedFd, attach: Attach) -> io::Result<OwnedFd> {
    call::load_program(NAME, &instructions(map.as_raw_fd()), attach)
}
