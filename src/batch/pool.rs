//! Many jobs side by side, what they came to in their order.
//!
//! In: a count of jobs and the work on one. Out: a call for each job in order, whichever ends first. Few results wait at a
//! time, so memory does not grow with the count. A job that takes too long is given up: its thread is left to itself, barred
//! from writing, and another takes its place. Here are no files and no words.

use std::any::Any;
use std::collections::BTreeMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Room for each thread's calls: what a deeply nested input needs, far beyond what is common.
const STACK: usize = 16 << 20;

/// How often the clocks of running jobs are looked at.
const TICK: Duration = Duration::from_millis(50);

/// How long a run that is stopped waits for jobs that are writing.
const LAST_WRITES: Duration = Duration::from_secs(10);

/// How jobs are done.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How many threads.
    pub threads: usize,
    /// How long a job may take; none for as long as it likes.
    pub time: Option<Duration>,
    /// How many jobs may be begun before the first of them is shown.
    pub window: usize,
}

/// What a job came to.
#[derive(Debug, PartialEq, Eq)]
pub enum Done<T> {
    /// What the work returned.
    Finished(T),
    /// A panic, in its own words.
    Panicked(String),
    /// More time than allowed.
    TimedOut,
}

/// What the one who is shown a job wants next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The jobs after it.
    GoOn,
    /// No more jobs; those that are writing finish and are shown.
    Stop,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Every job was shown.
    Whole,
    /// [`Next::Stop`].
    Stopped,
    /// A [`Stopper`] was called.
    Interrupted,
}

/// The states of a job's right to write.
const WORKING: u8 = 0;
const WRITING: u8 = 1;
const GIVEN_UP: u8 = 2;

/// A job in the hands of its worker.
pub struct Ticket {
    /// The job's number.
    pub at: usize,
    claim: Arc<AtomicU8>,
    shared: Arc<Shared>,
}

impl Ticket {
    /// Starts the job's clock, which stood still so far or not.
    pub fn start_clock(&self) {
        if let Some(running) = self.shared.state().running.get_mut(&self.at) {
            running.since = Some(Instant::now());
        }
    }

    /// Lets the job's clock stand still: it waits for a person.
    pub fn stop_clock(&self) {
        if let Some(running) = self.shared.state().running.get_mut(&self.at) {
            running.since = None;
        }
    }

    /// Whether the job may write its outputs. Asked once, before the first; from then on it is not given up.
    pub fn may_write(&self) -> bool {
        self.claim.compare_exchange(WORKING, WRITING, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    /// Waits until every job before this one is shown; false when the run stops before.
    pub fn wait_turn(&self) -> bool {
        let mut state = self.shared.state();
        while state.shown < self.at && !state.stopped {
            state = self.shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        !state.stopped
    }
}

/// What workers and the one who shows share.
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    count: usize,
    limits: Limits,
}

#[derive(Default)]
struct State {
    /// The next job to begin.
    next: usize,
    /// How many jobs were shown.
    shown: usize,
    stopped: bool,
    running: BTreeMap<usize, Running>,
}

struct Running {
    since: Option<Instant>,
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
            if state.stopped || state.next >= self.count {
                return None;
            }
            if state.next < state.shown + self.limits.window.max(1) {
                break;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let at = state.next;
        state.next += 1;
        let claim = Arc::new(AtomicU8::new(WORKING));
        state.running.insert(at, Running { since: Some(Instant::now()), claim: Arc::clone(&claim) });
        Some(Ticket { at, claim, shared: Arc::clone(self) })
    }

    /// Jobs whose time is over, given up.
    fn overdue(&self) -> Vec<usize> {
        let Some(limit) = self.limits.time else { return Vec::new() };
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
        over
    }

    /// Begins no more jobs and gives up those that are not writing.
    fn stop(&self) {
        let mut state = self.state();
        state.stopped = true;
        state.running.retain(|_, job| !give_up(&job.claim));
        self.changed.notify_all();
    }
}

fn give_up(claim: &AtomicU8) -> bool {
    claim.compare_exchange(WORKING, GIVEN_UP, Ordering::AcqRel, Ordering::Acquire).is_ok()
}

enum Message<T> {
    Done(usize, Done<T>),
    Interrupt,
}

/// Jobs that are about to be done.
pub struct Pool<T> {
    sender: Sender<Message<T>>,
    receiver: Receiver<Message<T>>,
}

type Work<T> = dyn Fn(&Ticket) -> T + Send + Sync;

impl<T: Send + 'static> Pool<T> {
    /// A pool without threads yet.
    pub fn new() -> Self {
        let (sender, receiver) = channel();
        Self { sender, receiver }
    }

    /// What ends the run from elsewhere.
    pub fn stopper(&self) -> impl Fn() + Send + 'static {
        let sender = self.sender.clone();
        // After the run nobody listens, and nothing is left to end.
        move || drop(sender.send(Message::Interrupt))
    }

