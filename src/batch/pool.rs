//! Many jobs side by side, with results in order.
//!
//! In: a number of jobs and the work on one. Out: a call for each result in the order of the jobs, whichever ends first. Few
//! results wait at a time, so memory does not grow with the number of jobs. A job that takes too long is given up: its
//! thread is left alone and cannot write any more, and a new thread takes its place. A single job runs on the calling thread
//! ([`alone`]). This module knows no files and prints nothing.

pub(crate) mod alone;
mod ticket;

use std::any::Any;
use std::collections::BTreeMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Stack size of each thread, enough for deeply nested inputs.
const STACK: usize = 16 << 20;

/// How often the clocks of running jobs are checked.
const TICK: Duration = Duration::from_millis(50);

/// How many results are handed over at a time, unless a worker waits.
const BUNDLE: usize = 16;

/// How long a run that is stopped waits for jobs that are writing.
const LAST_WRITES: Duration = Duration::from_secs(10);

/// How jobs are done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// The number of threads.
    pub threads: usize,
    /// The time limit of a job, if any.
    pub time: Option<Duration>,
    /// How many jobs may begin before the result of the first is shown.
    pub window: usize,
}

/// How a job ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Done<T> {
    /// It returned.
    Finished(T),
    /// It panicked with this message.
    Panicked(String),
    /// It took longer than allowed and was given up.
    TimedOut,
}

/// Whether the run goes on after a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// It goes on.
    GoOn,
    /// It stops. Jobs that are writing finish and are shown.
    Stop,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// All results were shown.
    Complete,
    /// [`Next::Stop`].
    Stopped,
    /// The [stopper](Pool::stopper) was called.
    Interrupted,
}

/// The states of a job.
const WORKING: u8 = 0;
const WRITING: u8 = 1;
const GIVEN_UP: u8 = 2;

/// A job that a worker is doing.
pub(crate) struct Ticket {
    /// The job's number.
    pub at: usize,
    claim: Arc<AtomicU8>,
    shared: Arc<Shared>,
}

/// What workers and the calling thread share.
#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    /// For workers: another result was shown, or the run stops.
    shown: Condvar,
    /// For the calling thread: there is something to do, see [`State::wake`].
    work_to_do: Condvar,
    /// For workers: a job ended that had memory reserved.
    room: Condvar,
}

#[derive(Default)]
struct State {
    count: usize,
    window: usize,
    /// The next job to begin.
    next: usize,
    /// How many results were shown.
    shown: usize,
    stopped: bool,
    interrupted: bool,
    running: BTreeMap<usize, Running>,
    /// How many jobs ended since the calling thread last looked.
    done: usize,
    /// How many workers wait for results to be shown.
    waiting: usize,
    /// Whether the calling thread should look now. Waking it for each result would cost as much as a small job.
    wake: bool,
}

struct Running {
    since: Option<Instant>,
    /// The memory that it needs, and whether it waits for it, see [`Ticket::reserve`].
    weight: u64,
    waits: bool,
    claim: Arc<AtomicU8>,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next job, once the window has room for it; none when there is no more.
    fn take(self: &Arc<Self>) -> Option<Ticket> {
        let mut state = self.state();
        loop {
            if state.stopped || state.next >= state.count {
                return None;
            }
            if state.next < state.shown + state.window.max(1) {
                break;
            }
            state = self.wait_for_shown(state);
        }
        let at = state.next;
        state.next += 1;
        let claim = Arc::new(AtomicU8::new(WORKING));
        state
            .running
            .insert(at, Running { since: Some(Instant::now()), weight: 0, waits: false, claim: Arc::clone(&claim) });
        Some(Ticket { at, claim, shared: Arc::clone(self) })
    }

    fn wait_for_shown<'s>(&self, mut state: MutexGuard<'s, State>) -> MutexGuard<'s, State> {
        state.waiting += 1;
        self.wake(&mut state);
        let mut state = self.shown.wait(state).unwrap_or_else(PoisonError::into_inner);
        state.waiting -= 1;
        state
    }

    fn wake(&self, state: &mut State) {
        if !state.wake {
            state.wake = true;
            self.work_to_do.notify_all();
        }
    }

    /// Waits until there is something to do, for one tick at most.
    fn wait_for_work(&self) -> MutexGuard<'_, State> {
        let wait = self.work_to_do.wait_timeout_while(self.state(), TICK, |state| !state.wake);
        let (mut state, _) = wait.unwrap_or_else(PoisonError::into_inner);
        state.wake = false;
        state.done = 0;
        state
    }

    /// Ends a job whose result is stored.
    fn end(&self, at: usize) {
        let mut state = self.state();
        if state.running.remove(&at).is_some_and(|job| job.weight > 0) {
            self.room.notify_all();
        }
        state.done += 1;
        let last = state.running.is_empty() && state.next >= state.count;
        if last || state.done >= BUNDLE || state.waiting > 0 || state.stopped {
            self.wake(&mut state);
        }
    }

    fn show(&self, shown: usize) {
        let mut state = self.state();
        state.shown = shown;
        if state.waiting > 0 {
            self.shown.notify_all();
        }
    }

    /// Gives up jobs that ran longer than allowed and returns them.
    fn overdue(&self, limit: Duration) -> Vec<usize> {
        let mut state = self.state();
        let over: Vec<usize> = state
            .running
            .iter()
            .filter(|(_, job)| job.since.is_some_and(|since| since.elapsed() >= limit))
            .filter(|(_, job)| give_up(&job.claim))
            .map(|(at, _)| *at)
            .collect();
        for at in &over {
            state.running.remove(at);
        }
        self.room.notify_all();
        over
    }

    fn interrupt(&self) {
        let mut state = self.state();
        state.interrupted = true;
        self.wake(&mut state);
    }

    /// Begins no more jobs, and gives up those that are not writing.
    fn stop(&self) {
        let mut state = self.state();
        state.stopped = true;
        state.running.retain(|_, job| !give_up(&job.claim));
        self.shown.notify_all();
        self.room.notify_all();
    }
}

