//! The only job of a run, on the thread that asks for it.
//!
//! To wake another core for it and to be told what came of it takes as long as to read a small table. Since a job cannot be
//! taken from its own thread, another one watches the clock and the user, and ends the process where it must.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use super::{Done, GIVEN_UP, LAST_WRITES, Pool, Shared, WRITING, Work, words};

/// Why a job is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GivenUp {
    /// It took more time than allowed.
    TimedOut,
    /// The user ended it.
    Interrupted,
}

/// A job that another thread is doing.
pub struct Watch {
    shared: Arc<Shared>,
    time: Option<Duration>,
}

impl Watch {
    /// What makes an end of the job from elsewhere.
    pub fn stopper(&self) -> impl Fn() + Send + 'static {
        let shared = Arc::clone(&self.shared);
        move || shared.interrupt()
    }

    /// Waits until the job is given up, which is then barred from writing; none once it has ended by itself.
    pub fn wait(self) -> Option<GivenUp> {
        let mut last_writes: Option<Instant> = None;
        loop {
            let (interrupted, ended) = {
                let state = self.shared.wait_for_told();
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
    /// Does the only job, number 0, on this thread; `watch` is called on another one and must end the process when
    /// [`Watch::wait`] says why the job was given up, since this one does not return then.
    ///
    /// # Errors
    /// No thread can be had.
    pub fn run_alone(
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
        let done = match catch_unwind(AssertUnwindSafe(|| work(&ticket))) {
            Ok(result) => Done::Finished(result),
            Err(panic) => Done::Panicked(words(&*panic)),
        };
        // From here on it is not given up.
        if ticket.claim.swap(WRITING, Ordering::AcqRel) == GIVEN_UP {
            loop {
                thread::park();
            }
        }
        self.shared.state().running.clear();
        Ok(done)
    }
}
