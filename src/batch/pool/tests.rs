use std::sync::atomic::AtomicUsize;
use std::sync::mpsc::channel;

use proptest::prelude::*;

use super::alone::GivenUp;
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
    assert_eq!(end.unwrap(), End::Complete);
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
    assert_eq!(end.unwrap(), End::Complete);
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
    let (send, received) = channel();
    let send = Mutex::new(send);
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
        send.lock().unwrap().send((ticket.at, ticket.may_write())).unwrap();
        ticket.at
    });
    assert_eq!(shown, [(0, Done::Finished(0)), (1, Done::TimedOut), (2, Done::Finished(2))]);
    *release.0.lock().unwrap() = true;
    release.1.notify_all();
    assert_eq!(received.iter().take(3).collect::<Vec<_>>(), [(0, true), (2, true), (1, false)]);
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

#[test]
fn a_single_job_is_done_by_the_thread_that_asks_for_it() {
    let own = thread::current().id();
    let done = Pool::new().run_alone(None, &move |ticket| (ticket.at, thread::current().id() == own), |_| ());
    assert_eq!(done.unwrap(), Done::Finished((0, true)));
    let done = Pool::<()>::new().run_alone(None, &|_| panic!("as a test"), |_| ());
    assert_eq!(done.unwrap(), Done::Panicked("as a test".to_owned()));
}

#[test]
fn a_single_job_that_takes_too_long_or_is_stopped_may_not_write() {
    for (limit, reason) in [(Some(Duration::from_millis(1)), GivenUp::TimedOut), (None, GivenUp::Interrupted)] {
        let (send, received) = channel();
        let (end, ended) = channel::<()>();
        let ended = Mutex::new(ended);
        // The thread that did the job is left to itself, as the process would end.
        thread::spawn(move || {
            let sends = send.clone();
            let work = move |ticket: &Ticket| {
                let _ = ended.lock().unwrap().recv();
                send.send((None, ticket.may_write())).unwrap();
            };
            Pool::new().run_alone(limit, &work, move |watch| {
                if limit.is_none() {
                    watch.stopper()();
                }
                sends.send((watch.wait(), false)).unwrap();
            })
        });
        assert_eq!(received.recv().unwrap(), (Some(reason), false));
        end.send(()).unwrap();
        assert_eq!(received.recv().unwrap(), (None, false));
    }
}

#[test]
fn a_single_job_that_has_ended_is_not_watched_any_more() {
    let (send, received) = channel();
    let done = Pool::new().run_alone(Some(Duration::from_secs(3600)), &|_| 7, move |watch| {
        send.send(watch.wait()).unwrap();
    });
    assert_eq!((done.unwrap(), received.recv().unwrap()), (Done::Finished(7), None));
}

#[test]
fn large_jobs_wait_for_memory_and_their_clocks_stand() {
    let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let work = {
        let (running, most) = (Arc::clone(&running), Arc::clone(&most));
        move |ticket: &Ticket| {
            ticket.reserve(if ticket.at == 0 { 100 } else { 6 }, 12);
            let now = running.fetch_add(1, Ordering::SeqCst) + 1;
            most.fetch_max(now, Ordering::SeqCst);
            thread::sleep(Duration::from_millis(100));
            running.fetch_sub(1, Ordering::SeqCst);
            ticket.wait_turn()
        }
    };
    let limits = Limits { threads: 20, time: Some(Duration::from_millis(800)), window: 64 };
    let mut shown = 0;
    let end = Pool::new().run(20, limits, Arc::new(work), |at, done| {
        assert_eq!((at, done), (shown, Done::Finished(true)));
        shown += 1;
        Next::GoOn
    });
    assert_eq!((end.unwrap(), shown), (End::Complete, 20));
    assert!((1..=2).contains(&most.load(Ordering::SeqCst)), "{most:?}");
}
