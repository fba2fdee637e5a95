//! The only job of a run, on the calling thread.
//!
//! Waking another core for it and waiting for the result takes as long as reading a small table. Since the calling thread
//! cannot stop its own job, another thread watches the clock and Ctrl-C, and ends the process when the job is given up.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use super::{Done, GIVEN_UP, LAST_WRITES, Pool, Shared, WRITING, Work, attempt};

/// Why a job is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GivenUp {
    /// It took more time than allowed.
    TimedOut,
    /// The user interrupted it.
    Interrupted,
}

/// Watches a job that another thread is doing.
pub(crate) struct Watch {
    shared: Arc<Shared>,
    time: Option<Duration>,
}

impl Watch {
    /// A function that interrupts the job from any thread.
    pub(crate) fn stopper(&self) -> impl Fn() + Send + 'static {
        let shared = Arc::clone(&self.shared);
        move || shared.interrupt()
    }

    /// Waits until the job is given up, after which it cannot write; none once it has ended by itself.
    pub(crate) fn wait(self) -> Option<GivenUp> {
        let mut last_writes: Option<Instant> = None;
        loop {
            let (interrupted, ended) = {
                let state = self.shared.wait_for_work();
                (state.interrupted, state.running.is_empty())
            };
            if ended {
                return None;
            }
            if interrupted {
                self.shared.stop();
                let until = *last_writes.get_or_insert_with(|| Instant::now() + LAST_WRITES);
                if self.shared.state().running.is_empty() || Instant::now() >= until {
                    return Some(GivenUp::Interrupted);
                }
            } else if self.time.is_some_and(|limit| !self.shared.overdue(limit).is_empty()) {
                return Some(GivenUp::TimedOut);
            }
        }
    }
}

impl<T: Send + 'static> Pool<T> {
    /// Does the only job, number 0, on this thread. `watch` runs on another thread and must end the process when
    /// [`Watch::wait`] says why the job was given up, since this function does not return then.
    ///
    /// # Errors
    /// The system gives no thread.
    pub(crate) fn run_alone(
        self,
        time: Option<Duration>,
        work: &Work<T>,
        watch: impl FnOnce(Watch) + Send + 'static,
    ) -> io::Result<Done<T>> {
        {
            let mut state = self.shared.state();
            (state.count, state.window) = (1, 1);
        }
        let ticket = self.shared.take().expect("no job was begun");
        let watched = Watch { shared: Arc::clone(&self.shared), time };
        thread::Builder::new().spawn(move || watch(watched))?;
        let done = attempt(work, &ticket);
        // From here on the job is not given up.
        if ticket.claim.swap(WRITING, Ordering::AcqRel) == GIVEN_UP {
            loop {
                thread::park();
            }
        }
        self.shared.state().running.clear();
        Ok(done)
    }
}
