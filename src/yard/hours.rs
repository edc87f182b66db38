//! When machines work: worked half hours of a run, by group, for breaks that are taken together or one group after the other.

/// Length of a step, seconds: shifts and breaks begin on the half hour.
pub(crate) const STEP_S: u32 = 1_800;
/// A gap in the worked hours no longer than this is a break, not the end of a shift, seconds.
const LONGEST_BREAK_S: u32 = 5_400;

/// Worked half hours from the start of the run to its end, by group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hours {
    works: Vec<Vec<bool>>,
}

impl Hours {
    /// From the worked half hours of all; with more than one group the breaks of each begin when those of the group before it
    /// end, and the others work on.
    pub(crate) fn new(worked: &[bool], groups: usize) -> Self {
        let groups = groups.max(1);
        if groups == 1 {
            return Self { works: vec![worked.to_vec()] };
        }
        let mut works = vec![worked.to_vec(); groups];
        for (begin, end) in breaks(worked) {
            for (group, works) in works.iter_mut().enumerate() {
                works[begin..end].fill(true);
                let shift = group * (end - begin);
                let (begin, end) = ((begin + shift).min(worked.len()), (end + shift).min(worked.len()));
                works[begin..end].fill(false);
            }
        }
        Self { works }
    }

    /// How many groups there are.
    pub(crate) fn groups(&self) -> usize {
        self.works.len()
    }

    /// Does a group work at this second? Never after the end.
    pub(crate) fn works(&self, group: usize, at_s: u32) -> bool {
        self.works[group].get((at_s / STEP_S) as usize).copied().unwrap_or(false)
    }

    /// When a group that rests works again; none before the end.
    pub(crate) fn resumes_s(&self, group: usize, at_s: u32) -> Option<u32> {
        let first = (at_s / STEP_S) as usize;
        let after = self.works[group].iter().enumerate().skip(first);
        after.into_iter().find(|(_, works)| **works).map(|(step, _)| (step as u32 * STEP_S).max(at_s))
    }

    /// The next second after this one at which any group begins or stops; none before the end.
    pub(crate) fn next_change_s(&self, at_s: u32) -> Option<u32> {
        let steps = self.works[0].len();
        let changes = |step: &usize| self.works.iter().any(|works| works[*step] != works[step - 1]);
        ((at_s / STEP_S) as usize + 1..steps).find(changes).map(|step| step as u32 * STEP_S)
    }
}

/// Gaps between worked half hours that are breaks: first half hour, and the first worked one after.
fn breaks(worked: &[bool]) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let mut last_worked = None;
    for (at, works) in worked.iter().enumerate().filter(|(_, works)| **works) {
        debug_assert!(works);
        if let Some(last) = last_worked
            && at > last + 1
            && (at - last - 1) as u32 * STEP_S <= LONGEST_BREAK_S
        {
            out.push((last + 1, at));
        }
        last_worked = Some(at);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four hours, an hour's break, four hours, a night.
    fn day() -> Vec<bool> {
        [(8, true), (2, false), (8, true), (30, false)].iter().flat_map(|(n, works)| vec![*works; *n]).collect()
    }

    #[test]
    fn together_all_rest_at_once() {
        let hours = Hours::new(&day(), 1);
        assert!(hours.works(0, 14_399) && !hours.works(0, 14_400) && hours.works(0, 18_000));
        assert_eq!(hours.next_change_s(0), Some(14_400));
        assert_eq!(hours.next_change_s(14_400), Some(18_000));
        assert_eq!(hours.resumes_s(0, 15_000), Some(18_000));
        assert_eq!(hours.resumes_s(0, 40_000), None);
    }

    #[test]
    fn staggered_groups_rest_one_after_the_other_and_as_long() {
        let hours = Hours::new(&day(), 3);
        for at_s in (14_400..18_000).step_by(1800) {
            assert_eq!([0, 1, 2].map(|group| hours.works(group, at_s)), [false, true, true]);
        }
        for at_s in (18_000..21_600).step_by(1800) {
            assert_eq!([0, 1, 2].map(|group| hours.works(group, at_s)), [true, false, true]);
        }
        let worked = |group: usize| hours.works[group].iter().filter(|works| **works).count();
        assert_eq!((worked(0), worked(1), worked(2)), (16, 16, 16));
    }
}
