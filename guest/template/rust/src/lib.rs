//! The same guest in Rust, on the C header alone.
mod abi;

use abi::Guest;
use std::ffi::CString;
use std::os::raw::{c_char, c_int, c_void};

/// The calls that this guest makes, as methods.
impl Guest {
    fn page(&self, name: &str) -> u64 {
        let name = CString::new(name).unwrap();
        unsafe { (self.alloc)(self.this, name.as_ptr(), 4096, abi::PRIVATE) }
    }
    fn put(&self, at: u64, bytes: &[u8]) {
        unsafe { (self.write)(self.this, at, bytes.as_ptr() as *const c_void, bytes.len() as u64) };
    }
    fn get(&self, at: u64, bytes: &mut [u8]) {
        unsafe { (self.read)(self.this, at, bytes.as_mut_ptr() as *mut c_void, bytes.len() as u64) };
    }
    fn fill(&self, bytes: &mut [u8]) {
        unsafe { (self.random)(self.this, bytes.as_mut_ptr() as *mut c_void, bytes.len() as u64) };
    }
    fn is_secret(&self, name: &str, bytes: &[u8]) {
        let name = CString::new(name).unwrap();
        unsafe { (self.secret)(self.this, name.as_ptr(), bytes.as_ptr() as *const c_void, bytes.len() as u64) };
    }
    fn reaches(&self, name: &str) {
        let name = CString::new(name).unwrap();
        unsafe { (self.moment)(self.this, name.as_ptr()) };
    }
    fn promises(&self, name: &str, holds: bool) {
        let name = CString::new(name).unwrap();
        unsafe { (self.promise)(self.this, name.as_ptr(), holds as c_int) };
    }
    fn ends_as(&self, state: &str) {
        let state = CString::new(state).unwrap();
        unsafe { (self.ends)(self.this, state.as_ptr()) };
    }
}

/// # Safety
/// Called by Glacis, with its table of calls.
#[no_mangle]
pub unsafe extern "C" fn glacis_main(guest: *const Guest, _argc: c_int, _argv: *const *const c_char) {
    let g = &*guest;
    if g.version != abi::VERSION {
        return;
    }
    let (kept, served) = (g.page("secret"), g.page("decoy"));
    let (mut secret, mut back) = ([0u8; 64], [0u8; 64]);
    g.fill(&mut secret);
    g.is_secret("secret", &secret);
    g.put(kept, &secret);
    g.put(served, b"public");
    g.reaches("stored");
    (g.r#yield)(g.this);
    g.get(kept, &mut back);
    g.promises("integrity", back == secret);
    g.ends_as("served");
}
