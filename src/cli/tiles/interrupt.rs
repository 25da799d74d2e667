//! Ctrl-C and the like: while nothing is being written the program simply ends; then the first asks the build to end and take its
//! unfinished file with it, and the second ends the program at once.

use crate::cli::{Failure, failure};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What a signal does now.
#[derive(Debug)]
pub(super) struct Interrupt {
    at_once: Arc<AtomicBool>,
    stop: Arc<AtomicBool>,
}

impl Interrupt {
    /// Takes over the signals.
    pub(super) fn new() -> Result<Self, Failure> {
        let (at_once, stop) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicBool::new(false)));
        for signal in [SIGINT, SIGTERM] {
            // In this order: the second signal finds what the first one set.
            flag::register_conditional_default(signal, at_once.clone()).map_err(|e| failure(&e))?;
            flag::register(signal, at_once.clone()).map_err(|e| failure(&e))?;
            flag::register(signal, stop.clone()).map_err(|e| failure(&e))?;
        }
        Ok(Self { at_once, stop })
    }

    /// From now on a signal asks the build to end; returns what it sets.
    pub(super) fn writing(&self) -> Arc<AtomicBool> {
        self.at_once.store(false, Ordering::SeqCst);
        self.stop.clone()
    }
}
