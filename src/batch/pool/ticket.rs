//! What a job may do, and when.
//!
//! In: the state of the pool. Out: whether the job may write, and waits for its turn or for memory. The work on a job calls
//! this.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Instant;

use super::{State, Ticket, WORKING, WRITING};

impl Ticket {
    /// Starts or restarts the job's clock.
    pub(crate) fn start_clock(&self) {
        if let Some(running) = self.shared.state().running.get_mut(&self.at) {
            running.since = Some(Instant::now());
        }
    }

    /// Stops the job's clock while it waits for a person.
    pub(crate) fn stop_clock(&self) {
        if let Some(running) = self.shared.state().running.get_mut(&self.at) {
            running.since = None;
        }
    }

    /// Whether the job may write its outputs. Called once, before the first; from then on the job is not given up.
    pub(crate) fn may_write(&self) -> bool {
        self.claim.compare_exchange(WORKING, WRITING, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    /// Waits until the results of all jobs before this one are shown; false when the run stops first.
    pub(crate) fn wait_turn(&self) -> bool {
        let mut state = self.shared.state();
        if state.shown < self.at {
            // Otherwise a job before this one might wait for its memory.
            self.set_weight(&mut state, 0);
            self.shared.room.notify_all();
        }
        while state.shown < self.at && !state.stopped {
            state = self.shared.wait_for_shown(state);
        }
        !state.stopped
    }

    /// Waits until there is memory for an input of `weight` bytes: the inputs of all jobs have at most `most` bytes, and a
    /// single one is never too large. Jobs get memory in their order. The clock does not run meanwhile.
    pub(crate) fn reserve(&self, weight: u64, most: u64) {
        let mut state = self.shared.state();
        loop {
            let others: u64 = state.running.iter().filter(|(at, _)| **at != self.at).map(|(_, job)| job.weight).sum();
            let has_room = others == 0 || others.saturating_add(weight) <= most;
            let is_next = !state.running.range(..self.at).any(|(_, job)| job.waits);
            let Some(running) = state.running.get_mut(&self.at) else { return };
            if has_room && is_next {
                if running.waits {
                    running.since = Some(Instant::now());
                }
                (running.waits, running.weight) = (false, weight);
                self.shared.room.notify_all();
                return;
            }
            (running.waits, running.since) = (true, None);
            state = self.shared.room.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn set_weight(&self, state: &mut State, weight: u64) {
        if let Some(running) = state.running.get_mut(&self.at) {
            running.weight = weight;
        }
    }
}
