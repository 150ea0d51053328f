//! The `kmslint` program: hands its arguments to the library and returns the exit code.

fn main() {}
