//! `struct glacis_guest` of guest/abi/glacis_guest.h, by hand: the same fields in the same order. What each call means is said there.
#![allow(dead_code)]

use std::os::raw::{c_char, c_int, c_void};

pub const VERSION: u32 = 6;
pub const OK: c_int = 0;
pub const REFUSED: c_int = -1;
pub const NO_SUCH: c_int = -2;
pub const BAD_ARGUMENT: c_int = -3;
pub const TOO_SMALL: c_int = -4;
pub const TIMED_OUT: c_int = -5;
pub const PRIVATE: c_int = 0;
pub const SHARED: c_int = 1;
pub const IDENTITY_ONLY: u16 = 0xffff;

#[repr(C)]
pub struct Guest {
    pub version: u32,
    pub this: *mut c_void,
    pub alloc: unsafe extern "C" fn(this: *mut c_void, name: *const c_char, bytes: u64, attribute: c_int) -> u64,
    pub read: unsafe extern "C" fn(this: *mut c_void, gpa: u64, out: *mut c_void, bytes: u64) -> c_int,
    pub write: unsafe extern "C" fn(this: *mut c_void, gpa: u64, bytes: *const c_void, count: u64) -> c_int,
    pub convert: unsafe extern "C" fn(this: *mut c_void, gpa: u64, bytes: u64, attribute: c_int) -> c_int,
    pub secret: unsafe extern "C" fn(this: *mut c_void, name: *const c_char, bytes: *const c_void, count: u64),
    pub live: unsafe extern "C" fn(this: *mut c_void, variable: *mut c_void, bytes: u64) -> c_int,
    pub r#yield: unsafe extern "C" fn(this: *mut c_void) -> c_int,
    pub cpuid: unsafe extern "C" fn(this: *mut c_void, leaf: u32, subleaf: u32, eax_ebx_ecx_edx: *mut u32) -> c_int,
    pub random: unsafe extern "C" fn(this: *mut c_void, out: *mut c_void, bytes: u64) -> c_int,
    pub evidence: unsafe extern "C" fn(this: *mut c_void, report_data: *const u8, privilege_level: c_int, out: *mut c_void, bytes: *mut u64, aux: *mut c_void, aux_bytes: *mut u64) -> c_int,
    pub provider: unsafe extern "C" fn(this: *mut c_void) -> *const c_char,
    pub derive_key: unsafe extern "C" fn(this: *mut c_void, field_select: u64, key: *mut u8) -> c_int,
    pub launch_secret: unsafe extern "C" fn(this: *mut c_void, out: *mut c_void, bytes: *mut u64) -> c_int,
    pub send: unsafe extern "C" fn(this: *mut c_void, peer: *const c_char, bytes: *const c_void, count: u64) -> c_int,
    pub receive: unsafe extern "C" fn(this: *mut c_void, peer: *const c_char, out: *mut c_void, bytes: *mut u64) -> c_int,
    pub device_config: unsafe extern "C" fn(this: *mut c_void, device: *const c_char, offset: u32, value: *mut u32, write: c_int) -> c_int,
    pub device_object: unsafe extern "C" fn(this: *mut c_void, device: *const c_char, object: *const c_void, bytes: u64, out: *mut c_void, out_bytes: *mut u64) -> c_int,
    pub device_mmio: unsafe extern "C" fn(this: *mut c_void, device: *const c_char, bar: u32, offset: u64, bytes: *mut c_void, count: u64, write: c_int) -> c_int,
    pub device_share: unsafe extern "C" fn(this: *mut c_void, device: *const c_char, gpa: u64, bytes: u64) -> c_int,
    pub device_call: unsafe extern "C" fn(this: *mut c_void, device: *const c_char, call: u32, input: *const c_void, bytes: u64) -> c_int,
    pub device_managed: unsafe extern "C" fn(this: *mut c_void, device: *const c_char) -> c_int,
    pub tdi_call: unsafe extern "C" fn(this: *mut c_void, device: *const c_char, call: u32, input: *const c_void, bytes: u64, out: *mut c_void, out_bytes: *mut u64) -> c_int,
    pub device_evidence: unsafe extern "C" fn(this: *mut c_void, device: *const c_char, part: u32, out: *mut c_void, bytes: *mut u64) -> c_int,
    pub image_file: unsafe extern "C" fn(this: *mut c_void, name: *const c_char, out: *mut c_void, bytes: *mut u64) -> c_int,
    pub device_accept: unsafe extern "C" fn(this: *mut c_void, device: *const c_char, lock_flags: u16),
    pub host_data: unsafe extern "C" fn(this: *mut c_void, name: *const c_char, out: *mut c_void, bytes: *mut u64) -> c_int,
    pub clock: unsafe extern "C" fn(this: *mut c_void, source: *const c_char, nanoseconds: *mut u64) -> c_int,
    pub msr: unsafe extern "C" fn(this: *mut c_void, index: u32, value: *mut u64, write: c_int) -> c_int,
    pub interrupt: unsafe extern "C" fn(this: *mut c_void, vector: *mut u32, info: *mut u64) -> c_int,
    pub extend: unsafe extern "C" fn(this: *mut c_void, index: u32, digest: *const u8) -> c_int,
    pub measured: unsafe extern "C" fn(this: *mut c_void, name: *const c_char, out: *mut c_void, bytes: *mut u64) -> c_int,
    pub tpm: unsafe extern "C" fn(this: *mut c_void, command: *const c_void, bytes: u64, out: *mut c_void, out_bytes: *mut u64) -> c_int,
    pub moment: unsafe extern "C" fn(this: *mut c_void, name: *const c_char),
    pub defend: unsafe extern "C" fn(this: *mut c_void, defence: *const c_char, holds: c_int) -> c_int,
    pub lifted: unsafe extern "C" fn(this: *mut c_void, defence: *const c_char) -> c_int,
    pub guard: unsafe extern "C" fn(this: *mut c_void, act: *const c_char, entitled: c_int),
    pub promise: unsafe extern "C" fn(this: *mut c_void, name: *const c_char, holds: c_int),
    pub ends: unsafe extern "C" fn(this: *mut c_void, state: *const c_char),
    pub log: unsafe extern "C" fn(this: *mut c_void, text: *const c_char),
}