    /// Does jobs `0..count` and calls `show` for each in order, on this thread.
    ///
    /// When the run is stopped, jobs that had begun to write are still shown, in order but with gaps; the others are as if
    /// they had never begun.
    ///
    /// # Errors
    /// No thread can be had.
    pub fn run(
        self,
        count: usize,
        limits: Limits,
        work: Arc<Work<T>>,
        mut show: impl FnMut(usize, Done<T>) -> Next,
    ) -> io::Result<End> {
        let shared = Arc::new(Shared { state: Mutex::new(State::default()), changed: Condvar::new(), count, limits });
        for started in 0..limits.threads.min(count) {
            if let Err(error) = self.spawn(&shared, &work) {
                // Fewer threads do the same work.
                if started == 0 {
                    return Err(error);
                }
                break;
            }
        }
        let mut waiting: BTreeMap<usize, Done<T>> = BTreeMap::new();
        let mut shown = 0;
        let mut looked = Instant::now();
        while shown < count {
            match self.receiver.recv_timeout(TICK) {
                Ok(Message::Done(at, done)) => drop(waiting.insert(at, done)),
                Ok(Message::Interrupt) => {
                    self.finish(&shared, waiting, &mut show);
                    return Ok(End::Interrupted);
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
            }
            if looked.elapsed() >= TICK {
                looked = Instant::now();
                for at in shared.overdue() {
                    waiting.insert(at, Done::TimedOut);
                    // Without a new thread the others go on; the last one that could not be replaced ends the run.
                    if let Err(error) = self.spawn(&shared, &work)
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
                    self.finish(&shared, waiting, &mut show);
                    return Ok(End::Stopped);
                }
                shared.state().shown = shown;
                shared.changed.notify_all();
            }
        }
        Ok(End::Whole)
    }

    /// Ends a run early: shows what is written or is being written.
    fn finish(
        &self,
        shared: &Shared,
        mut waiting: BTreeMap<usize, Done<T>>,
        show: &mut impl FnMut(usize, Done<T>) -> Next,
    ) {
        shared.stop();
        let until = Instant::now() + LAST_WRITES;
        while !shared.state().running.is_empty() {
            match self.receiver.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(Message::Done(at, done)) => drop(waiting.insert(at, done)),
                Ok(Message::Interrupt) => {}
                Err(_) => break,
            }
        }
        while let Ok(message) = self.receiver.try_recv() {
            if let Message::Done(at, done) = message {
                waiting.insert(at, done);
            }
        }
        for (at, done) in waiting {
            show(at, done);
        }
    }

    fn spawn(&self, shared: &Arc<Shared>, work: &Arc<Work<T>>) -> io::Result<()> {
        let (shared, work, sender) = (Arc::clone(shared), Arc::clone(work), self.sender.clone());
        let worker = move || {
            while let Some(ticket) = shared.take() {
                let done = match catch_unwind(AssertUnwindSafe(|| work(&ticket))) {
                    Ok(result) => Done::Finished(result),
                    Err(panic) => Done::Panicked(words(&*panic)),
                };
                if ticket.claim.load(Ordering::Acquire) == GIVEN_UP {
                    // Another thread has taken this one's place.
                    return;
                }
                // Told before it is no longer running, so that who waits for the last writes finds it told.
                let told = sender.send(Message::Done(ticket.at, done));
                shared.state().running.remove(&ticket.at);
                if told.is_err() {
                    return;
                }
            }
        };
        thread::Builder::new().stack_size(STACK).spawn(worker).map(drop)
    }
}

