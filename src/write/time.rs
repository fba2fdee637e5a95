//! The time that documents carry.
//!
//! In: seconds since 1970. Out: the same as documents write it. Called by the writers.

/// A moment in UTC.
pub(super) struct Time {
    date: (i64, i64, i64),
    clock: (i64, i64, i64),
}

impl Time {
    /// The moment some seconds after 1970 began, by the Gregorian calendar.
    pub(super) fn new(seconds: i64) -> Self {
        let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        // Years start in March, so that the leap day is the last of a year; 400 years have 146 097 days.
        let from_march = days + 719_468;
        let (era, day_of_era) = (from_march.div_euclid(146_097), from_march.rem_euclid(146_097));
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Self { date: (year.clamp(0, 9999), month, day), clock: (second / 3_600, second / 60 % 60, second % 60) }
    }

    /// As PDF writes it.
    pub(super) fn compact(&self) -> String {
        let ((year, month, day), (hour, minute, second)) = (self.date, self.clock);
        format!("D:{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}Z")
    }

    /// By ISO 8601.
    pub(super) fn iso(&self) -> String {
        let ((year, month, day), (hour, minute, second)) = (self.date, self.clock);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_print_by_the_calendar() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_514_764_799, "2017-12-31T23:59:59Z"),
            (-1, "1969-12-31T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(Time::new(seconds).iso(), text);
        }
        assert_eq!(Time::new(1_514_764_799).compact(), "D:20171231235959Z");
        assert!(Time::new(i64::MAX / 2).iso().starts_with("9999-"));
    }
}
