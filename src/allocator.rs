//! The allocator of the program: mimalloc, which reports that memory has run out.
//!
//! Rust aborts the process then, without saying which file it was about, and the hook for it is unstable. The alternative, to
//! unwind, is not allowed in an allocator.

#![allow(unsafe_code, reason = "an allocator is unsafe to implement; each call is passed on unchanged")]

use std::alloc::{GlobalAlloc, Layout};

use mimalloc::MiMalloc;

/// A report is many short texts, which the allocators of musl and Windows handle slowly, but mimalloc fast.
pub(crate) struct Allocator;

// SAFETY: mimalloc keeps the contract. Reporting returns no memory, does not unwind and ends the process.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract.
        reported(unsafe { MiMalloc.alloc(layout) })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract.
        reported(unsafe { MiMalloc.alloc_zeroed(layout) })
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller keeps the contract.
        reported(unsafe { MiMalloc.realloc(memory, layout, size) })
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract.
        unsafe { MiMalloc.dealloc(memory, layout) }
    }
}

#[inline]
fn reported(memory: *mut u8) -> *mut u8 {
    if memory.is_null() {
        xxgk::cli::out_of_memory();
    }
    memory
}