/// What a panic says.
pub fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("panic").to_owned()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use proptest::prelude::*;

    use super::*;

    fn limits(threads: usize) -> Limits {
        Limits { threads, time: None, window: 3 }
    }

    fn run(
        count: usize,
        limits: Limits,
        work: impl Fn(&Ticket) -> usize + Send + Sync + 'static,
    ) -> Vec<(usize, Done<usize>)> {
        let mut shown = Vec::new();
        let end = Pool::new().run(count, limits, Arc::new(work), |at, done| {
            shown.push((at, done));
            Next::GoOn
        });
        assert_eq!(end.unwrap(), End::Whole);
        shown
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn jobs_are_shown_in_order_whichever_ends_first(
            naps in proptest::collection::vec(0u64..4, 0..20), threads in 1usize..5, window in 1usize..6,
        ) {
            let count = naps.len();
            let shown = run(count, Limits { threads, time: None, window }, move |ticket| {
                thread::sleep(Duration::from_millis(naps[ticket.at]));
                ticket.at * 2
            });
            let wanted: Vec<_> = (0..count).map(|at| (at, Done::Finished(at * 2))).collect();
            prop_assert_eq!(shown, wanted);
        }
    }

    #[test]
    fn no_more_jobs_are_begun_than_the_window_holds() {
        let (begun, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let inside = (Arc::clone(&begun), Arc::clone(&most));
        let mut shown = 0;
        let work = move |ticket: &Ticket| {
            inside.0.fetch_max(ticket.at + 1, Ordering::SeqCst);
            ticket.at
        };
        let end = Pool::new().run(50, Limits { threads: 4, time: None, window: 5 }, Arc::new(work), |_, _| {
            thread::sleep(Duration::from_millis(1));
            most.fetch_max(begun.load(Ordering::SeqCst) - shown, Ordering::SeqCst);
            shown += 1;
            Next::GoOn
        });
        assert_eq!(end.unwrap(), End::Whole);
        assert!(most.load(Ordering::SeqCst) <= 5);
    }

    #[test]
    fn a_panic_is_the_result_of_its_job_and_no_other() {
        let shown = run(3, limits(1), |ticket| {
            assert!(ticket.at != 1, "broken");
            ticket.at
        });
        assert_eq!(shown[1], (1, Done::Panicked("broken".to_owned())));
        assert_eq!(shown[2], (2, Done::Finished(2)));
    }

    #[test]
    fn a_job_that_takes_too_long_is_given_up_and_never_writes() {
        let (tell, told) = channel();
        let tell = Mutex::new(tell);
        let release = Arc::new((Mutex::new(false), Condvar::new()));
        let held = Arc::clone(&release);
        let limits = Limits { threads: 1, time: Some(Duration::from_millis(100)), window: 2 };
        let shown = run(3, limits, move |ticket| {
            if ticket.at == 1 {
                let mut released = held.0.lock().unwrap();
                while !*released {
                    released = held.1.wait(released).unwrap();
                }
            }
            tell.lock().unwrap().send((ticket.at, ticket.may_write())).unwrap();
            ticket.at
        });
        assert_eq!(shown, [(0, Done::Finished(0)), (1, Done::TimedOut), (2, Done::Finished(2))]);
        *release.0.lock().unwrap() = true;
        release.1.notify_all();
        assert_eq!(told.iter().take(3).collect::<Vec<_>>(), [(0, true), (2, true), (1, false)]);
    }

    #[test]
    fn a_job_that_is_writing_is_not_given_up() {
        let limits = Limits { threads: 1, time: Some(Duration::from_millis(60)), window: 2 };
        let shown = run(1, limits, |ticket| {
            assert!(ticket.may_write());
            thread::sleep(Duration::from_millis(250));
            7
        });
        assert_eq!(shown, [(0, Done::Finished(7))]);
    }

    #[test]
    fn turns_come_in_order_and_end_with_the_run() {
        let order = Arc::new(Mutex::new(Vec::new()));
        let inside = Arc::clone(&order);
        run(20, Limits { threads: 4, time: None, window: 8 }, move |ticket| {
            thread::sleep(Duration::from_millis((20 - ticket.at as u64) % 3));
            assert!(ticket.may_write() && ticket.wait_turn());
            inside.lock().unwrap().push(ticket.at);
            ticket.at
        });
        assert_eq!(*order.lock().unwrap(), (0..20).collect::<Vec<_>>());
    }

    #[test]
    fn a_stopped_run_shows_what_was_written_and_drops_the_rest() {
        let pool = Pool::new();
        let stop = Mutex::new(pool.stopper());
        let work = move |ticket: &Ticket| {
            if ticket.at == 1 {
                // Waits for a turn that does not come.
                return usize::from(ticket.may_write() && ticket.wait_turn());
            }
            if ticket.at == 2 {
                assert!(ticket.may_write());
                stop.lock().unwrap()();
                return 2;
            }
            thread::sleep(Duration::from_secs(600));
            ticket.at
        };
        let mut shown = Vec::new();
        let end = pool.run(9, Limits { threads: 4, time: None, window: 8 }, Arc::new(work), |at, done| {
            shown.push((at, done));
            Next::GoOn
        });
        assert_eq!(end.unwrap(), End::Interrupted);
        assert_eq!(shown, [(1, Done::Finished(0)), (2, Done::Finished(2))]);
    }
}
