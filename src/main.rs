//! The `mapdesk` program; everything is in the library's `cli`.

fn main() -> std::process::ExitCode {
    mapdesk::cli::run()
}
