//! The `kmslint` program: hands its arguments to the library and returns the exit code.

fn main() {
    let f = std::fs::File::open(std::env::args().nth(1).unwrap()).unwrap();
    kmslint::simulate::run_batch(std::io::BufReader::new(f), std::io::stdout().lock()).unwrap();
}
