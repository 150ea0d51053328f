//! The `kmslint` program: hands its arguments to the library and returns the exit code.

use std::process::ExitCode;

#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    kmslint::cli::run(std::env::args_os()).into()
}