fn give_up(claim: &AtomicU8) -> bool {
    claim.compare_exchange(WORKING, GIVEN_UP, Ordering::AcqRel, Ordering::Acquire).is_ok()
}

/// Jobs that are about to run.
pub(crate) struct Pool<T> {
    shared: Arc<Shared>,
    /// Results not yet collected by the calling thread.
    done: Arc<Mutex<BTreeMap<usize, Done<T>>>>,
    /// See [`Pool::meanwhile`].
    meanwhile: Option<Box<dyn FnOnce()>>,
}

type Work<T> = dyn Fn(&Ticket) -> T + Send + Sync;

impl<T: Send + 'static> Pool<T> {
    /// A pool without threads yet.
    pub(crate) fn new() -> Self {
        Self { shared: Arc::default(), done: Arc::default(), meanwhile: None }
    }

    /// Sets what the calling thread does while the first jobs run: it prepares what all jobs need. A panic in it is ignored,
    /// since the jobs will do the same work and report it.
    #[must_use]
    pub(crate) fn meanwhile(self, prepare: impl FnOnce() + 'static) -> Self {
        Self { meanwhile: Some(Box::new(prepare)), ..self }
    }

    /// A function that interrupts the run from any thread.
    pub(crate) fn stopper(&self) -> impl Fn() + Send + 'static {
        let shared = Arc::clone(&self.shared);
        move || shared.interrupt()
    }

    /// Does jobs `0..count` and calls `show` on this thread for each result, in order.
    ///
    /// When the run is stopped, the results of jobs that had begun to write are still shown, in order but with gaps. The
    /// others are dropped.
    ///
    /// # Errors
    /// The system gives no thread.
    pub(crate) fn run(
        mut self,
        count: usize,
        limits: Limits,
        work: Arc<Work<T>>,
        mut show: impl FnMut(usize, Done<T>) -> Next,
    ) -> io::Result<End> {
        {
            let mut state = self.shared.state();
            (state.count, state.window) = (count, limits.window);
        }
        for started in 0..limits.threads.min(count) {
            if let Err(error) = self.spawn(&work) {
                // Fewer threads can do the same work.
                if started == 0 {
                    return Err(error);
                }
                break;
            }
        }
        if let Some(prepare) = self.meanwhile.take().filter(|_| count > 0) {
            let _ = catch_unwind(AssertUnwindSafe(prepare));
        }
        let shared = &self.shared;
        let mut waiting: BTreeMap<usize, Done<T>> = BTreeMap::new();
        let mut shown = 0;
        let mut looked = Instant::now();
        while shown < count {
            let interrupted = shared.wait_for_work().interrupted;
            waiting.append(&mut self.done());
            if interrupted {
                self.finish(waiting, &mut show);
                return Ok(End::Interrupted);
            }
            if let Some(limit) = limits.time
                && looked.elapsed() >= TICK
            {
                looked = Instant::now();
                for at in shared.overdue(limit) {
                    waiting.insert(at, Done::TimedOut);
                    // The other threads go on; without any, the run ends.
                    if let Err(error) = self.spawn(&work)
                        && limits.threads == 1
                    {
                        return Err(error);
                    }
                }
            }
            while let Some(done) = waiting.remove(&shown) {
                let next = show(shown, done);
                shown += 1;
                if next == Next::Stop {
                    self.finish(waiting, &mut show);
                    return Ok(End::Stopped);
                }
                shared.show(shown);
            }
        }
        Ok(End::Complete)
    }

    fn done(&self) -> MutexGuard<'_, BTreeMap<usize, Done<T>>> {
        self.done.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends a run early: waits for jobs that are writing, then shows all results there are.
    fn finish(&self, mut waiting: BTreeMap<usize, Done<T>>, show: &mut impl FnMut(usize, Done<T>) -> Next) {
        self.shared.stop();
        let until = Instant::now() + LAST_WRITES;
        while !self.shared.wait_for_work().running.is_empty() && Instant::now() < until {}
        waiting.append(&mut self.done());
        for (at, done) in waiting {
            show(at, done);
        }
    }

    fn spawn(&self, work: &Arc<Work<T>>) -> io::Result<()> {
        let (shared, work, results) = (Arc::clone(&self.shared), Arc::clone(work), Arc::clone(&self.done));
        let worker = move || {
            while let Some(ticket) = shared.take() {
                let done = attempt(&*work, &ticket);
                if ticket.claim.load(Ordering::Acquire) == GIVEN_UP {
                    // Another thread has replaced this one.
                    return;
                }
                // Stored before the job ends, so that `finish` finds the results of the last writes.
                results.lock().unwrap_or_else(PoisonError::into_inner).insert(ticket.at, done);
                shared.end(ticket.at);
            }
        };
        thread::Builder::new().stack_size(STACK).spawn(worker).map(drop)
    }
}

/// Does a job. All panics of jobs end here.
fn attempt<T>(work: &Work<T>, ticket: &Ticket) -> Done<T> {
    match catch_unwind(AssertUnwindSafe(|| work(ticket))) {
        Ok(result) => Done::Finished(result),
        Err(panic) => Done::Panicked(message(&*panic)),
    }
}

/// What a panic says.
pub(crate) fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("panic").to_owned()
}

#[cfg(test)]
mod tests;
