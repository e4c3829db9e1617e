//! Who leads and where, once it is known what takes place at one half-day: the cheapest assignment.

/// Gives each row a column of its own (or one that may be shared), at the least cost; none when that is impossible.
/// `costs[row]` lists the columns allowed with their costs. Successive shortest paths, so that each row comes in by the
/// cheapest chain of exchanges: sizes are those of one half-day.
pub(super) fn assign(
    costs: &[Vec<(usize, i64)>],
    columns: usize,
    shared: &dyn Fn(usize) -> bool,
) -> Option<Vec<usize>> {
    let mut column_of: Vec<Option<usize>> = vec![None; costs.len()];
    let mut row_of: Vec<Option<usize>> = vec![None; columns];
    for start in 0..costs.len() {
        // Bellman-Ford over columns: the cost to free each one, and the row through which it is reached.
        let mut best: Vec<Option<(i64, usize)>> = vec![None; columns];
        let mut from = vec![(start, 0)];
        while let Some((row, paid)) = from.pop() {
            let own =
                costs[row].iter().find(|(column, _)| Some(*column) == column_of[row]).map_or(0, |(_, cost)| *cost);
            for (column, cost) in &costs[row] {
                let total = paid + cost - own;
                if column_of[row] == Some(*column) || best[*column].is_some_and(|(known, _)| known <= total) {
                    continue;
                }
                best[*column] = Some((total, row));
                from.extend(row_of[*column].filter(|next| *next != start).map(|next| (next, total)));
            }
        }
        let free = |column: &usize| row_of[*column].is_none();
        let ends = (0..columns).filter(free).filter_map(|column| best[column].map(|(total, _)| (total, column)));
        let mut column = ends.min()?.1;
        loop {
            let row = best[column].expect("a column on the path has been reached").1;
            let left = column_of[row].replace(column);
            if !shared(column) {
                row_of[column] = Some(row);
            }
            match left {
                Some(left) if row != start => {
                    row_of[left] = None;
                    column = left;
                }
                _ => break,
            }
        }
    }
    column_of.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Every way to give columns to rows.
    fn cheapest(costs: &[Vec<(usize, i64)>], row: usize, taken: &mut Vec<usize>) -> Option<i64> {
        let Some(options) = costs.get(row) else { return Some(0) };
        let mut best = None;
        for (column, cost) in options {
            // Column 0 may be shared.
            if *column != 0 && taken.contains(column) {
                continue;
            }
            taken.push(*column);
            let rest = cheapest(costs, row + 1, taken).map(|rest| rest + cost);
            taken.pop();
            best = best.into_iter().chain(rest).min();
        }
        best
    }

    proptest! {
        #[test]
        fn the_assignment_is_the_cheapest(table in prop::collection::vec(prop::collection::vec(prop::option::of(0..4_i64), 5), 0..6)) {
            let costs: Vec<Vec<(usize, i64)>> = table
                .iter()
                .map(|row| row.iter().enumerate().filter_map(|(column, cost)| cost.map(|cost| (column, cost))).collect())
                .collect();
            let found = assign(&costs, 5, &|column| column == 0);
            let total = found.as_ref().map(|columns| {
                let paid = costs.iter().zip(columns).map(|(row, column)| row.iter().find(|(one, _)| one == column).unwrap().1);
                paid.sum::<i64>()
            });
            prop_assert_eq!(total, cheapest(&costs, 0, &mut Vec::new()));
            if let Some(columns) = found {
                let mut own: Vec<usize> = columns.into_iter().filter(|column| *column != 0).collect();
                let all = own.len();
                own.sort_unstable();
                own.dedup();
                prop_assert_eq!(own.len(), all);
            }
        }
    }
}
